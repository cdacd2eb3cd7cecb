"""Sentences about the cloud: they must follow the numbers, in clouds of known shape."""

import re

import numpy as np
import pytest

from zscape.analysis.coordinates import coordinates_record
from zscape.analysis.drawn import drawn_record
from zscape.analysis.normality import normality_record
from zscape.analysis.radius import radius_record
from zscape.analysis.sentences_cloud import (
    coordinates_sentence,
    cubes_sentence,
    drawn_sentence,
    log_var_sentence,
    normality_sentence,
    scatter_sentence,
)
from zscape.analysis.spectrum import spectrum_record
from zscape.latent.codes import Codes

WORDS = {1.0: "a", 1.3: "close to a", 1.65: "only roughly a", 4.0: "no"}


def normal(count, z_dim, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, z_dim))


def shape_of(points, inactive=0, drawn=False) -> str:
    record = normality_record(points, drawn=drawn)
    text = normality_sentence(None if drawn else record, record if drawn else None, inactive)
    assert text is not None
    return text


def drawn_of(mu, log_var):
    mu = np.asarray(mu, dtype=np.float32)
    log_var = np.array(np.broadcast_to(log_var, mu.shape), dtype=np.float32)
    return drawn_record(Codes(mu, log_var, np.arange(len(mu)), np.zeros(len(mu), np.uint8)))


@pytest.mark.parametrize("z_dim", [2, 64, 256])
def test_a_normal_cloud(z_dim):
    text = shape_of(normal(2000, z_dim))
    assert text.startswith(
        "The cloud of mu, seen from its own centre and measured in its own spread, is a multivariate"
    )
    assert "is a multivariate normal as far as its points can tell" in text
    assert "It is centred at the origin, its coordinates hardly correlated" in text
    assert "tails" not in text and "ends early" not in text


def test_a_shifted_correlated_normal_cloud():
    text = shape_of(normal(3000, 3) @ np.linalg.cholesky([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]]).T + [0, 0, 12])
    assert "is a multivariate normal as far as its points can tell" in text
    assert re.search(r"off-centre \(the origin is 6\.\d\d cloud radii from its centre\)", text)
    assert re.search(r"its coordinates are correlated \(0\.5\d root mean square, 0\.9\d at most\)", text)


def test_heavy_tails_and_early_ends():
    source = np.random.default_rng(0)
    heavy = normal(3000, 16) / np.sqrt(source.chisquare(4, (3000, 1)) / 4)
    text = shape_of(heavy)
    assert "is no multivariate normal" in text
    assert re.search(
        r"It has heavy tails: [\d.]+ % of the points lie beyond a distance that 0\.1 % of a normal's do", text
    )
    early = shape_of(source.uniform(-1, 1, (3000, 16)))
    assert "is no multivariate normal" in early
    assert re.search(r"ends early, like a ball or a cube: 0 % of the points lie beyond a distance that 1 % of a", early)


def test_between_normal_and_not():
    # A mixture of two widths: the nearer, the more normal.
    for width, words in WORDS.items():
        points = normal(20000, 3)
        points[::2] *= width
        assert f"in its own spread, is {words} multivariate normal" in shape_of(points)


def test_heaps_and_lopsided_axes_are_named():
    points = normal(3000, 4)
    points[::2, 2] += 9
    assert "It is flat or in two heaps along principal axis 1." in shape_of(points)
    lopsided = shape_of(np.random.default_rng(0).exponential(size=(3000, 2)) * [1, 5])
    assert re.search(
        r"is not bell-shaped along 2 principal axes, most so along axis \d, where it is lopsided\.", lopsided
    )


def test_drawn_points_are_compared_with_mu():
    mu, skewed = normal(3000, 3), np.random.default_rng(1).exponential(size=(3000, 3))
    same = normality_sentence(normality_record(mu), normality_record(normal(3000, 3, 1), drawn=True))
    assert same is not None and same.endswith(" The same holds for drawn z.")
    other = normality_sentence(normality_record(mu), normality_record(skewed, drawn=True))
    assert other is not None and " The cloud of drawn z is no multivariate normal: " in other
    assert normality_sentence(None) is None


def test_too_few_points_are_not_called_normal():
    text = shape_of(normal(40, 8))
    assert "cannot be told from a normal one, but 40 points are too few to tell much" in text


