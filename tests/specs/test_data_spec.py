"""`data.*`."""

import pytest
from pydantic import ValidationError

from zscape.specs.compose import compose_recipe
from zscape.specs.data import DataSpec, SplitSpec
from zscape.specs.sources import SOURCES


def test_one_size_is_a_square():
    assert DataSpec(size=96).size == (96, 96)
    assert compose_recipe("digits", ["data.size=96"]).data.size == (96, 96)
    assert compose_recipe("digits", ["data.size=[45, 37]"]).data.size == (45, 37)


def test_shape_is_the_sources_unless_stated():
    assert DataSpec().image_shape == (8, 8, 1)
    assert DataSpec(source="mnist", channels=3).image_shape == (28, 28, 3)
    assert DataSpec(source="mnist", size=32).image_shape == (32, 32, 1)
    assert DataSpec(source="folder", size=96).image_shape is None
    assert DataSpec(source="folder", size=96, channels=3).image_shape == (96, 96, 3)


@pytest.mark.parametrize("source", [name for name, facts in SOURCES.items() if facts.official_test])
def test_official_test_set_cannot_be_restated(source):
    with pytest.raises(ValidationError, match=f"test cannot be stated for '{source}': it comes with a test set"):
        DataSpec(source=source, splits=SplitSpec(test=100))
    assert DataSpec(source=source, splits=SplitSpec(validation=100)).splits.validation == 100


def test_splits_count_or_share():
    assert SplitSpec(validation=1, test=0.25) == SplitSpec(validation=1, test=0.25)
    assert isinstance(SplitSpec(validation=1).validation, int)
    for wrong in (0, 1.0001, -0.1, 1.5):
        with pytest.raises(ValidationError):
            SplitSpec(validation=wrong)


def test_crop_is_the_source_s_unless_stated():
    assert DataSpec().crop_rule == "center"
    assert DataSpec(source="celeba", path="x").crop_rule == "celeba-face"
    assert DataSpec(source="celeba", path="x", crop="none").crop_rule == "none"
    assert compose_recipe("digits", ["data.crop=none"]).data.crop == "none"


@pytest.mark.parametrize("given", ["1,2,4,5", " 1, 2,4,5 ", [1, 2, 4, 5], (1, 2, 4, 5)])
def test_a_box_in_any_writing(given):
    assert DataSpec(crop=given).crop == "1,2,4,5"
    assert compose_recipe("digits", ["data.crop=1,2,4,5"]).data.crop == "1,2,4,5"
    assert compose_recipe("digits", ["data.crop=[1,2,4,5]"]).data.crop == "1,2,4,5"


@pytest.mark.parametrize("given", ["middle", 5, "1,2,3", True])
def test_other_crops_are_refused(given):
    with pytest.raises(ValidationError, match=r"must be one of center, center-square|valid string"):
        DataSpec(crop=given)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"crop": "center-square", "size": (4, 6)},
            "crop 'center-square' cuts out a square, which size 4x6 would stretch",
        ),
        ({"crop": "0,0,6,4", "size": (6, 4)}, r"cuts out 4x6 pixels \(height x width\), which size 6x4 would stretch"),
        (
            {"source": "celeba", "path": "x", "size": (109, 89)},
            "crop 'celeba-face' cuts out a square, which size 109x89",
        ),
    ],
)
def test_nothing_is_stretched_unasked(values, sentence):
    with pytest.raises(ValidationError, match=sentence):
        DataSpec(**values)


def test_sizes_of_the_same_proportions_within_a_pixel_are_not_stretched():
    assert DataSpec(crop="0,0,178,218", size=(109, 89)).size == (109, 89)
    assert DataSpec(crop="none", size=(4, 9)).crop == "none"


def test_the_shape_goes_by_the_crop():
    assert DataSpec(crop="1,2,4,5").image_shape == (5, 4, 1)
    assert DataSpec(source="folder", path="x", crop="1,2,4,5", channels=3).image_shape == (5, 4, 3)
    assert DataSpec(source="celeba", path="x").image_shape is None
    assert DataSpec(source="celeba", path="x", size=96).image_shape == (96, 96, 3)
    assert DataSpec(source="mnist", crop="center-square").image_shape == (28, 28, 1)
    assert DataSpec(source="mnist", crop="celeba-face").image_shape is None
    assert DataSpec(source="faces").image_shape == (128, 128, 3)
