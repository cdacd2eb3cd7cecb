import hashlib
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.data.preparation.images_file import ImagesFile

IMAGES = np.random.default_rng(0).integers(0, 256, (10, 4, 5, 3), np.uint8)


def npy(images):
    file = io.BytesIO()
    np.save(file, images)
    return file.getvalue()


def opened(path):
    file = ImagesFile(path, (4, 5, 3))
    file.cut(0)
    return file


def test_the_same_bytes_as_numpy_s_own(tmp_path):
    file = opened(tmp_path / "images.npy")
    for part in (IMAGES[:3], IMAGES[3:3], IMAGES[3:]):
        file.add(part)
    file.finish(10)
    file.close()
    assert (tmp_path / "images.npy").read_bytes() == npy(IMAGES)
    assert file.digest.hexdigest() == hashlib.sha256(IMAGES.tobytes()).hexdigest()


@pytest.mark.parametrize("count", [0, 1, 9, 10, 99, 123_456_789_012])
def test_the_header_s_length_does_not_depend_on_the_count(tmp_path, count):
    file = opened(tmp_path / "images.npy")
    file.finish(count)
    file.close()
    header = (tmp_path / "images.npy").read_bytes()
    assert len(header) == len(npy(IMAGES)) - IMAGES.nbytes
    with (tmp_path / "images.npy").open("rb") as read:
        assert np.lib.format.read_magic(read) == (1, 0)
        assert np.lib.format.read_array_header_1_0(read) == ((count, 4, 5, 3), False, np.dtype(np.uint8))


@given(length=st.integers(0, 900), kept=st.integers(0, 10))
def test_a_file_of_any_length_is_cut_to_whole_images_and_gone_on_with(tmp_path_factory, length, kept):
    path = tmp_path_factory.mktemp("images") / "images.npy"
    path.write_bytes((npy(IMAGES) + b"more")[:length])
    file = ImagesFile(path, (4, 5, 3))
    whole = file.whole_images
    assert whole == max(0, min(length - 128, IMAGES.nbytes + 4)) // 60
    kept = min(kept, whole)
    file.cut(kept)
    file.add(IMAGES[kept:])
    file.finish(10)
    file.close()
    assert path.read_bytes() == npy(IMAGES)
    assert file.digest.hexdigest() == hashlib.sha256(IMAGES.tobytes()).hexdigest()
