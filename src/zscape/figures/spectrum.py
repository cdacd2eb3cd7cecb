"""The principal components of the codes."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from zscape.analysis.spectrum import SpectrumRecord
from zscape.figures.canvas import DATA, PALETTE, REFERENCE, new_panels, note, styled

_FEW = 40  # up to here every direction gets a marker
_FLOOR = 1e-9  # share of the largest variance at which the logarithmic scale ends


@styled
def draw_spectrum(record: SpectrumRecord) -> Figure:
    """Draw the variance along each principal axis (left), and the share that the first k axes hold together (right).

    The left scale is logarithmic where the variances differ by more than a factor of 20.
    """
    figure, (left, right) = new_panels(7.6, 3.3, 2)
    axis_numbers = np.arange(1, len(record.variances) + 1)
    marker = "o" if len(axis_numbers) <= _FEW else None
    variances = np.array(record.variances)
    left.plot(axis_numbers, variances, color=DATA, marker=marker, markersize=4)
    if record.total_variance == 0:
        note(left, "the codes do not vary")
        note(right, "no variance to share")
    if 0 < 20 * variances[-1] < variances[0] or (variances[-1] == 0 < variances[0]):
        left.set_yscale("log", nonpositive="mask")
        left.set_ylim(bottom=max(variances[variances > 0].min() / 2, _FLOOR * variances[0]))
    else:
        left.set_ylim(0, 1.1 * variances[0] if variances[0] > 0 else 1.0)
    left.set_ylabel("variance of mu")
    right.plot(axis_numbers, 100 * np.array(record.cumulative), color=DATA, marker=marker, markersize=4)
    _mark_shares(right, record)
    right.set_ylim(0, 105)
    right.set_ylabel("cumulative share, %")
    for axes in (left, right):
        margin = 0.5 if len(axis_numbers) <= _FEW else 0.02 * len(axis_numbers)
        axes.set_xlim(1 - margin, len(axis_numbers) + margin)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=1))
        axes.set_xlabel("principal direction")
    if record.total_variance > 0:
        figure.legend(
            loc="outside upper center", ncols=3, title="principal directions that hold a share of the variance"
        )
    return figure


def _mark_shares(axes: Axes, record: SpectrumRecord) -> None:
    marks = ((90, record.dimensions_90), (95, record.dimensions_95), (99, record.dimensions_99))
    colours = (PALETTE[1], PALETTE[3], REFERENCE)
    for needed in sorted({needed for _, needed in marks if needed}):
        shares = [share for share, there in marks if there == needed]
        # Of shares that need the same directions the last one's colour is left.
        colour = next(colour for (share, _), colour in zip(marks, colours, strict=True) if share == shares[-1])
        label = f"{', '.join(map(str, shares))} %: {needed} of {len(record.variances)}"
        height = 100 * record.cumulative[needed - 1]
        axes.vlines(needed, 0, height, color=colour, linestyle="--", linewidth=1.2, label=label)
