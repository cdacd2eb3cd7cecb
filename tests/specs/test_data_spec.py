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
