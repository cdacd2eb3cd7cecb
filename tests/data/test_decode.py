"""`readers.decode`, `readers.orient` and `readers.fast`: one encoded file as pixels."""

import io
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from zscape.data.readers import decode, fast
from zscape.data.readers.decode import decode_fitted, decode_image, decode_whole, header_shape, why_unreadable
from zscape.data.readers.orient import may_be_turned, stored_box, turned, upright_size
from zscape.data.readers.pack import MOST_BYTES, Unusable
from zscape.data.resize import Fit, plan_fit
from zscape.specs.data import DataSpec


def encoded(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def picture(height=50, width=40, seed=0):
    """A smooth colour picture with a little noise, like a photograph."""
    rng = np.random.default_rng(seed)
    rough = Image.fromarray(rng.integers(0, 256, (5, 4, 3), np.uint8)).resize((width, height), Image.Resampling.BICUBIC)
    return Image.fromarray(np.clip(np.asarray(rough) + rng.normal(0, 6, (height, width, 3)), 0, 255).astype(np.uint8))


def fit_to(size, shape, **options):
    return plan_fit([shape], DataSpec(source="folder", path="x", size=size, **options))


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("1", 1, [255]),
        ("L", 9, [9]),
        ("LA", (9, 0), [9]),
        ("RGBA", (1, 2, 3, 0), [1, 2, 3]),
        ("I;16", 65535, [255]),
        ("I;16", 257 * 7, [7]),
        ("I;16", 257 * 7 + 128, [7]),
        ("I;16", 257 * 7 + 129, [8]),
    ],
)
def test_modes(mode, colour, expected):
    data = encoded(Image.new(mode, (6, 4), colour))
    assert decode_whole(data)[0, 0].tolist() == expected
    assert header_shape(data) == (4, 6, len(expected))
    grey = decode_fitted(data, Fit((4, 6, 1), ""))
    assert grey.shape == (4, 6, 1) and decode_fitted(data, Fit((4, 6, 3), "")).shape == (4, 6, 3)


def test_32_bit_grey_is_clipped_to_16():
    values = np.array([[-5, 0, 257, 70000]] * 4, np.int32)
    assert decode_whole(encoded(Image.fromarray(values), "TIFF"))[0, :, 0].tolist() == [0, 0, 1, 255]


def test_a_transparent_palette_gives_colour_without_a_warning():
    image = Image.new("P", (6, 4), 1)
    image.putpalette([0, 0, 0, 10, 20, 30])
    assert decode_whole(encoded(image, transparency=b"\xff\x80"))[0, 0].tolist() == [10, 20, 30]


def test_cmyk_and_its_inverted_photoshop_cousin_become_colour():
    for colour, expected in (((0, 0, 0, 0), 255), ((0, 0, 0, 255), 0)):
        data = encoded(Image.new("CMYK", (16, 16), colour), "JPEG", quality=100)
        assert header_shape(data) == (16, 16, 3)
        np.testing.assert_allclose(decode_whole(data), expected, atol=2)


