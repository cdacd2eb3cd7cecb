"""How good images are: reconstructions one by one, and random images against real ones."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zscape.analysis.quality import GenerationRecord
from zscape.analysis.reconstruction import MEASURES, Distribution, ReconstructionRecord
from zscape.figures.canvas import DATA, INK, PALETTE, REFERENCE, new_panels, note, styled

_SCORES = ("precision", "recall", "density", "coverage")
_ROW = 0.3  # inches per prior and score


@styled
def draw_reconstruction_quality(record: ReconstructionRecord) -> Figure:
    """Draw the histograms of PSNR, SSIM and reconstruction over the images, with mean and 5 and 95 percentiles."""
    figure, panels = new_panels(8.4, 2.9, len(MEASURES))
    for axes, (name, label) in zip(panels, MEASURES.items(), strict=True):
        _draw_distribution(axes, getattr(record, name))
        axes.set_xlabel(label)
    panels[0].set_ylabel("images")
    handles, labels = panels[0].get_legend_handles_labels()
    if handles:
        figure.legend(handles, labels, loc="outside upper center", ncols=3)
    return figure


def _draw_distribution(axes: Axes, values: Distribution) -> None:
    if values.mean is None:
        note(axes, "all images are equal\nto their reconstructions")
        return
    axes.stairs(values.counts, values.edges, fill=True, color=DATA, alpha=0.45)
    axes.stairs(values.counts, values.edges, color=DATA, linewidth=1.0)
    axes.axvline(values.mean, color=REFERENCE, linewidth=1.3, linestyle="--", label="mean")
    for at, name in ((values.p5, "5 % and 95 %"), (values.p95, None)):
        if np.isfinite(at):
            axes.axvline(at, color=INK, linewidth=1.1, linestyle=":", label=name)
    axes.set_ylim(bottom=0)
    axes.locator_params(axis="x", nbins=5)
    axes.grid(visible=False, axis="x")


@styled
def draw_generation(record: GenerationRecord) -> Figure:
    """Draw the scores of each prior as bars, real images as the line they would reach, and the kernel distances.

    The embedding's name is part of the drawing: without it the numbers mean nothing. FID stands with the priors' names,
    where there is one: beside kernel distances it would need an axis of its own.
    """
    names = list(record.priors)
    figure, (left, right) = new_panels(8.4, 1.5 + _ROW * max(3, len(names)) * 1.6, 2)
    colours = [PALETTE[i % len(PALETTE)] for i in range(len(names))]
    _draw_scores(left, record, names, colours)
    _draw_distances(right, record, names, colours)
    of_real = "" if record.real.fid is None else f"; FID of real images {record.real.fid:.4g}"
    figure.suptitle(f"in the embedding: {record.embedding.name}{of_real}", fontsize=8.5)
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=min(6, len(names) + 1))
    return figure


def _draw_scores(axes: Axes, record: GenerationRecord, names: Sequence[str], colours: Sequence[str]) -> None:
    height = 0.8 / len(names)
    for row, score in enumerate(_SCORES):
        for i, name in enumerate(names):
            at = row - 0.4 + height * (i + 0.5)
            value = getattr(record.priors[name], score)
            axes.barh(at, value, height * 0.86, color=colours[i], label=name if row == 0 else None)
        of_real = getattr(record.real, score)
        label = "real images" if row == 0 else None
        axes.plot([of_real, of_real], [row - 0.46, row + 0.46], color=INK, linewidth=1.8, label=label)
    axes.set_yticks(range(len(_SCORES)), _SCORES)
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.set_xlabel(f"share (density: about 1 at best), k = {record.k}, {record.n:,} images each")
    axes.grid(visible=False, axis="y")


def _draw_distances(axes: Axes, record: GenerationRecord, names: Sequence[str], colours: Sequence[str]) -> None:
    for i, name in enumerate(names):
        scores = record.priors[name]
        bars = {"ecolor": INK, "elinewidth": 1.0, "capsize": 2.5}
        axes.barh(i, scores.kernel_distance, 0.7, xerr=scores.kernel_distance_sd, color=colours[i], error_kw=bars)
    axes.axvline(record.real.kernel_distance, color=INK, linewidth=1.8)
    fids = [record.priors[name].fid for name in names]
    labels = [name if fid is None else f"{name}\nFID {fid:.4g}" for name, fid in zip(names, fids, strict=True)]
    axes.set_yticks(range(len(names)), labels)
    axes.invert_yaxis()
    axes.set_xlabel(f"kernel distance, with the spread over {record.subsets} subsets")
    axes.grid(visible=False, axis="y")
    axes.locator_params(axis="x", nbins=5)
