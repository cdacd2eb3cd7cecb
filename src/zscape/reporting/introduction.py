"""What stands below a page's heading: what was trained, in a sentence and in boxes."""

from collections.abc import Sequence

from zscape.reporting.blocks import Apart, Block, Text, Tiles
from zscape.reporting.comparison import same_data
from zscape.reporting.numbers import EXACT, counted, number
from zscape.reporting.sentences import task_sentence
from zscape.reporting.studied import Studied, Trained

_SPLITS = (
    "The numbers in the boxes are of images that it was not trained on, the sentences about codes are about all "
    "images; nats are per image."
)
_UNKNOWN = "of a model that zscape did not train: this page knows no more than what is listed at its end."


def introduction(runs: Sequence[Studied]) -> tuple[Block, ...]:
    """Return what was trained: a sentence and boxes for one run, a sentence per run for several."""
    if len(runs) > 1:
        lead = (
            f"{counted(len(runs), 'run')} on {'the same' if same_data(runs) else 'different'} images, side by side. "
            "Numbers of images are of images that nothing was trained on, those of codes of all images; nats are per "
            "image."
        )
        return (Text(lead), Apart(tuple((i, (Text(description(run, weight=True)),)) for i, run in enumerate(runs))))
    run = runs[0]
    if run.trained is None:
        return (Text(description(run)), Tiles(_codes_tiles(run)))
    return (Text(f"{description(run)} {_SPLITS}"), Tiles(_run_tiles(run, run.trained)))


def description(run: Studied, weight: bool = False) -> str:
    """Say what a run, or a set of codes, is.

    Args:
        run: it.
        weight: whether a VAE's KL weight is named.
    """
    dimensions = counted(run.codes.z_dim, "latent dimension")
    if run.trained is None:
        with_log_var = (
            "With log_var the codes are a variational autoencoder's, and z-points without further words are its means "
            "mu."
            if run.variational
            else "Without log_var the codes are taken as an autoencoder's."
        )
        return f"{counted(len(run.codes), 'z-point')} in {dimensions} {_UNKNOWN} {with_log_var}"
    recipe, provenance = run.trained.recipe, run.trained.provenance
    task = task_sentence(recipe.task)
    beta = f" and a KL weight of beta {number(run.trained.shown.get('beta'))}" if weight and run.variational else ""
    images = counted(provenance["data"]["images"]["train"], "image")
    text = (
        f"A{'' if run.variational else 'n'} {run.kind} with {dimensions}{beta}, trained for "
        f"{counted(run.trained.metrics['epochs'], 'epoch')} on {images} of "
        f"{'×'.join(map(str, recipe.image_shape))} (source {recipe.data.source})."
    )
    return f"{text} {task} Codes are those of what goes in." if task else text


def _run_tiles(run: Studied, trained: Trained) -> tuple[tuple[str, str], ...]:
    numbers, variational = trained.shown, run.variational
    tiles = [
        (number(numbers["loss"]), "loss, nats"),
        (number(numbers["reconstruction"]), "reconstruction, nats") if variational else None,
        (number(numbers["weighted_kl"]), "weighted KL, nats") if variational else None,
        (f"{numbers['active_units']} of {run.codes.z_dim}", "active dimensions"),
        (number(numbers["prior_mismatch"]), "prior mismatch, nats per dimension"),
        (number(numbers["psnr"]), "PSNR, dB"),
        (number(numbers["psnr_input"]), "PSNR of what went in, dB") if trained.recipe.task.has_target else None,
        (f"{trained.metrics['images_per_second']:,.0f}", "training images per second"),
    ]
    return tuple(tile for tile in tiles if tile is not None)


def _codes_tiles(run: Studied) -> tuple[tuple[str, str], ...]:
    analysis, posterior = run.analysis, run.analysis.posterior
    tiles = [
        (number(posterior.kl), "KL, nats per image") if posterior else None,
        (f"{analysis.active_units} of {run.codes.z_dim}", "active dimensions"),
        (number(analysis.mismatch.total), "prior mismatch, nats per dimension"),
        (number(analysis.radius.mean), "mean radius"),
        (number(analysis.radius.chi_mean), "mean radius of N(0, I)"),
        _reconstructed(run),
    ]
    return tuple(tile for tile in tiles if tile is not None)


def _reconstructed(run: Studied) -> tuple[str, str] | None:
    if run.reconstructions is None:
        return None
    if run.reconstructions.exact:
        return EXACT, "reconstructions, to 8 bits"
    psnr = run.reconstructions.telling_psnr
    return None if psnr is None else (f"{psnr:.2f}", "PSNR, dB")
