"""What several runs come to: each sentence follows the numbers."""

import dataclasses
import math

import numpy as np
import pytest

from zscape.analysis.quality import quality_from_plain
from zscape.analysis.study import analyze
from zscape.latent.codes import Codes
from zscape.reporting.comparison import (
    UNUSED,
    comparison_sentences,
    generation_sentence,
    joined,
    log_var_sentence,
    noise_share,
    reconstruction_sentence,
)
from zscape.reporting.studied import Studied, Trained
from zscape.runs.directory import RunDirectory

POINTS = np.random.default_rng(0).normal(size=(400, 3)).astype(np.float32)


def studied(name, scale=1.0, sd=None, trained=None, shift=0.0) -> Studied:
    """Return codes of normal points, `scale` wide, each with posteriors of standard deviation `sd` (None: an AE)."""
    mu = (scale * POINTS + np.float32(shift)).astype(np.float32)
    log_var = None if sd is None else np.full_like(mu, 2 * math.log(sd))
    codes = Codes(mu, log_var, np.arange(len(mu)), np.zeros(len(mu), np.uint8))
    return Studied(name, codes, analyze(codes), {}, trained=trained)


@pytest.fixture
def trained(make_run, tmp_path, quality_record):
    """Return a maker of what only a run has, with this PSNR and precision and recall per prior."""

    def make(name, psnr=17.5, priors=None, **settings) -> Trained:
        run: RunDirectory = make_run(tmp_path / name, **settings)
        metrics = run.read("metrics.json")
        metrics["test"]["psnr"] = psnr
        quality = quality_from_plain(quality_record(priors)) if priors else None
        return Trained(run.recipe, metrics, run.history(), run.read("provenance.json"), None, None, quality)

    return make


@pytest.mark.parametrize("sd", [1e-3, 0.5, 2.0])
def test_noise_share_is_that_of_the_standard_deviations(sd):
    assert noise_share(studied("a", 4.0, sd)) == pytest.approx(sd / (4.0 * POINTS.std(axis=0).mean()), rel=0.02)


def test_an_autoencoder_has_no_noise_and_points_that_are_all_the_same_have_only_noise():
    ae = studied("a")
    assert noise_share(ae) is None and log_var_sentence(ae, [ae]) is None
    codes = Codes(np.zeros((5, 2), np.float32), np.zeros((5, 2), np.float32), np.arange(5), np.zeros(5, np.uint8))
    record = dataclasses.replace(ae, codes=codes, analysis=analyze(codes))
    assert noise_share(record) == math.inf
    assert log_var_sentence(record, [record]) == (
        "In a drawing with log_var moves a z-point by more than the cloud's own spread."
    )


def test_a_tiny_weight_makes_an_autoencoder():
    ae, tiny = studied("plain", 6.0, shift=3.0), studied("tiny", 6.2, 0.01, shift=3.0)
    said = str(log_var_sentence(tiny, [ae, tiny]))
    assert said.startswith(
        "tiny hardly uses its log_var: drawing moves a z-point by 0.17 % of the cloud's own spread. "
        "It behaves like the autoencoder: its z-points lie at radius "
    )
    assert f"(plain {ae.analysis.radius.mean:.3g} ± " in said and "N(0, I) 1.6)" in said
    near = studied("near", 1.0, 0.01)
    assert ". Yet it does not lie like the autoencoder: " in str(log_var_sentence(near, [ae, near]))
    assert str(log_var_sentence(tiny, [tiny])).endswith(
        "drawing moves a z-point by 0.17 % of the cloud's own spread, as if it were an autoencoder."
    )


def test_from_a_twentieth_of_the_spread_on_drawing_counts():
    spread = POINTS.std(axis=0).mean()
    below, above = studied("v", 1.0, 0.9 * UNUSED * spread), studied("v", 1.0, 0.5 * spread)
    assert "hardly uses" in str(log_var_sentence(below, [below]))
    assert str(log_var_sentence(above, [above])) == (
        "In v drawing with log_var moves a z-point by 50 % of the cloud's own spread."
    )


def test_random_points_of_all_of_some_and_of_no_run():
    near, far = studied("near", 0.7, math.sqrt(1 - 0.49)), studied("far", 6.0, shift=3.0)
    between = studied("between", 0.7, math.sqrt(1 - 0.49), shift=0.8)
    remedy = "; what is fitted to the codes is the one to draw from there."
    numbers = {run.name: f"{run.name} ({run.analysis.mismatch.total:.4g})" for run in (near, between, far)}
    assert generation_sentence([near]) == (
        f"Random points from N(0, I) fall on or near the codes of {numbers['near']} (prior mismatch, nats per "
        "dimension)."
    )
    assert generation_sentence([far, near, between]) == (
        f"Random points from N(0, I) fall on or near the codes of {numbers['near']}, partly outside of those of "
        f"{numbers['between']} and far from those of {numbers['far']} (prior mismatch, nats per dimension){remedy}"
    )
    assert generation_sentence([far]) == (
        f"Random points from N(0, I) fall far from the codes of {numbers['far']} (prior mismatch, nats per dimension)"
        f"{remedy}"
    )


def test_the_best_reconstruction_is_named_where_runs_can_be_compared(trained):
    one, two = (studied(name, trained=trained(name, psnr)) for name, psnr in (("one", 17.5), ("two", 19.25)))
    assert reconstruction_sentence([one, two]) == "two reconstructs best (19.25 dB PSNR), one least (1.75 dB below it)."
    alike = studied("alike", trained=trained("alike", 17.54))
    assert reconstruction_sentence([one, alike]) == "All reconstruct alike: their PSNR differs by 0.04 dB at most."
    other = studied("other", trained=trained("other", 30.0, checksum="beef" * 16))
    assert reconstruction_sentence([one, other]) is None and reconstruction_sentence([one, studied("codes")]) is None


def test_different_images_are_named_first(trained):
    one = studied("one", trained=trained("one"))
    other = studied("other", trained=trained("other", checksum="beef" * 16))
    said = comparison_sentences([one, other])
    assert said[0] == (
        "The runs are about different images (one: 1,000 of digits, 8×8×1; other: 1,000 of digits, 8×8×1): losses, "
        "reconstruction and PSNR cannot be compared between them, what is said of z can."
    )
    assert not [sentence for sentence in said if "reconstructs best" in sentence]
    assert "different images" not in " ".join(comparison_sentences([one, studied("two", trained=one.trained)]))
    assert comparison_sentences([one]) == []


def test_measured_priors_are_ranked_by_the_kernel_distance(trained):
    measured = trained("m", priors={"normal": (0.99, 0.9, 1.2), "fitted": (0.6, 0.7, 0.35), "zero": (0.0, 0.0, 1.5)})
    runs = [studied("m", trained=measured), studied("n", trained=trained("n"))]
    assert comparison_sentences(runs)[-1] == (
        "By the kernel distance, random images are nearest to real ones for m from fitted (0.35; precision 0.60, "
        "recall 0.70)."
    )


def test_lists_of_names():
    assert [joined(list("abc")[:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]
