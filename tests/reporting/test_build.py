"""The page: complete, self-contained, safe, and about the run's own numbers."""

import base64
import io
import json

import jinja2
import pytest
from PIL import Image

from zscape.core.errors import InputError
from zscape.reporting.blocks import Page
from zscape.reporting.build import build_report
from zscape.reporting.page import Prints, render

SECTIONS = [
    "Does it learn?",
    "Does it reconstruct?",
    "Where do the z-points lie?",
    "Which dimensions are used?",
    "What do random z-points give?",
    "Final numbers",
    "What was run",
]
"""Those that the pages of all these tests have."""
DRAWN = ("curves", "radius", "scatter", "spectrum", "kl")
PIXELS = ("reconstructions", "random_normal", "random_fitted", "random_mixture", "random_uniform")


@pytest.fixture
def page_of(taken_apart):
    return lambda run, **options: taken_apart(build_report(run, **options))


@pytest.fixture(scope="module")
def vae(make_run, tmp_path_factory, taken_apart):
    run = make_run(tmp_path_factory.mktemp("runs") / "vae")
    return run, taken_apart(build_report(run))


def kept(page):
    """Return the headings of a page that those are of which this file speaks."""
    return [title for title in page.texts["h2"] if title in ("The data", *SECTIONS)]


def test_page_needs_no_other_file(vae):
    _, page = vae  # taken apart: no link leads out of it, no script is in it
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; img-src data:;")


def test_page_has_all_sections_and_a_list_of_them(vae):
    _, page = vae
    assert kept(page) == SECTIONS and page.texts["h1"] == ["vae"]
    assert {"lang": "en"} in page.all("html") and {"charset": "utf-8"} in page.all("meta")
    assert page.texts["a"] == page.texts["h2"]
    assert [link["href"][1:] for link in page.all("a")] == [section["id"] for section in page.all("section")]


def test_pictures_are_inside_have_a_description_and_lie_in_figures_too(vae):
    run, page = vae
    images = page.all("img")
    inside = {base64.b64decode(image["src"].removeprefix("data:image/png;base64,")) for image in images}
    files = {path.name: path.read_bytes() for path in (run.path / "figures").glob("*.png")}
    assert inside == set(files.values()) and len(files) == len(images)
    assert set(files) >= {f"{name}.png" for name in (*DRAWN, *PIXELS)}
    for data in inside:
        with Image.open(io.BytesIO(data)) as picture:
            assert min(picture.size) > 50


def test_page_says_what_was_run_and_how_well(vae):
    run, page = vae
    for said in (
        *("A variational autoencoder with 3 latent dimensions, trained for 3 epochs on 1,000 images of 8×8×1",),
        *(
            "310.0 loss, nats",
            "300.0 reconstruction, nats",
            "10 weighted KL, nats",
            "2 of 3 active dimensions",
            "17.5 PSNR, dB",
        ),
        *("4,321 training images per second", "9.9.9 (0123456789ab+changes)", "tensorflow", "77", "Abacus, 2 cores"),
        *("1,000 train, 100 validation, 134 test", "sha256 c0ffeec0ffeec0ff…", "prepare 0.2 s, train 12.3 s"),
        *("Python 3.12.1, keras 3.15.0, numpy 2.4.0", "The KL weight in every form, each stating the same: beta 1,"),
        *("sigma – (a Bernoulli likelihood has none)", "2026-01-02T03:04:05+00:00"),
    ):
        assert said in page.text, said
    assert page.texts["pre"] == [(run.path / "recipe.yaml").read_text()]


def test_sentences_of_the_study_are_those_of_the_codes(vae):
    from zscape.analysis.study import analyze
    from zscape.latent.codes import Codes

    run, page = vae
    for sentence in analyze(Codes.load(run.path / "latents.npz")).verdict:
        assert sentence in page.text
    assert (
        "The validation loss went from 960.0 to 320.0 nats per image in 3 epochs and was lowest at the end" in page.text
    )


@pytest.mark.usefixtures("no_drawing")
def test_other_numbers_other_page(make_run, tmp_path, page_of):
    run = make_run(tmp_path / "run")
    before = page_of(run).text
    metrics = run.read("metrics.json")
    metrics["test"].update(loss=555.5, psnr=9.25, active_units=1)
    run.write("metrics.json", metrics)
    history = run.history()
    history[2]["validation"]["loss"] = 777.0
    run.write_history(history)
    after = page_of(run).text
    for said in ("555.5 loss, nats", "9.25 dB (PSNR)", "1 of 3 active", "it was lowest in epoch 2 (480.0)"):
        assert said in after and said not in before


@pytest.mark.usefixtures("no_drawing")
def test_without_a_test_set_the_validation_images_are_shown(make_run, tmp_path, page_of):
    run = make_run(tmp_path / "run")
    metrics = run.read("metrics.json")
    del metrics["test"]
    run.write("metrics.json", metrics)
    page = page_of(run)
    assert "320.0 loss, nats" in page.text and "test" not in page.texts["th"]


@pytest.mark.usefixtures("no_drawing")
def test_an_autoencoder_s_page_has_no_kl(make_run, tmp_path, page_of):
    page = page_of(make_run(tmp_path / "run", variational=False))
    assert kept(page) == SECTIONS and "Does it use log_var?" not in page.texts["h2"]
    alts = [image["alt"] for image in page.all("img")]
    assert "KL of each latent dimension" not in alts and "Variance of the codes along their principal axes" in alts
    text = page.text.replace("weighted KL", "")  # the articles' table has their three terms for every model
    assert "KL" not in text.split("The complete recipe")[0]
    assert "autoencoder with 3 latent dimensions" in text and "variational" not in text.split("The complete recipe")[0]
    assert "Posterior" not in text and "posterior variance" not in text


