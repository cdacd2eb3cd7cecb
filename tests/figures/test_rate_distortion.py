"""The rate-distortion picture: where its points are, what it says, nothing cut off."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from zscape.analysis.sweep import QUANTITIES, SEED, SweepRecord, SweepRun, sweep_groups
from zscape.core.errors import InputError
from zscape.figures.canvas import PALETTE, png
from zscape.figures.rate_distortion import draw_rate_distortion

BETA, Z, PATH = "objective.weight.beta", "model.z_dim", "data.path"


def record(swept, finished=True) -> SweepRecord:
    """Runs whose KL and reconstruction are told by their settings: 2 apart per value, 0.2 per seed."""
    runs = []
    for values in itertools.product(*swept.values()):
        settings = dict(zip(swept, values, strict=True))
        places = [list(swept[key]).index(value) for key, value in settings.items()]
        seed = 0.2 * settings.get(SEED, 0)
        kl = 9.0 - 2.0 * places[0] + seed + 0.3 * sum(places[1:])
        numbers = {**dict.fromkeys(QUANTITIES, 1.0), "kl": kl, "reconstruction": 30.0 - kl - sum(places[1:])}
        runs.append(SweepRun("x", settings, "finished", numbers if finished else None, 1.0, None, True, "bce"))
    return SweepRecord("digits", swept, (), "test", tuple(runs), sweep_groups(runs), None)


SWEEPS = {
    "one setting": {BETA: (4.0, 0.05, 0.25, 1.0), SEED: (1, 2, 3)},
    "two settings": {BETA: (0.05, 0.25, 1.0), Z: (2, 4, 8), SEED: (1, 2)},
    "seeds alone": {SEED: (1, 2, 3)},
    "lists": {"model.filters": ([32, 64], [64, 128])},
    "many lines": {BETA: (0.05, 1.0), Z: tuple(range(1, 16))},
    "long texts": {PATH: tuple(f"folder/of/images/with/a/long/name/{i}" for i in range(3))},
}


@pytest.mark.parametrize("name", SWEEPS)
def test_nothing_is_cut_off_and_no_label_covers_another(name):
    figure = draw_rate_distortion(record(SWEEPS[name]))
    pixels = np.asarray(Image.open(io.BytesIO(png(figure))).convert("RGB"))
    assert all((edge == 255).all() for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]))
    extents = [text.get_window_extent() for text in figure.axes[0].texts]
    assert not any(a.overlaps(b) for i, a in enumerate(extents) for b in extents[:i])


def marked(figure, size):
    return [line for line in figure.axes[0].get_lines() if line.get_marker() == "o" and line.get_markersize() == size]


def test_runs_means_order_and_labels():
    sweep = record(SWEEPS["one setting"])
    figure = draw_rate_distortion(sweep)
    runs = [(np.asarray(line.get_xdata())[0], np.asarray(line.get_ydata())[0]) for line in marked(figure, 3.5)]
    assert runs == [(run.numbers["kl"], run.numbers["reconstruction"]) for run in sweep.runs if run.numbers]
    (line,) = marked(figure, 8)
    means = {group.settings[BETA]: group.mean["kl"] for group in sweep.groups}
    assert list(np.asarray(line.get_xdata())) == [means[beta] for beta in (0.05, 0.25, 1.0, 4.0)]
    assert line.get_linestyle() == "-"
    assert sorted(text.get_text() for text in figure.axes[0].texts) == ["0.05", "0.25", "1", "4"]
    assert figure.axes[0].get_xlabel() == "rate: KL, nats per image"
    assert figure.axes[0].get_ylabel() == "distortion: reconstruction, nats per image"
    assert figure.axes[0].get_title().startswith("Test images of each run, and means over seeds, labelled with beta\n")


def test_the_title_says_what_is_there():
    several, single = (
        draw_rate_distortion(record(SWEEPS[name])).axes[0].get_title() for name in ("one setting", "lists")
    )
    assert several.endswith("\nlower left is better; along a grey line rate + distortion = negative ELBO is the same")
    assert single.startswith("Test images of each run, labelled with filters\n")


def test_along_a_grey_line_the_sum_is_the_same():
    axes = draw_rate_distortion(record(SWEEPS["one setting"])).axes[0]
    grey = [line for line in axes.get_lines() if line.get_marker() == "None"]
    sums = [np.asarray(line.get_xdata()) + np.asarray(line.get_ydata()) for line in grey]
    assert len(sums) >= 3
    np.testing.assert_allclose([total[0] for total in sums], [total[1] for total in sums])


def test_each_combination_of_other_settings_has_a_colour_and_an_entry():
    figure = draw_rate_distortion(record(SWEEPS["two settings"]))
    assert [line.get_color() for line in marked(figure, 8)] == list(PALETTE[:3])
    (legend,) = figure.legends
    assert legend.get_title().get_text() == "z_dim" and [text.get_text() for text in legend.get_texts()] == [*"248"]
    assert not draw_rate_distortion(record(SWEEPS["many lines"])).legends


def test_what_has_no_order_is_not_joined():
    (line,) = marked(draw_rate_distortion(record(SWEEPS["lists"])), 8)
    assert line.get_linestyle() == "None"


def test_there_must_be_a_finished_run():
    with pytest.raises(InputError, match=r"^No run of the sweep has finished; there is no rate and no distortion"):
        draw_rate_distortion(record(SWEEPS["seeds alone"], finished=False))
