"""All figures of a set of codes: which there are, and which points they show."""

import functools

import numpy as np
import pytest
from matplotlib.colors import to_hex

from zscape.analysis import study as numbers
from zscape.core.errors import InputError
from zscape.figures import study
from zscape.figures.canvas import PALETTE
from zscape.figures.study import draw_study
from zscape.latent.codes import Codes

analyze = functools.partial(numbers.analyze, clusters=False)  # which take time, and have drawings of their own


def codes_of(count, z_dim, variational=True, labelled=False) -> Codes:
    mu = np.random.default_rng(0).normal(size=(count, z_dim)).astype(np.float32)
    log_var = np.full_like(mu, -1.0) if variational else None
    labels = np.arange(count) % 3 if labelled else None
    return Codes(mu, log_var, np.arange(count), np.zeros(count, np.uint8), labels, None)


def scatter_of(codes):
    """Return the points of the scatter, float64 (n, 2), their colours and the names of the axes."""
    axes = draw_study(codes, analyze(codes))["scatter"].axes[0]
    (points,) = axes.collections
    colours = [to_hex(colour) for colour in points.get_facecolor()]
    return np.asarray(points.get_offsets()), colours, (axes.get_xlabel(), axes.get_ylabel())


@pytest.mark.parametrize(
    ("z_dim", "variational", "names"),
    [
        (5, True, {"scatter", "kl", "drawn", "log_var"}),
        (5, False, {"scatter"}),
        (1, True, {"kl", "drawn", "log_var"}),
        (1, False, set()),
    ],
)
def test_which_figures_there_are_and_each_has_its_sentence(z_dim, variational, names):
    codes = codes_of(30, z_dim, variational)
    analysis = numbers.analyze(codes)
    drawn = draw_study(codes, analysis)
    assert set(drawn) == names | {"radius", "spectrum", "coordinates", "normality", "clusters"}
    assert set(drawn) == set(analysis.sentences) - {"cubes"}


def test_what_was_left_out_is_not_drawn():
    codes = codes_of(5, 9, variational=False)
    analysis = analyze(codes)
    assert "normality" in analysis.left_out
    assert set(draw_study(codes, analysis)) == {"radius", "spectrum", "scatter", "coordinates"}


def test_two_dimensions_are_shown_as_they_are():
    codes = codes_of(30, 2)
    points, _, names = scatter_of(codes)
    np.testing.assert_allclose(points, codes.mu)
    assert names == ("z 0", "z 1")


def test_more_dimensions_are_shown_along_their_principal_axes():
    codes = codes_of(200, 4)
    stretched = Codes(codes.mu * np.array([1, 9, 1, 3]), None, codes.ids, codes.splits)
    points, _, names = scatter_of(stretched)
    assert names == ("first principal axis", "second principal axis")
    for column, dimension in ((0, 1), (1, 3)):
        assert abs(np.corrcoef(points[:, column], stretched.mu[:, dimension])[0, 1]) > 0.98


def test_of_many_points_a_fixed_random_choice_is_shown_each_with_its_own_label(monkeypatch):
    monkeypatch.setattr(study, "MOST_POINTS", 40)
    codes = codes_of(300, 2, labelled=True)
    points, colours, _ = scatter_of(codes)
    assert len(points) == 40
    rows = [int(np.flatnonzero((codes.mu == point.astype(np.float32)).all(axis=1))[0]) for point in points]
    assert rows == sorted(rows) and len(set(rows)) == 40 and rows != list(range(40))
    assert codes.labels is not None and colours == [PALETTE[label] for label in codes.labels[rows]]
    np.testing.assert_array_equal(scatter_of(codes)[0], points)


def test_up_to_the_limit_all_points_are_shown(monkeypatch):
    monkeypatch.setattr(study, "MOST_POINTS", 40)
    assert len(scatter_of(codes_of(40, 2))[0]) == 40


def test_one_point_cannot_be_studied():
    codes = codes_of(2, 2).take(np.array([0]))
    with pytest.raises(InputError, match="at least 2 points"):
        draw_study(codes, analyze(codes))
