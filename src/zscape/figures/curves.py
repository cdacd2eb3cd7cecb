"""The course of a training."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from zscape.core.errors import InputError
from zscape.figures.canvas import DATA, REFERENCE, new_panels, styled

_PANELS = (("loss", "Loss"), ("reconstruction", "Reconstruction"), ("kl", "KL, unweighted"))
_FEW_EPOCHS = 25  # up to here every epoch gets a marker
_PANEL_WIDTH, _HEIGHT = 3.3, 2.9  # inches


@styled
def draw_curves(history: Sequence[Mapping[str, Any]]) -> Figure:
    """Draw loss, reconstruction and KL over the epochs: training solid, validation dashed.

    Without any KL (an autoencoder) the loss is the reconstruction, and there is one panel.

    Args:
        history: one entry per epoch: `{"epoch": 1, "train": {"loss", "reconstruction", "kl", ...}, "validation": {the
            same} or None}`, nats per image. Values that are None or not finite leave a gap.

    Raises:
        InputError: when the history is empty.
    """
    if not history:
        raise InputError("The history has no epochs; there are no curves to draw.")
    has_kl = any(abs(value) > 0 for part in ("train", "validation") for value in _values(history, part, "kl"))
    panels = _PANELS if has_kl else (("loss", "Loss (reconstruction)"),)
    figure, all_axes = new_panels(_PANEL_WIDTH * len(panels) + (0 if has_kl else 0.7), _HEIGHT, len(panels))
    for axes, (term, title) in zip(all_axes, panels, strict=True):
        _draw_term(axes, history, term)
        axes.set_title(title)
    all_axes[0].set_ylabel("nats per image")
    handles, labels = all_axes[0].get_legend_handles_labels()
    if len(labels) > 1:
        all_axes[0].legend(handles, labels, loc="best")
    return figure


def _draw_term(axes: Axes, history: Sequence[Mapping[str, Any]], term: str) -> None:
    epochs = [entry["epoch"] for entry in history]
    for part, color, dashes in (("train", DATA, "-"), ("validation", REFERENCE, "--")):
        values = _values(history, part, term)
        if all(math.isnan(value) for value in values):
            continue
        marker = "o" if len(epochs) <= _FEW_EPOCHS else None
        name = "training" if part == "train" else part
        axes.plot(epochs, values, dashes, color=color, marker=marker, markersize=3.5, label=name)
    axes.set_xlabel("epoch")
    margin = 0.5 if len(epochs) == 1 else 0.03 * (epochs[-1] - epochs[0])
    axes.set_xlim(epochs[0] - margin, epochs[-1] + margin)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, min_n_ticks=1))


def _values(history: Sequence[Mapping[str, Any]], part: str, term: str) -> list[float]:
    values = [(entry.get(part) or {}).get(term) for entry in history]
    return [float(value) if value is not None and math.isfinite(value) else math.nan for value in values]
