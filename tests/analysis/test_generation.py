"""Sets of embedded images, compared."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zscape.analysis import generation
from zscape.analysis.generation import generation_scores, subset_size
from zscape.core.errors import InputError
from zscape.formulas.sets import frechet_distance, polynomial_mmd


def normals(seed, n=600, d=8, shift=0.0):
    return np.random.default_rng(seed).normal(size=(n, d)) + shift


def clusters(seed, modes, n=600, d=8):
    """Points around the first `modes` of eight centres far from each other."""
    rng = np.random.default_rng(seed)
    return 20 * np.eye(d)[np.arange(n) % modes] + rng.normal(size=(n, d))


def by_loops(real, random, k):
    """Precision, recall, density and coverage as their papers define them."""

    def radius(points, i):
        return sorted(np.linalg.norm(points[i] - points[j]) for j in range(len(points)) if j != i)[k - 1]

    def near(x, points, radii):
        return sum(np.linalg.norm(x - point) <= radius for point, radius in zip(points, radii, strict=True))

    of_real, of_random = ([radius(points, i) for i in range(len(points))] for points in (real, random))
    inside = [near(x, real, of_real) for x in random]
    covered = [min(np.linalg.norm(real[i] - x) for x in random) <= of_real[i] for i in range(len(real))]
    return {
        "precision": np.mean([number > 0 for number in inside]),
        "recall": np.mean([near(x, random, of_random) > 0 for x in real]),
        "density": np.mean(inside) / k,
        "coverage": np.mean(covered),
    }


@settings(max_examples=15)
@given(st.integers(0, 500), st.integers(1, 4), st.floats(0, 2))
def test_against_the_definitions(seed, k, shift):
    real, random = normals(seed, 14, 3), normals(seed + 1000, 11, 3, shift)
    found = generation_scores(real, random, k)
    assert {name: getattr(found, name) for name in ("precision", "recall", "density", "coverage")} == pytest.approx(
        by_loops(real, random, k)
    )


def test_frechet_and_kernel_distance_are_those_of_the_sets(monkeypatch):
    real, random = normals(0, 40), normals(1, 40, shift=0.5)
    found = generation_scores(real, random)
    moments = [(points.mean(axis=0), np.cov(points, rowvar=False)) for points in (real, random)]
    assert found.frechet == pytest.approx(frechet_distance(*moments[0], *moments[1]), rel=1e-9)
    monkeypatch.setattr(generation, "subset_size", lambda images: images)  # then every subset is the whole set
    whole = generation_scores(real, random)
    assert whole.kernel_distance == pytest.approx(polynomial_mmd(real, random), rel=1e-9)
    assert whole.kernel_distance_sd == pytest.approx(0, abs=1e-9)
    assert found.kernel_distance_sd > 0.01


def test_a_frechet_distance_is_fid_only_where_that_is_said():
    real, random = normals(0, 40), normals(1, 40, shift=0.5)
    plain, fid = generation_scores(real, random), generation_scores(real, random, fid=True)
    assert plain.fid is None and fid.fid == fid.frechet == plain.frechet


def expected_coverage(n, m, k):
    """Naeem et al., lemma 2: the coverage of two samples of one distribution, whatever that is."""
    return 1 - np.prod([(n - i) / (n + m - i) for i in range(1, k + 1)])


@pytest.mark.parametrize("k", [1, 3, 5])
def test_one_distribution(k):
    found = generation_scores(normals(0), normals(1), k)
    assert found.coverage == pytest.approx(expected_coverage(600, 600, k), abs=0.03)
    assert found.density == pytest.approx(1, abs=0.1)
    assert found.precision == pytest.approx(found.recall, abs=0.05)
    # The subsets overlap, so that their spread is smaller than the error of their mean.
    assert abs(found.kernel_distance) < 3 * found.kernel_distance_sd
    assert found.frechet < 0.3


def test_precision_and_recall_of_one_distribution_come_near_1_as_k_grows():
    found = [generation_scores(normals(0), normals(1), k) for k in (1, 5, 25)]
    assert all(one.precision < two.precision and one.recall < two.recall for one, two in itertools.pairwise(found))
    assert found[-1].precision > 0.97 and found[-1].recall > 0.97


def test_a_shift_far_away_is_bad_in_everything():
    found = generation_scores(normals(0), normals(1, shift=30.0))
    assert (found.precision, found.recall, found.density, found.coverage) == (0, 0, 0, 0)
    assert found.kernel_distance > 20 * found.kernel_distance_sd
    assert found.frechet == pytest.approx(8 * 30.0**2, rel=0.01)


def test_dropped_modes_cost_recall_and_coverage_but_no_precision():
    real = clusters(0, 8)
    whole, half = generation_scores(real, clusters(1, 8)), generation_scores(real, clusters(1, 4))
    assert whole.recall > 0.8 and half.recall == pytest.approx(whole.recall / 2, abs=0.08)
    assert half.coverage < 0.5 < expected_coverage(600, 600, 3) - 0.05 < whole.coverage
    assert half.precision == pytest.approx(whole.precision, abs=0.06) and half.density > whole.density - 0.1
    assert half.kernel_distance > 20 * abs(whole.kernel_distance)


def test_invented_modes_cost_precision_but_no_recall():
    real = clusters(0, 4)
    found = generation_scores(real, clusters(1, 8))
    assert found.precision < 0.55 and found.density < 0.65
    assert found.recall > 0.8


def test_one_image_again_and_again():
    real = normals(0, 50)
    found = generation_scores(real, np.repeat(real[:1], 50, axis=0))
    assert found.precision == 1 and found.recall == 1 / 50, "the image itself, and nothing else"
    # The image lies in its own neighbourhood and in those of whoever has it among the k nearest.
    distances = np.linalg.norm(real[:, None] - real, axis=2)
    neighbours = (distances[0] <= np.sort(distances, axis=1)[:, 3]).sum()
    assert found.density == pytest.approx(neighbours / 3) and found.coverage == pytest.approx(neighbours / 50)


def test_all_images_equal():
    same = np.ones((9, 4))
    found = generation_scores(same, same)
    assert (found.precision, found.recall, found.coverage) == (1, 1, 1)
    assert found.density == pytest.approx(9 / 3)
    assert found.kernel_distance == pytest.approx(0, abs=1e-9) and found.frechet == pytest.approx(0, abs=1e-9)


def test_blocks_do_not_show_and_the_seed_moves_the_subsets_only(monkeypatch):
    real, random = normals(0, 100), normals(1, 90)
    whole = generation_scores(real, random)
    monkeypatch.setattr(generation, "_BLOCK", 700)
    assert generation_scores(real, random) == whole
    other = generation_scores(real, random, seed=2)
    assert other.kernel_distance != whole.kernel_distance
    assert (other.precision, other.recall, other.frechet) == (whole.precision, whole.recall, whole.frechet)


def test_float32_and_whole_numbers_are_taken():
    real, random = (np.rint(10 * normals(seed, 30)).astype(np.int64) for seed in (0, 1))
    assert generation_scores(real.astype(np.float32), random) == generation_scores(real, random)


@pytest.mark.parametrize(("images", "size"), [(4, 2), (2, 2), (90, 45), (2000, 1000), (10_000, 1000)])
def test_size_of_the_subsets(images, size):
    assert subset_size(images) == size


@pytest.mark.parametrize(
    ("real", "random", "k", "sentence"),
    [
        (normals(0, 3), normals(1, 9), 3, "k = 3 needs at least 4 real and as many random images; there are 3."),
        (normals(0, 9), normals(1, 9), 0, "k must be at least 1, received 0."),
        (normals(0, 9), normals(1, 9, d=7), 3, "Real images are embedded in 8 dimensions, random ones in 7."),
        (np.zeros(9), normals(1, 9), 3, "real images must be numbers (images, dimensions); received float64 (9,)."),
        (normals(0, 9), np.full((9, 8), "x"), 3, "random images must be numbers (images, dimensions); received <U1"),
        (normals(0, 9), np.full((9, 8), np.nan), 3, "random images has values that are NaN or infinite."),
    ],
)
def test_what_cannot_be_compared(real, random, k, sentence):
    with pytest.raises(InputError) as error:
        generation_scores(real, random, k)
    assert sentence in str(error.value)
