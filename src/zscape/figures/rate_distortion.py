"""Rate against distortion of the runs of a sweep."""

from collections.abc import Sequence

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from zscape.analysis.sweep import SweepGroup, SweepRecord, short_names, value_text, without_seed
from zscape.core.errors import InputError
from zscape.figures.canvas import DATA, PALETTE, QUIET, new_figure, styled

_MOST_IN_LEGEND = 12
_WIDTH, _HEIGHT, _LEGEND = 6.0, 4.6, 1.5  # inches
_SIDES = ((5, 4, "left", "bottom"), (-5, -4, "right", "top"), (5, -4, "left", "top"), (-5, 4, "right", "bottom"))


@styled
def draw_rate_distortion(record: SweepRecord) -> Figure:
    """Draw the KL of each finished run (rate) against its reconstruction (distortion), both in nats per image.

    Small points are runs; large ones are means over seeds, labelled with the value of the first swept setting (left out
    where it would cover another) and joined along it where its values are numbers. Each combination of the other
    settings has a colour. Along the grey lines the sum of both, the negative ELBO, is the same.

    Raises:
        InputError: when no run has finished.
    """
    runs = [run for run in record.runs if run.numbers is not None]
    if not runs:
        raise InputError("No run of the sweep has finished; there is no rate and no distortion to draw.")
    keys = list(without_seed(record.swept))
    groups = [group for group in record.groups if group.n]
    joined = bool(keys) and all(_is_number(group.settings[keys[0]]) for group in groups)
    lines = _lines(groups, keys, joined)
    has_legend = 1 < len(lines) <= _MOST_IN_LEGEND
    figure, axes = new_figure(_WIDTH + (_LEGEND if has_legend else 0.0), _HEIGHT)
    colours = {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(lines)} if len(lines) > 1 else {}
    for run in runs:
        colour = colours.get(_line_name(run.settings, keys), DATA)
        axes.plot(*_point(run.numbers), "o", color=colour, markersize=3.5, alpha=0.55, markeredgewidth=0)
    for name, line in lines.items():
        points = np.array([_point(group.mean) for group in line])
        pen = {"color": colours.get(name, DATA), "markeredgecolor": "white", "markeredgewidth": 1.2, "zorder": 3}
        style = "o-" if joined else "o"
        axes.plot(points[:, 0], points[:, 1], style, markersize=8, label=name, **pen)
    axes.margins(0.12)
    _draw_equal_sums(axes)
    axes.set_xlabel("rate: KL, nats per image")
    axes.set_ylabel("distortion: reconstruction, nats per image")
    axes.set_title(_title(record, keys), fontsize=9)
    if has_legend:
        figure.legend(loc="outside right upper", title=_others(keys))
    if keys:
        _label(figure, axes, groups, keys[0])
    return figure


def _title(record: SweepRecord, keys: Sequence[str]) -> str:
    of = f", labelled with {short_names(list(record.swept))[keys[0]]}" if keys else ""
    means = ", and means over seeds" if record.has_means else ""
    first = f"{record.split.capitalize()} images of each run{means}{of}"
    return f"{first}\nlower left is better; along a grey line rate + distortion = negative ELBO is the same"


def _others(keys: Sequence[str]) -> str | None:
    short = short_names(keys)
    return ", ".join(short[key] for key in keys[1:]) or None


def _point(numbers: dict[str, float | None] | None) -> tuple[float, float]:
    assert numbers is not None and numbers["kl"] is not None and numbers["reconstruction"] is not None
    return numbers["kl"], numbers["reconstruction"]


def _line_name(settings: dict[str, object], keys: Sequence[str]) -> str:
    return ", ".join(value_text(settings[key]) for key in keys[1:])


def _lines(groups: Sequence[SweepGroup], keys: Sequence[str], ordered: bool) -> dict[str, list[SweepGroup]]:
    """Return the groups of each combination of all settings but the first, by the first in ascending order."""
    lines: dict[str, list[SweepGroup]] = {}
    for group in groups:
        lines.setdefault(_line_name(group.settings, keys), []).append(group)
    if ordered:
        return {name: sorted(line, key=lambda group: group.settings[keys[0]]) for name, line in lines.items()}
    return lines


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _draw_equal_sums(axes: Axes) -> None:
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    for total in axes.yaxis.get_major_locator().tick_values(bottom + left, top + right):
        axes.plot([left, right], [total - left, total - right], color=QUIET, linewidth=0.8, alpha=0.8, zorder=1)
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)


def _label(figure: Figure, axes: Axes, groups: Sequence[SweepGroup], key: str) -> None:
    figure.draw_without_rendering()  # fixes the layout, so that the extents of the labels are known
    outline = [patheffects.withStroke(linewidth=2.5, foreground="white")]
    taken: list[Bbox] = []
    for group in groups:
        for x, y, ha, va in _SIDES:
            text = axes.annotate(
                value_text(group.settings[key]), _point(group.mean), (x, y), textcoords="offset points", ha=ha, va=va,
                fontweight="bold", path_effects=outline, zorder=4,
            )  # fmt: skip
            extent = text.get_window_extent()
            inside = figure.bbox.x0 < extent.x0 and extent.x1 < figure.bbox.x1
            if inside and not any(extent.overlaps(other) for other in taken):
                taken.append(extent)
                break
            text.remove()
