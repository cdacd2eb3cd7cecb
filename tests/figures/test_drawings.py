"""Every drawing: its size, its content, the same bytes for the same numbers, nothing cut off, no warnings."""

import io
from collections.abc import Callable

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from PIL import Image

from zscape.analysis.coordinates import coordinates_record
from zscape.analysis.drawn import DrawnRecord, drawn_record
from zscape.analysis.normality import NormalityRecord, normality_record
from zscape.analysis.posterior import PosteriorRecord, posterior_record
from zscape.analysis.radius import radius_record
from zscape.analysis.spectrum import spectrum_record
from zscape.core.errors import InputError
from zscape.figures.canvas import DPI, PALETTE, png
from zscape.figures.coordinates import draw_coordinates
from zscape.figures.curves import draw_curves
from zscape.figures.drawn import draw_drawn, draw_log_var
from zscape.figures.normality import draw_normality
from zscape.figures.posterior import draw_kl
from zscape.figures.radius import draw_radius
from zscape.figures.scatter import draw_scatter
from zscape.figures.spectrum import draw_spectrum
from zscape.latent.codes import Codes


def normal(count, z_dim) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(count, z_dim)).astype(np.float32)


def history(epochs, kl=True, validation=True) -> list[dict]:
    entries = []
    for epoch in range(1, epochs + 1):
        terms = {"loss": 500 / epoch, "reconstruction": 450 / epoch, "kl": 9.0 - 5 / epoch if kl else 0.0}
        entries.append({"epoch": epoch, "train": terms, "validation": dict(terms) if validation else None})
    return entries


def posterior(z_dim, scale=1.0) -> PosteriorRecord:
    mu = normal(50, z_dim) * np.geomspace(1, 0.01, z_dim) * scale
    record = posterior_record(Codes(mu, np.zeros_like(mu), np.arange(50), np.zeros(50, np.uint8)))
    assert record is not None
    return record


def drawn(mu, log_var) -> DrawnRecord:
    mu, log_var = np.asarray(mu, np.float32), np.array(np.broadcast_to(log_var, np.shape(mu)), np.float32)
    return drawn_record(Codes(mu, log_var, np.arange(len(mu)), np.zeros(len(mu), np.uint8)))


def clouds(count, z_dim, scale=1.0) -> list[NormalityRecord]:
    return [normality_record(normal(count, z_dim) * scale), normality_record(normal(count, z_dim) ** 3, drawn=True)]


def labels(count, classes=10) -> np.ndarray:
    return np.arange(count) % classes


NAMES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]

