"""`readers.arrays`, `readers.npz` and `readers.pixels`: every layout and type that is taken, every one refused."""

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zscape.core.errors import InputError
from zscape.data.readers.arrays import read_array_file
from zscape.data.readers.pixels import to_pixels

IMAGES = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)


def npz(tmp_path, **arrays):
    np.savez(tmp_path / "x.npz", **arrays)
    return tmp_path / "x.npz"


def test_npy_of_grey_images_gets_a_channel_axis(tmp_path):
    np.save(tmp_path / "x.npy", IMAGES)
    raw = read_array_file(tmp_path / "x.npy")
    np.testing.assert_array_equal(raw.images, IMAGES[..., None])
    assert raw.labels is None and raw.parts is None
    assert "x.npy" in raw.origin and str(tmp_path) not in raw.origin


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_npy_with_channels(tmp_path, channels):
    np.save(tmp_path / "x.npy", np.full((2, 4, 5, channels), 7, np.uint8))
    images = read_array_file(tmp_path / "x.npy").images
    assert isinstance(images, np.ndarray) and images.shape == (2, 4, 5, channels)


def test_idx_by_suffix(tmp_path, idx_bytes):
    (tmp_path / "t-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx_bytes(IMAGES)))
    np.testing.assert_array_equal(read_array_file(tmp_path / "t-images-idx3-ubyte.gz").images, IMAGES[..., None])


@pytest.mark.parametrize(("images", "labels"), [("images", "labels"), ("x", "y"), ("images", "y")])
def test_npz_images_with_labels(tmp_path, images, labels):
    raw = read_array_file(npz(tmp_path, **{images: IMAGES, labels: np.array([[2], [0], [1]], np.uint8)}))
    np.testing.assert_array_equal(raw.images, IMAGES[..., None])
    assert raw.labels is not None and raw.labels.dtype == np.int64
    assert raw.labels.tolist() == [2, 0, 1]


def test_npz_labels_in_words_become_codes_with_names(tmp_path):
    raw = read_array_file(npz(tmp_path, x=IMAGES, y=np.array(["dog", "cat", "dog"])))
    assert raw.labels is not None and raw.labels.tolist() == [1, 0, 1]
    assert raw.label_names == ("cat", "dog")


def test_npz_official_parts_are_kept(tmp_path):
    raw = read_array_file(
        npz(tmp_path, x_train=IMAGES, y_train=np.array([5, 6, 7]), x_test=IMAGES[:1] + 100, y_test=np.array([8]))
    )
    assert raw.parts is not None and raw.parts.dtype == np.uint8
    assert raw.parts.tolist() == [0, 0, 0, 2]
    assert raw.labels is not None and raw.labels.tolist() == [5, 6, 7, 8]
    np.testing.assert_array_equal(raw.images[3], IMAGES[0, ..., None] + 100)


def test_npz_single_array_of_any_name(tmp_path):
    np.testing.assert_array_equal(read_array_file(npz(tmp_path, faces=IMAGES)).images, IMAGES[..., None])


def test_npz_one_image_per_array_in_natural_order_of_names(tmp_path):
    np.savez(tmp_path / "x.npz", *[np.full((4, 5), i, np.uint8) for i in range(12)])  # arr_0 ... arr_11
    raw = read_array_file(tmp_path / "x.npz")
    assert isinstance(raw.images, np.ndarray)
    assert raw.images[:, 0, 0, 0].tolist() == list(range(12))
    assert raw.names == tuple(f"arr_{i}" for i in range(12))


def test_npz_one_image_per_array_of_mixed_sizes(tmp_path):
    raw = read_array_file(npz(tmp_path, a=np.zeros((4, 5), np.uint8), b=np.zeros((6, 7, 3), np.uint8)))
    assert [image.shape for image in raw.images] == [(4, 5, 1), (6, 7, 3)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[[False, True]]]), [0, 255]),
        (np.array([[[0.0, 1.0]]]), [0, 255]),
        (np.array([[[0.5, 0.1]]], np.float32), [128, 26]),
        (np.array([[[0.25, 1.0]]], np.float16), [64, 255]),
        (np.array([[[0, 255]]], np.int64), [0, 255]),
        (np.array([[[3, 4]]], np.uint16), [3, 4]),
    ],
)
def test_types_become_pixels(values, expected):
    pixels = to_pixels(values, "x")
    assert pixels.dtype == np.uint8
    assert pixels.ravel().tolist() == expected


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 255), min_size=1, max_size=50))
def test_pixels_divided_by_255_come_back_unchanged(levels):
    pixels = np.array(levels, np.uint8)
    np.testing.assert_array_equal(to_pixels(pixels / np.float32(255), "x"), pixels)
    np.testing.assert_array_equal(to_pixels(pixels.astype(np.int32), "x"), pixels)


