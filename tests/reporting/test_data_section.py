"""What a report says about the data follows data.json."""

import pytest

from zscape.reporting.data_section import (
    MOST_LISTED,
    data_content,
    duplicates_sentence,
    images_sentence,
    linear_sentence,
)


@pytest.mark.parametrize(
    ("count", "across", "sentence"),
    [
        (0, 0, r"No two images are nearly the same."),
        (1, 0, "1 pair of images is nearly the same; no pair lies in two different splits."),
        (2345, 0, "2,345 pairs of images are nearly the same; no pair lies in two different splits."),
        (1, 1, "1 pair of images is nearly the same, and it lies in two different splits: numbers measured on "),
        (5, 1, "5 pairs of images are nearly the same, and 1 of them lies in two different splits: "),
        (5, 4, "5 pairs of images are nearly the same, and 4 of them lie in two different splits: "),
        (5, 5, "5 pairs of images are nearly the same, and all lie in two different splits: "),
    ],
)
def test_duplicates(count, across, sentence):
    said = duplicates_sentence({"count": count, "across_splits": across})
    assert said.startswith(sentence) and said.endswith(".")
    assert ("come out better than they would on new images" in said) == (across > 0)


def test_images(data_record):
    assert images_sentence(data_record) == "1,234 images of 8×8×1: 1,000 train, 100 validation, 134 test."
    data_record["splits"]["validation"] = 0
    assert images_sentence(data_record).endswith(": 1,000 train, 134 test.")


def said(ours, linear, variational=True, z_dim=12):
    baseline = {"z_dim": z_dim, "measured_on": "test", "psnr": linear}
    return linear_sentence(baseline, {"test": {"psnr": ours}, "train": {"psnr": 99.0}}, variational)


def test_the_linear_code_is_beaten_met_or_not():
    assert said(19.44, 17.86) == (
        "The reconstructions of test images reach 19.4 dB (PSNR) where the best linear code of 12 numbers (PCA) "
        "reaches 17.9 dB: the networks gain 1.5 dB."
    )
    assert str(said(17.0, 17.9)).endswith(
        ": the networks fall short of it by 0.9 dB: train longer, or lower the KL weight."
    )
    assert str(said(17.0, 17.9, variational=False)).endswith("train longer, or give the networks more filters.")
    assert str(said(17.91, 17.89)).endswith(
        "reaches 17.9 dB: the networks gain nothing yet: train longer, or lower the KL weight."
    )
    assert "linear code of 1 number (PCA)" in str(said(17.0, 16.0, z_dim=1))


def test_a_linear_code_that_gives_everything_back():
    baseline = {"z_dim": 64, "measured_on": "test", "psnr": 292.7, "mse": 5e-30}
    assert linear_sentence(baseline, {"test": {"psnr": 25.0}}, True) == (
        "The reconstructions of test images reach 25.0 dB (PSNR) where the best linear code of 64 numbers (PCA) gives "
        "them back exactly, to 8 bits: so many numbers are all that there is in these images."
    )


def test_without_numbers_nothing_is_compared():
    assert linear_sentence(None, {}, True) is None
    assert said(None, 17.0) is None and said(17.0, None) is None
    assert linear_sentence({"z_dim": 2, "measured_on": "test", "psnr": 9.0}, {"train": {"psnr": 9.0}}, True) is None


def test_long_lists_are_cut_and_counted(data_record):
    near = data_record["near_duplicates"]
    near["pairs"], near["count"] = near["pairs"] * 200, 777
    data_record["skipped"] *= 60
    content = data_content(data_record, {}, True)
    assert len(content["pairs"]) == len(content["skipped"]) == MOST_LISTED
    assert content["more_pairs"] == 777 - MOST_LISTED and content["skipped_count"] == 60
    assert content["crossing"] is True and content["linear"] is None


def test_a_record_with_less_in_it():
    content = data_content({"count": 1, "splits": {"train": 1}, "image_shape": [8, 8, 3]}, {}, True)
    assert content["images"] == "1 image of 8×8×3: 1 train."
    assert not content["duplicates"] and not content["pairs"] and content["skipped_count"] == 0