DRAWINGS: dict[str, Callable[[], Figure]] = {
    "curves, 1 epoch": lambda: draw_curves(history(1)),
    "curves, 200 epochs": lambda: draw_curves(history(200)),
    "curves, no KL": lambda: draw_curves(history(9, kl=False)),
    "curves, no validation": lambda: draw_curves(history(9, validation=False)),
    "radius, 2": lambda: draw_radius(radius_record(normal(300, 2))),
    "radius, 256": lambda: draw_radius(radius_record(normal(2000, 256) * 9 + 2)),
    "radius, VAE": lambda: draw_radius(radius_record(normal(300, 12) * 0.9, variance=np.full(12, 0.2))),
    "radius, one point": lambda: draw_radius(radius_record(np.zeros((1, 1)))),
    "radius, cubes close together": lambda: draw_radius(radius_record(normal(200, 256) * 30)),
    "coordinates, 1": lambda: draw_coordinates(coordinates_record(normal(200, 1))),
    "coordinates, 2": lambda: draw_coordinates(coordinates_record(normal(300, 2) * np.array([9, 1]) + 5)),
    "coordinates, 16": lambda: draw_coordinates(coordinates_record(normal(500, 16) * np.geomspace(1, 0.01, 16))),
    "coordinates, 36 of 64": lambda: draw_coordinates(coordinates_record(normal(500, 64) ** 3)),
    "coordinates, constant": lambda: draw_coordinates(coordinates_record(np.full((30, 3), 1e4))),
    "normality, 1": lambda: draw_normality(clouds(300, 1)[:1]),
    "normality, mu and z": lambda: draw_normality(clouds(500, 3)),
    "normality, 256": lambda: draw_normality(clouds(600, 256)),
    "drawn": lambda: draw_drawn(drawn(normal(500, 12), -1.0)),
    "drawn, no noise": lambda: draw_drawn(drawn(normal(500, 12) + 3, -14.0)),
    "drawn, two points": lambda: draw_drawn(drawn(np.zeros((2, 1)), -80.0)),
    "log_var": lambda: draw_log_var(drawn(normal(500, 12), np.linspace(-3, 0.3, 12))),
    "log_var, 256": lambda: draw_log_var(drawn(normal(60, 256), normal(60, 256) - 13)),
    "log_var, constant": lambda: draw_log_var(drawn(normal(9, 1), -24.0)),
    "kl, 1": lambda: draw_kl(posterior(1)),
    "kl, 2": lambda: draw_kl(posterior(2)),
    "kl, 32": lambda: draw_kl(posterior(32)),
    "kl, 256": lambda: draw_kl(posterior(256)),
    "kl, none": lambda: draw_kl(posterior(4, scale=0.0)),
    "spectrum, 1": lambda: draw_spectrum(spectrum_record(normal(9, 1))),
    "spectrum, 2": lambda: draw_spectrum(spectrum_record(normal(300, 2))),
    "spectrum, 256": lambda: draw_spectrum(spectrum_record(normal(500, 256) * np.geomspace(1, 0.01, 256))),
    "spectrum, flat direction": lambda: draw_spectrum(spectrum_record(normal(99, 3) * np.array([1, 1, 0]))),
    "spectrum, constant": lambda: draw_spectrum(spectrum_record(np.ones((5, 3)))),
    "scatter, one point": lambda: draw_scatter(np.ones((1, 2))),
    "scatter, plain": lambda: draw_scatter(normal(3000, 2)),
    "scatter, 10 classes": lambda: draw_scatter(normal(3000, 2), labels(3000), NAMES),
    "scatter, 60000 points": lambda: draw_scatter(normal(60000, 2), labels(60000)),
    "scatter, 30 classes": lambda: draw_scatter(normal(300, 2), labels(300, 30)),
    "scatter, on a line": lambda: draw_scatter(normal(300, 2) * np.array([1, 0]), labels(300)),
    "scatter, all the same": lambda: draw_scatter(np.ones((30, 2)), labels(30)),
}


# One of each kind; every one would take long.
DRAWN_TWICE = (
    "normality, mu and z",
    "drawn",
    "coordinates, 16",
    "curves, 200 epochs",
    "radius, VAE",
    "kl, 2",
    "spectrum, 2",
    "scatter, 10 classes",
)


@pytest.mark.parametrize("name", DRAWINGS)
def test_size_bytes_margins_and_settings(name):
    before = dict(matplotlib.rcParams)
    figure = DRAWINGS[name]()
    data = png(figure)
    assert dict(matplotlib.rcParams) == before
    assert_nothing_overlaps(figure)
    if name in DRAWN_TWICE:
        assert data == png(DRAWINGS[name]())
    page = Image.open(io.BytesIO(data)).convert("RGB")
    width, height = figure.get_size_inches() * DPI
    assert page.size == (int(width), int(height))
    pixels = np.asarray(page)
    assert (pixels < 250).any()
    # Whatever is cut off would run through the page's edge.
    edges = (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])
    assert all((edge == 255).all() for edge in edges)


def assert_nothing_overlaps(figure: Figure) -> None:
    for axes in figure.axes:
        extents = [text.get_window_extent() for text in axes.texts if text.get_text()]
        pairs = [(a, b) for i, a in enumerate(extents) for b in extents[:i]]
        assert not any(a.overlaps(b) for a, b in pairs)
        for legend in figure.legends:
            assert not legend.get_window_extent().overlaps(axes.get_window_extent())


def test_curves_show_the_values():
    figure = draw_curves(history(3))
    assert [axes.get_title() for axes in figure.axes] == ["Loss", "Reconstruction", "KL, unweighted"]
    train, validation = figure.axes[0].get_lines()
    np.testing.assert_allclose(np.asarray(train.get_ydata()), [500, 250, 500 / 3])
    assert (train.get_linestyle(), validation.get_linestyle()) == ("-", "--")
    assert (train.get_label(), validation.get_label()) == ("training", "validation")


def test_curves_leave_gaps_where_there_are_no_numbers():
    entries = history(4)
    entries[1]["validation"] = None
    entries[2]["train"]["loss"] = float("nan")
    entries[3]["train"]["loss"] = None
    train, validation = draw_curves(entries).axes[0].get_lines()
    np.testing.assert_array_equal(np.isnan(np.asarray(train.get_ydata(), dtype=float)), [False, False, True, True])
    np.testing.assert_array_equal(
        np.isnan(np.asarray(validation.get_ydata(), dtype=float)), [False, True, False, False]
    )


