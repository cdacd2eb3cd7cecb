"""The page about several runs: columns, common axes, one file, small enough, and nothing that is not to be shown."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from zscape.core.errors import InputError
from zscape.latent.arrays import write_arrays
from zscape.reporting.build import build_comparison, build_report, short_names
from zscape.reporting.page import compact
from zscape.reporting.pictures import shown
from zscape.runs.directory import RunDirectory


@pytest.fixture(scope="module")
def three(make_run, tmp_path_factory, with_all, no_drawing_in_module):
    """Return folder, runs and page of three runs, of which the last has all that there is; small drawings."""
    folder = tmp_path_factory.mktemp("several")
    runs = [make_run(folder / name, variational=name != "ae") for name in ("ae", "tiny", "vae")]
    with_all(runs[2])
    return folder, runs, build_comparison(runs, folder / "page.html")


def test_every_figure_has_a_column_for_every_run_and_says_whose_it_is(three, taken_apart):
    _, _, path = three
    page = taken_apart(path)
    assert page.texts["h1"] == ["ae, tiny, vae"] and page.texts["h2"][0] == "The runs beside each other"
    figures = page.raw.split("<figure>")[1:]
    assert len(figures) % 3 == 0
    labels = [figure.partition('<p class="run">')[2].partition("<")[0] for figure in figures]
    assert labels == ["ae", "tiny", "vae"] * (len(figures) // 3)
    assert all("<figcaption>" in figure for figure in figures)
    for alt in (image["alt"] for image in page.all("img")):
        assert alt.partition(":")[0] in ("ae", "tiny", "vae")
    assert "ae: histogram of the codes' radii against the law of N(0, I)" in [image["alt"] for image in page.all("img")]


def test_where_a_run_has_no_such_figure_its_column_says_why(three, taken_apart):
    page = taken_apart(three[2])
    kl = page.raw[page.raw.index('<section id="dimensions">') : page.raw.index('<section id="random">')]
    assert kl.count("KL of each latent dimension") + kl.count("kL of each latent dimension") == 2
    assert "An autoencoder has no KL. 3 of 3 dimensions have a standard deviation above" in page.text


def test_the_summary_has_a_column_per_run(three, taken_apart):
    page = taken_apart(three[2])
    assert page.texts["th"][:4] == ["", "ae", "tiny", "vae"]
    for row in (
        "Kind AE VAE VAE",
        "Latent dimensions 3 3 3",
        "KL weight beta – 0.5 0.5",
        "Reconstruction at the mean, nats per image 296.0 296.0 296.0",
        "PSNR at the mean, dB 17.5 17.5 17.5",
        "KL, nats per image – 20 20",
        "Active dimensions 3 of 3 3 of 3 3 of 3",
        "log_var, mean – -1 -1",
        "Precision / recall, fitted – – 0.75 / 0.50",
    ):
        assert row in page.text, row


def test_all_sections_stand_in_an_order_that_teaches(three, taken_apart):
    assert taken_apart(three[2]).texts["h2"] == [
        "The runs beside each other",
        "Does it learn?",
        "Does it reconstruct?",
        "Where do the z-points lie?",
        "Does it use log_var?",
        "Which dimensions are used?",
        "Is the cloud normal?",
        "Are there clusters?",
        "What do maps show?",
        "What do random z-points give?",
        "Which attributes have a direction?",
        "How good is it, in numbers?",
        "Final numbers",
        "What was run",
    ]


def test_only_the_page_is_written_and_it_is_small(three):
    folder, runs, path = three
    assert path.stat().st_size < 5e6
    assert {entry.name for entry in folder.iterdir()} == {"ae", "tiny", "vae", "page.html"}
    assert not any((run.path / "report.html").exists() or (run.path / "figures").exists() for run in runs)


@pytest.mark.usefixtures("no_drawing")
def test_the_same_runs_give_the_same_page(make_run, tmp_path):
    runs = [make_run(tmp_path / name) for name in "ab"]
    one, two = (build_comparison(runs, tmp_path / name) for name in ("1.html", "2.html"))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.usefixtures("no_drawing")
def test_runs_on_different_images_are_told_apart(make_run, tmp_path, taken_apart, data_record):
    runs = [make_run(tmp_path / "a"), make_run(tmp_path / "b", checksum="beef" * 16)]
    for run in runs:
        run.write("data.json", data_record)
    page = taken_apart(build_comparison(runs, tmp_path / "page.html"))
    assert "2 runs on different images, side by side." in page.text
    assert "The runs are about different images (a: 1,000 of digits, 8×8×1; b: " in page.text
    assert "a: 1,234 images of 8×8×1" in page.text and "b: 1,234 images of 8×8×1" in page.text


@pytest.mark.usefixtures("no_drawing")
def test_tables_and_vectors_go_beside_the_page(make_run, tmp_path):
    runs = [make_run(tmp_path / name) for name in "ab"]
    build_comparison(runs, tmp_path / "page.html", title="Mine", tables=("csv",))
    tables = {path.name for path in (tmp_path / "page" / "tables").iterdir()}
    assert {"summary.csv", "a-final_numbers.csv", "b-final_numbers.csv", "b-radius.csv"} <= tables
    assert (tmp_path / "page" / "tables" / "summary.csv").read_text().startswith("quantity,a,b,unit\nKind,VAE,VAE,\n")
    build_comparison(runs, tmp_path / "out" / "report.html", tables=("csv",))
    assert (tmp_path / "out" / "tables" / "summary.csv").is_file()


@pytest.mark.usefixtures("no_drawing")
@pytest.mark.parametrize("name", ["metrics.json", "images.npz", "latents.npz"])
def test_a_missing_file_is_named_and_no_page_is_written(make_run, tmp_path, name):
    runs = [make_run(tmp_path / "a"), make_run(tmp_path / "b")]
    (runs[1].path / name).unlink()
    with pytest.raises(InputError, match=rf"There is no file .*b/{name}\.$"):
        build_comparison(runs, tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_names_are_as_long_as_it_takes_to_tell_runs_apart(tmp_path):
    paths = [tmp_path / "x" / "vae", tmp_path / "y" / "vae", tmp_path / "x" / "ae"]
    runs = [RunDirectory(path) for path in paths]
    assert short_names(runs[1:]) == ["vae", "ae"] and short_names(runs) == ["x/vae", "y/vae", "x/ae"]
    with pytest.raises(InputError, match=r"^The run .*x/vae is given twice; give each run once\.$"):
        short_names([runs[0], runs[1], runs[0]])


# originals


def originals_inside(page, run: RunDirectory) -> int:
    """Return how many original images can be seen in a page's pictures: their pixels, enlarged or not, on white."""
    images = run.images()["originals"]
    found = 0
    pictures = [Image.open(io.BytesIO(base64.b64decode(image["src"].partition(",")[2]))) for image in page.all("img")]
    arrays = [np.asarray(picture.convert("L")) for picture in pictures]
    for image in images[..., 0]:
        tile = image.repeat(8, axis=0).repeat(8, axis=1)
        found += any(_holds(array, tile) for array in arrays)
    return found


