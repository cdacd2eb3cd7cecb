"""How far a path stays among codes, with networks that are formulas."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist, mahalanobis

from zscape.analysis.path_quality import (
    PathQuality,
    Scale,
    make_ruler,
    make_scale,
    neighbour_distance,
    path_quality,
    quality_sentence,
)
from zscape.core.errors import InputError
from zscape.latent.codes import Codes


def make_codes(mu, log_var=None):
    return Codes(np.asarray(mu, np.float32), log_var, np.arange(len(mu)), np.zeros(len(mu), np.uint8))


@pytest.fixture(scope="module")
def codes():
    rng = np.random.default_rng(0)
    return make_codes(rng.normal(size=(900, 3)) @ np.array([[2, 0, 0], [1, 1, 0], [0, 0, 0.5]]) + [5, 0, -2])


def honest_within(radius, centre):
    """Networks that know the ball of this radius: points outside of it come back as its nearest point."""

    def way(z):
        offset = z - centre
        length = np.linalg.norm(offset, axis=1, keepdims=True)
        known = centre + offset * np.minimum(1.0, radius / np.maximum(length, 1e-9)) + 0.001
        images = 0.5 + 0.01 * z[:, None, None, :]
        return images, known.astype(np.float32), 0.5 + 0.01 * known[:, None, None, :]

    return way


def test_the_distance_is_mahalanobis_over_the_root_of_the_dimensions(codes):
    ruler = make_ruler(codes)
    inverse = np.linalg.inv(np.cov(codes.mu.astype(np.float64).T, bias=True))
    expected = [mahalanobis(point, ruler.mean, inverse) / np.sqrt(3) for point in codes.mu[:20]]
    np.testing.assert_allclose(ruler.distance(codes.mu[:20].astype(np.float64)), expected, rtol=1e-6)
    squares = ruler.distance(codes.mu.astype(np.float64)) ** 2
    assert squares.mean() == pytest.approx(1.0)  # exactly so for mean and covariance of the same points


def test_flat_directions_do_not_count():
    rng = np.random.default_rng(0)
    flat = make_codes(np.concatenate([rng.normal(size=(50, 2)), np.full((50, 1), 4.0)], axis=1))
    assert (make_ruler(flat).distance(flat.mu.astype(np.float64)) ** 2).mean() == pytest.approx(1.0)


def test_posterior_variance_widens_the_normal():
    mu = np.random.default_rng(0).normal(size=(500, 2)).astype(np.float32)
    wide = make_ruler(make_codes(mu, np.full((500, 2), np.log(3.0), np.float32)))
    np.testing.assert_allclose(np.diag(wide.covariance), mu.var(axis=0) + 3, rtol=1e-5)


@pytest.mark.parametrize("offset", [0.0, 1000.0])
def test_neighbours_are_looked_for_among_all(offset):
    points = np.random.default_rng(4).normal(size=(150, 4)).astype(np.float32) + np.float32(offset)
    distances = cdist(points.astype(np.float64), points.astype(np.float64))
    np.fill_diagonal(distances, np.inf)
    assert neighbour_distance(points) == pytest.approx(np.median(distances.min(axis=1)), rel=1e-5)


def test_neighbours_of_many_points_and_of_doubles():
    grid = np.stack(np.meshgrid(np.arange(80.0), np.arange(80.0)), axis=-1).reshape(-1, 2)  # more than one block
    assert neighbour_distance(grid) == 1.0
    assert neighbour_distance(np.array([[0.0], [0.0], [0.0], [5.0]])) == 5.0


def test_codes_that_are_one_point():
    with pytest.raises(InputError, match="All codes are one and the same point: there is no path between them"):
        make_ruler(make_codes(np.ones((5, 2))))


def test_a_path_out_of_the_known_ball_and_back_is_found(codes):
    ruler = make_ruler(codes)
    way = honest_within(6.0, ruler.mean)
    scale = make_scale(codes, ruler, way, seed=3)
    assert (scale.images, scale.of, scale.seed) == (400, 900, 3)
    path = ruler.mean + np.array([[x, 0, 0] for x in (0, 3, 12, 20, 12, 3)])
    quality = path_quality(path, way(path), ruler, scale)
    assert quality.outside == (False, False, True, True, True, False)
    # |20 - 6| along one axis, give or take the 0.001.
    assert quality.round_trip[3] * ruler.neighbour_distance == pytest.approx(14, abs=0.01)
    # Images differ by 0.01 * 14 in one of three values.
    assert quality.psnr[3] == pytest.approx(-10 * np.log10((0.14**2) / 3), abs=0.01)
    assert quality_sentence([quality], scale).startswith("The path leaves the codes at steps 3 to 5 of 6: ")


def test_equal_images_are_capped(codes):
    ruler = make_ruler(codes)

    def perfect(z):
        images = np.full((len(z), 2, 2, 1), 0.5)
        return images, z, images

    scale = make_scale(codes, ruler, perfect)
    assert scale.psnr == (99.0, 99.0, 99.0) and scale.round_trip == (0.0, 0.0, 0.0)
    assert not any(path_quality(codes.mu, perfect(codes.mu), ruler, scale).outside[:1])


SCALE = Scale(180, 180, 1, 0.5, (0.3, 0.8, 1.25), (28.0, 32.0, 38.0), (0.5, 0.9, 1.3))


def quality(outside, round_trip=0.5, psnr=33.3, distance=0.9):
    count = len(outside)
    return PathQuality((round_trip,) * count, (psnr,) * count, (distance,) * count, outside)


@pytest.mark.parametrize(
    ("outside", "words"),
    [
        ((False,) * 4, "None of the 4 points leaves the codes: "),
        ((True, False, True, True, False, True), "The path leaves the codes at step 1, steps 3 to 4 and step 6 of 6: "),
        ((False, True), "The path leaves the codes at step 2 of 2: "),
        ((True,), "The point leaves the codes: "),
        ((False,), "The point does not leave the codes: "),
    ],
)
def test_where_a_path_leaves_in_words(outside, words):
    sentence = quality_sentence([quality(outside)], SCALE)
    assert sentence == (
        f"{words}the round trip (encode what was decoded) comes back within 0.50 distances between neighbouring codes "
        f"(95 % of 180 real images: 1.25), its PSNR is at least 33.3 dB (28.0 dB), and the distance from the codes' "
        f"centre at most 0.90 (1.30)."
    )


def test_several_paths_in_words():
    paths = [quality((True, True)), quality((True, False)), quality((False, False))]
    sentence = quality_sentence(paths, SCALE, ["axis 1\n(sd 3)", "axis 2", "axis 3"])
    assert sentence.startswith("3 of 6 points leave the codes, more of them on 'axis 1 (sd 3)' than on any other path")
    assert quality_sentence(paths[1:], SCALE).startswith("1 of 4 points leaves the codes: ")
    assert quality_sentence([paths[1]] * 2, SCALE, ["a", "b"]).startswith("2 of 4 points leave the codes: ")


def test_the_hollow_middle_in_words():
    through = [quality((False,), distance=0.2)]
    assert quality_sentence(through, SCALE).endswith(
        " At its nearest it is 0.20 from the centre, nearer than 95 % of the codes (0.50 or more)."
    )
    assert "nearest" not in quality_sentence(through, SCALE, by_the_centre=True)
