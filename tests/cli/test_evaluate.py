"""`zscape evaluate`: the same bytes every time."""

import json

import numpy as np
import pytest

FIELDS = {
    *("split", "images", "loss", "reconstruction", "kl", "kl_mu", "kl_log_var", "weighted_kl", "kl_share", "beta"),
    *(
        "mean_image",
        "sigma",
        "kl_per_dimension",
        "reconstruction_at_mean",
        "entropy_floor",
        "psnr",
        "active_units",
        "prior_mismatch",
        "articles",
    ),
}


def test_twice_the_same_bytes_and_the_numbers_of_metrics_json(zscape, trained):
    first, second = zscape("evaluate", trained, "--json"), zscape("evaluate", trained, "--json")
    assert first.code == 0 and first.out == second.out
    numbers = json.loads(first.out)
    assert set(numbers) == FIELDS and numbers["split"] == "test"
    assert set(numbers["articles"]) == {"tape", "mean"}
    del numbers["split"]
    assert numbers == json.loads((trained / "metrics.json").read_text())["test"]


@pytest.mark.parametrize("split", ["train", "validation"])
def test_the_other_splits(zscape, trained, split):
    numbers = json.loads(zscape("evaluate", trained, "--split", split, "--json").out)
    assert numbers["split"] == split
    assert numbers["loss"] == json.loads((trained / "metrics.json").read_text())[split]["loss"]


def test_table(zscape, trained):
    outcome = zscape("evaluate", trained)
    assert outcome.code == 0
    lines = [line.split() for line in outcome.out.splitlines()]
    assert lines[0] == ["test", "unit"] and lines[1][0] == "loss" and lines[-1][0] == "psnr" and lines[-1][-1] == "dB"


def test_other_images(zscape, trained, tmp_path):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "own.npz", images=rng.integers(0, 256, (40, 8, 8), np.uint8))
    outcome = zscape("evaluate", trained, "--data", "own.npz", "--json")
    assert outcome.code == 0
    numbers = json.loads(outcome.out)
    assert numbers["images"] == 40 and numbers["split"] == "test" and outcome.err == ""
    assert numbers["loss"] != json.loads((trained / "metrics.json").read_text())["test"]["loss"]


def test_other_images_of_another_size_are_brought_to_the_model_s(zscape, trained, tmp_path):
    np.save(tmp_path / "large.npy", np.zeros((40, 16, 20, 3), np.uint8))
    outcome = zscape("evaluate", trained, "--data", "large.npy", "--json")
    assert outcome.code == 0 and json.loads(outcome.out)["images"] == 40
    assert outcome.err == (
        "The images of large.npy are made to fit the network's 8x8x1: the largest centred square is cut out, resized "
        "to 8x8, colours made grey\n"
    )


def test_one_image_is_enough(zscape, trained, tmp_path):
    np.save(tmp_path / "one.npy", np.full((1, 8, 8), 99, np.uint8))
    outcome = zscape("evaluate", trained, "--data", "one.npy")
    assert outcome.code == 0, outcome.err
    lines = {line.split()[0]: line.split()[1] for line in outcome.out.splitlines()[1:]}
    assert lines["prior_mismatch"] == "-" and float(lines["loss"]) > 0
    json_numbers = json.loads(zscape("evaluate", trained, "--data", "one.npy", "--json").out)
    assert json_numbers["images"] == 1


def test_a_part_that_other_images_do_not_have(zscape, trained, tmp_path):
    np.save(tmp_path / "one.npy", np.zeros((1, 8, 8), np.uint8))
    outcome = zscape("evaluate", trained, "--data", "one.npy", "--split", "train")
    assert outcome.code == 2
    assert outcome.last_line == "zscape: The split 'train' of these images is empty; choose another with --split."


def test_a_run_moved_elsewhere_is_evaluated_alike(zscape, trained, in_reach):
    assert zscape("evaluate", in_reach, "--json").out == zscape("evaluate", trained, "--json").out
