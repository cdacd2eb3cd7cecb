"""Drawings of how good images are."""

import numpy as np
import pytest

from zscape.analysis.generation import GenerationScores
from zscape.analysis.quality import EmbeddingRecord, GenerationRecord
from zscape.analysis.reconstruction import reconstruction_record
from zscape.figures.canvas import png
from zscape.figures.quality import draw_generation, draw_reconstruction_quality

REAL = GenerationScores(0.9, 0.8, 1.0, 0.7, 0.01, 0.02, 0.2)
EMBEDDING = EmbeddingRecord("pixels, 64 principal components", "pixels-1", 64, None, 1437)


def texts(figure):
    legends = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    axes = [
        label
        for one in figure.axes
        for label in (
            one.get_xlabel(),
            *(tick.get_text() for tick in one.get_yticklabels()),
            *(t.get_text() for t in one.texts),
        )
    ]
    return [*legends, *axes, figure.get_suptitle()]


def record(values):
    return reconstruction_record(
        {name: np.asarray(values, float) for name in ("psnr", "ssim", "reconstruction")}, np.arange(len(values)), 11
    )


def test_reconstructions_are_three_histograms():
    values = np.random.default_rng(0).normal(20, 3, 500)
    figure = draw_reconstruction_quality(record(values))
    assert len(figure.axes) == 3
    for axes in figure.axes:
        heights = axes.patches[0].get_data().values
        assert heights.sum() == 500
        marks = sorted(line.get_xdata()[0] for line in axes.lines)
        assert marks == pytest.approx(np.sort([values.mean(), *np.percentile(values, [5, 95], method="inverted_cdf")]))
    assert {"mean", "5 % and 95 %", "structural similarity"} <= set(texts(figure))
    assert len(png(figure)) > 5000


def test_infinite_values_are_left_out_of_the_drawing_or_said():
    figure = draw_reconstruction_quality(record([10.0, 20.0, np.inf, np.inf]))
    assert all(np.isfinite(line.get_xdata()).all() for line in figure.axes[0].lines)
    empty = draw_reconstruction_quality(record([np.inf, np.inf]))
    assert "all images are equal\nto their reconstructions" in texts(empty)
    png(empty)


def test_fid_stands_with_the_priors():
    def scores(fid):
        return GenerationScores(0.5, 0.4, 0.6, 0.3, 0.05, 0.01, fid, fid)

    priors = {"normal": scores(213.4567), "fitted": scores(45.61), "mixture(8)": scores(31.0)}
    embedding = EmbeddingRecord("FID's Inception v3, weights d2850a96, 2,048 numbers", "i", 2048, None, None, True)
    figure = draw_generation(GenerationRecord(embedding, 5000, 3, 50, 1000, 1, scores(2.5), priors))
    shown = texts(figure)
    assert {"normal\nFID 213.5", "fitted\nFID 45.61", "mixture(8)\nFID 31"} <= set(shown)
    assert "in the embedding: FID's Inception v3, weights d2850a96, 2,048 numbers; FID of real images 2.5" in shown
    assert len(png(figure)) > 5000


@pytest.mark.parametrize("number", [1, 3, 9])
def test_random_images_are_bars_beside_the_mark_of_real_ones(number):
    priors = {f"prior {i}": GenerationScores(0.1 * (i + 1), 0.2, 1.2, 0.3, 0.05 * i, 0.01, 2.0) for i in range(number)}
    figure = draw_generation(GenerationRecord(EMBEDDING, 2000, 3, 50, 1000, 1, REAL, priors))
    left, right = figure.axes
    widths = [bar.get_width() for bar in left.patches]
    assert widths[:number] == pytest.approx([0.1 * (i + 1) for i in range(number)])
    assert len(widths) == 4 * number
    assert [line.get_xdata()[0] for line in left.lines] == [0.9, 0.8, 1.0, 0.7]
    assert [bar.get_width() for bar in right.patches] == pytest.approx([0.05 * i for i in range(number)])
    shown = texts(figure)
    assert "in the embedding: pixels, 64 principal components" in shown
    assert {"real images", "precision", "recall", "density", "coverage", *priors} <= set(shown)
    assert any("k = 3, 2,000 images each" in text for text in shown)
    assert len(png(figure)) > 5000
