"""What codes know of attributes: how clearly each is told, and which directions go together."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zscape.analysis.attributes import AttributesRecord
from zscape.figures.canvas import DATA, INK, QUIET, new_panels, styled

_ROW, _LEAST, _MOST = 0.21, 2.6, 13.0  # inches per attribute; of the whole figure
_LONGEST = 22  # letters of a name
_NUMBERS = 14  # up to so many attributes the cosines are written into the matrix


@styled
def draw_attributes(record: AttributesRecord) -> Figure:
    """Draw the probe's area under the ROC curve for each attribute, best first, and the cosines of their directions.

    Args:
        record: the attributes.
    """
    order = np.argsort([-auc for auc in record.auc], kind="stable")
    names = [_short(record.names[i]) for i in order]
    height = float(np.clip(_ROW * len(names) + 1.1, _LEAST, _MOST))
    figure, (left, right) = new_panels(8.6, height, 2)
    _areas(left, [record.auc[i] for i in order], [record.auc_direction[i] for i in order], names)
    _cosines(figure, right, np.array(record.cosines)[np.ix_(order, order)], names)
    return figure


def _areas(axes: Axes, auc: list[float], of_direction: list[float], names: list[str]) -> None:
    rows = np.arange(len(names))
    axes.axvline(0.5, color=QUIET, linewidth=1.2)
    axes.hlines(rows, 0.5, auc, color=DATA, linewidth=2.2)
    axes.plot(auc, rows, "o", color=DATA, markersize=5, label="logistic regression", clip_on=False, zorder=3)
    axes.plot(of_direction, rows, "|", color=INK, markersize=9, label="the direction alone", clip_on=False, zorder=3)
    axes.set_yticks(rows, names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(min(0.5, *auc, *of_direction) - 0.02, 1.0)
    axes.set_xlabel("area under the ROC curve; 0.5 is chance")
    axes.grid(axis="y", visible=False)
    # Below the axes, where no line can be.
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.5 / max(1.0, _ROW * len(names))), ncols=2)


def _cosines(figure: Figure, axes: Axes, matrix: np.ndarray, names: list[str]) -> None:
    picture = axes.imshow(matrix, cmap="RdBu_r", vmin=-1, vmax=1)
    axes.grid(visible=False)
    ticks = np.arange(len(names))
    axes.set_xticks(ticks, names, rotation=90)
    axes.set_yticks(ticks, [""] * len(names))
    axes.set_title("cosine of each two directions")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    if len(names) <= _NUMBERS:
        for i in range(len(names)):
            for j in range(len(names)):
                colour = "white" if abs(matrix[i, j]) > 0.6 else INK
                axes.text(j, i, f"{matrix[i, j]:.1f}", ha="center", va="center", fontsize=6, color=colour)
    else:
        figure.colorbar(picture, ax=axes, shrink=0.8)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
