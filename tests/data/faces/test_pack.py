"""Faces as files that nobody wrote."""

import io
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from zscape.data.faces.face import ATTRIBUTES, FACTORS, attribute_values, draw_face, factor_values
from zscape.data.faces.pack import VERSION, FacesPack, parts_of, values_of
from zscape.data.faces.portrait import paint
from zscape.data.readers.pack import Pack


def test_it_is_a_pack_of_jpeg_files_of_celebas_size():
    pack = FacesPack(12)
    assert isinstance(pack, Pack) and len(pack) == 12
    assert pack.names[0] == "000001.jpg" and pack.names[11] == "000012.jpg"
    assert list(FacesPack(1200).names) == sorted(FacesPack(1200).names)
    with Image.open(io.BytesIO(pack.read(3))) as picture:
        assert (picture.format, picture.size, picture.mode) == ("JPEG", (178, 218), "RGB")


def test_a_file_is_the_same_in_every_pack_and_process():
    pack = FacesPack(10)
    assert pack.read(4) == FacesPack(1000).read(4) == pickle.loads(pickle.dumps(pack)).read(4)
    assert pack.read(4) != pack.read(5)
    assert pack.read(4) != FacesPack(10, seed=2).read(4)


def test_the_file_holds_the_picture():
    with Image.open(io.BytesIO(FacesPack(10).read(0))) as picture:
        decoded = np.asarray(picture).astype(float)
    assert np.abs(decoded - paint(draw_face(1, 1))).mean() < 3  # what JPEG loses


def test_other_sizes():
    with Image.open(io.BytesIO(FacesPack(10, size=(40, 30)).read(0))) as picture:
        assert picture.size == (30, 40)


def test_this_version_paints_these_pictures():
    # Means over the picture of red, green and blue. Whoever changes what is painted raises VERSION.
    means = {
        1: (144.245, 137.156, 116.633),
        2: (81.094, 86.541, 67.187),
        3: (120.151, 109.896, 70.036),
        7: (127.035, 133.489, 116.657),
        8: (120.150, 118.677, 144.238),
    }
    assert VERSION == 1
    for number, expected in means.items():
        np.testing.assert_allclose(paint(draw_face(1, number)).mean(axis=(0, 1)), expected, atol=0.005)


def test_values_are_those_of_the_faces():
    factors, attributes = values_of(11, seed=3)
    assert factors.shape == (11, len(FACTORS)) and factors.dtype == np.float32
    assert attributes.shape == (11, len(ATTRIBUTES)) and attributes.dtype == bool
    np.testing.assert_array_equal(factors[6], factor_values(draw_face(3, 7)))
    np.testing.assert_array_equal(attributes[6], attribute_values(draw_face(3, 7)))


@given(st.integers(10, 3000), st.integers(0, 5))
def test_parts_have_their_shares(count, seed):
    parts = parts_of(count, seed)
    counts = np.bincount(parts, minlength=3)
    assert len(counts) == 3 and counts.sum() == count and counts.min() >= 1
    assert np.abs(counts - count * np.array([0.8, 0.1, 0.1])).max() <= 1
    np.testing.assert_array_equal(parts, parts_of(count, seed))


def test_parts_are_drawn_not_counted_off():
    parts = parts_of(1000)
    changes = np.count_nonzero(np.diff(parts))
    assert changes > 200 and not np.array_equal(parts, parts_of(1000, seed=2))


@pytest.mark.parametrize("seed", [0, 2**31])
def test_any_seed(seed):
    assert FacesPack(10, seed).read(9)[:2] == b"\xff\xd8"
