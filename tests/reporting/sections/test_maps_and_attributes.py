"""Maps and attributes are shown where they are there, and what is missing says why."""

import dataclasses

import numpy as np
import pytest

from zscape.analysis.projection import MapRecord
from zscape.analysis.saved_maps import save_maps
from zscape.latent.codes import Codes
from zscape.reporting.build import build_comparison, build_report


def map_of(count: int, perplexity: float) -> MapRecord:
    coordinates = np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)
    return MapRecord(
        np.arange(count), coordinates, count, 3, 0, perplexity, 12.0, 3, 1.0, 0.5, 15, 0.625, 0.25, 10, None
    )


@pytest.mark.usefixtures("no_drawing")
def test_maps_are_shown_with_what_they_are_worth(make_run, tmp_path, taken_apart):
    run = make_run(tmp_path / "run")
    save_maps(run.path / "maps.npz", [map_of(60, 30.0), map_of(60, 10.0)], "these")
    page = taken_apart(build_report(run))
    assert "What do maps show?" in page.texts["h2"] and (run.path / "figures" / "maps.png").is_file()
    assert "t-SNE of 60 of 60 points: of a point's 15 nearest neighbours in z-space 62 % and 62 %" in page.text


@pytest.mark.usefixtures("no_drawing")
def test_maps_of_other_codes_are_not_shown(make_run, tmp_path, taken_apart):
    run = make_run(tmp_path / "run")
    save_maps(run.path / "maps.npz", [map_of(50, 30.0)], "others")
    assert "What do maps show?" not in taken_apart(build_report(run)).texts["h2"]


@pytest.mark.usefixtures("no_drawing")
def test_of_several_runs_those_without_maps_say_how_to_get_them(make_run, tmp_path, taken_apart):
    runs = [make_run(tmp_path / name) for name in "ab"]
    save_maps(runs[0].path / "maps.npz", [map_of(60, 30.0)], "these")
    page = taken_apart(build_comparison(runs, tmp_path / "page.html"))
    assert "No maps were made of this run: zscape report DIR --tsne makes them." in page.text


def with_labels(run, labels, names) -> None:
    codes = Codes.load(run.path / "latents.npz")
    dataclasses.replace(codes, labels=labels, label_names=names).save(run.path / "latents.npz")


@pytest.mark.usefixtures("no_drawing")
def test_labels_are_studied_as_attributes(make_run, tmp_path, taken_apart):
    run = make_run(tmp_path / "run")
    assert "Which attributes have a direction?" not in taken_apart(build_report(run)).texts["h2"]
    codes = Codes.load(run.path / "latents.npz")
    with_labels(run, (codes.mu[:, 0] > 0).astype(np.int64), ("low", "high"))
    page = taken_apart(build_report(run))
    assert "Which attributes have a direction?" in page.texts["h2"]
    assert "A linear probe on the codes tells 2 of 2 attributes" in page.text


@pytest.mark.usefixtures("no_drawing")
def test_why_attributes_were_left_out(make_run, tmp_path, taken_apart):
    run = make_run(tmp_path / "run")
    with_labels(run, np.zeros(60, np.int64), ("all",))
    section = taken_apart(build_report(run))
    assert "Which attributes have a direction?" in section.texts["h2"] and "None of the 1 attributes" in section.text
