"""The page: complete, self-contained, safe, and about the run's own numbers."""

import base64
import html.parser
import io
import json

import jinja2
import pytest
from PIL import Image

from zscape.core.errors import InputError
from zscape.reporting.build import build_report
from zscape.reporting.page import render

SECTIONS = [
    "Does it learn?",
    "Does it reconstruct?",
    "What do random z-points give?",
    "Where do the z-points lie?",
    "Which dimensions are used?",
    "Final numbers",
    "What was run",
]
VOID = {"meta", "link", "img", "br", "hr", "input"}


class Page(html.parser.HTMLParser):
    """A page taken apart: tags with their attributes, and the text inside each kind of tag."""

    def __init__(self, text):
        super().__init__()
        self.raw = text
        self.tags, self.open, self.texts, self.pieces = [], [], {}, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data):
        for tag in set(self.open):
            self.texts[tag][-1] += data
        if "body" in self.open:
            self.pieces.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self):
        """All that is to be read, words apart by one blank."""
        return " ".join(" ".join(self.pieces).split())


def page_of(run):
    return Page(build_report(run).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def vae(make_run, tmp_path_factory):
    run = make_run(tmp_path_factory.mktemp("runs") / "vae")
    return run, page_of(run)


def test_page_needs_no_other_file(vae):
    _, page = vae
    names = {name for name, _ in page.tags}
    assert not names & {"script", "iframe", "object", "embed", "base", "form"}
    for name, attributes in page.tags:
        for attribute in ("src", "href", "srcset", "action", "data"):
            if attribute in attributes:
                assert attributes[attribute].startswith("data:"), (name, attributes[attribute][:80])
        assert not [attribute for attribute in attributes if attribute.startswith("on")]
    assert "http:" not in page.raw and "https:" not in page.raw
    assert "url(" not in page.raw and "@import" not in page.raw
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; img-src data:;")


def test_page_is_well_formed_and_has_all_sections(vae):
    _, page = vae
    assert page.raw.startswith("<!doctype html>") and page.open == []
    assert page.texts["h2"] == SECTIONS and page.texts["h1"] == ["vae"]
    assert {"lang": "en"} in page.all("html") and {"charset": "utf-8"} in page.all("meta")


def test_pictures_are_inside_have_a_description_and_lie_in_figures_too(vae):
    run, page = vae
    images = page.all("img")
    assert len(images) == 8 == len({image["alt"] for image in images}) and all(image["alt"] for image in images)
    inside = {base64.b64decode(image["src"].removeprefix("data:image/png;base64,")) for image in images}
    files = {path.read_bytes() for path in (run.path / "figures").glob("*.png")}
    assert inside == files and len(files) == 8
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
def test_other_numbers_other_page(make_run, tmp_path):
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
def test_without_a_test_set_the_validation_images_are_shown(make_run, tmp_path):
    run = make_run(tmp_path / "run")
    metrics = run.read("metrics.json")
    del metrics["test"]
    run.write("metrics.json", metrics)
    page = page_of(run)
    assert "320.0 loss, nats" in page.text and "test" not in page.texts["th"]


@pytest.mark.usefixtures("no_drawing")
def test_an_autoencoder_s_page_has_no_kl(make_run, tmp_path):
    page = page_of(make_run(tmp_path / "run", variational=False))
    assert page.texts["h2"] == SECTIONS and len(page.all("img")) == 7
    text = page.text.replace("weighted KL", "")  # the articles' table has their three terms for every model
    assert "KL" not in text.split("The complete recipe")[0]
    assert "autoencoder with 3 latent dimensions" in text and "variational" not in text.split("The complete recipe")[0]
    assert "Posterior" not in text and "posterior variance" not in text


@pytest.mark.usefixtures("no_drawing")
def test_hostile_names_stay_text(make_run, tmp_path):
    run = make_run(tmp_path / "<script>alert(1)<script> & \"'")
    page = page_of(run)
    assert page.texts["h1"] == ["<script>alert(1)<script> & \"'"]
    assert not page.all("script") and "<script" not in page.raw
    assert not page.all("b") or all(text != "us" for text in page.texts["b"])
    assert "Made for a test, by <b>us</b>." in page.text  # from provenance.json


def test_a_value_that_the_page_needs_and_does_not_get_is_an_error():
    with pytest.raises(jinja2.UndefinedError, match="'title' is undefined"):
        render("report.html.jinja", {}, {})


@pytest.mark.usefixtures("no_drawing")
@pytest.mark.parametrize("name", ["metrics.json", "latents.npz", "history.jsonl", "provenance.json", "images.npz"])
def test_files_that_are_missing_or_cut_off(make_run, tmp_path, monkeypatch, name):
    if name == "images.npz":
        monkeypatch.undo()  # only the drawing reads it
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
def test_the_data_of_a_run_that_has_them(make_run, tmp_path, data_record):
    run = make_run(tmp_path / "run")
    without = page_of(run)
    assert "The data" not in without.texts["h2"] and "PCA" not in without.text
    run.write("data.json", data_record)
    text_only = page_of(run)
    assert text_only.texts["h2"] == ["The data", *SECTIONS] and not [
        i for i in text_only.all("img") if "Some" in i["alt"]
    ]
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


def test_vector_figures_and_tables(make_run, tmp_path):
    run = make_run(tmp_path / "run")
    build_report(run, title="My <run>", figures=("png", "svg"), tables=("csv",))
    figures = {path.name for path in (run.path / "figures").iterdir()}
    assert {name for name in figures if name.endswith("svg")} == {
        *("curves.svg", "radius.svg", "scatter.svg", "spectrum.svg", "kl.svg")
    }
    assert len(figures) == 8 + 5
    assert {path.name for path in (run.path / "tables").iterdir()} == {
        *("final_numbers.csv", "final_numbers_articles.csv"),
        *("dimensions.csv", "radius.csv", "radius_histogram.csv", "spectrum.csv"),
    }
    assert "Images,1234,1234,1234," in (run.path / "tables" / "final_numbers.csv").read_text().splitlines()
    assert Page((run.path / "report.html").read_text(encoding="utf-8")).texts["h1"] == ["My <run>"]


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
def test_one_of_each_is_singular(make_run, tmp_path):
    run = make_run(tmp_path / "run", variational=False)
    provenance, metrics = run.read("provenance.json"), run.read("metrics.json")
    provenance["data"]["images"]["train"] = 1
    run.write("provenance.json", provenance)
    run.write("metrics.json", {**metrics, "epochs": 1})
    assert "An autoencoder with 3 latent dimensions, trained for 1 epoch on 1 image of 8×8×1" in page_of(run).text
