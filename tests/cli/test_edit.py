"""`zscape edit`."""

import json

import numpy as np
import pytest
from PIL import Image

from zscape.latent.codes import Codes


def test_rows_are_images_and_columns_factors(zscape, trained, tmp_path):
    outcome = zscape("edit", trained, "--attribute", "3", "--out", "x.png", "-n", 4)
    assert (outcome.code, outcome.err) == (0, "")
    sentence, out = outcome.out.splitlines()
    assert (
        out == "x.png" and sentence.startswith("'label is 3': ") and "A linear probe tells it with an area" in sentence
    )
    with Image.open(tmp_path / "x.png") as picture:
        assert picture.width > 8 * 88 and picture.height > 4 * 88


def test_the_record(zscape, trained):
    outcome = zscape(
        "edit", trained, "--attribute", "3", "--orthogonal-to", "5", "--factors", "-1.5,0,2", "--out", "x.png", "--json"
    )
    edit = json.loads(outcome.out)
    codes = Codes.load(trained / "latents.npz")
    train = codes.of_split("train")
    mask = train.labels == 3
    own, other = (
        train.mu[m].mean(axis=0, dtype=float) - train.mu[~m].mean(axis=0, dtype=float)
        for m in (mask, train.labels == 5)
    )
    cosine = own @ other / np.linalg.norm(own) / np.linalg.norm(other)
    assert edit["attribute"] == "label is 3" and edit["orthogonal_to"] == ["label is 5"]
    assert edit["cosines"] == pytest.approx([cosine])
    assert edit["length"] == pytest.approx(np.linalg.norm(own) * np.sqrt(1 - cosine**2))
    assert edit["factors"] == [-1.5, 0, 2] and len(edit["outside"]) == 3
    assert (edit["count_with"], edit["count_without"]) == (int(mask.sum()), int((~mask).sum()))
    labels = {int(image): int(label) for image, label in zip(codes.ids, codes.labels, strict=True)}
    assert edit["has_it"] == [labels[image] == 3 for image in edit["ids"]] == sorted(edit["has_it"])
    assert set(edit["ids"]) == set(codes.of_split("test").ids.tolist())  # six are asked for, and there are six
    assert edit["sentence"].startswith("Orthogonal to 'label is 5'. 'label is 3': ")
    assert 0 <= edit["probe"]["auc"] <= 1 and edit["probe"]["trained_on"] > 0


def test_one_seed_one_picture(zscape, trained, tmp_path):
    pictures = []
    for seed in (1, 1, 2):
        zscape("edit", trained, "--attribute", "3", "--out", "x.png", "-n", 2, "--seed", seed)
        pictures.append((tmp_path / "x.png").read_bytes())
    assert pictures[0] == pictures[1] != pictures[2]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--attribute", "Smiling"], "Unknown attribute 'Smiling'. Known: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9."),
        (
            ["--attribute", "3", "--factors", "1;2"],
            "--factors must be numbers with commas between them, as -4,-2,-1,0,",
        ),
        (["--attribute", "3", "--factors", "nan"], "--factors must be finite numbers, received nan."),
        (["--attribute", "3", "--factors", ",".join("1" * 31)], "--factors must be 1 to 30 numbers, received 31."),
        (
            ["--attribute", "3", "--orthogonal-to", "3"],
            "Nothing is left of the direction of 'label is 3' orthogonal to",
        ),
        (["--attribute", "3", "-n", "0"], "-n must be at least 1, received 0."),
        (["--attribute", "3", "--out", "x.gif"], "--out must be a .png file; received x.gif."),
        ([], "Missing option '--attribute'."),
    ],
)
def test_what_users_get_wrong(refused, trained, arguments, sentence):
    out = () if "--out" in arguments else ("--out", "x.png")
    assert refused("edit", trained, *out, *arguments).startswith(sentence)


def test_an_attribute_that_nobody_or_everybody_has(refused, in_reach):
    codes = Codes.load(in_reach / "latents.npz")
    attributes = np.stack([np.zeros(len(codes), bool), np.ones(len(codes), bool)], axis=1)
    more = {"attributes": attributes, "attribute_names": ("Wings", "Skin")}
    Codes(codes.mu, codes.log_var, codes.ids, codes.splits, **more).save(in_reach / "latents.npz")
    count = len(codes.of_split("train"))
    for name, there in (("Wings", 0), ("Skin", count)):
        assert refused("edit", in_reach, "--attribute", name, "--out", "x.png") == (
            f"{name!r} has no direction: {there} of {count} images have it, {count - there} have it not, and at least "
            f"2 of each are needed."
        )


def test_codes_without_labels(refused, in_reach):
    codes = Codes.load(in_reach / "latents.npz")
    Codes(codes.mu, codes.log_var, codes.ids, codes.splits).save(in_reach / "latents.npz")
    sentence = refused("edit", in_reach, "--attribute", "3", "--out", "x.png")
    assert sentence == "These codes have neither attributes nor labels, so there is no attribute '3'."
    assert refused("walk", in_reach, "--kind", "centres", "--out", "x.png") == (
        "These images have no two labels: name two centres with --from and --to."
    )
