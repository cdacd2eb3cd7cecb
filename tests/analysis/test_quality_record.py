"""quality.json as records, and what its numbers say."""

from dataclasses import replace

import numpy as np
import pytest

from zscape.analysis.generation import GenerationScores
from zscape.analysis.quality import (
    EmbeddingRecord,
    GenerationRecord,
    QualityRecord,
    log_likelihood_record,
    quality_from_plain,
)
from zscape.analysis.quality_sentences import (
    few_for_fid,
    generation_sentence,
    log_likelihood_sentence,
    protocol,
    reconstruction_sentence,
)
from zscape.analysis.reconstruction import MEASURES, reconstruction_record
from zscape.core.errors import InputError
from zscape.core.records import to_plain

REAL = GenerationScores(0.9, 0.88, 1.0, 0.87, 0.001, 0.01, 0.2)
EMBEDDING = EmbeddingRecord("classifier, 64 numbers", "classifier-1", 64, 0.98, 1437)


def scores(precision, recall, distance):
    return GenerationScores(precision, recall, 0.5, 0.5, distance, 0.02, 3.0)


def generation(**priors):
    return GenerationRecord(EMBEDDING, 2000, 3, 50, 1000, 1, REAL, priors)


@pytest.fixture
def reconstruction():
    """PSNR 10.0, 10.1, ... 19.9 and the same order in the others."""
    values = {"psnr": 10 + np.arange(100) / 10, "ssim": np.arange(100) / 100, "reconstruction": 50.0 - np.arange(100)}
    assert set(values) == set(MEASURES)
    return reconstruction_record(values, np.arange(300, 400), 11)


@pytest.fixture
def likelihood():
    values = np.array([-80.0, -90.0, -100.0, -110.0])
    return log_likelihood_record(500, values, values - 2, np.array([3.0, 7, 8, 50]), sigma=None, binary=True, seed=1)


def test_means_of_the_log_likelihood(likelihood):
    assert (likelihood.mean, likelihood.elbo, likelihood.effective_draws, likelihood.images) == (-95, -97, 7.5, 4)
    assert likelihood.sd == pytest.approx(np.sqrt(125)) and likelihood.standard_error == pytest.approx(np.sqrt(125) / 2)


def test_a_file_from_before_there_was_fid(reconstruction):
    record = QualityRecord("test", 100, reconstruction, generation(a=scores(0.5, 0.2, 1.0)), None, "", {}, {})
    plain = to_plain(record)
    for part in (plain["generation"]["real"], plain["generation"]["priors"]["a"], plain["generation"]["embedding"]):
        del part["fid"]
    del plain["generation"]["embedding"]["details"]
    assert quality_from_plain(plain) == record


@pytest.mark.parametrize("whole", [True, False])
def test_there_and_back_through_json(reconstruction, likelihood, whole):
    record = QualityRecord(
        split="test",
        images=100,
        reconstruction=reconstruction,
        generation=generation(normal=scores(0.5, 0.2, 1.0)) if whole else None,
        log_likelihood=likelihood if whole else None,
        protocol="As it was measured.",
        sentences={"reconstruction": "Well."},
        left_out={} if whole else {"generation": "Too few."},
    )
    assert quality_from_plain(to_plain(record)) == record


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda plain: plain.pop("split"), "'split'"),
        (lambda plain: plain.update(reconstruction=None), "not subscriptable"),
        (lambda plain: plain["generation"]["real"].pop("recall"), "recall"),
        (lambda plain: plain["generation"].update(fid=3), "fid"),
        (lambda plain: plain.update(sentences=7), "iterable"),
    ],
)
def test_a_damaged_file(reconstruction, spoil, reason):
    record = QualityRecord("test", 100, reconstruction, generation(a=scores(0.5, 0.2, 1.0)), None, "", {}, {})
    plain = to_plain(record)
    spoil(plain)
    with pytest.raises(
        InputError, match=r"^runs/x/quality\.json is damaged \(.*\); `zscape quality` writes it anew\.$"
    ) as e:
        quality_from_plain(plain, "runs/x/quality.json")
    assert reason in str(e.value)


# sentences


