"""Numbers as a report prints them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

Table = tuple[list[str], list[list[str]]]
"""Header and rows, as text; the first column names the rows, a last column `unit` has their units."""

NONE = "–"
"""Stands where there is no number."""

EXACT = "exact"
"""Stands in place of a PSNR where the images are the same but for 8-bit rounding."""

_ROWS = (
    ("loss", "Loss", "nats per image"),
    ("reconstruction", "Reconstruction, z drawn", "nats per image"),
    ("reconstruction_at_mean", "Reconstruction, z at the mean", "nats per image"),
    ("entropy_floor", "Least reconstruction possible (values between 0 and 1)", "nats per image"),
    ("mean_image", "Reconstruction of the mean image", "nats per image"),
    ("sigma", "Sigma of the likelihood", ""),
    ("kl", "KL", "nats per image"),
    ("kl_mu", "KL, part of mu", "nats per image"),
    ("kl_log_var", "KL, part of log_var", "nats per image"),
    ("kl_per_dimension", "KL per dimension", "nats per dimension"),
    ("beta", "KL weight beta", ""),
    ("weighted_kl", "Weighted KL", "nats per image"),
    ("kl_share", "Weighted KL / loss", ""),
    ("active_units", "Active dimensions", "of {z_dim}"),
    ("prior_mismatch", "Prior mismatch", "nats per dimension"),
    ("psnr", "PSNR at the mean", "dB"),
    ("psnr_input", "PSNR of what went in", "dB"),
    ("images", "Images", ""),
)
_WITHOUT_POSTERIOR = (
    "reconstruction_at_mean",
    "kl",
    "kl_mu",
    "kl_log_var",
    "kl_per_dimension",
    "beta",
    "weighted_kl",
    "kl_share",
)
_SPLITS = ("train", "validation", "test")


_LINEAR = (
    ("psnr", "PSNR of the best linear code (PCA)", "dB"),
    ("reconstruction", "Reconstruction of the best linear code (PCA)", "nats per image"),
)


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Return "1 image", "1,234 images".

    Args:
        count: how many.
        noun: in the singular.
        plural: where it is not the noun with an s.
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def exact_psnr(mse: float | None) -> bool:
    """Return whether images are the same but for 8-bit rounding, so that their PSNR says nothing.

    Args:
        mse: mean squared error per value, of values in [0, 1]; rounding to 256 levels alone makes 1 / (12 * 255^2).
    """
    return mse is not None and mse <= 1 / (12 * 255**2)


def number(value: Any) -> str:
    """Return a number by itself with as many digits as a reader wants; a dash for None."""
    if value is None:
        return NONE
    if isinstance(value, int):
        return f"{value:,}"
    if value == 0 or 0.001 <= abs(value) < 100:
        return f"{value:.4g}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.2e}"


def aligned(values: Sequence[Any], decimals: int | None = None, grouped: bool = True) -> list[str]:
    """Return numbers that stand beside each other, all with the same number of decimals; a dash for None.

    The largest has four significant digits, or one decimal from 100 on. Zeros at the end that all of them have are
    left out. A number too small to show is written with an exponent.

    Args:
        values: ints, floats and None.
        decimals: how many, where the numbers are not to decide that; smaller ones then become zero.
        grouped: whether thousands are set apart by commas, for readers; without for files.
    """
    sizes = [abs(value) for value in values if value is not None and math.isfinite(value)]
    digits = _decimals(values, max(sizes, default=0.0)) if decimals is None else decimals
    comma = "," if grouped else ""

    def text(value: Any) -> str:
        if value is None:
            return NONE
        if decimals is None and 0 < abs(value) < 0.5 * 10.0**-digits:
            return f"{value:.1e}"
        return f"{value:{comma}.{digits}f}"

    return [text(value) for value in values]


def _decimals(values: Sequence[Any], largest: float) -> int:
    if largest == 0 or all(value is None or isinstance(value, int) for value in values):
        return 0
    digits = 1 if largest >= 100 else min(3 - math.floor(math.log10(largest)), 6)
    while digits and all(value is None or round(value, digits - 1) == value for value in values):
        digits -= 1
    return digits


def metrics_table(
    metrics: Mapping[str, Any],
    z_dim: int,
    variational: bool,
    baseline: Mapping[str, Any] | None = None,
    grouped: bool = True,
) -> Table:
    """Return header and rows of the table of final numbers, one column per split.

    Args:
        metrics: content of metrics.json.
        z_dim: dimensions of the latent space.
        variational: False leaves out the rows that an autoencoder does not have.
        baseline: `linear_baseline` of data.json, None where there is none.
        grouped: as in `aligned`.
    """
    splits = [name for name in _SPLITS if name in metrics]
    rows = []
    for key, title, unit in _ROWS:
        values = [metrics[split].get(key) for split in splits]  # psnr_input is there with a task only
        if (variational or key not in _WITHOUT_POSTERIOR) and any(value is not None for value in values):
            name = title if variational else title.removesuffix(", z drawn")
            rows.append([name, *aligned(values, grouped=grouped), unit.format(z_dim=z_dim)])
        if key == "psnr" and baseline is not None:
            rows += _linear_rows(baseline, splits, grouped)
    return ["", *splits, "unit"], rows


def _linear_rows(baseline: Mapping[str, Any], splits: list[str], grouped: bool) -> list[list[str]]:
    rows = []
    for key, title, unit in _LINEAR:
        values = [baseline.get(key) if split == baseline.get("measured_on") else None for split in splits]
        if any(value is not None for value in values):
            texts = aligned(values, grouped=grouped)
            if key == "psnr" and exact_psnr(baseline.get("mse")):
                texts = [NONE if value is None else EXACT for value in values]
            rows.append([title, *texts, unit])
    return rows


def articles_table(metrics: Mapping[str, Any], grouped: bool = True) -> Table:
    """Return header and rows of loss, reconstruction and weighted KL in the articles' two conventions."""
    splits = [name for name in _SPLITS if name in metrics]
    rows = [
        [
            f"{term.replace('kl', 'weighted KL')}, {convention}",
            *aligned([metrics[split]["articles"][convention][term] for split in splits], grouped=grouped),
        ]
        for convention in ("tape", "mean")
        for term in ("loss", "reconstruction", "kl")
    ]
    return ["", *splits], rows
