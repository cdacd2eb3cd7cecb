"""What an exported network says about itself, in its file's metadata: no paths, no times, no names of machines."""

from importlib import metadata

from zscape.specs.layout import IMAGE
from zscape.specs.recipe import Recipe
from zscape.specs.sources import SOURCES

FORMAT = 1
"""Version of names, shapes and metadata of exported files (docs/formats.md)."""

_CHANNELS = {1: "grey", 3: "red, green and blue", 4: "red, green, blue and opacity"}


def notes_of(recipe: Recipe, run: str, network: str, white: bool) -> dict[str, str]:
    """Return the metadata of one network.

    Args:
        recipe: the run's recipe, with the size of its images.
        run: its folder's name.
        network: "encoder" or "decoder".
        white: whether the codes were folded to lie as N(0, I) does.
    """
    use = _encoder_use(recipe) if network == "encoder" else _decoder_use(recipe, white)
    source = SOURCES[recipe.data.source]
    return {
        "zscape": metadata.version("zscape"),
        "format": str(FORMAT),
        "run": run,
        "network": network,
        "kind": recipe.model.kind,
        "image_shape": _joined(recipe.image_shape),
        "z_dim": str(recipe.model.z_dim),
        "task": recipe.task.kind,
        "use": use,
        "trained_on": source.description,
        "restricted": str(source.restricted).lower(),
    }


def _encoder_use(recipe: Recipe) -> str:
    what = "the mean of the posterior; nothing is drawn" if recipe.model.kind == "vae" else "the code"
    sentences = [f"{IMAGE}: {_image(recipe)}; bytes are to be divided by 255. mu: float32 {_z(recipe)}, {what}."]
    if recipe.task.kind == "denoise":
        sentences.append("It was trained on noisy images, and the decoder gives clean ones.")
    if recipe.task.kind == "recolor":
        sentences.append(
            "Images go in grey, 0.299 red + 0.587 green + 0.114 blue in all three channels; the decoder gives colours."
        )
    if recipe.data.binarize != "none":
        sentences.append("It was trained on black-and-white images: every value is 0 or 1.")
    return " ".join(sentences)


def _decoder_use(recipe: Recipe, white: bool) -> str:
    draw = "draw z from N(0, I) for random images" if recipe.model.kind == "vae" or white else "z is the encoder's mu"
    rest = "" if recipe.model.kind == "vae" or white else "; points of N(0, I) may lie where no code does"
    return f"z: float32 {_z(recipe)}; {draw}{rest}. {IMAGE}: {_image(recipe)}."


def _image(recipe: Recipe) -> str:
    channels = recipe.image_shape[2]
    colours = _CHANNELS.get(channels, f"{channels} channels")
    return f"float32 (batch, {_joined(recipe.image_shape, ', ')}), rows from the top, {colours}, 0 black to 1 white"


def _z(recipe: Recipe) -> str:
    return f"(batch, {recipe.model.z_dim})"


def _joined(sizes: tuple[int, ...], between: str = "x") -> str:
    return between.join(map(str, sizes))