def test_drawn_points_flat_directions_and_unused_dimensions():
    points = normal(1000, 4)
    points[:, 2:] = 7
    assert shape_of(points, drawn=True).startswith("The cloud of drawn z, seen")
    assert shape_of(points).endswith(" 2 directions in which the points do not vary are left out.")
    skewed = np.random.default_rng(0).exponential(size=(1000, 4))
    assert shape_of(skewed, inactive=1).endswith(" 1 unused dimension counts as much as the others here.")
    assert shape_of(skewed, inactive=3).endswith(" 3 unused dimensions count as much as the others here.")
    assert "unused" not in shape_of(skewed, inactive=3, drawn=True)
    assert re.search(
        r"off-centre \(the origin is \d\.\d\d cloud radii from its centre\)\.$", shape_of(normal(1000, 1) + 9)
    )


def test_coordinates_near_and_far_are_named():
    points = normal(4000, 4) * [1, 0.01, 1, 1] + [0, 0, 0, 2]
    text = coordinates_sentence(coordinates_record(points))
    assert text.startswith("Taken one by one, 2 of 4 coordinates of mu are nearly N(0, 1), with at most 5 % of the")
    assert re.search(r"z 3 is farthest \(69 %; mean 2\.\d\d, standard deviation \d\.\d\d\)\.$", text)
    assert re.search(r"z [02] comes nearest \(\d\.\d %\)", text)
    many = coordinates_sentence(coordinates_record(normal(100, 50)))
    assert many.endswith(" The 36 panels go from the most to the least normal.")
    assert "Of the one coordinate of mu 50 % of the points" in coordinates_sentence(
        coordinates_record(np.zeros((9, 1)))
    )


def test_a_vae_that_does_not_use_log_var_is_said_to_work_like_an_autoencoder():
    text = drawn_sentence(drawn_of(normal(500, 16), -13.7))
    assert text.startswith("The encoder makes next to no use of log_var: a draw moves a coordinate by 0.00")
    assert "(0 values of 8,000 by more than 0.05) and the radius by 0.0" in text
    assert text.endswith("it works like an autoencoder.")


@pytest.mark.parametrize(
    ("variance", "use", "share"),
    [(1e-3, "little use", r"0\.1"), (0.03, "use", r"(2\.9|3\.0)"), (0.25, "use", "20"), (4.0, "use", "80")],
)
def test_use_of_log_var_is_measured_by_the_share_of_the_variance(variance, use, share):
    text = drawn_sentence(drawn_of(normal(4000, 8), np.log(variance)))
    assert re.match(rf"The encoder makes {use} of log_var: {share} % of the variance of z comes from drawing; ", text)
    assert "autoencoder" not in text
    assert re.search(r"the radius goes from 2\.7\d ± 0\.\d\d \(mu\) to \d\.\d\d ± \d\.\d\d \(z\)\.$", text)


def test_where_all_of_z_is_drawn_nothing_is_made_use_of():
    text = drawn_sentence(drawn_of(normal(4000, 8) / 30, np.log(1.0)))
    assert text.startswith(
        "z is nearly all chance and hardly tells images apart: 100 % of the variance of z comes from"
    )


def test_log_var_as_standard_deviations():
    record = drawn_of(np.zeros((6, 3)), [-4.0, 0.0, 0.0])
    text = log_var_sentence(record)
    assert text.startswith(
        "log_var runs from -4.00 to 0.00 with mean -1.33: standard deviations of the posteriors from "
    )
    assert (
        "from 0.14 to 1.00, typically 0.51. In 2 of 3 dimensions they are typically as wide as N(0, 1) itself" in text
    )
    assert "In no dimension are they" in log_var_sentence(drawn_of(np.zeros((6, 3)), -4.0))
    assert "In 1 of 1 dimensions it is typically" in log_var_sentence(drawn_of(np.zeros((6, 1)), 0.0))


def test_cubes_at_the_radii_of_the_codes():
    points = normal(4000, 256)
    text = cubes_sentence(radius_record(points))
    # experiments, N15: about 9.24 r; the shell of N(0, I) is 15.98 +- 0.71 wide, so nine in ten lie in 14.8 .. 17.2
    assert "lie at radius 9.23 r, the codes nine times in ten between 14.8" in text
    assert re.search(r"equally far out for r from 1\.6\d to 1\.8\d, though not yet in the same place", text)
    assert "the codes (mu) nine" in cubes_sentence(radius_record(points, variance=np.ones(256)))


def test_the_plane_of_the_scatter():
    assert scatter_sentence(spectrum_record(normal(50, 2))).startswith("The picture shows the codes as they are")
    points = np.concatenate([np.eye(4), -np.eye(4)]) * [3, 1, 1, 1]
    text = scatter_sentence(spectrum_record(points))
    assert text.startswith("The plane shown holds 83 % of the variance of mu") and "other 2 directions" in text
