import numpy as np
import pytest

from tests.data.preparation.packs import LOST, MemoryPack, encoded
from zscape.core.errors import InputError
from zscape.data.preparation.survey import SAMPLE, survey_shapes
from zscape.data.readers.pack import SourceLost

SHAPES = [(9, 8), (9, 8), (7, 6)]


class Ask:
    """Runs headers in two replies, and remembers what was asked for."""

    def __init__(self):
        self.asked = []

    def __call__(self, job, positions):
        self.asked.append(positions.tolist())
        return [job.run(part) for part in np.array_split(positions, 2) if len(part)]


def pack_of(count, bad=()):
    return MemoryPack({f"{i:05}": b"no image" if i in bad else encoded(i % 3, SHAPES[i % 3]) for i in range(count)})


def test_all_shapes_where_the_size_is_not_known():
    ask = Ask()
    shapes = survey_shapes(pack_of(9, bad=(4,)), np.array([0, 2, 4, 5, 6]), False, ask)
    assert shapes == [(9, 8, 3), (7, 6, 3), (7, 6, 3), (9, 8, 3)]
    assert ask.asked == [[0, 2, 4, 5, 6]]


def test_a_fixed_sample_where_size_and_channels_are_known():
    pack, kept, ask = pack_of(SAMPLE + 200), np.arange(0, SAMPLE + 200), Ask()
    for _ in range(2):
        assert len(survey_shapes(pack, kept, True, ask)) == SAMPLE
    first, second = ask.asked
    assert first == second == sorted(first) and first[0] < 20 and first[-1] > SAMPLE + 150


def test_where_no_header_of_the_sample_can_be_read_all_are_tried():
    count = SAMPLE + 40
    ask = Ask()
    survey_shapes(pack_of(count), np.arange(count), True, ask)
    bad = set(ask.asked[0])
    good = sorted(set(range(count)) - bad)
    shapes = survey_shapes(pack_of(count, bad=bad), np.arange(count), True, Ask())
    assert shapes == [(*SHAPES[i % 3], 3) for i in good]


@pytest.mark.parametrize(("count", "begins"), [(1, "The only image file, "), (3, "None of the 3 image files")])
def test_none_that_can_be_used(count, begins):
    with pytest.raises(InputError, match=rf"^{begins}.*00000.*: not an image in a format"):
        survey_shapes(pack_of(count, bad=range(count)), np.arange(count), False, Ask())


def test_a_lost_source_is_not_a_damaged_file():
    with pytest.raises(SourceLost):
        survey_shapes(MemoryPack({"0": LOST}), np.array([0]), False, Ask())
