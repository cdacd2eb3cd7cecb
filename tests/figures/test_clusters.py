from dataclasses import replace

import numpy as np
import pytest

from tests.figures.test_drawings import assert_nothing_overlaps
from zscape.analysis.clusters import clusters_record
from zscape.figures.canvas import png
from zscape.figures.clusters import draw_clusters

POINTS = np.random.default_rng(0).normal(size=(200, 2)) + 12 * np.eye(2)[np.arange(200) % 2]


@pytest.fixture(scope="module")
def record():
    return clusters_record(POINTS, ks=(2, 3, 5))


def test_both_curves_their_spread_and_the_number_found(record):
    figure = draw_clusters(record)
    left, right = figure.axes
    for axes, ours, normals in (
        (left, record.inertia, record.normal_inertia),
        (right, record.silhouette, record.normal_silhouette),
    ):
        curves = axes.get_lines()
        np.testing.assert_allclose(np.asarray(curves[0].get_ydata()), ours)
        np.testing.assert_allclose(np.asarray(curves[1].get_ydata()), normals)
        assert np.asarray(curves[0].get_xdata()).tolist() == [2, 3, 5]
        assert np.asarray(curves[2].get_xdata()).tolist() == [record.best_k] * 2
    assert len(left.collections) == 2 and (left.get_ylabel(), right.get_ylabel()) == ("inertia per point", "silhouette")
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["200 z-points", "as many points of the normal with their mean and covariance", "2 clusters"]
    assert png(figure) == png(draw_clusters(record))
    assert_nothing_overlaps(figure)


def test_no_number_is_marked_where_there_are_no_clusters(record):
    assert len(draw_clusters(replace(record, found=False)).axes[0].get_lines()) == 2


def test_small_differences_do_not_look_large(record):
    flat = tuple(0.99 * record.variance - 1e-3 * i for i in range(3))
    low, high = draw_clusters(replace(record, inertia=flat, normal_inertia=flat)).axes[0].get_ylim()
    assert high - low >= 0.0999 * record.variance


def test_one_k_and_no_silhouette(record):
    one = {name: getattr(record, name)[:1] for name in ("ks", "inertia", "inertia_sd", "normal_inertia")}
    one |= {"normal_inertia_sd": record.normal_inertia_sd[:1], "silhouette": (None,), "normal_silhouette": (None,)}
    assert png(draw_clusters(replace(record, **one)))
