import numpy as np
import pytest

from zscape.core.errors import InputError


@pytest.mark.parametrize(
    ("what", "value"), [("labels", np.zeros(3)), ("parts", np.zeros(3, np.uint8)), ("names", ("a", "b", "c"))]
)
def test_everything_per_image_matches_in_number(make_raw, what, value):
    with pytest.raises(InputError, match=rf"There are 3 {what} for 4 images.*\(Made for a test\.\)"):
        make_raw(4, **{what: value})


def test_shapes_at_chosen_positions(make_raw):
    images = [np.zeros((4, 5, 1), np.uint8), np.zeros((6, 7, 3), np.uint8)]
    assert make_raw(2, images=images).shapes_at(np.array([1])) == [(6, 7, 3)]
    assert make_raw(2).shapes_at(np.array([0, 1])) == [(4, 5, 1)]