@pytest.mark.usefixtures("no_drawing")
def test_hostile_names_stay_text(make_run, tmp_path, page_of):
    run = make_run(tmp_path / "<script>alert(1)<script> & \"'")
    page = page_of(run)
    assert page.texts["h1"] == ["<script>alert(1)<script> & \"'"]
    assert not page.all("script") and "<script" not in page.raw
    assert not page.all("b") or all(text != "us" for text in page.texts["b"])
    assert "Made for a test, by <b>us</b>." in page.text  # from provenance.json


def test_a_value_that_the_page_needs_and_does_not_get_is_an_error():
    with pytest.raises(jinja2.UndefinedError, match="'int object' has no attribute 'name'"):
        render(Page("title", (), (1,), ("run",)), Prints())  # pyright: ignore[reportArgumentType]


@pytest.mark.usefixtures("no_drawing")
@pytest.mark.parametrize("name", ["metrics.json", "latents.npz", "history.jsonl", "provenance.json", "images.npz"])
def test_files_that_are_missing_or_cut_off(make_run, tmp_path, name):
    run = make_run(tmp_path / "run")
    whole = (run.path / name).read_bytes()
    (run.path / name).write_bytes(whole[:-20])
    with pytest.raises(InputError, match=name):
        build_report(run)
    (run.path / name).unlink()
    with pytest.raises(InputError, match=r"There is no|has no history"):
        build_report(run)
    assert not (run.path / "report.html").exists()


@pytest.mark.usefixtures("no_drawing")
def test_the_same_run_gives_the_same_page(make_run, tmp_path):
    run = make_run(tmp_path / "run")
    assert build_report(run).read_bytes() == build_report(run).read_bytes()
    assert json.loads((run.path / "metrics.json").read_text())["epochs"] == 3


# the data


@pytest.mark.usefixtures("no_drawing")
def test_the_data_of_a_run_that_has_them(make_run, tmp_path, data_record, page_of):
    run = make_run(tmp_path / "run")
    without = page_of(run)
    assert "The data" not in kept(without) and "PCA" not in without.text
    run.write("data.json", data_record)
    text_only = page_of(run)
    assert kept(text_only) == ["The data", *SECTIONS] and not [i for i in text_only.all("img") if "Some" in i["alt"]]
    Image.new("RGB", (60, 60)).save(run.path / "figures" / "contact_sheet.png")
    page = page_of(run)
    sheet = next(image for image in page.all("img") if image["alt"] == "Some of the images")
    assert base64.b64decode(sheet["src"].partition(",")[2]) == (run.path / "figures" / "contact_sheet.png").read_bytes()
    for said in (
        "1,234 images of 8×8×1: 1,000 train, 100 validation, 134 test.",
        "The reconstructions of test images reach 17.5 dB (PSNR) where the best linear code of 3 numbers (PCA) reaches "
        "16.2 dB: the networks gain 1.3 dB.",
        "<b>bad</b>.png: not an image",
        "image 7 (train) and twin.png (test): 1.5 grey levels apart",
        "PSNR of the best linear code (PCA) – – 16.25 dB",
    ):
        assert said in page.text, said
    assert {"class": "warning"} in page.all("p") and not page.all("script")


@pytest.mark.usefixtures("no_drawing")
def test_damaged_data_are_named(make_run, tmp_path):
    run = make_run(tmp_path / "run")
    (run.path / "data.json").write_text("{")
    with pytest.raises(InputError, match=r"data\.json is not valid JSON"):
        build_report(run)


# figures and tables on demand


def test_vector_figures_and_tables(make_run, tmp_path, taken_apart):
    run = make_run(tmp_path / "run")
    page = taken_apart(build_report(run, title="My <run>", figures=("png", "svg"), tables=("csv",)))
    figures = {path.name for path in (run.path / "figures").iterdir()}
    vectors = {name.removesuffix(".svg") for name in figures if name.endswith("svg")}
    assert vectors >= set(DRAWN) and not vectors & set(PIXELS)
    assert len(figures) == len(page.all("img")) + len(vectors)
    assert {path.name for path in (run.path / "tables").iterdir()} >= {
        *("final_numbers.csv", "final_numbers_articles.csv"),
        *("dimensions.csv", "radius.csv", "radius_histogram.csv", "spectrum.csv"),
    }
    assert "Images,1234,1234,1234," in (run.path / "tables" / "final_numbers.csv").read_text().splitlines()
    assert page.texts["h1"] == ["My <run>"]


def test_numbers_are_aligned_to_the_right_and_words_to_the_left(vae):
    _, page = vae
    header = [attributes.get("class") for attributes in page.all("th")]
    first_table = dict(zip(page.texts["th"], header, strict=True))
    assert first_table["train"] == first_table["test"] == first_table["KL, nats"] == "number"
    assert first_table["unit"] == "unit" and first_table["active"] is None and first_table["dimension"] is None


def test_seven_boxes_stand_in_rows_of_four_and_three(vae):
    _, page = vae
    assert page.raw.count('<div class="tile">') == 7 and {"class": "tiles", "style": "--row: 4"} in page.all("div")


@pytest.mark.usefixtures("no_drawing")
def test_one_of_each_is_singular(make_run, tmp_path, page_of):
    run = make_run(tmp_path / "run", variational=False)
    provenance, metrics = run.read("provenance.json"), run.read("metrics.json")
    provenance["data"]["images"]["train"] = 1
    run.write("provenance.json", provenance)
    run.write("metrics.json", {**metrics, "epochs": 1})
    assert "An autoencoder with 3 latent dimensions, trained for 1 epoch on 1 image of 8×8×1" in page_of(run).text