def _holds(array: np.ndarray, tile: np.ndarray) -> bool:
    height, width = tile.shape
    if array.shape[0] < height or array.shape[1] < width:
        return False
    tops, lefts = np.nonzero(array[: -height + 1 or None, : -width + 1 or None] == tile[0, 0])
    return any(
        (array[top : top + height, left : left + width] == tile).all() for top, left in zip(tops, lefts, strict=True)
    )


@pytest.mark.usefixtures("no_drawing")
@pytest.mark.parametrize(
    ("path", "public", "seen", "said"),
    [
        (None, None, True, None),
        (None, True, False, "are left out of this page, as --public asks."),
        ("photos/CelebA", None, False, "left out of this page: CelebA's terms allow research on its photographs, not"),
        ("photos/CelebA", False, True, None),
    ],
)
def test_a_public_page_holds_no_pixel_of_an_original(
    make_run, tmp_path, taken_apart, data_record, path, public, seen, said
):
    settings = {} if path is None else {"source": "folder", "path": f"/home/somebody/{path}"}
    run = make_run(tmp_path / "run", data=settings)
    run.write("data.json", data_record)
    Image.new("L", (60, 60), 7).save(tmp_path / "sheet.png")
    (run.path / "figures").mkdir()
    (tmp_path / "sheet.png").rename(run.path / "figures" / "contact_sheet.png")
    page = taken_apart(build_report(run, public=public))
    assert originals_inside(page, run) == (len(run.images()["originals"]) if seen else 0)
    alts = [image["alt"] for image in page.all("img")]
    assert ("Some of the images" in alts) == seen
    assert any(alt.startswith("Images decoded from random points") for alt in alts)
    assert "17.5 dB (PSNR)" in page.text
    if said:
        assert said in page.text and "/home/somebody" not in page.raw
    else:
        assert "left out of this page" not in page.text
    if path:
        assert ("path: CelebA" in page.text) != seen


