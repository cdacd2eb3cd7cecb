"""Numbers as a report prints them."""

from typing import Any

_ROWS = (
    ("loss", "Loss", "nats per image"),
    ("reconstruction", "Reconstruction, z drawn", "nats per image"),
    ("reconstruction_at_mean", "Reconstruction, z at the mean", "nats per image"),
    ("entropy_floor", "Least reconstruction possible (grey images)", "nats per image"),
    ("kl", "KL", "nats per image"),
    ("kl_mu", "KL, part of mu", "nats per image"),
    ("kl_log_var", "KL, part of log_var", "nats per image"),
    ("beta", "KL weight beta", ""),
    ("weighted_kl", "Weighted KL", "nats per image"),
    ("kl_share", "Weighted KL / loss", ""),
    ("active_units", "Active dimensions", "of {z_dim}"),
    ("prior_mismatch", "Prior mismatch", "nats per dimension"),
    ("psnr", "PSNR at the mean", "dB"),
    ("images", "Images", ""),
)
_WITHOUT_POSTERIOR = ("reconstruction_at_mean", "kl", "kl_mu", "kl_log_var", "beta", "weighted_kl", "kl_share")
_SPLITS = ("train", "validation", "test")


def number(value: Any) -> str:
    """Return a number with as many digits as a reader wants; a dash for None."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    if value == 0 or 0.001 <= abs(value) < 100:
        return f"{value:.4g}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.2e}"


def metrics_table(metrics: dict[str, Any], z_dim: int, variational: bool) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the table of final numbers, one column per split.

    Args:
        metrics: content of metrics.json.
        z_dim: dimensions of the latent space.
        variational: False leaves out the rows that an autoencoder does not have.
    """
    splits = [name for name in _SPLITS if name in metrics]
    rows = [
        [
            title if variational else title.removesuffix(", z drawn"),
            *(number(metrics[split][key]) for split in splits),
            unit.format(z_dim=z_dim),
        ]
        for key, title, unit in _ROWS
        if (variational or key not in _WITHOUT_POSTERIOR) and any(metrics[split][key] is not None for split in splits)
    ]
    return ["", *splits, "unit"], rows


def articles_table(metrics: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of loss, reconstruction and weighted KL in the articles' two conventions."""
    splits = [name for name in _SPLITS if name in metrics]
    rows = [
        [f"{term.replace('kl', 'weighted KL')}, {convention}"]
        + [number(metrics[split]["articles"][convention][term]) for split in splits]
        for convention in ("tape", "mean")
        for term in ("loss", "reconstruction", "kl")
    ]
    return ["", *splits], rows
