import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from zscape.core.errors import InputError
from zscape.data.crops import centre_box
from zscape.data.readers.pack import Unusable
from zscape.data.resize import convert_channels, plan_fit, resize_image
from zscape.specs.data import DataSpec

SIDES = st.integers(1, 300)


def random_image(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


@settings(deadline=None)
@given(SIDES, SIDES, SIDES, SIDES)
def test_the_box_is_inside_centred_as_large_as_possible_and_of_the_target_s_proportions(h, w, height, width):
    left, top, right, bottom = centre_box(h, w, height, width)
    assert 0 <= left < right <= w and 0 <= top < bottom <= h
    assert abs(left - (w - right)) <= 1 and abs(top - (h - bottom)) <= 1
    cut_h, cut_w = bottom - top, right - left
    assert cut_h == h or cut_w == w
    # Whichever side was cut is within half a pixel (at least one) of the exact proportion.
    assert (
        abs(cut_h - cut_w * height / width) <= 0.5 or abs(cut_w - cut_h * width / height) <= 0.5 or 1 in (cut_h, cut_w)
    )


def test_celeba_s_box():
    assert centre_box(218, 178, 96, 96) == (0, 20, 178, 198)


def test_colour_is_what_pillow_makes_of_the_whole_image():
    image = random_image(50, 40, 3)
    expected = Image.fromarray(image).crop((0, 5, 40, 45)).resize((16, 16), Image.Resampling.LANCZOS)
    difference = np.abs(resize_image(image, 16, 16).astype(int) - np.asarray(expected))
    assert difference.max() <= 3 and difference.mean() < 0.5


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_height_and_width_are_not_swapped_and_channels_stay(channels):
    assert resize_image(random_image(50, 40, channels), 20, 31).shape == (20, 31, channels)


def test_a_fourth_channel_is_no_transparency():
    image = np.full((8, 8, 4), 200, np.uint8)
    image[..., 3] = 0
    assert resize_image(image, 4, 4)[0, 0].tolist() == [200, 200, 200, 0]


def test_same_size_changes_no_pixel():
    image = random_image(9, 7, 3)
    np.testing.assert_array_equal(resize_image(image, 9, 7), image)


def test_grey_to_colour_and_back():
    grey = random_image(5, 4, 1)
    colour = convert_channels(grey, 3)
    assert colour.shape == (5, 4, 3) and (colour == grey).all()
    np.testing.assert_array_equal(convert_channels(colour, 1), grey)


def test_grey_value_of_a_colour():
    image = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    assert convert_channels(image, 1)[0, :, 0].tolist() == [76, 150, 29]  # 255 times 0.299, 0.587, 0.114


def test_own_size_is_kept_when_all_agree():
    fit = plan_fit([(4, 5, 3)] * 2, DataSpec())
    assert fit.shape == (4, 5, 3)
    assert fit.crop == "none: all images are 4x5 (height x width)"


def test_the_crop_rule_is_stated_in_words():
    fit = plan_fit([(4, 5, 3), (8, 8, 3)], DataSpec(size=(10, 12)))
    assert fit.shape == (10, 12, 3)
    assert fit.crop == (
        "the largest centred rectangle with the height-to-width ratio 5:6 is cut out, then resized to 10x12 "
        "(height x width) with Pillow's Lanczos filter"
    )
    assert fit(random_image(4, 5, 3)).shape == (10, 12, 3)


def test_grey_and_colour_mixed_become_colour_unless_grey_is_asked_for():
    assert plan_fit([(4, 4, 1), (4, 4, 3)], DataSpec()).shape == (4, 4, 3)
    assert plan_fit([(4, 4, 1), (4, 4, 3)], DataSpec(channels=1)).shape == (4, 4, 1)


def test_mixed_sizes_without_a_size_asked_for():
    shapes = [(4, 5, 1)] * 3 + [(6, 7, 1), (8, 9, 1)]
    with pytest.raises(
        InputError, match=r"have 3 different sizes, such as 4x5 \(3 of 5 images\) and 6x7 .*data.size=96"
    ):
        plan_fit(shapes, DataSpec())


@pytest.mark.parametrize(("own", "wanted"), [(4, 3), (2, 1), (3, 4)])
def test_channels_that_cannot_be_converted(own, wanted):
    with pytest.raises(InputError, match=f"Images with {own} channels cannot be brought to {wanted}; only grey"):
        plan_fit([(4, 4, own)], DataSpec(channels=wanted))


SQUARE = "the largest centred square is cut out"


@pytest.mark.parametrize(
    ("shapes", "size", "channels", "changes"),
    [
        ([(8, 8, 1)], 8, 1, ()),
        ([(8, 8, 1)], None, None, ()),
        ([(16, 16, 1)], 8, 1, ("resized to 8x8",)),
        ([(16, 20, 1)], 8, 1, (SQUARE, "resized to 8x8")),
        ([(8, 20, 1)], 8, 1, (SQUARE,)),
        ([(8, 8, 1), (9, 8, 1)], 8, 1, (SQUARE,)),
        ([(8, 8, 3)], 8, 1, ("colours made grey",)),
        ([(8, 8, 3), (8, 8, 1)], 8, 3, ("grey given three equal channels",)),
        ([(8, 8, 3)], (4, 6), 1, ("the largest centred rectangle of height 4 to width 6 is cut out", "resized to 4x6",
                                  "colours made grey")),
    ],
)  # fmt: skip
def test_what_is_done_to_images_is_told_and_nothing_else(shapes, size, channels, changes):
    fit = plan_fit(shapes, DataSpec(size=size, channels=channels))
    assert fit.changes == changes
    images = [random_image(*shape) for shape in shapes]
    assert all(np.array_equal(fit(image), image) for image in images) == (changes == ())


def face_spec(**options):
    return DataSpec(source="celeba", path="x", **options)


def test_the_source_s_own_crop_counts_where_none_is_stated():
    fit = plan_fit([(218, 178, 3)], face_spec(size=96))
    assert fit.shape == (96, 96, 3) and fit.rule == "celeba-face"
    assert fit.changes[1] == "resized to 96x96" and "column 25, row 60" in fit.changes[0]
    assert plan_fit([(218, 178, 3)], face_spec()).shape == (128, 128, 3)
    assert plan_fit([(218, 178, 1)], face_spec()).shape == (128, 128, 3), "CelebA is in colour"
    assert plan_fit([(218, 178, 3)], face_spec(crop="center", size=96)).box((218, 178)) == (0, 20, 178, 198)


def test_the_record_has_the_rule_in_words_and_numbers():
    record = plan_fit([(218, 178, 3)], face_spec(size=96)).record()
    assert record == {
        "rule": "celeba-face",
        "words": "the square of 128x128 pixels with its upper left corner at column 25, row 60 of an aligned face of "
        "218x178 pixels (height x width; in proportion at other sizes) is cut out, then resized to 96x96 with Pillow's "
        "Lanczos filter",
        "box": {"left": 25, "top": 60, "width": 128, "height": 128, "of": [218, 178]},
        "size": [96, 96],
        "filter": "Lanczos (Pillow)",
    }
    mixed = plan_fit([(20, 30, 3), (30, 20, 3)], DataSpec(size=8, crop="center-square"))
    assert mixed.record()["box"] is None and mixed.record()["filter"]
    same = plan_fit([(8, 8, 3)], DataSpec(crop="2,2,4,4")).record()
    assert same["filter"] is None and same["box"]["left"] == 2 and "resized" not in same["words"]


@pytest.mark.parametrize(
    ("own", "size", "crop", "words"),
    [
        ((8, 8), 4, "center", "nothing is cut, all is resized to 4x4 with Pillow's Lanczos filter"),
        ((8, 8), 4, "center-square", "nothing is cut, all is resized to 4x4 with Pillow's Lanczos filter"),
        ((8, 8), 8, "center-square", "none: all images are 8x8"),
        ((8, 12), (4, 6), "center", "nothing is cut, all is resized to 4x6 (height x width) with Pillow's "
                                    "Lanczos filter"),
        ((8, 12), 8, "center", "the largest centred square is cut out"),
        ((9, 12), (6, 9), "center", "the largest centred rectangle with the height-to-width ratio 2:3 is cut out, then "
                                    "resized to 6x9 (height x width) with Pillow's Lanczos filter"),
    ],
)  # fmt: skip
def test_a_rule_that_cuts_nothing_says_so(own, size, crop, words):
    fit = plan_fit([(*own, 3)], DataSpec(size=size, crop=crop))
    assert fit.crop == words
    assert (fit.box(own) == (0, 0, own[1], own[0])) == ("is cut out" not in words)


@pytest.mark.parametrize(
    ("crop", "words"),
    [
        ("center-square", "the largest centred square is cut out, then resized to 6x6"),
        ("none", "none: the whole image is resized to 6x6"),
        ("1,2,8,8", "the box of 8x8 pixels (height x width) with its upper left corner at column 1, row 2 is cut out"),
    ],
)
def test_every_rule_in_words_and_pixels(crop, words):
    image = random_image(20, 30, 3)
    fit = plan_fit([image.shape], DataSpec(size=6, crop=crop))
    assert fit.crop.startswith(words)
    left, top, right, bottom = fit.box((20, 30))
    expected = Image.fromarray(image[top:bottom, left:right]).resize((6, 6), Image.Resampling.LANCZOS)
    assert np.abs(fit(image).astype(int) - np.asarray(expected)).mean() < 0.6
    assert ("stretched to 6x6" in fit.changes) == (crop == "none")


def test_a_crop_that_fits_no_image_is_refused_and_one_that_fits_some_is_not():
    spec = DataSpec(crop="0,0,20,10", size=[10, 20])
    with pytest.raises(
        InputError, match=r"^data\.crop=0,0,20,10 fits none of the images: it has 8x8 pixels .* needs 10x20\.$"
    ):
        plan_fit([(8, 8, 3)] * 2, spec)
    with pytest.raises(InputError, match=r"fits none of the images, the first of them: it has 8x8 pixels"):
        plan_fit([(8, 8, 3), (9, 9, 3)], spec)
    fit = plan_fit([(8, 8, 3), (12, 20, 3)], spec)
    with pytest.raises(Unusable, match=r"needs 10x20$"):
        fit(random_image(8, 8, 3))


def test_sizes_that_differ_after_the_crop_only():
    with pytest.raises(InputError, match=r"have 2 different sizes after data\.crop=center-square, such as"):
        plan_fit([(8, 9, 1), (7, 9, 1)], DataSpec(crop="center-square"))
    assert plan_fit([(8, 9, 1), (8, 10, 1)], DataSpec(crop="center-square")).shape == (8, 8, 1)
