"""The classifier that embeds images, as it is shipped."""

import pytest
from pydantic import ValidationError

from zscape.specs.classifier import ClassifierSpec, shipped_classifier


def test_the_shipped_file_is_complete():
    spec = shipped_classifier()
    assert set(spec.model_fields_set) == set(ClassifierSpec.model_fields)
    assert spec.dense == 64


@pytest.mark.parametrize(("size", "number"), [((8, 8), 2), ((3, 2), 2), ((28, 28), 2), ((29, 8), 3), ((96, 80), 4)])
def test_as_many_convolutions_as_bring_the_image_to_7_pixels(size, number):
    spec = shipped_classifier()
    assert spec.filters_for(*size) == spec.filters[:number]


def test_unknown_keys_are_refused():
    with pytest.raises(ValidationError, match="fliters"):
        ClassifierSpec.model_validate({**shipped_classifier().model_dump(), "fliters": [1, 2]})
