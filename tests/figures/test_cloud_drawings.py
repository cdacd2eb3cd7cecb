"""What the drawings of the whole cloud show: coordinates, distances, drawn points, log_var, cubes."""

import numpy as np
import pytest

from zscape.analysis.coordinates import coordinates_record
from zscape.analysis.drawn import DrawnRecord, drawn_record
from zscape.analysis.normality import NormalityRecord, normality_record
from zscape.analysis.radius import radius_record
from zscape.figures.coordinates import draw_coordinates
from zscape.figures.drawn import draw_drawn, draw_log_var
from zscape.figures.normality import draw_normality
from zscape.figures.radius import draw_radius
from zscape.latent.codes import Codes


def normal(count, z_dim) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(count, z_dim)).astype(np.float32)


def drawn(mu, log_var) -> DrawnRecord:
    log_var = np.array(np.broadcast_to(log_var, np.shape(mu)), np.float32)
    return drawn_record(Codes(mu, log_var, np.arange(len(mu)), np.zeros(len(mu), np.uint8)))


def clouds(count, z_dim) -> list[NormalityRecord]:
    return [normality_record(normal(count, z_dim)), normality_record(normal(count, z_dim) ** 3, drawn=True)]


def test_the_scale_of_the_cubes_is_in_proportion_to_the_radius():
    record = radius_record(normal(500, 64) * 2)
    figure = draw_radius(record)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    (scale,) = axes.child_axes
    one = record.cubes[1]
    np.testing.assert_allclose(scale.get_xlim(), np.array(axes.get_xlim()) / one.mean)
    assert {text.get_text() for text in scale.get_xticklabels()} >= {"1", "3.5"}


def test_coordinates_are_densities_on_one_scale_each_with_its_law():
    record = coordinates_record(normal(500, 7) * np.linspace(0.5, 2, 7))
    figure = draw_coordinates(record)
    assert len(figure.axes) == 7
    for i, axes in enumerate(figure.axes):
        values, edges, _ = axes.patches[0].get_data()  # pyright: ignore[reportAttributeAccessIssue]
        assert (values * np.diff(edges)).sum() == pytest.approx(1.0)
        x, y = (np.asarray(data) for data in axes.get_lines()[0].get_data())
        np.testing.assert_allclose(y, np.exp(-x * x / 2) / np.sqrt(2 * np.pi))
        assert axes.get_title() == f"z {i}: {100 * record.kolmogorov[i]:.2g} %"
        assert axes.get_xlim() == figure.axes[0].get_xlim() and axes.get_ylim() == figure.axes[0].get_ylim()
        assert axes.get_xlim()[0] <= min(edges) and max(edges) <= axes.get_xlim()[1]


def test_narrow_coordinates_do_not_flatten_the_others():
    figure = draw_coordinates(coordinates_record(normal(500, 2) * np.array([1, 0.001])))
    assert 0.42 < figure.axes[0].get_ylim()[1] < 1.4


def test_distances_are_densities_beside_their_law_and_quantiles_in_pairs():
    records = clouds(500, 3)
    left, right = draw_normality(records).axes
    for outline in left.patches:
        values, edges, _ = outline.get_data()  # pyright: ignore[reportAttributeAccessIssue]
        assert (values * np.diff(edges)).sum() == pytest.approx(1.0)
    (law,) = left.get_lines()
    d, density = (np.asarray(data) for data in law.get_data())
    assert np.trapezoid(density, d) == pytest.approx(1.0, abs=1e-3)
    for record, line in zip(records, right.get_lines(), strict=False):
        np.testing.assert_allclose(np.asarray(line.get_ydata()) ** 2, record.quantiles)
        np.testing.assert_allclose(np.asarray(line.get_xdata()) ** 2, record.law_quantiles)


def test_cells_and_diagonal_of_the_radii():
    record = drawn(normal(500, 12), -1.0)
    axes, bar = draw_drawn(record).axes
    mesh = axes.collections[0].get_array()
    assert mesh is not None and mesh.sum() == 500
    np.testing.assert_array_equal(np.ma.getdata(mesh), np.array(record.cells).T)  # R(mu) runs to the right
    assert [np.asarray(data).tolist() for data in axes.get_lines()[0].get_data()] == [
        [record.edges[0], record.edges[-1]]
    ] * 2
    assert bar.get_ylabel() == "z-points per cell"


def test_log_var_is_shown_with_zero_where_it_comes_near():
    near, far = draw_log_var(drawn(normal(50, 3), -1.0)), draw_log_var(drawn(normal(50, 3), -13.0))
    texts = [[text.get_text() for text in figure.legends[0].get_texts()] for figure in (near, far)]
    assert texts == [
        ["from least to largest", "mean", "0, as N(0, I) has it"],
        ["from least to largest", "mean"],
    ]
    right = draw_log_var(drawn(normal(50, 3), [-1.0, -3.0, -2.0])).axes[1]
    assert [tick.get_text() for tick in right.get_xticklabels()] == ["1", "2", "0"]
