import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zscape.core.errors import InputError
from zscape.data.splits import official_codes, own_codes, split_codes
from zscape.specs.data import SplitSpec

OFFICIAL = np.repeat(np.array([0, 2], np.uint8), [60, 10])


def counts(codes):
    return np.bincount(codes, minlength=3).tolist()


@pytest.mark.parametrize(
    ("count", "spec", "expected"),
    [
        (1797, SplitSpec(), [1437, 180, 180]),
        (3, SplitSpec(), [1, 1, 1]),
        (100, SplitSpec(validation=30), [60, 30, 10]),
        (100, SplitSpec(validation=0.25, test=5), [70, 25, 5]),
        (100, SplitSpec(test=0.001), [89, 10, 1]),
    ],
)
def test_counts_and_shares(count, spec, expected):
    codes = split_codes(count, None, spec, "digits")
    assert codes.dtype == np.uint8
    assert counts(codes) == expected


def test_where_nothing_is_trained_all_are_test_images_but_for_official_parts():
    assert own_codes(1, None).tolist() == [2] and own_codes(5, None).tolist() == [2] * 5
    assert own_codes(70, OFFICIAL).tolist() == OFFICIAL.tolist()
    assert own_codes(3, None).dtype == own_codes(70, OFFICIAL).dtype == np.uint8


@settings(deadline=None)
@given(st.integers(3, 500), st.integers(1, 20), st.floats(0.01, 0.5))
def test_every_image_has_one_part_and_the_counts_are_as_asked(count, validation, test):
    expected_test = max(1, round(test * count))
    spec = SplitSpec(validation=validation, test=test)
    if validation + expected_test >= count:
        with pytest.raises(InputError, match="leave none for training"):
            split_codes(count, None, spec, "digits")
    else:
        assert counts(split_codes(count, None, spec, "x")) == [
            count - validation - expected_test,
            validation,
            expected_test,
        ]


def test_the_draw_is_fixed_random_and_of_the_source():
    once = split_codes(200, None, SplitSpec(), "digits")
    np.testing.assert_array_equal(once, split_codes(200, None, SplitSpec(), "digits"))
    assert (once != split_codes(200, None, SplitSpec(), "array")).any()
    assert np.ptp(np.flatnonzero(once == 1)) > 100


def test_an_official_test_set_is_halved_and_the_training_set_stays_whole():
    codes = split_codes(70, OFFICIAL, SplitSpec(), "mnist")
    assert counts(codes) == [60, 5, 5]
    assert (codes[:60] == 0).all()
    assert OFFICIAL[60] == 2, "the parts given must not be changed"


def test_of_an_odd_official_test_set_the_test_part_gets_the_larger_half():
    assert counts(split_codes(69, OFFICIAL[:69], SplitSpec(), "mnist")) == [60, 4, 5]


@pytest.mark.parametrize(("validation", "number"), [(20, 20), (0.1, 7)])
def test_a_stated_validation_is_drawn_from_the_official_training_set(validation, number):
    codes = split_codes(70, OFFICIAL, SplitSpec(validation=validation), "mnist")
    assert counts(codes) == [60 - number, number, 10]
    assert (codes[60:] == 2).all()


def test_nothing_left_for_training():
    with pytest.raises(InputError, match=r"8 images for validation and 2 for test leave none .* there are 10 images"):
        split_codes(10, None, SplitSpec(validation=8, test=2), "array")
    with pytest.raises(InputError, match=r"60 images for validation leave none .* official training set has 60"):
        split_codes(70, OFFICIAL, SplitSpec(validation=60), "mnist")


def test_two_images_are_too_few_for_three_parts():
    with pytest.raises(InputError, match=r"There are only 2 images, too few to be split .* 3 images are the least"):
        split_codes(2, None, SplitSpec(), "array")


def test_an_official_test_set_of_one_image_cannot_be_halved():
    with pytest.raises(InputError, match="official test set has 1 image here, too few to be halved"):
        split_codes(61, OFFICIAL[:61], SplitSpec(), "mnist")


def test_a_test_part_stated_beside_an_official_one():
    with pytest.raises(InputError, match=r"data\.splits\.test cannot be stated: the images come with a test set"):
        split_codes(70, OFFICIAL, SplitSpec(test=3), "array")


def test_three_official_parts_are_taken_as_they_are():
    parts = np.array([2, 0, 1, 1, 0, 0, 2], np.uint8)
    for codes in (split_codes(7, parts, SplitSpec(), "celeba"), official_codes(parts, SplitSpec())):
        assert codes.tolist() == parts.tolist() and codes.dtype == np.uint8 and codes is not parts


@pytest.mark.parametrize("spec", [SplitSpec(validation=1), SplitSpec(test=0.1)])
def test_parts_stated_beside_three_official_ones(spec):
    with pytest.raises(
        InputError, match=r"data\.splits cannot be stated: the images come with training, validation and"
    ):
        split_codes(5, np.array([0, 0, 1, 2, 0], np.uint8), spec, "celeba")


def test_an_official_part_that_a_limit_left_empty_is_not_made_up():
    with pytest.raises(
        InputError, match=r"own parts is empty here \(4 train, 0 validation, 1 test\); raise data\.limit"
    ):
        official_codes(np.array([0, 0, 0, 2, 0], np.uint8), SplitSpec())
