"""What the readouts of true factors say, in words."""

import numpy as np

from zscape.analysis.factors import FactorsRecord

_CLEAR = 0.9  # R^2 from which a factor is said to be read clearly
_LITTLE = 0.05  # share of the variance of |z|² that says next to nothing
_ENOUGH = 20  # codes per factor below which shares of groups are mostly chance
_MUCH = 0.25  # share from which a group of factors takes over


def factors_sentence(record: FactorsRecord) -> str:
    """Say how many factors a straight line gives back, which best and worst, and what the radius has to do with it."""
    return " ".join(text for text in (_read(record), _by_radius(record), _outside(record)) if text)


def _read(record: FactorsRecord) -> str:
    order = np.argsort(record.r2)
    best, worst = int(order[-1]), int(order[0])
    clear = sum(r2 >= _CLEAR for r2 in record.r2)
    images = "images not trained on" if record.held_out else "images kept back from the readout"
    text = (
        f"A linear readout of the codes gives back {clear} of {len(record.names)} true factors with an R² of at least "
        f"{_CLEAR:g}, on {record.tried_on:,} {images} (1 is perfect, 0 no better than the mean): best "
        f"{record.names[best]!r} with {_two(record.r2[best])}"
    )
    if worst != best:
        text += f", worst {record.names[worst]!r} with {_two(record.r2[worst])}"
    return f"{text}."


def _by_radius(record: FactorsRecord) -> str:
    if not record.shells:
        return ""
    inner, outer = record.shells[0], record.shells[-1]
    both = [(a, b) for a, b in zip(inner.r2, outer.r2, strict=True) if a is not None and b is not None]
    if not both:
        return ""
    first, last = (float(np.mean(values)) for values in zip(*both, strict=True))
    return (
        f"Its mean R² is {_two(first)} in the innermost quarter of the radii (up to {inner.high:.3g}) and {_two(last)} "
        f"in the outermost (from {outer.low:.3g})."
    )


def _outside(record: FactorsRecord) -> str:
    """Say which factors decide how far out a code lies."""
    most = int(np.argmax(record.radius_share))
    share = record.radius_share[most]
    if share < _LITTLE:
        text = f"No factor alone accounts for as much as {_percent(_LITTLE)} of the variance of |z|²"
    else:
        text = (
            f"How far out a code lies goes most with {record.names[most]!r}, which accounts for {_percent(share)} of "
            "the variance of |z|²"
        )
    groups = record.radius_share_of
    if not {"background", "other"} <= groups.keys() or record.tried_on < _ENOUGH * len(record.names):
        return f"{text}."
    behind, rest = groups["background"], groups["other"]
    taken = behind >= _MUCH and behind > rest
    verdict = "backgrounds take over outside" if taken else "backgrounds do not take over outside"
    return (
        f"{text}; the factors of the background together account for {_percent(behind)}, all others for "
        f"{_percent(rest)}: {verdict}."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _two(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}"  # adding zero takes the sign from -0.00
