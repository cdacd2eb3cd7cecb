"""`zscape reconstruct` with several runs, and with pictures of the user's own."""

import shutil

import numpy as np
import pytest
from PIL import Image

import zscape as package
from zscape.data.resize import resize_image
from zscape.formulas.quality import psnr
from zscape.workflow import compare


@pytest.fixture
def own(tmp_path):
    """A colour picture of 30 x 20 pixels, and a grey one that fits."""
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 256, (20, 30, 3)).astype(np.uint8)).save(tmp_path / "own.png")
    Image.fromarray(rng.integers(0, 256, (8, 8)).astype(np.uint8)).save(tmp_path / "fits.png")
    return "own.png", "fits.png"


@pytest.fixture
def drawn(monkeypatch):
    """The columns of the last picture."""
    kept = []
    draw = compare.draw_comparison
    monkeypatch.setattr(compare, "draw_comparison", lambda *given: kept.append(given) or draw(*given))
    return lambda: kept[-1]


def test_a_picture_of_one_s_own_goes_through_the_store_s_crop(zscape, trained, own, drawn, tmp_path):
    outcome = zscape("reconstruct", trained, "--images", *own, "--out", "x.png")
    assert (outcome.code, outcome.out) == (0, "x.png\n")
    assert outcome.err == (
        "own.png is made to fit tiny-run (8x8x1): the largest centred square is cut out, resized to 8x8, colours made "
        "grey\n"
    )
    columns, names, _ = drawn()
    assert [column.name for column in columns] == ["original", "tiny-run"] and list(names) == ["own.png", "fits.png"]
    with Image.open(tmp_path / "own.png") as picture:
        expected = resize_image(np.asarray(picture.convert("L"))[..., None], 8, 8)
    np.testing.assert_array_equal(columns[0].images[0], expected)
    model = package.load(trained)
    outputs = model.reconstruct(columns[0].images)
    np.testing.assert_array_equal(columns[1].images, np.rint(outputs * 255))
    assert columns[1].captions == tuple(f"{value:.1f} dB" for value in psnr(columns[0].images / 255.0, outputs))
    with Image.open(tmp_path / "x.png") as picture:
        assert picture.width > 2 * 128 and picture.height > 2 * 128


def test_several_runs_share_one_column_of_originals(zscape, in_reach, drawn, tmp_path):
    shutil.copytree(in_reach, tmp_path / "other")
    outcome = zscape("reconstruct", in_reach, "other", "--out", "x.png")
    assert (outcome.code, outcome.out, outcome.err) == (0, "x.png\n", "")
    columns, _, note = drawn()
    assert [column.name for column in columns] == ["original", "run", "other"]
    assert len(columns[0].images) == 6 and columns[1].captions == columns[2].captions
    assert note.startswith("PSNR of what comes out against the original, mean over 6 images: run ")
    assert zscape("reconstruct", in_reach, "other", "--out", "x.png", "-n", 2, "--split", "train").code == 0
    assert len(drawn()[0][0].images) == 2


def test_runs_called_alike_are_told_apart(zscape, in_reach, drawn, tmp_path):
    shutil.copytree(in_reach, tmp_path / "vae" / "run")
    assert zscape("reconstruct", in_reach, "vae/run", "--out", "x.png").code == 0
    assert [column.name for column in drawn()[0]][1:] == [f"{tmp_path.name}/run", "vae/run"]


def test_runs_of_different_images_show_their_own(zscape, trained, in_reach, drawn):
    recipe = in_reach / "recipe.yaml"
    recipe.write_text(recipe.read_text().replace("limit: 60", "limit: 58"))
    assert zscape("reconstruct", trained, in_reach, "--out", "x.png", "-n", 3).code == 0
    columns, _, note = drawn()
    assert [column.name for column in columns] == ["original", "tiny-run", "original", "run"]
    assert note.endswith(" dB. The runs have different images, so each is shown with its own.")
    outcome = zscape("reconstruct", trained, in_reach, "--out", "x.png", "--data", "nothing")
    assert (outcome.code, outcome.last_line) == (2, "zscape: There is no file or folder nothing.")


def test_runs_of_different_sizes_name_them(drawn):
    def shown(name, size, decibel):
        images = np.zeros((2, size, size, 1), np.uint8)
        return compare._Shown(name, images, None, images, np.array(decibel))

    compare._drawn([shown("a", 8, [20.0, 22.0]), shown("b", 12, [30.0, 31.0])], (), "")
    columns, _, note = drawn()
    assert [column.name for column in columns] == ["original\n8x8", "a", "original\n12x12", "b"]
    assert columns[3].captions == ("30.0 dB", "31.0 dB")
    assert note == (
        "PSNR of what comes out against the original, mean over 2 images: a 21.0 dB, b 30.5 dB. At different sizes "
        "these do not compare: judge by eye."
    )


def test_a_task_shows_what_went_in(zscape, in_reach, own, drawn):
    text = (
        (in_reach / "recipe.yaml")
        .read_text()
        .replace("kind: reconstruct", "kind: denoise")
        .replace("drop: 0.0", "drop: 0.5")
    )
    (in_reach / "recipe.yaml").write_text(text)
    assert zscape("reconstruct", in_reach, "--images", own[1], "--out", "x.png").code == 0
    columns = drawn()[0]
    assert [column.name for column in columns] == ["original", "input of\nrun", "run"]
    dropped = columns[1].images != columns[0].images
    assert 10 < dropped.sum() < 54 and (columns[1].images[dropped] == 0).all()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--images", "none.jpg"], "There is no file none.jpg."),
        (["--images", "."], ". is a folder; --images takes image files, and --data a folder of them."),
        (["--images", "words.jpg"], "words.jpg cannot be used: not an image in a format that Pillow knows."),
        (
            ["--images", "small.png"],
            "small.png cannot be used: it has 3x3 pixels, the smallest size that makes sense is",
        ),
        (["--images", "own.png", "-n", "3"], "--images shows the files that it names: leave -n out."),
        (["nowhere"], "There is no run directory nowhere."),
        (["run"] * 8, "Up to 8 runs fit side by side, received 9."),
        (["run", "--split", "nosuch"], "Unknown split 'nosuch'."),
        (["run", "-n", "0"], "-n must be at least 1, received 0."),
    ],
)
def test_what_users_get_wrong(refused, in_reach, own, tmp_path, arguments, sentence):
    (tmp_path / "words.jpg").write_text("no image")
    Image.new("L", (3, 3)).save(tmp_path / "small.png")
    assert refused("reconstruct", in_reach, *arguments, "--out", "x.png").startswith(sentence)


def test_in_python_one_run_or_several(trained, own, tmp_path):
    said = []
    out = package.reconstruct([trained], tmp_path / "a.png", images=tmp_path / "fits.png", note=said.append)
    assert out == tmp_path / "a.png" and said == []
    with pytest.raises(package.InputError, match="Name at least one run directory"):
        package.reconstruct([], tmp_path / "b.png")