@pytest.mark.usefixtures("no_drawing")
def test_one_restricted_run_leaves_out_its_own_images_only(make_run, tmp_path, taken_apart):
    free, bound = make_run(tmp_path / "free"), make_run(tmp_path / "bound", data={"source": "celeba", "path": "faces"})
    page = taken_apart(build_comparison([free, bound], tmp_path / "page.html"))
    alts = [image["alt"] for image in page.all("img") if "reconstructions" in image["alt"]]
    assert alts == ["free: original images above their reconstructions, with a task below what goes in"]
    assert "--no-public shows them on a page of your own." in page.text


# sizes


@pytest.mark.parametrize("runs", [1, 2, 3, 4])
@pytest.mark.parametrize("shape", [(8, 8, 1), (28, 28, 1), (32, 32, 3), (96, 96, 3), (178, 218, 3)])
def test_images_are_as_many_as_the_page_can_carry(shape, runs):
    count = shown(shape, runs)
    values = shape[0] * shape[1] * shape[2] * runs * (3 * count.random + 2 * count.pairs + 9 * count.per_radius)
    assert min(count.pairs, count.random, count.per_radius) >= 1
    if max(shape) <= 96:
        assert values * 0.5 * 4 / 3 < 4.6e6
    if runs > 1:
        assert count.random % count.random_columns == 0
        across = max(1, round(64 / max(shape[:2]))) * shape[1] + 3
        assert count.random_columns * across <= 370 or count.random_columns == 1


def test_small_images_are_shown_as_ever():
    assert (count := shown((28, 28, 1), 1)).pairs == 20 and count.random == 60 and count.per_radius == 12


@pytest.mark.usefixtures("no_drawing")
def test_three_runs_on_photographs_stay_below_5_mb(make_run, tmp_path):
    from sklearn.datasets import load_sample_image

    photo = load_sample_image("china.jpg")
    tiles = np.stack([photo[top : top + 96, left : left + 96] for top in (0, 96, 192) for left in range(0, 480, 96)])
    runs = [make_run(tmp_path / name) for name in "abc"]
    for run in runs:
        names = [*run.images(), *(f"random_uniform_{r:g}" for r in (1.5, 2, 2.5, 3, 3.5, 5))]
        write_arrays(run.path / "images.npz", {name: np.resize(tiles, (60, 96, 96, 3)) for name in names})
    assert build_comparison(runs, tmp_path / "page.html").stat().st_size < 4e6


def test_pictures_of_pixels_lose_nothing_on_their_way():
    rng = np.random.default_rng(0)
    grey = Image.fromarray(rng.integers(0, 256, (40, 40), np.uint8)).convert("RGB")
    few = Image.fromarray(rng.integers(0, 256, (256, 3), np.uint8)[rng.integers(0, 256, (40, 40))])
    many = Image.fromarray(rng.integers(0, 256, (40, 40, 3), np.uint8))
    for picture, mode in ((grey, "L"), (few, "P"), (many, "RGB")):
        small = compact(picture)
        assert small.mode == mode and small.convert("RGB").tobytes() == picture.tobytes()
