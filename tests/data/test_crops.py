import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.data.crops import crop_box, size_of
from zscape.data.readers.pack import Unusable
from zscape.specs.crop import ALIGNED, CROPS, FACE, box_of_rule

SIDES = st.integers(1, 2000)


def test_the_pixels_of_celeba_face():
    left, top, right, bottom = crop_box("celeba-face", ALIGNED, (96, 96))
    assert (left, top, right, bottom) == (25, 60, 153, 188)
    assert left == 178 - right, "it is centred"
    # Where CelebA's landmarks are: eyes, mouth and chin inside.
    assert left < 69 - 15 and right > 109 + 15 and top < 111 - 30 and bottom > 183


@given(st.floats(0.05, 8))
def test_celeba_face_scales_with_images_of_the_same_proportions(scale):
    height, width = round(218 * scale), round(178 * scale)
    left, top, right, bottom = crop_box("celeba-face", (height, width), None)
    assert 0 <= left < right <= width and 0 <= top < bottom <= height
    assert right - left == bottom - top
    assert abs(left - FACE[0] * scale) <= 1.6 and abs(top - FACE[1] * scale) <= 1.6
    assert abs(right - left - FACE[2] * scale) <= 1.6


def test_half_size():
    assert crop_box("celeba-face", (109, 89), None) == (12, 30, 76, 94)


@pytest.mark.parametrize("own", [(178, 218), (218, 180), (100, 100)])
def test_celeba_face_refuses_other_proportions(own):
    with pytest.raises(Unusable) as caught:
        crop_box("celeba-face", own, (64, 64))
    assert caught.value.reason == (
        f"it has {own[0]}x{own[1]} pixels (height x width), the crop celeba-face needs the proportions of an aligned "
        "face, 218x178"
    )


@given(SIDES, SIDES, SIDES, SIDES, st.sampled_from(sorted(set(CROPS) - {"celeba-face"})))
def test_every_box_lies_within_the_image(height, width, tall, wide, rule):
    left, top, right, bottom = crop_box(rule, (height, width), (tall, wide))
    assert 0 <= left < right <= width and 0 <= top < bottom <= height
    cut = size_of((left, top, right, bottom))
    if rule == "none":
        assert cut == (height, width)
    if rule == "center-square":
        assert cut == (min(height, width),) * 2
        assert abs(left - (width - right)) <= 1 and abs(top - (height - bottom)) <= 1


def test_without_a_size_center_keeps_everything():
    assert crop_box("center", (5, 7), None) == (0, 0, 7, 5)


def test_numbers_are_left_top_width_height():
    assert crop_box("3,4,10,20", (24, 13), None) == (3, 4, 13, 24)
    with pytest.raises(Unusable, match=r"^it has 24x12 pixels \(height x width\), the crop 3,4,10,20 \(left,top,width"):
        crop_box("3,4,10,20", (24, 12), None)


@pytest.mark.parametrize("rule", CROPS)
def test_rules_with_a_name_have_no_numbers(rule):
    assert box_of_rule(rule) is None


@pytest.mark.parametrize("rule", ["centre", "", "1,2,3", "1,2,3,4,5", "-1,0,4,4", "1.5,0,4,4", "a,b,c,d"])
def test_other_rules_are_told_what_there_is(rule):
    with pytest.raises(
        ValueError, match=r"^must be one of center, center-square, celeba-face, none or left,top,width,he"
    ):
        box_of_rule(rule)


def test_an_empty_box():
    with pytest.raises(ValueError, match=r"'1,2,0,4' has no pixels; left,top,width,height need a width and a height"):
        box_of_rule("1,2,0,4")
