"""True factors are shown where there are some, and what is missing says why."""

import dataclasses

import numpy as np
import pytest

from zscape.latent.codes import Codes
from zscape.reporting.build import build_comparison, build_report

HEADING = "What of the images' true factors do the codes know?"


def with_factors(run, factors) -> None:
    codes = Codes.load(run.path / "latents.npz")
    names = tuple(f"factor {i}" for i in range(factors.shape[1]))
    dataclasses.replace(codes, factors=factors.astype(np.float32), factor_names=names).save(run.path / "latents.npz")


def codes_of(run) -> Codes:
    return Codes.load(run.path / "latents.npz")


@pytest.mark.usefixtures("no_drawing")
def test_factors_are_shown_with_their_table(make_run, tmp_path, taken_apart):
    run = make_run(tmp_path / "run")
    assert HEADING not in taken_apart(build_report(run)).texts["h2"]
    with_factors(run, codes_of(run).mu[:, :2] * 3 + 1)
    page = taken_apart(build_report(run))
    assert HEADING in page.texts["h2"] and (run.path / "figures" / "factors.png").is_file()
    assert "A linear readout of the codes gives back 2 of 2 true factors with an R² of at least 0.9, on" in page.text
    assert "The factors in numbers" in page.text and "share of the variance of |z|²" in page.text


@pytest.mark.usefixtures("no_drawing")
def test_why_they_were_left_out(make_run, tmp_path, taken_apart):
    run = make_run(tmp_path / "run")
    with_factors(run, np.ones((len(codes_of(run)), 1)))
    page = taken_apart(build_report(run))
    assert HEADING in page.texts["h2"]
    assert "None of the 1 factors varies: 'factor 0' is the same for all images." in page.text


@pytest.mark.usefixtures("no_drawing")
def test_of_several_runs_those_without_say_so(make_run, tmp_path, taken_apart):
    runs = [make_run(tmp_path / name) for name in "ab"]
    with_factors(runs[0], codes_of(runs[0]).mu[:, :1])
    page = taken_apart(build_comparison(runs, tmp_path / "page.html"))
    assert "The images of this run come without true factors." in page.text
