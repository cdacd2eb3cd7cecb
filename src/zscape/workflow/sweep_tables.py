"""The table of a sweep, for people and for programs."""

import math
from collections.abc import Sequence

from zscape.analysis.sweep import ALL_FACTORS, SweepRecord, quantities, short_names, value_text, without_seed
from zscape.reporting.numbers import NONE

TITLES = {
    "loss": "loss",
    "reconstruction": "reconstruction",
    "kl": "KL",
    "negative_elbo": "negative ELBO",
    "kl_share": "KL share",
    "psnr": "PSNR",
    "active_units": "active units",
    "prior_mismatch": "mismatch",
    ALL_FACTORS: "R² of factors",
}
"""The columns that people see, by quantity; the negative ELBO only where it is what runs are to be compared by, R², the
mean over all true factors, where images have some."""


def mean_and_sd(mean: float | None, sd: float | None) -> str:
    """Return "21.46 ± 0.13": the sd with two significant digits, the mean to the same decimal.

    Without an sd the mean has four significant digits; without a mean there is a dash.
    """
    if mean is None:
        return NONE
    if sd is None:
        return _plain(mean)
    if sd == 0 or not math.isfinite(sd):
        return f"{_plain(mean)} ± {sd:g}"
    decimals = 1 - int(f"{sd:.1e}".partition("e")[2])  # of the rounded sd: 0.0996 is 0.10
    if decimals >= 0:
        return f"{mean:.{decimals}f} ± {sd:.{decimals}f}"
    return f"{round(mean, decimals):.0f} ± {round(sd, decimals):.0f}"


def _plain(value: float) -> str:
    if value == 0 or 1e-4 <= abs(value) < 1e4:
        return f"{value:.4g}"
    return f"{value:.0f}" if abs(value) < 1e9 and abs(value) >= 1e4 else f"{value:.3e}"


def sweep_table(record: SweepRecord) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the table: one row per combination of settings, means and sd over the seeds."""
    short = short_names(list(record.swept))
    keys = list(without_seed(record.swept))
    there = quantities(record.groups)
    shown = {name: title for name, title in TITLES.items() if name in there}
    if not record.only_elbo_compares:
        del shown["negative_elbo"]
    header = [*(short[key] for key in keys), "n", *shown.values()]
    rows = [
        [
            *(value_text(group.settings[key]) for key in keys),
            str(group.n),
            *(mean_and_sd(group.mean.get(name), group.sd.get(name)) for name in shown),
        ]
        for group in record.groups
    ]
    return header, rows


def number_table(record: SweepRecord) -> tuple[list[str], list[list[str]]]:
    """Return the same with every number in full, means and sd in columns of their own; nothing for what is unknown."""
    keys, names = list(without_seed(record.swept)), quantities(record.groups)
    header = [*keys, "n", *(f"{name}_{part}" for name in names for part in ("mean", "sd"))]
    rows = [
        [
            *(value_text(group.settings[key]) for key in keys),
            str(group.n),
            *("" if value is None else repr(value) for value in _pairs(names, group.mean, group.sd)),
        ]
        for group in record.groups
    ]
    return header, rows


def _pairs(names: Sequence[str], mean: dict[str, float | None], sd: dict[str, float | None]) -> Sequence[float | None]:
    return [part.get(name) for name in names for part in (mean, sd)]
