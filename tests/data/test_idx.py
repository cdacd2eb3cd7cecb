import gzip
import struct

import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.data.readers.idx import read_idx

IMAGES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("name", ["images-idx3-ubyte", "images-idx3-ubyte.gz"])
def test_plain_and_packed_are_told_apart_by_content(tmp_path, idx_bytes, pack, name):
    (tmp_path / name).write_bytes(pack(idx_bytes(IMAGES)))
    read = read_idx(tmp_path / name)
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, IMAGES)


@pytest.mark.parametrize(
    ("code", "dtype"), [(0x09, "int8"), (0x0B, "int16"), (0x0C, "int32"), (0x0D, "float32"), (0x0E, "float64")]
)
def test_big_endian_numbers_of_every_type(tmp_path, idx_bytes, code, dtype):
    values = np.array([[-3, 5], [100, -7]], dtype)
    (tmp_path / "x.idx").write_bytes(idx_bytes(values, code))
    read = read_idx(tmp_path / "x.idx")
    assert read.dtype == np.dtype(dtype)  # native byte order
    np.testing.assert_array_equal(read, values)


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"There is no file .*nothing\.gz\.$"):
        read_idx(tmp_path / "nothing.gz")


def test_folder_in_place_of_a_file(tmp_path):
    with pytest.raises(InputError, match="is a folder; an idx file was expected"):
        read_idx(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\0\0\x08", b"\x89PNG....", struct.pack(">BBBB", 0, 0, 0x07, 0), b"<html>"])
def test_not_an_idx_file(tmp_path, content):
    (tmp_path / "x.idx").write_bytes(content)
    with pytest.raises(InputError, match=r"is not an idx file: it should begin with two zero bytes and a type"):
        read_idx(tmp_path / "x.idx")


def test_truncated_data_say_how_many_bytes(tmp_path, idx_bytes):
    (tmp_path / "x.idx").write_bytes(idx_bytes(IMAGES)[:-5])
    with pytest.raises(InputError, match="is truncated: its header promises 40 bytes, the file has 35"):
        read_idx(tmp_path / "x.idx")


def test_truncated_header(tmp_path, idx_bytes):
    (tmp_path / "x.idx").write_bytes(idx_bytes(IMAGES)[:9])
    with pytest.raises(InputError, match="is truncated: its header needs 16 bytes, the file has 9"):
        read_idx(tmp_path / "x.idx")


def test_bytes_too_many(tmp_path, idx_bytes):
    (tmp_path / "x.idx").write_bytes(idx_bytes(IMAGES) + b"!")
    with pytest.raises(InputError, match="is too long: its header promises 40 bytes, the file has 41"):
        read_idx(tmp_path / "x.idx")


def test_huge_promised_sizes_do_not_overflow(tmp_path):
    (tmp_path / "x.idx").write_bytes(struct.pack(">BBBBIII", 0, 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1))
    with pytest.raises(InputError, match=f"promises {16 + (2**32 - 1) ** 3} bytes"):
        read_idx(tmp_path / "x.idx")


@pytest.mark.parametrize("damage", [lambda packed: packed[:-9], lambda packed: packed[:12] + b"\xff" + packed[13:]])
def test_damaged_gzip(tmp_path, idx_bytes, damage):
    (tmp_path / "x.gz").write_bytes(damage(gzip.compress(idx_bytes(IMAGES))))
    with pytest.raises(InputError, match="is damaged: gzip cannot unpack it"):
        read_idx(tmp_path / "x.gz")
