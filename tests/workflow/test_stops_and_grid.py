"""Points that users name, the grid over a plane, and sums of images."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from scipy import stats

import zscape
from zscape.core.errors import InputError
from zscape.latent.codes import Codes
from zscape.workflow.arithmetic import arithmetic
from zscape.workflow.run_codes import round_trip_of, unseen
from zscape.workflow.stops import centre_stops, image_stops
from zscape.workflow.walk import _Choice, _paths


@pytest.fixture
def codes():
    labels, names = np.array([0, 0, 1, 1, 2, 2, 0, 1]), ("cat", "dog", "12")
    mu = np.random.default_rng(0).normal(size=(8, 2)).astype(np.float32)
    return Codes(mu, None, np.arange(10, 18), np.array([0] * 6 + [2] * 2, np.uint8), labels, names)


def test_a_label_s_name_comes_before_an_image_s_number(codes):
    points, names = image_stops(codes, codes, ["12", "id:12", "14"], 2, seed=0)
    assert names[0] in ("image 14 (12, trained on)", "image 15 (12, trained on)")
    assert names[1:] == ["image 12 (dog, trained on)", "image 14 (12, trained on)"]
    np.testing.assert_array_equal(points[1], codes.mu[2])


def test_what_is_missing_is_drawn_from_the_pool_with_another_label(codes):
    pool = unseen(codes)
    assert pool.ids.tolist() == [16, 17]
    for seed in range(5):
        assert image_stops(codes, pool, ["dog"], 2, seed)[1] == ["image 17 (dog)", "image 16 (cat)"]
    # Where the pool has none, an image of the others is better than none, and says so.
    assert image_stops(codes, pool, ["12"], 1, 0)[1][0].endswith(" (12, trained on)")
    with pytest.raises(InputError, match="None of the 2 images has 'label is 12'"):
        image_stops(pool, pool, ["12"], 2, 0)
    with pytest.raises(InputError, match="A walk needs 2 images, and there are 1"):
        image_stops(codes, pool.take(np.array([0])), ["cat"], 2, 0)


def test_without_labels_there_are_numbers(codes):
    plain = Codes(codes.mu, None, codes.ids, codes.splits)
    assert image_stops(plain, plain, ["12"], 1, 0)[1] == ["image 12 (trained on)"]
    with pytest.raises(InputError, match="'cat' is no image's number, and these images have neither labels nor"):
        image_stops(plain, plain, ["cat"], 1, 0)


def test_centres_are_means_and_the_farthest_two_by_default(codes):
    points, _ = centre_stops(codes, ["dog", "cat"])
    np.testing.assert_allclose(points[0], codes.mu[codes.labels == 1].mean(axis=0), rtol=1e-6)
    far = Codes(
        codes.mu + 100 * (codes.labels == 2)[:, None] - 50 * (codes.labels == 0)[:, None],
        None,
        *(codes.ids, codes.splits),
        codes.labels,
        codes.label_names,
    )
    assert centre_stops(far, [])[1] == ["label is cat", "label is 12"]
    with pytest.raises(InputError, match="None of the 2 training images has 'label is 12': it has no centre"):
        centre_stops(unseen(codes), ["cat", "12"])


def test_without_test_images_validation_and_then_all_are_taken(codes):
    for split, count in ((1, 2), (0, 8)):
        moved = Codes(codes.mu, None, codes.ids, np.array([0] * 6 + [split] * 2, np.uint8))
        assert len(unseen(moved)) == count


@pytest.mark.parametrize("variational", [True, False])
def test_the_grid_is_of_n01_for_a_vae_and_of_the_codes_for_an_ae(codes, variational):
    cloud = Codes(codes.mu * 3 + [20, -5], None, codes.ids, codes.splits)
    model = SimpleNamespace(sampling=object() if variational else None)
    paths = _paths("grid", cloud, cloud, model, [], _Choice("straight", 5, None, 1))
    points = np.concatenate([path.points for path in paths]).astype(float)
    np.testing.assert_allclose(points.mean(axis=0), [0, 0] if variational else cloud.mu.mean(axis=0), atol=1e-4)
    if variational:
        np.testing.assert_allclose(np.unique(points.round(4)), stats.norm.ppf([0.1, 0.3, 0.5, 0.7, 0.9]), atol=1e-4)


def test_grey_goes_in_where_colours_were_learned():
    seen = []

    class Model:
        def decode(self, z):
            return np.tile(np.linspace(0, 1, 3), (len(z), 4, 4, 1)).astype(np.float32)

        def encode(self, images):
            seen.append(images)
            return np.zeros((len(images), 2), np.float32)

    for kind in ("reconstruct", "recolor"):
        round_trip_of(Model(), SimpleNamespace(kind=kind))(np.zeros((1, 2)))
    assert seen[0].dtype == np.float32 and len(np.unique(seen[0])) == 3
    assert seen[1].dtype == np.uint8 and len(np.unique(seen[1])) == 1


def test_sums_of_images(trained, tmp_path):
    ids = [f"id:{number}" for number in Codes.load(trained / "latents.npz").of_split("test").ids[:3]]
    result = arithmetic(trained, tmp_path / "x.png", ids)
    assert len(result.names) == 3 and len(result.quality.psnr) == 4
    assert result.sentence.startswith(("The point leaves the codes: ", "The point does not leave the codes: "))
    same = arithmetic(trained, tmp_path / "y.png", [ids[0], ids[1], ids[1]])
    assert same.quality.distance[0] == pytest.approx(same.quality.distance[3], rel=1e-5)  # a - b + b is a
    with Image.open(tmp_path / "x.png") as picture:
        assert picture.width >= 4 * 88
    assert arithmetic(trained, tmp_path / "z.png", ["1", "2", "3"], centres=True).names == tuple(
        f"label is {name}" for name in "123"
    )
    with pytest.raises(InputError, match="a - b \\+ c takes three terms, received \\['1', '2'\\]"):
        arithmetic(trained, tmp_path / "x.png", ["1", "2"])


def test_the_verbs_in_python(trained, tmp_path):
    walked = zscape.walk(trained, tmp_path / "x.png", kind="axes", rows=1, steps=3)
    assert walked.paths[0].labels == ("-3 sd", "0 sd", "+3 sd") and walked.scale.images == 6
    edited = zscape.edit(trained, tmp_path / "y.png", attribute="3", factors=[0.5], n=1)
    assert edited.factors == (0.5,) and len(edited.ids) == 1 and (tmp_path / "y.png").is_file()
