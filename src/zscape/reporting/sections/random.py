"""What random z-points give: a row per prior, and per width of the cube."""

from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from zscape.latent.priors.mixture import Mixture
from zscape.reporting.blocks import Pictures, Section
from zscape.reporting.numbers import counted
from zscape.reporting.panels import all_there, pictures
from zscape.reporting.pictures import random_grid, rows_by_radius, shown
from zscape.reporting.studied import Studied

_UNIFORM = "random_uniform_"


def section(runs: Sequence[Studied]) -> Section | None:
    """Return the section; None where nothing was decoded."""
    blocks = all_there(
        _prior(runs, "random_normal", "Points of N(0, I)", "Images decoded from random points of N(0, I)"),
        _prior(
            runs,
            "random_fitted",
            "Points of the normal fitted to the codes",
            "Images decoded from random points of the normal fitted to the codes",
        ),
        _prior(
            runs,
            "random_mixture",
            "Points of a mixture of normals fitted to the codes",
            "Images decoded from random points of the mixture of normals fitted to the codes",
        ),
        _cubes(runs),
    )
    return Section("random", "What do random z-points give?", blocks) if blocks else None


def _prior(runs: Sequence[Studied], name: str, title: str, alt: str) -> Pictures | None:
    def draw(run: Studied) -> Image.Image | None:
        if name not in run.images:
            return None
        return random_grid(run.images[name], shown(run.images[name].shape[1:], len(runs)))

    said = {"random_normal": _normal, "random_fitted": _fitted, "random_mixture": _mixture}[name]
    return pictures(runs, name, alt, draw, said, title=title)


def _normal(run: Studied) -> str | None:
    return _with_quality(run, run.sentence("random_normal") or "", "normal")


def _fitted(run: Studied) -> str:
    train = "training images' " if run.trained else ""
    variance = ", posterior variance included" if run.variational else ""
    text = f"Mean and covariance of the {train}codes{variance}: points fall where codes are."
    record = run.analysis.normality_drawn or run.analysis.normality
    if record is not None:
        away = max(record.kolmogorov, *record.kolmogorov_axes)
        text += (
            f" {100 * away:.2g} % of all codes are out of place in such a cloud (chance alone: up to "
            f"{100 * record.chance:.2g} %)."
        )
    return _with_quality(run, text, "fitted")


def _mixture(run: Studied) -> str:
    return _with_quality(run, mixture_sentence(run.mixture), "mixture")


def mixture_sentence(mixture: Mixture | None) -> str:
    """Say of how many normals a mixture is, and how much better than one they describe codes that were held out."""
    if mixture is None:
        return "Several normals together follow a cloud that is not one."
    count = mixture.components
    text = f"The mixture is of {counted(count, 'normal')}"
    if not mixture.chosen or 1 not in mixture.held_out or count not in mixture.held_out:
        return f"{text}."
    if count == 1:
        return (
            f"{text}: more did not describe held-out codes any better, so these are points of the fitted normal again."
        )
    gain = mixture.held_out[count] - mixture.held_out[1]
    return (
        f"{text}, of all numbers tried the best for held-out codes: by {gain:.2g} nats per z-point better "
        "than one normal."
    )


def _with_quality(run: Studied, text: str, prior: str) -> str:
    scores = run.scores.get(prior)
    if scores is None:
        return text
    return f"{text} Measured: precision {scores.precision:.2f}, recall {scores.recall:.2f}."


def _cubes(runs: Sequence[Studied]) -> Pictures | None:
    def draw(run: Studied) -> Image.Image | None:
        rows = _uniform(run.images)
        return rows_by_radius(rows, shown(next(iter(rows.values())).shape[1:], len(runs))) if rows else None

    return pictures(
        runs,
        "random_uniform",
        "Images decoded from points uniform in cubes of growing width, a row per width",
        draw,
        lambda run: run.sentence("cubes") or "",
        title="Points uniform in a cube [-r, r]",
        what="From row to row each point only moves outward, in a direction of its own.",
    )


def _uniform(images: Mapping[str, np.ndarray]) -> dict[float, np.ndarray]:
    return {float(name.removeprefix(_UNIFORM)): array for name, array in images.items() if name.startswith(_UNIFORM)}
