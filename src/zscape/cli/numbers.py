"""The key numbers of a run, as a table on stdout."""

from typing import Any

from zscape.cli.output import print_table

_ROWS = (
    ("loss", "nats per image"),
    ("reconstruction", "nats per image"),
    ("reconstruction_at_mean", "nats per image, z at the mean"),
    ("mean_image", "nats per image, whatever the code"),
    ("sigma", "of the likelihood"),
    ("kl", "nats per image"),
    ("kl_per_dimension", "nats per dimension"),
    ("weighted_kl", "nats per image"),
    ("kl_share", "weighted_kl / loss"),
    ("active_units", "dimensions"),
    ("prior_mismatch", "nats per dimension"),
    ("psnr", "dB"),
    ("psnr_input", "dB"),
)


def print_metrics(metrics: dict[str, dict[str, Any]]) -> None:
    """Print the main numbers of each split given, with their units.

    Args:
        metrics: numbers by split, as in metrics.json.
    """
    header = ["", *metrics, "unit"]
    there = [row for row in _ROWS if any(row[0] in numbers for numbers in metrics.values())]
    if all(numbers.get("sigma") is None for numbers in metrics.values()):  # bce has none: no number that is missing
        there = [row for row in there if row[0] != "sigma"]
    rows = [[key, *(_text(numbers.get(key)) for numbers in metrics.values()), unit] for key, unit in there]
    print_table([header, *rows], right=range(1, len(metrics) + 1))


def _text(value: Any) -> str:
    return "-" if value is None else f"{value:#.5g}".removesuffix(".") if isinstance(value, float) else str(value)
