"""How much each dimension carries."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zscape.analysis.posterior import PosteriorRecord
from zscape.figures.canvas import DATA, INK, QUIET, new_figure, note, styled

_MOST_NUMBERED = 32
_LOWEST = 1e-4  # nats; bars end here


@styled
def draw_kl(record: PosteriorRecord) -> Figure:
    """Draw the KL of each dimension, largest first, on a logarithmic scale, active and inactive ones apart.

    Up to 32 dimensions are numbered. Bars of less than 0.0001 nat are not visible; the legend counts them.
    """
    figure, axes = new_figure(6.4, 3.6)
    kl = np.array(record.kl_per_dimension)
    order = np.argsort(-kl, kind="stable")
    inactive = np.isin(order, record.inactive)
    positions = np.arange(len(kl))
    for chosen, colour, name in ((~inactive, DATA, "active"), (inactive, QUIET, "inactive")):
        if chosen.any():
            label = f"{name}: {int(chosen.sum())} of {len(kl)}"
            width = 0.8 if len(kl) <= _MOST_NUMBERED else 1.0
            axes.bar(positions[chosen], kl[order][chosen], width=width, color=colour, label=label)
    label = f"threshold, {record.active_nats:g} nat"
    axes.axhline(record.active_nats, color=INK, linestyle="--", linewidth=1.0, label=label)
    axes.set_yscale("log")
    axes.set_ylim(_LOWEST, max(2.0 * float(kl.max()), 10.0 * record.active_nats))
    axes.set_ylabel("KL, nats")
    _number(axes, order)
    if kl.max() < _LOWEST:
        note(axes, f"every dimension has less than {_LOWEST:g} nat")
    figure.legend(loc="outside upper center", ncols=3)
    return figure


def _number(axes: Axes, order: np.ndarray) -> None:
    count = len(order)
    axes.set_xlim(-0.6 if count > 2 else -1.0, count - 0.4 if count > 2 else float(count))
    axes.grid(visible=False, axis="x")
    if count <= _MOST_NUMBERED:
        axes.set_xticks(np.arange(count), [str(i) for i in order])
        axes.set_xlabel("dimension of z, sorted by KL")
    else:
        axes.set_xlabel("dimensions of z, sorted by KL")
