"""The main numbers of several runs beside each other, and what they come to."""

from collections.abc import Callable, Sequence
from typing import Any

from zscape.reporting.blocks import Block, Numbers, Section, Text
from zscape.reporting.comparison import comparison_sentences
from zscape.reporting.numbers import NONE, Table, number
from zscape.reporting.studied import Studied

Cell = Callable[[Studied], Any]


def section(runs: Sequence[Studied]) -> Section | None:
    """Return the section; None for a single run, whose main numbers stand above all sections."""
    if len(runs) < 2:
        return None
    header, rows = summary_table(runs)
    narrow = [[f"{title}, {unit}" if unit else title, *cells] for title, *cells, unit in rows]
    blocks: list[Block] = [Numbers((header[:-1], narrow)), Text(" ".join(comparison_sentences(runs)))]
    return Section("summary", "The runs beside each other", tuple(blocks))


def summary_table(runs: Sequence[Studied]) -> Table:
    """Return one row per quantity and one column per run; rows in which no run has a number are left out.

    Numbers of the images are of test images (else validation, else training images), those of codes of all images.

    Args:
        runs: the runs.
    """
    rows = []
    for title, unit, cell in (*_ROWS, *_generation_rows(runs)):
        cells = [_text(cell(run)) for run in runs]
        if any(text != NONE for text in cells):
            rows.append([title, *cells, unit])
    return ["", *(run.name for run in runs), "unit"], rows


def _text(value: Any) -> str:
    return value if isinstance(value, str) else number(value)


def _shown(key: str, variational: bool = False) -> Cell:
    """Return what reads one number of the split that pages speak of."""

    def cell(run: Studied) -> Any:
        return run.trained.shown.get(key) if run.trained and (run.variational or not variational) else None

    return cell


def _recipe(read: Callable[[Any], Any]) -> Cell:
    return lambda run: read(run.trained.recipe) if run.trained else None


def _radius(run: Studied) -> str:
    return f"{run.analysis.radius.mean:.3g} ± {run.analysis.radius.sd:.3g}"


def _law(run: Studied) -> str:
    return f"{run.analysis.radius.chi_mean:.3g} ± {run.analysis.radius.chi_sd:.3g}"


def _log_var(run: Studied) -> Any:
    return None if run.analysis.posterior is None else run.analysis.posterior.log_var.mean


def _noise(run: Studied) -> Any:
    return None if run.analysis.drawn is None else 100 * run.analysis.drawn.noise_share


def _normality(run: Studied) -> Any:
    """Return the largest Kolmogorov distance: of the distances from the centre, and along the principal axes."""
    record = run.analysis.normality
    return None if record is None else 100 * max(record.kolmogorov, *record.kolmogorov_axes)


_ROWS: tuple[tuple[str, str, Cell], ...] = (
    ("Kind", "", lambda run: "VAE" if run.variational else "AE"),
    ("Latent dimensions", "", lambda run: run.codes.z_dim),
    ("Likelihood", "", _recipe(lambda recipe: recipe.objective.reconstruction)),
    ("KL weight beta", "", _shown("beta", variational=True)),
    ("Epochs", "", lambda run: run.trained.metrics.get("epochs") if run.trained else None),
    ("Reconstruction at the mean", "nats per image", _shown("reconstruction_at_mean")),
    ("PSNR at the mean", "dB", _shown("psnr")),
    ("KL", "nats per image", _shown("kl", variational=True)),
    ("Active dimensions", "", lambda run: f"{run.analysis.active_units} of {run.codes.z_dim}"),
    ("Prior mismatch", "nats per dimension", lambda run: run.analysis.mismatch.total),
    ("Radius |mu|", "units of z", _radius),
    ("Radius of N(0, I)", "units of z", _law),
    ("log_var, mean", "", _log_var),
    ("Largest |z - mu|", "units of z", lambda run: run.analysis.drawn.deviation_max if run.analysis.drawn else None),
    ("Variance of z from drawing", "%", _noise),
    ("Codes out of place in a normal cloud", "%", _normality),
)


def _generation_rows(runs: Sequence[Studied]) -> list[tuple[str, str, Cell]]:
    """Return a row for precision and recall of each prior that any run was measured with."""
    priors = dict.fromkeys(prior for run in runs for prior in run.scores)
    return [(f"Precision / recall, {prior}", "", _precision_and_recall(prior)) for prior in priors]


def _precision_and_recall(prior: str) -> Cell:
    def cell(run: Studied) -> str | None:
        scores = run.scores.get(prior)
        return None if scores is None else f"{scores.precision:.2f} / {scores.recall:.2f}"

    return cell
