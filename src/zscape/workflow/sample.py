"""`zscape sample`: images from random z-points."""

from pathlib import Path

from zscape.figures.grid import image_grid
from zscape.latent.priors.parse import parse_prior
from zscape.latent.sharpen import sharpen as sharpen_images
from zscape.workflow.model import open_trained
from zscape.workflow.pictures import checked_png, to_bytes, write_png
from zscape.workflow.priors import fits_of_run


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
            fitted to the codes of the training images), "fitted:2sigma", "mixture" (of normals fitted to these codes,
            their number chosen by codes held out), "mixture:10".
        sharpen: factor of Pillow's ImageEnhance.Sharpness: 0 blurs, 1 leaves as is; None leaves it out.
        seed: fixes the points.
        columns: images per row.

    Raises:
        InputError: for a run, prior, number or file name that cannot be used.
    """
    out = checked_png(out, n)
    run, model = open_trained(directory)
    points = parse_prior(prior, model.z_dim, fits_of_run(run, model)).sample(n, seed)
    images = to_bytes(model.decode(points))
    return write_png(out, image_grid(images if sharpen is None else sharpen_images(images, sharpen), columns))
