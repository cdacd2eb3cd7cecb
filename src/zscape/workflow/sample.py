"""`zscape sample`: images from random z-points."""

from collections.abc import Callable
from pathlib import Path

from zscape.figures.grid import image_grid
from zscape.latent.codes import Codes
from zscape.latent.priors.fitted_normal import FittedNormal, fit_normal
from zscape.latent.priors.parse import parse_prior
from zscape.latent.sharpen import sharpen as sharpen_images
from zscape.runs.directory import RunDirectory
from zscape.workflow.data import store_of_run
from zscape.workflow.model import open_trained
from zscape.workflow.pictures import checked_png, to_bytes, write_png


def sample(
    directory: Path | str,
    out: Path | str,
    *,
    n: int = 28,
    prior: str = "normal",
    sharpen: float | None = None,
    seed: int = 1,
    columns: int = 7,
) -> Path:
    """Write a picture of images decoded from random z-points.

    Args:
        directory: a run directory.
        out: the .png file to write.
        n: number of images.
        prior: where the points come from: "normal", "uniform:1.5" ([-1.5, 1.5]), "uniform:0:8", "fitted" (the normal
            fitted to the codes of the training images), "fitted:2sigma".
        sharpen: factor of Pillow's ImageEnhance.Sharpness: 0 blurs, 1 leaves as is; None leaves it out.
        seed: fixes the points.
        columns: images per row.

    Raises:
        InputError: for a run, prior, number or file name that cannot be used.
    """
    out = checked_png(out, n)
    run, model = open_trained(directory)
    points = parse_prior(prior, model.z_dim, _fitted(run, model)).sample(n, seed)
    images = to_bytes(model.decode(points))
    return write_png(out, image_grid(images if sharpen is None else sharpen_images(images, sharpen), columns))


def _fitted(run: RunDirectory, model: object) -> Callable[[], FittedNormal]:
    def get() -> FittedNormal:
        saved, codes = run.path / "priors" / "fitted_normal.npz", run.path / "latents.npz"
        if saved.is_file():
            return FittedNormal.load(saved)
        if codes.is_file():
            return fit_normal(Codes.load(codes).of_split("train"))
        # A run that was trained but not studied yet.
        from zscape.inference.encode import encode_split

        recipe, split = run.recipe, store_of_run(run).split("train")
        return fit_normal(encode_split(model, split, recipe.task, recipe.training.seed))  # pyright: ignore[reportArgumentType]

    return get
