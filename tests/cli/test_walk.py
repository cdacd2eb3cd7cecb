"""`zscape walk`."""

import json
import shutil
import sys

import numpy as np
import pytest
from PIL import Image

from zscape.figures import film
from zscape.latent.codes import Codes

LEFT_OUT = "Known: axes, blocks, centres, grid, images."


@pytest.fixture
def record(zscape, trained):
    """Walk and return what --json prints."""

    def call(*arguments, run=trained, out="x.png"):
        outcome = zscape("walk", run, "--out", out, "--json", *arguments)
        assert (outcome.code, outcome.err) == (0, ""), outcome
        return json.loads(outcome.out)

    return call


def test_between_two_images_that_nothing_was_trained_on(zscape, trained, tmp_path):
    outcome = zscape("walk", trained, "--out", "new/x.png")
    assert (outcome.code, outcome.err) == (0, "")
    path, sentence, out = outcome.out.splitlines()
    assert path.startswith("image ") and " → image " in path and out == "new/x.png"
    assert " of 12" in sentence or "None of the 12 points leaves the codes" in sentence
    with Image.open(tmp_path / "new" / "x.png") as picture:
        assert picture.mode == "RGB" and picture.width > 12 * 88 and picture.height > 88 + 300


def test_the_record(record, trained):
    codes = Codes.load(trained / "latents.npz")
    test = codes.of_split("test").ids.tolist()
    walk = record("--from", f"id:{test[0]}", "--via", f"id:{test[1]}", "--to", f"id:{test[2]}", "--steps", 5)
    assert (walk["kind"], walk["line"], walk["seed"], walk["out"]) == ("images", "straight", 1, "x.png")
    assert [path["name"].split("(")[0] for path in walk["paths"]] == [f"image {test[0]} ", f"image {test[1]} "]
    assert walk["scale"]["images"] == walk["scale"]["of"] == 6
    assert walk["sentence"].endswith(".")
    for path in walk["paths"]:
        assert path["labels"] == ["1", "2", "3", "4", "5"]
        assert {len(values) for values in path["quality"].values()} == {5}
    first, second = (path["quality"] for path in walk["paths"])
    assert first["distance"][-1] == second["distance"][0]  # the two meet


def test_the_measures_are_those_of_the_run_s_own_networks(record, trained):
    import zscape

    model = zscape.load(trained)
    codes = Codes.load(trained / "latents.npz")
    first, last = codes.of_split("test").take(np.array([0, 1])).mu
    ends = codes.of_split("test").ids[:2]
    quality = record("--from", f"id:{ends[0]}", "--to", f"id:{ends[1]}", "--steps", 3)["paths"][0]["quality"]
    z = np.stack([first, (first.astype(float) + last) / 2, last]).astype(np.float32)
    images = model.decode(z)
    back = model.encode(images)
    trips = np.linalg.norm(back.astype(float) - z, axis=1)
    np.testing.assert_allclose(np.array(quality["round_trip"]) / quality["round_trip"][0], trips / trips[0], rtol=1e-4)
    errors = ((model.decode(back).astype(float) - images) ** 2).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(quality["psnr"], -10 * np.log10(errors), atol=1e-3)


def test_one_seed_one_walk_and_labels_draw_images(record, trained, tmp_path):
    codes = Codes.load(trained / "latents.npz")
    label = codes.label_names[codes.of_split("test").labels[0]]
    first = record("--from", label)
    assert f"({label}) → " in first["paths"][0]["name"]
    picture = (tmp_path / "x.png").read_bytes()
    assert record("--from", label) == first and (tmp_path / "x.png").read_bytes() == picture
    names = {record("--seed", seed, "--steps", 2)["paths"][0]["name"] for seed in (2, 3)}
    assert len(names) == 2


def test_between_centres(record):
    walk = record("--kind", "centres", "--from", "1", "--to", "label is 7", "--line", "circle")
    assert walk["paths"][0]["name"] == "label is 1 → label is 7" and walk["line"] == "circle"
    farthest = record("--kind", "centres")["paths"][0]["name"]
    assert farthest.count("label is ") == 2


@pytest.mark.parametrize(("kind", "name"), [("axes", "axis 1 (sd "), ("blocks", "image ")])
def test_axes_and_blocks_are_rows(record, kind, name):
    walk = record("--kind", kind)
    assert len(walk["paths"]) == 3 and walk["line"] is None  # all three dimensions
    assert walk["paths"][0]["name"].startswith(name)
    assert walk["paths"][0]["labels"] == ["-3 sd", "-2 sd", "-1 sd", "0 sd", "+1 sd", "+2 sd", "+3 sd"]
    assert len(record("--kind", kind, "--rows", 2, "--steps", 4)["paths"]) == 2


