"""The figure of true factors."""

import dataclasses

import numpy as np
import pytest

from zscape.analysis.factors import FactorsRecord, Shell
from zscape.figures.canvas import png
from zscape.figures.factors import draw_factors


def record_of(count, shells=4):
    r2 = np.linspace(0.1, 0.9, count)
    quarters = tuple(
        Shell(float(k), k + 1.0, 100, tuple((r2 - 0.1 * k).tolist()), tuple((0.5 + 0.3 * k + 0 * r2).tolist()))
        for k in range(shells)
    )
    names = tuple(f"factor {i}" for i in range(count))
    zeros = (0.0,) * count
    return FactorsRecord(
        names, tuple(r2.tolist()), (0,) * count, zeros, quarters, zeros, {"all": 0.0}, 400, 400, 0, True, {}
    )


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_best_read_stands_on_top_and_quarters_beside_it(count):
    figure = draw_factors(record_of(count))
    left, right = figure.axes
    assert [text.get_text() for text in left.get_yticklabels()] == [f"factor {i}" for i in reversed(range(count))]
    assert left.get_ylim()[0] > left.get_ylim()[1]
    best_first = np.linspace(0.1, 0.9, count)[::-1]
    drawn = {line.get_label(): line for line in left.lines if not str(line.get_label()).startswith("_")}
    assert list(drawn) == ["all codes", "|z| 0 to 1", "|z| 1 to 2", "|z| 2 to 3", "|z| 3 to 4"]
    np.testing.assert_allclose(drawn["all codes"].get_xdata(), best_first)
    np.testing.assert_allclose(drawn["|z| 2 to 3"].get_xdata(), best_first - 0.2)
    spreads = [line.get_xdata()[0] for line in right.lines[1:]]
    np.testing.assert_allclose(spreads, [0.5, 0.8, 1.1, 1.4])
    assert png(figure)[:4] == b"\x89PNG"


def test_without_quarters_there_is_one_panel():
    assert len(draw_factors(record_of(3, shells=0)).axes) == 1


def test_what_is_far_below_zero_or_unknown():
    record = record_of(2, shells=1)
    far = dataclasses.replace(record, shells=(dataclasses.replace(record.shells[0], r2=(-9.0, None)),))
    axes = draw_factors(far).axes[0]
    triangles = [line for line in axes.lines if line.get_marker() == "<"]
    assert [line.get_xdata().tolist() for line in triangles] == [[-0.3]] and axes.get_xlim()[0] < -0.3
    assert sum(len(line.get_xdata()) for line in axes.lines if line.get_marker() == "o") == 0
