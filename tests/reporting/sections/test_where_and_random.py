"""What is said where an autoencoder's radii are shown, and of random points."""

import numpy as np
import pytest

from zscape.analysis.study import analyze
from zscape.latent.codes import Codes
from zscape.latent.priors.mixture import Mixture
from zscape.reporting.build import build_comparison, build_report
from zscape.reporting.sections.random import mixture_sentence


@pytest.mark.usefixtures("no_drawing")
def test_an_autoencoder_s_radii_are_called_a_choice_of_coordinates(make_run, tmp_path, taken_apart):
    plain, vae = make_run(tmp_path / "plain", variational=False), make_run(tmp_path / "vae")
    said = "Radius, covariance and distance to the origin"
    page = taken_apart(build_report(plain))
    assert f"{said}: for an autoencoder these are a choice of coordinates" in page.text
    assert "zscape whiten" in page.texts["code"] and "`" not in page.text
    assert said not in taken_apart(build_report(vae)).text
    both = taken_apart(build_comparison([plain, vae], tmp_path / "page.html"))
    assert f"{said} of plain: for an autoencoder" in both.text and f"{said} of vae" not in both.text


@pytest.mark.usefixtures("no_drawing")
def test_a_row_per_prior_and_one_per_width_of_the_cube(make_run, tmp_path, taken_apart):
    run = make_run(tmp_path / "run")
    page = taken_apart(build_report(run))
    assert [title for title in page.texts["h3"] if title.startswith("Points")] == [
        "Points of N(0, I)",
        "Points of the normal fitted to the codes",
        "Points of a mixture of normals fitted to the codes",
        "Points uniform in a cube [-r, r]",
    ]
    analysis = analyze(Codes.load(run.path / "latents.npz"))
    assert analysis.sentences["cubes"] in page.text and analysis.verdict[1] in page.text


@pytest.mark.usefixtures("no_drawing")
def test_words_stand_on_the_left_in_a_table_of_several_runs(make_run, tmp_path, taken_apart):
    page = taken_apart(build_comparison([make_run(tmp_path / name) for name in "ab"], tmp_path / "page.html"))
    run = page.raw[page.raw.index('<section id="provenance">') :]
    assert '<td class="number"' not in run and "<td>tensorflow</td><td>tensorflow</td>" in run


def mixture_of(count: int, held_out: dict[int, float], chosen: bool = True) -> Mixture:
    shapes = {
        "weights": np.full(count, 1 / count),
        "means": np.zeros((count, 2)),
        "factors": np.stack([np.eye(2)] * count),
    }
    known = {
        "chosen": chosen,
        "held_out": held_out,
        "points": 9,
        "of": 9,
        "held_out_points": 3,
        "outliers": 0,
        "seed": 0,
    }
    return Mixture(mean=np.zeros(2), deviations=np.ones(2), axes=np.eye(2), **shapes, **known)


@pytest.mark.parametrize(
    ("mixture", "sentence"),
    [
        (None, "Several normals together follow a cloud that is not one."),
        (mixture_of(3, {}, chosen=False), "The mixture is of 3 normals."),
        (
            mixture_of(1, {1: -5.0, 2: -5.5}),
            "The mixture is of 1 normal: more did not describe held-out codes any better, so these are points of the "
            "fitted normal again.",
        ),
        (
            mixture_of(8, {1: -5.0, 8: -4.25}),
            "The mixture is of 8 normals, of all numbers tried the best for held-out codes: by 0.75 nats "
            "per z-point better than one normal.",
        ),
    ],
)
def test_mixture(mixture, sentence):
    assert mixture_sentence(mixture) == sentence
