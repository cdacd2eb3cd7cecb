"""What was measured by `zscape quality` stands on the page with its protocol, and is compared only where it can be."""

import pytest

from zscape.core.errors import InputError
from zscape.reporting.build import build_comparison, build_report

PRIORS = {"normal": (0.25, 0.125), "fitted": (0.75, 0.5)}


@pytest.mark.usefixtures("no_drawing")
def test_a_run_that_was_measured(make_run, tmp_path, taken_apart, quality_record):
    run = make_run(tmp_path / "run")
    assert "How good is it, in numbers?" not in taken_apart(build_report(run)).texts["h2"]
    run.write("quality.json", quality_record(PRIORS, likelihood=True))
    page = taken_apart(build_report(run))
    assert "How good is it, in numbers?" in page.texts["h2"]
    for said in (
        "points from precision recall density coverage kernel distance",
        "normal 0.250 0.125 0.900 0.800 0.0125",
        "fitted 0.750 0.500",
        "real images 0.950 0.940",
        "How likely images are.",
        "How this was measured So.",
        "%). Measured: precision 0.75, recall 0.50.",
    ):
        assert said in page.text, said


@pytest.mark.usefixtures("no_drawing")
def test_runs_are_compared_only_where_they_were_measured_in_one_way(make_run, tmp_path, taken_apart, quality_record):
    runs = [make_run(tmp_path / name) for name in "abc"]
    for run in runs[:2]:
        run.write("quality.json", quality_record(PRIORS))
    page = taken_apart(build_comparison(runs, tmp_path / "page.html"))
    warning = "These runs were not measured in the same way"
    assert "Precision / recall, fitted 0.75 / 0.50 0.75 / 0.50 –" in page.text and warning not in page.text
    nearest = "random images are nearest to real ones for a from normal (0.013; precision 0.25, recall 0.12); b from"
    assert nearest in page.text  # the first of two that are equally near
    runs[1].write("quality.json", quality_record(PRIORS, n=200))
    page = taken_apart(build_comparison(runs, tmp_path / "page.html"))
    assert f"{warning} (a: a classifier of the images, 500 images, k 3; b: a classifier of the images, 200" in page.text
    assert {"class": "warning"} in page.all("p")


@pytest.mark.usefixtures("no_drawing")
def test_fid_has_a_column_where_one_was_measured(make_run, tmp_path, taken_apart, quality_record):
    runs = [make_run(tmp_path / name) for name in "ab"]
    record = quality_record(PRIORS)
    runs[1].write("quality.json", record)
    generation = record["generation"]
    for number, scores in enumerate([*generation["priors"].values(), generation["real"]]):
        scores["fid"] = 123.456 + number
    runs[0].write("quality.json", record)
    text = taken_apart(build_comparison(runs, tmp_path / "page.html")).text
    assert "coverage kernel distance FID a normal 0.250 0.125 0.900 0.800 0.0125 123.5" in text
    assert "a real images 0.950 0.940 0.900 0.800 0.0125 125.5" in text
    assert "b normal 0.250 0.125 0.900 0.800 0.0125 –" in text


@pytest.mark.usefixtures("no_drawing")
def test_a_damaged_file_is_named(make_run, tmp_path, quality_record):
    run = make_run(tmp_path / "run")
    record = quality_record(PRIORS)
    del record["generation"]["n"]
    run.write("quality.json", record)
    with pytest.raises(InputError, match=r"quality\.json is damaged .*; `zscape quality` writes it anew\.$"):
        build_report(run)
