"""SVG and PDF beside the PNGs: valid, the same bytes every time, free of dates and of anything from outside."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from zscape.core.errors import InputError
from zscape.figures.canvas import new_figure, png, styled, vector
from zscape.figures.files import vector_formats, write_vectors
from zscape.figures.scatter import draw_scatter


@styled
def draw():
    figure, axes = new_figure(3, 2)
    axes.plot([1, 2, 3], [0.1, 12345.6, 3], label="a line", marker="o")
    axes.set_ylabel("nats")
    figure.legend(loc="outside upper center")
    return figure


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_the_same_figure_gives_the_same_bytes_printed_before_or_not(kind):
    printed = draw()
    png(printed)
    assert vector(draw(), kind) == vector(printed, kind) == vector(printed, kind)


def test_a_vector_file_does_not_change_the_png():
    one, other = draw(), draw()
    vector(one, "svg")
    assert png(one) == png(other)


def test_svg_is_well_formed_without_dates_and_needs_no_font():
    text = vector(draw_scatter(np.random.default_rng(0).normal(size=(500, 2))), "svg").decode()
    root = ElementTree.fromstring(text)
    assert root.tag.endswith("svg") and not list(root.iter("{http://www.w3.org/2000/svg}text"))
    assert not re.search(r"<dc:date|20\d\d-\d\d-\d\d", text)
    links = re.findall(r'(?:xlink:)?href="([^"]*)"', text)
    assert links and all(link.startswith(("#", "data:image/png;base64,")) for link in links)


def test_pdf_is_whole_and_without_dates():
    data = vector(draw(), "pdf")
    assert data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")
    assert b"CreationDate" not in data


def test_which_files_are_written(tmp_path):
    pictures = {"curve": draw(), "grid": Image.new("L", (4, 4))}
    assert write_vectors(pictures, tmp_path, ("png",)) == [] == list(tmp_path.iterdir())
    written = write_vectors(pictures, tmp_path, ("pdf", "png", "svg", "svg"))
    assert [path.name for path in written] == ["curve.svg", "curve.pdf"]  # pixels stay PNG
    assert {path.name for path in tmp_path.iterdir()} == {"curve.svg", "curve.pdf"}


def test_formats():
    assert vector_formats(()) == vector_formats(("png",)) == ()
    assert vector_formats("pdf") == ("pdf",)
    with pytest.raises(InputError, match=r"^Figures cannot be written as 'jpg'; choose from png, svg, pdf\.$"):
        vector_formats(["svg", "jpg"])