def test_codes_are_made_where_a_run_was_only_trained(record, in_reach):
    saved = record("--steps", 3, run=in_reach)
    (in_reach / "latents.npz").unlink()
    again = record("--steps", 3, run=in_reach)
    assert again["paths"][0]["name"] == saved["paths"][0]["name"]
    np.testing.assert_allclose(again["paths"][0]["quality"]["psnr"], saved["paths"][0]["quality"]["psnr"], rtol=1e-4)


def frames(path):
    with Image.open(path) as picture:
        shown = 0
        for number in range(picture.n_frames):
            picture.seek(number)
            shown += picture.info["duration"]
        return picture.size, shown, picture.n_frames


def test_a_gif_goes_there_and_back(zscape, trained, tmp_path):
    outcome = zscape("walk", trained, "--out", "x.gif", "--steps", 6)
    assert (outcome.code, outcome.err) == (0, "")
    size, shown, count = frames(tmp_path / "x.gif")
    # Equal neighbours are one frame that is shown longer: the time stays.
    assert size == (192, 192) and shown == 2 * 560 + 8 * 80 and 2 < count <= 10
    zscape("walk", trained, "--out", "axes.gif", "--kind", "axes")
    assert frames(tmp_path / "axes.gif")[:2] == ((3 * 8 * 8, 8 * 8), 2 * 560 + 56 * 80)  # 30 steps: 58 frames


def test_an_mp4_without_ffmpeg_is_refused_before_anything_starts(refused, monkeypatch):
    monkeypatch.setattr(film.shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    sentence = refused("walk", "run", "--out", "x.mp4")
    assert sentence.startswith("An .mp4 needs the program ffmpeg, which was not found: install it (apt install ffmpeg")
    assert sentence.endswith("or take a .gif, which needs nothing more.")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--out", "x.jpg"], "--out must be a .png, .gif or .mp4 file; received x.jpg."),
        (["--kind", "axs"], f"Unknown kind of walk 'axs'. Did you mean 'axes'? {LEFT_OUT}"),
        (["--line", "round"], "Unknown line 'round'. Known: circle, straight."),
        (["--steps", "1"], "--steps must be from 2 to 200, received 1."),
        (["--rows", "2"], "--rows goes with --kind axes and --kind blocks; received --kind images."),
        (["--to", "3"], "--to and --via need --from: say where the walk begins."),
        (["--kind", "grid"], "--kind grid shows a plane, but this run has z_dim 3: take --kind axes."),
        (
            ["--kind", "axes", "--from", "3"],
            "--kind axes goes through the whole cloud: leave --from, --via and --to out.",
        ),
        (["--kind", "blocks", "--from", "3", "--to", "4"], "--kind blocks changes the code of one image, named by "),
        (
            ["--kind", "axes", "--rows", "4"],
            "The number of axes must be from 1 to 3, the latent dimensions; received 4.",
        ),
        (["--kind", "centres", "--from", "3"], "A walk between centres needs two of them: name them with --from and"),
        (["--kind", "centres", "--from", "3", "--to", "x"], "Unknown attribute 'x'. Known: 0, 1, 2, 3, 4, 5, 6, 7, 8"),
        (["--from", "id:9999"], "No image has the number 9999; they go from 0 to 59, and labels are 0, 1, 2"),
        (["--from", "seven"], "There is no image, label or attribute 'seven'. Known: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9; or"),
    ],
)
def test_what_users_get_wrong(refused, trained, arguments, sentence):
    out = () if "--out" in arguments else ("--out", "x.png")
    assert refused("walk", trained, *out, *arguments).startswith(sentence)


def test_no_run_and_codes_of_another_run(refused, in_reach):
    assert refused("walk", "nowhere", "--out", "x.png") == "There is no run directory nowhere."
    points = np.random.default_rng(0).normal(size=(9, 4)).astype(np.float32)
    Codes(points, None, np.arange(9), np.zeros(9, np.uint8)).save(in_reach / "latents.npz")
    sentence = refused("walk", in_reach, "--out", "x.png")
    assert sentence.startswith("run/latents.npz has codes of 4 dimensions, the run's networks have 3: ")
    shutil.rmtree(in_reach / "encoder")
    assert refused("walk", in_reach, "--out", "x.png").startswith("run holds no finished networks yet")