def test_what_is_said_of_reconstructions(reconstruction):
    assert reconstruction_sentence(reconstruction) == (
        "Half of the 100 images come back with at least 14.9 dB and a structural similarity of at least 0.490; one in "
        "twenty stays below 10.4 dB or 0.040. By PSNR image 300 of the store comes back worst, image 399 best."
    )
    endless = replace(reconstruction, psnr=replace(reconstruction.psnr, p50=float("inf")))
    assert "at least infinitely many dB" in reconstruction_sentence(endless)


def test_the_nearest_prior_is_named():
    record = generation(normal=scores(0.6, 0.2, 1.5), fitted=scores(0.8, 0.7, 0.25))
    assert generation_sentence(record).startswith(
        "Of the priors, fitted comes nearest: its images have precision 0.80 and recall 0.70, where other real images "
        "have 0.90 and 0.88; their kernel distance is 0.25, that of real images 0.001. "
    )
    assert generation_sentence(generation(normal=scores(0.6, 0.2, 1.5))).startswith("Random images of normal have")


@pytest.mark.parametrize(
    ("precision", "recall", "reading"),
    [
        (0.88, 0.85, "Both come within a tenth of real images."),
        (0.3, 0.8, "More is lost in how good single images are than in their variety."),
        (0.95, 0.3, "More is lost in variety than in how good single images are."),
        (0.5, 0.5, "Single images and their variety lose about the same share."),
    ],
)
def test_what_is_lost(precision, recall, reading):
    assert generation_sentence(generation(normal=scores(precision, recall, 1.0))).endswith(reading)


def test_fid_is_said_where_it_is_one(reconstruction):
    real, normal = (replace(each, fid=value) for each, value in ((REAL, 4.5), (scores(0.5, 0.5, 1.0), 123.456)))
    embedding = EmbeddingRecord("FID's Inception v3", "inception-1", 2048, None, None, True, "On JAX.")
    record = GenerationRecord(embedding, 5000, 3, 50, 1000, 1, real, {"normal": normal})
    said = "Their FID is 123.5, that of real images 4.5, from 5,000 images of each set. Single images"
    assert said in generation_sentence(record)
    few = generation_sentence(replace(record, n=2048))
    assert "from 2,048 images of each set, fewer than the 2,049 that it needs at least. Single images" in few
    assert "FID" not in generation_sentence(generation(normal=scores(0.5, 0.5, 1.0)))
    text = protocol("test", reconstruction, record, None)
    assert text.endswith(
        "Fréchet distance in the same embedding, which is FID from 5,000 random and 5,000 real images: compare it with "
        "FIDs of as many images on each side. On JAX."
    )
    assert "None of this is FID" not in text
    few = protocol("test", reconstruction, replace(record, n=2048), None)
    assert "FID from 2,048 images of each set is none to publish: with fewer than 2,049 the covariances" in few
    assert few_for_fid(2049) == "" and "with fewer than 2,049" in few_for_fid(2048)


def test_what_is_said_of_the_log_likelihood(likelihood):
    assert log_likelihood_sentence(likelihood) == (
        "log p(x) is -95.00 nats per image (standard error 5.6 over 4 images), 2.00 above the ELBO, from 500 draws "
        "each: a probability of black-or-white images."
    )
    grey = log_likelihood_sentence(replace(likelihood, binary=False))
    assert "no probability, because the images are grey and bce is one of black or white only (data.binarize)" in grey
    assert "a density at sigma 0.25" in log_likelihood_sentence(replace(likelihood, sigma=0.25))
    few = log_likelihood_sentence(replace(likelihood, effective_draws=1.2))
    assert few.endswith(
        "A single draw outweighs the others (effective number 1.2 of 500), so more draws would raise it."
    )
    assert "outweighs" not in log_likelihood_sentence(replace(likelihood, effective_draws=1.0, n=1))


def test_the_protocol_has_every_number(reconstruction, likelihood):
    text = protocol("test", reconstruction, generation(normal=scores(0.5, 0.2, 1.0)), likelihood)
    for part in ("window of 11 pixels,", "100 images of the split test", "2,000 of each prior", "(seed 1)", "k = 3"):
        assert part in text
    assert 'in the embedding "classifier, 64 numbers", made from 1,437 training images;' in text
    assert "50 pairs of subsets of 1,000;" in text and "None of this is FID." in text
    assert "500 draws from the encoder's normal for each of 4 images" in text
    short = protocol("test", replace(reconstruction, window=7), None, None)
    assert "window of 7 pixels, because the images are smaller than 11," in short
    assert "Random images" not in short and "log p(x)" not in short