def test_more_images_than_a_chunk_are_all_converted():
    values = np.linspace(0, 1, 2500)[:, None]
    np.testing.assert_array_equal(to_pixels(values, "x"), np.rint(values * 255).astype(np.uint8))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.array([0.0, 1.5]), r"x of type float64 ranges from 0 to 1\.5; floats must lie in \[0, 1\]"),
        (np.array([-0.1, 1], np.float32), r"x of type float32 ranges from -0\.1 to 1; floats"),
        (np.array([0, 256]), r"x of type int64 ranges from 0 to 256; integers must lie within 0\.\.255"),
        (np.array([-1, 2], np.int8), r"x of type int8 ranges from -1 to 2; integers"),
        (np.array([0.5, np.nan]), "x of type float64 holds NaN or infinite numbers"),
        (np.array([0.5, np.inf]), "x of type float64 holds NaN or infinite numbers"),
        (np.array([1j]), "x has type complex128; pixels must be integers"),
        (np.array(["a"]), "x has type <U1; pixels must be integers"),
    ],
)
def test_types_and_ranges_refused(values, message):
    with pytest.raises(InputError, match=message):
        to_pixels(values, "x")


@pytest.mark.parametrize("shape", [(4, 5), (2, 3, 32, 32), (2, 4, 5, 5), (2, 2, 4, 5, 3), (2, 0, 5)])
def test_shapes_refused(tmp_path, shape):
    np.save(tmp_path / "x.npy", np.zeros(shape, np.uint8))
    with pytest.raises(InputError, match=r"has shape \(.*\); expected \(n, height, width\) or"):
        read_array_file(tmp_path / "x.npy")


def test_no_images(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((0, 4, 5), np.uint8))
    with pytest.raises(InputError, match=r"There are no images: Images from the file x\.npy"):
        read_array_file(tmp_path / "x.npy")


@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_python_objects_are_never_loaded(tmp_path, suffix):
    path = tmp_path / f"x.{suffix}"
    objects = np.array([{"a": 1}, None], object)
    if suffix == "npy":
        np.save(path, objects, allow_pickle=True)
    else:
        np.savez(path, images=objects)
    with pytest.raises(InputError, match=r"holds Python objects \(pickle\), which zscape never loads"):
        read_array_file(path)


@pytest.mark.parametrize("suffix", ["npy", "npz"])
@pytest.mark.parametrize("keep", [0, 40, -10])
def test_damaged_files(tmp_path, suffix, keep):
    path = tmp_path / f"x.{suffix}"
    np.save(path, IMAGES) if suffix == "npy" else np.savez(path, images=IMAGES)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match="is damaged or cut off and cannot be read"):
        read_array_file(path)


def test_a_zip_called_npy_and_an_array_called_npz(tmp_path):
    np.savez(tmp_path / "x.npz", images=IMAGES)
    (tmp_path / "x.npz").rename(tmp_path / "zip.npy")
    np.save(tmp_path / "x.npy", IMAGES)
    (tmp_path / "x.npy").rename(tmp_path / "array.npz")
    for name in ("zip.npy", "array.npz"):
        with pytest.raises(InputError, match="is damaged or cut off and cannot be read"):
            read_array_file(tmp_path / name)


@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_missing(tmp_path, suffix):
    with pytest.raises(InputError, match=f"There is no file .*x.{suffix}"):
        read_array_file(tmp_path / f"x.{suffix}")


def test_unknown_suffix(tmp_path):
    with pytest.raises(InputError, match=r"is none of \.npy, \.npz, \.idx, -ubyte and \.gz; for a folder"):
        read_array_file(tmp_path / "x.pkl")


def test_labels_that_do_not_match_in_number(tmp_path):
    with pytest.raises(InputError, match="There are 2 labels for 3 images"):
        read_array_file(npz(tmp_path, images=IMAGES, labels=np.array([1, 2])))


def test_official_labels_that_match_only_in_sum(tmp_path):
    path = npz(tmp_path, x_train=IMAGES, y_train=np.zeros(2, int), x_test=IMAGES[:1], y_test=np.zeros(2, int))
    with pytest.raises(InputError, match="there are 2 labels in y_train for 3 images"):
        read_array_file(path)


def test_labels_of_a_wrong_kind(tmp_path):
    with pytest.raises(InputError, match="labels have type float64; integers or text were expected"):
        read_array_file(npz(tmp_path, images=IMAGES, labels=np.array([0.5, 1, 2])))
    with pytest.raises(InputError, match=r"labels have shape \(3, 10\); one label per image was expected"):
        read_array_file(npz(tmp_path, images=IMAGES, labels=np.eye(3, 10, dtype=int)))


def test_official_parts_of_two_sizes(tmp_path):
    with pytest.raises(InputError, match=r"images of x_train are \(4, 5, 1\), those of x_test \(5, 5, 1\)"):
        read_array_file(npz(tmp_path, x_train=IMAGES, x_test=np.zeros((1, 5, 5), np.uint8)))


def test_npz_of_an_unknown_layout_names_what_it_holds(tmp_path):
    with pytest.raises(InputError, match=r"holds the arrays codes, faces; expected images \(or x\)"):
        read_array_file(npz(tmp_path, faces=IMAGES, codes=np.zeros(3)))