def test_an_autoencoder_gets_one_panel():
    figure = draw_curves(history(3, kl=False, validation=False))
    assert len(figure.axes) == 1
    assert len(figure.axes[0].get_lines()) == 1


def test_curves_need_an_epoch():
    with pytest.raises(InputError, match="history has no epochs"):
        draw_curves([])


def test_radius_bars_have_area_one_and_the_means_are_marked():
    record = radius_record(normal(500, 3), variance=np.ones(3))
    axes = draw_radius(record).axes[0]
    values, edges, _ = axes.patches[0].get_data()  # pyright: ignore[reportAttributeAccessIssue]
    assert (values * np.diff(edges)).sum() == pytest.approx(1.0)
    marks = [float(np.asarray(line.get_xdata())[0]) for line in axes.get_lines()[1:]]
    assert marks == [record.mean, record.chi_mean, record.drawn_rms]


def test_kl_bars_are_sorted_and_coloured():
    record = posterior(6)
    axes = draw_kl(record).axes[0]
    bars = sorted(axes.patches, key=lambda bar: bar.get_x())  # pyright: ignore[reportAttributeAccessIssue]
    heights = [bar.get_height() for bar in bars]  # pyright: ignore[reportAttributeAccessIssue]
    assert heights == sorted(record.kl_per_dimension, reverse=True)
    colours = [to_hex(bar.get_facecolor()) for bar in bars]
    assert [colour == PALETTE[0] for colour in colours] == [height > 0.01 for height in heights]
    assert 0 < len(record.inactive) < 6
    expected = [str(i) for i in np.argsort(record.kl_per_dimension)[::-1]]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == expected


@pytest.mark.parametrize(
    ("variances", "labels"),
    [
        ([1, 1], ["90, 95, 99 %: 2 of 2"]),
        ([94, 5.5, 0.5], ["90 %: 1 of 3", "95, 99 %: 2 of 3"]),
        ([91, 5, 4], ["90 %: 1 of 3", "95 %: 2 of 3", "99 %: 3 of 3"]),
        ([99.5, 0.5], ["90, 95, 99 %: 1 of 2"]),
    ],
)
def test_shares_that_need_the_same_directions_share_a_line(variances, labels):
    size = len(variances)
    points = np.concatenate([np.eye(size), -np.eye(size)]) * np.sqrt(variances)
    figure = draw_spectrum(spectrum_record(points))
    assert [text.get_text() for text in figure.legends[0].get_texts()] == labels
    marks = figure.axes[1].collections
    ends = [segments.get_segments()[0][0, 0] for segments in marks]  # pyright: ignore[reportAttributeAccessIssue]
    assert ends == [int(label.split(": ")[1].split()[0]) for label in labels]
    assert len({to_hex(mark.get_edgecolor()[0]) for mark in marks}) == len(labels)


def test_scatter_colours_and_names():
    points, classes = normal(400, 2) * 0.1, labels(400, 3)
    points += np.array([[0, 0], [5, 0], [0, 5]])[classes]
    figure = draw_scatter(points, classes, ["a", "b", "c"], ("one", "two"))
    axes = figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_aspect()) == ("one", "two", 1.0)
    np.testing.assert_allclose(np.asarray(axes.collections[0].get_offsets()), points)
    for i, text in enumerate(axes.texts):
        assert text.get_text() == "abc"[i]
        np.testing.assert_allclose(text.get_position(), np.median(points[classes == i], axis=0))
        (halo,) = text.get_path_effects()
        assert isinstance(halo, withStroke)
        assert halo._gc == {"linewidth": 4.5, "foreground": "white"}  # pyright: ignore[reportAttributeAccessIssue]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b", "c"]
    colours = [to_hex(colour) for colour in np.asarray(axes.collections[0].get_facecolor())[:3]]
    assert colours == list(PALETTE[:3])


def test_scatter_errors():
    with pytest.raises(InputError, match=r"needs finite points \(n, 2\), n >= 1, got \(3, 3\)"):
        draw_scatter(np.ones((3, 3)))
    with pytest.raises(InputError, match="needs finite points"):
        draw_scatter(np.array([[np.nan, 1.0]]))
    with pytest.raises(InputError, match=r"labels of shape \(2,\) for 3 points"):
        draw_scatter(np.ones((3, 2)), np.arange(2))