def png(width, height, depth, kind, rows, *chunks):
    """A PNG made from the format's description alone."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    parts = [chunk(b"IHDR", header), *(chunk(*one) for one in chunks), chunk(b"IDAT", zlib.compress(rows))]
    return b"\x89PNG\r\n\x1a\n" + b"".join([*parts, chunk(b"IEND", b"")])


def test_of_16_bit_colour_the_upper_8_bits_are_taken():
    pixel = struct.pack(">HHH", 0x01FF, 0x8000, 0xFFFF)
    assert decode_whole(png(4, 4, 16, 2, (b"\0" + pixel * 4) * 4))[0, 0].tolist() == [0x01, 0x80, 0xFF]


def test_of_an_animation_the_first_frame_is_taken():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    for kind in ("GIF", "WEBP", "PNG", "TIFF"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        np.testing.assert_allclose(decode_whole(data)[0, 0], [255, 0, 0], atol=3, err_msg=kind)


def reason_of(data, work=decode_whole):
    with pytest.raises(Unusable) as caught:
        work(data)
    return caught.value.reason


def test_what_cannot_be_used_has_a_reason_without_a_full_stop():
    assert reason_of(b"") == "the file is empty"
    assert reason_of(b"no image") == "not an image in a format that Pillow knows"
    assert reason_of(encoded(Image.new("F", (6, 4)), "TIFF")) == "floating-point pixels have no stated range"
    assert reason_of(encoded(Image.new("L", (50, 3)))) == (
        "it has 3x50 pixels, the smallest size that makes sense is 4x4"
    )
    assert reason_of(bytes(MOST_BYTES + 1)).startswith("its file has 134 MB, more than")
    whole = encoded(picture(), "JPEG")
    assert reason_of(whole[:-40]) == reason_of(whole[: len(whole) // 2]) == "the file is truncated"
    fit = fit_to((4, 4), (50, 40, 3))
    assert reason_of(whole[: len(whole) // 2], lambda data: decode_fitted(data, fit)) == "the file is truncated"


def test_bombs_are_refused_by_their_header():
    rows = b"\0" * 100  # far too few, but nothing looks at them
    reason = "it has 100,000,000 pixels, more than the 64,000,000 that are decoded"
    for work in (decode_whole, header_shape, lambda data: decode_fitted(data, Fit((4, 4, 1), ""))):
        assert reason_of(png(10_000, 10_000, 8, 0, rows), work) == reason
        assert reason_of(png(2**31 - 1, 2**31 - 1, 8, 0, rows), work).startswith("it has 4,611,686,014,132,420,609 pix")


def test_a_text_that_unpacks_to_gigabytes_is_refused():
    bomb = b"Comment\0\0" + zlib.compress(bytes(3 << 20), 9)
    assert "Decompressed data too large" in reason_of(png(4, 4, 8, 0, bytes(20), (b"zTXt", bomb)))


def test_other_plug_ins_of_pillow_never_see_a_file():
    script = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\nshowpage\n"
    assert reason_of(script) == "not an image in a format that Pillow knows"
    assert reason_of(encoded(Image.new("L", (8, 8)), "PPM")) == "not an image in a format that Pillow knows"


def test_a_wrong_ending_does_no_harm_and_a_missing_file_has_its_reason(tmp_path):
    (tmp_path / "a.jpg").write_bytes(encoded(Image.new("L", (8, 8), 3), "GIF"))
    assert decode_image(tmp_path / "a.jpg")[0, 0].tolist() == [3, 3, 3]
    with pytest.raises(Unusable, match=r"^No such file or directory$"):
        decode_image(tmp_path / "missing.png")


def test_reasons_of_other_errors():
    assert why_unreadable(MemoryError()) == "it does not fit into memory"
    assert why_unreadable(ValueError("odd\n  thing.")) == "odd thing"
    assert why_unreadable(KeyError()) == "KeyError"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_as_pillow_has_it_and_the_crop_is_taken_of_the_upright_image(kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(picture(30, 20), kind, exif=exif, **options)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    np.testing.assert_array_equal(decode_whole(data), expected)
    assert header_shape(data) == expected.shape
    fit = Fit((6, 9, 3), "", rule="3,5,9,6")
    np.testing.assert_array_equal(decode_fitted(data, fit), expected[5:11, 3:12])
    smaller = fit_to((8, 8), expected.shape, crop="center-square")
    difference = decode_fitted(data, smaller).astype(int) - smaller(expected)
    assert np.abs(difference).max() <= 2  # the two passes change places, and Pillow rounds between them


@given(st.integers(1, 8), st.integers(1, 9), st.integers(1, 9), st.data())
def test_a_box_of_the_upright_image_among_the_stored_pixels(orientation, height, width, data):
    stored = np.arange(height * width).reshape(height, width, 1)
    image = turned(stored, orientation)
    own = upright_size((height, width), orientation)
    assert image.shape[:2] == own
    left = data.draw(st.integers(0, own[1] - 1))
    top = data.draw(st.integers(0, own[0] - 1))
    box = left, top, data.draw(st.integers(left + 1, own[1])), data.draw(st.integers(top + 1, own[0]))
    x0, y0, x1, y1 = stored_box(box, (height, width), orientation)
    np.testing.assert_array_equal(turned(stored[y0:y1, x0:x1], orientation), image[box[1] : box[3], box[0] : box[2]])


def test_an_orientation_in_xmp_counts_and_damaged_exif_does_not():
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    assert header_shape(encoded(picture(30, 20), "JPEG", xmp=xmp)) == (20, 30, 3)
    assert header_shape(encoded(picture(30, 20), "JPEG", exif=b"Exif\0\0MM\0*\0\0\xff\xff")) == (30, 20, 3)
    odd = Image.Exif()
    odd[0x0112] = 77
    assert header_shape(encoded(picture(30, 20), "JPEG", exif=odd)) == (30, 20, 3)


def test_only_what_may_state_an_orientation_is_asked_for_it():
    plain, exif = picture(), Image.Exif()
    exif[0x0112] = 6
    assert not may_be_turned(encoded(plain, "JPEG")) and may_be_turned(encoded(plain, "JPEG", exif=exif))
    assert not may_be_turned(encoded(plain)) and may_be_turned(encoded(plain, exif=exif))
    assert may_be_turned(encoded(plain, "WEBP")) and not may_be_turned(b"\xff\xd8\xff\xff") and may_be_turned(b"GIF")


@settings(deadline=None, max_examples=40)
@given(
    st.integers(4, 60), st.integers(4, 60), st.integers(4, 40), st.integers(4, 40),
    st.sampled_from(["L", "RGB", "P", "1"]), st.sampled_from([1, 3]), st.sampled_from(["center", "none"]),
)  # fmt: skip
def test_decoding_to_fit_is_fitting_what_is_decoded(height, width, tall, wide, mode, channels, crop):
    data = encoded(picture(height, width).convert(mode))
    fit = fit_to((tall, wide), (*header_shape(data)[:2], 3), channels=channels, crop=crop)
    whole = decode_whole(data)
    if max(height / tall, width / wide) < 6:
        np.testing.assert_array_equal(decode_fitted(data, fit), fit(whole))
    else:  # dithering to black and white leaves noise at every scale, where the order of two filters matters most
        assert np.abs(decode_fitted(data, fit).astype(int) - fit(whole)).mean() <= (16 if mode == "1" else 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("crop", ["center", "center-square", "none", "101,53,300,300"])
def test_large_images_are_first_made_smaller_and_hardly_change(kind, crop):
    image = picture(700, 503)
    data = encoded(image, kind, **({"quality": 95} if kind == "JPEG" else {}))
    fit = fit_to((24, 24), (700, 503, 3), crop=crop)
    left, top, right, bottom = fit.box((700, 503))
    plain = Image.open(io.BytesIO(data)).crop((left, top, right, bottom)).resize((24, 24), Image.Resampling.LANCZOS)
    difference = np.abs(decode_fitted(data, fit).astype(int) - np.asarray(plain))
    assert difference.mean() <= 1 and difference.max() <= 6


def test_a_large_palette_image_is_converted_strip_by_strip(monkeypatch):
    image = picture(400, 300).quantize(64)
    fit = fit_to((16, 16), (400, 300, 3))
    whole = decode_fitted(encoded(image), fit)
    monkeypatch.setattr(decode, "_STRIP", 1000)
    np.testing.assert_array_equal(decode_fitted(encoded(image), fit), whole)


def test_an_image_without_the_pixels_of_the_crop_is_unusable():
    fit = Fit((10, 10, 3), "", rule="35,0,10,10")
    reason = "it has 50x40 pixels (height x width), the crop 35,0,10,10 (left,top,width,height) needs 10x45"
    assert reason_of(encoded(picture()), lambda data: decode_fitted(data, fit)) == reason


def test_workers_need_neither_pydantic_nor_a_backend():
    code = (
        "import sys, zscape.data.readers.decode, zscape.data.readers.pack;"
        "print(sorted({'pydantic', 'scipy', 'keras', 'yaml', 'sklearn'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_decoders_are_named_with_their_versions():
    named = fast.decoders()
    assert named["pillow"] and set(named) <= {"pillow", "simplejpeg"}


class FakeSimplejpeg:
    """Stands in for simplejpeg, which need not be installed: libjpeg by way of Pillow."""

    def __init__(self):
        self.calls = 0

    def decode_jpeg_header(self, data):
        with Image.open(io.BytesIO(data)) as file:
            return file.height, file.width, {"RGB": "YCbCr", "L": "Gray", "CMYK": "CMYK"}[file.mode], "420"

    def decode_jpeg(self, data, colorspace):
        self.calls += 1
        with Image.open(io.BytesIO(data)) as file:
            try:
                file.load()
            except OSError as error:
                raise ValueError(str(error)) from None
            pixels = np.asarray(file)
        return pixels[..., np.newaxis] if colorspace == "GRAY" else pixels


def test_plain_jpegs_go_to_simplejpeg_and_nothing_else_does(monkeypatch):
    fake = FakeSimplejpeg()
    fit = fit_to((16, 16), (50, 40, 3))
    exif = Image.Exif()
    exif[0x0112] = 6
    plain, grey = encoded(picture(), "JPEG"), encoded(picture().convert("L"), "JPEG")
    others = [
        encoded(picture(), "JPEG", exif=exif),
        encoded(picture().convert("CMYK"), "JPEG"),
        encoded(picture(), "PNG"),
    ]
    monkeypatch.setattr(fast, "simplejpeg", None)
    before = [decode_fitted(data, fit) for data in (plain, grey, *others)]
    monkeypatch.setattr(fast, "simplejpeg", fake)
    after = [decode_fitted(data, fit) for data in (plain, grey, *others)]
    assert fake.calls == 2
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)
    assert reason_of(plain[: len(plain) // 2], lambda data: decode_fitted(data, fit)) == "the file is truncated"
    assert reason_of(encoded(Image.new("RGB", (3, 3)), "JPEG"), lambda data: decode_fitted(data, fit)).startswith(
        "it has"
    )


def test_large_jpegs_are_left_to_the_scaled_decoder(monkeypatch):
    fake = FakeSimplejpeg()
    data = encoded(picture(300, 300), "JPEG")
    fit = fit_to((16, 16), (300, 300, 3))
    expected = decode_fitted(data, fit)
    monkeypatch.setattr(fast, "simplejpeg", fake)
    np.testing.assert_array_equal(decode_fitted(data, fit), expected)
    assert fake.calls == 0


def test_simplejpeg_itself_gives_pillow_s_pixels_where_it_is_installed(monkeypatch):
    pytest.importorskip("simplejpeg")
    data = encoded(picture(218, 178), "JPEG", quality=90)
    fit = fit_to((96, 96), (218, 178, 3), crop="celeba-face")
    fitted = decode_fitted(data, fit)
    monkeypatch.setattr(fast, "simplejpeg", None)
    assert np.abs(fitted.astype(int) - decode_fitted(data, fit)).max() <= 1
