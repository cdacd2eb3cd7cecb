"""What the part about a run's origin says of its images."""

import pytest

from zscape.reporting.sections.provenance import _cells


@pytest.mark.parametrize(
    ("crop", "said"),
    [
        ("the largest centred square is cut out", " test; crop: the largest centred square is cut out; sha256 c0ffee"),
        (
            "none: the whole image is resized to 8x8",
            " test; crop: none: the whole image is resized to 8x8; sha256 c0ffe",
        ),
        ("none: all images are 8x8", " test; sha256 c0ffee"),
        (None, " test; sha256 c0ffee"),  # of a run of an older version
    ],
)
def test_the_crop_is_stated_where_there_was_one(make_run, tmp_path, crop, said):
    provenance = make_run(tmp_path / "run").read("provenance.json")
    if crop is not None:
        provenance["data"]["crop"] = crop
    assert said in _cells(provenance)["Data"]
