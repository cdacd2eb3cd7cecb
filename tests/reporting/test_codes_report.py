"""The page about codes of any model: which sections there are, and that it says whose model it is not."""

import base64
import html
import json
import re

import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.latent.codes import Codes
from zscape.reporting import codes_report
from zscape.reporting.codes_report import build_codes_report

SECTIONS = ["Where do the z-points lie?", "Which dimensions are used?", "Final numbers", "What was handed over"]
WITH_IMAGES = ["Does it reconstruct?", *SECTIONS[:2], "What do random z-points give?", *SECTIONS[2:]]
"""Headings of which this file speaks; pages may have more."""


def codes_of(variational=True) -> Codes:
    mu = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
    log_var = np.full_like(mu, -1) if variational else None
    return Codes(mu, log_var, np.arange(40), np.zeros(40, np.uint8), np.arange(40) % 3, ("<i>a</i>", "b", "c"))


def bright(z):
    """Return grey images of 4x4 as bright as the first coordinate says."""
    return np.broadcast_to(1 / (1 + np.exp(-z[:, :1, np.newaxis])), (len(z), 4, 4))


def text_of(page):
    body = re.sub(r"<style>.*?</style>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def build(codes, out, **arguments):
    """Return the page, its headings, its text, and the names of its figures."""
    page = build_codes_report(codes, out, title="Mine & <b>yours</b>", **arguments).read_text(encoding="utf-8")
    headings = [title for title in re.findall("<h2>(.*?)</h2>", page) if title in WITH_IMAGES]
    return page, headings, text_of(page), {path.name for path in (out / "figures").iterdir()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    out = tmp_path_factory.mktemp("reports") / "codes"
    images = np.full((25, 4, 4), 128, np.uint8)
    return out, *build(codes_of(), out, decode=bright, images=images, tables=("csv", "tex"))


def test_with_a_decoder_and_images_the_page_has_all_sections(whole):
    out, page, headings, text, figures = whole
    assert headings == WITH_IMAGES
    assert figures >= {
        *("reconstructions.png", "random_normal.png", "random_fitted.png", "random_mixture.png", "random_uniform.png"),
        *("scatter.png", "radius.png", "spectrum.png", "kl.png"),
    }
    uris = re.findall(r'src="data:image/png;base64,([^"]*)"', page)
    files = {path.read_bytes() for path in (out / "figures").iterdir()}
    assert {base64.b64decode(uri) for uri in uris} == files and len(uris) == len(re.findall("<img", page)) == len(
        figures
    )
    for said in (
        "Mine & <b>yours</b>",
        "40 z-points in 2 latent dimensions of a model that zscape did not train",
        "Mean and covariance of the codes, posterior variance included: points fall where codes are.",
        "z-points 40 in 2 dimensions log_var yes labels 3 classes decode yes images 25 of 4×4×1",
    ):
        assert said in text, said
    analysis = json.loads((out / "analysis.json").read_text())
    assert all(sentence in text for sentence in analysis["verdict"])
    psnr = -10 * np.log10(((bright(codes_of().mu[:25]) - 128 / 255) ** 2).mean(axis=(1, 2))).mean()
    assert f"PSNR of {psnr:.2f} dB (mean over the images); the first 20 are shown." in text
    assert f"PSNR of the reconstructions,{psnr:.2f},dB" in (out / "tables" / "final_numbers.csv").read_text()
    assert len(list((out / "tables").iterdir())) >= 10


def test_the_page_needs_no_other_file(whole):
    page = whole[1]
    assert "http:" not in page and "https:" not in page and "url(" not in page and "<script" not in page
    assert all(link.startswith(("data:", "#")) for link in re.findall(r'(?:src|href)="([^"]*)"', page))
    assert "default-src 'none'; img-src data:" in page


@pytest.fixture
def no_study_figures(monkeypatch):
    monkeypatch.setattr(codes_report, "draw_figures", lambda codes, analysis, **more: small_figures())


def small_figures():
    from PIL import Image

    return {name: Image.new("L", (4, 4)) for name in ("radius", "spectrum")}


@pytest.mark.usefixtures("no_study_figures")
def test_without_a_decoder_there_are_no_sections_about_images(tmp_path):
    page, headings, text, figures = build(codes_of(variational=False), tmp_path / "out")
    assert headings == SECTIONS and figures == {"radius.png", "spectrum.png"}
    assert "Without log_var the codes are taken as an autoencoder's." in text and "posterior" not in text
    assert "log_var no labels 3 classes decode no images no" in text
    # What is said of random points then stands beside where the points lie.
    verdict = json.loads((tmp_path / "out" / "analysis.json").read_text())["verdict"]
    where = page[page.index("<h2>Where do the z-points lie?") : page.index("<h2>Which dimensions are used?")]
    assert verdict[1] in text_of(where) and not (tmp_path / "out" / "tables").exists()


@pytest.mark.usefixtures("no_study_figures")
def test_with_a_decoder_alone_there_are_random_images(tmp_path):
    _, headings, text, figures = build(codes_of(), tmp_path / "out", decode=bright)
    assert headings == WITH_IMAGES[1:] and {"random_normal.png", "random_fitted.png", "random_mixture.png"} <= figures
    assert "PSNR" not in text


@pytest.mark.usefixtures("no_study_figures")
@pytest.mark.parametrize("wrong", [{"decode": lambda z: z}, {"decode": bright, "images": np.zeros((99, 4, 4))}])
def test_nothing_is_written_before_everything_is_there(tmp_path, wrong):
    with pytest.raises(InputError, match=r"decode returned has shape|There are 99 images for 40 codes"):
        build_codes_report(codes_of(), tmp_path / "out", title="t", **wrong)
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("no_study_figures")
def test_where_images_come_back_exactly_no_psnr_is_shown(tmp_path):
    codes = codes_of()
    _, _, text, _ = build(codes, tmp_path / "out", decode=bright, images=bright(codes.mu), tables=("csv",))
    assert "exact reconstructions, to 8 bits" in text and "PSNR" not in text
    assert "PSNR" not in (tmp_path / "out" / "tables" / "final_numbers.csv").read_text()


@pytest.mark.usefixtures("no_study_figures")
@pytest.mark.parametrize(("variational", "row"), [(True, 5), (False, 4)])
def test_boxes_stand_in_full_rows(tmp_path, variational, row):
    page = build(codes_of(variational), tmp_path / "out")[0]
    assert page.count('<div class="tile">') == row and f'style="--row: {row}"' in page


@pytest.mark.usefixtures("no_study_figures")
def test_a_public_page_shows_no_images_that_were_handed_over(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (5, 4, 4), np.uint8)
    _, headings, text, figures = build(codes_of(), tmp_path / "out", decode=bright, images=images, public=True)
    assert headings == WITH_IMAGES and "reconstructions.png" not in figures and "random_normal.png" in figures
    assert "The images handed over and their reconstructions are left out of this page, as --public asks." in text
    assert "the 5 images handed over come back at a PSNR of" in text and "are shown." not in text
