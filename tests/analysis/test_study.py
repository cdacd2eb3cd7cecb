"""The whole study, its JSON, and its sentences: they must follow the numbers."""

import functools
import json
import re

import numpy as np
import pytest

from zscape.analysis import study
from zscape.analysis.mismatch import mismatch_record
from zscape.analysis.posterior import posterior_record
from zscape.analysis.radius import radius_record
from zscape.analysis.spectrum import spectrum_record
from zscape.analysis.study import Analysis, analysis_json
from zscape.core.errors import InputError
from zscape.core.files import to_json
from zscape.latent.codes import Codes

analyze = functools.partial(study.analyze, clusters=False)  # which have tests of their own, and take time


def codes_of(mu, log_var=None) -> Codes:
    mu = np.asarray(mu, dtype=np.float32)
    log_var = None if log_var is None else np.broadcast_to(np.asarray(log_var, dtype=np.float32), mu.shape)
    return Codes(mu, log_var, np.arange(len(mu)), np.zeros(len(mu), np.uint8))


def normal(count, z_dim, sd=1.0, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, z_dim)) * sd


def vae_like(z_dim=12, active=9) -> Codes:
    # Active dimensions: posterior variance 0.1 around means of variance 0.9; the others stay at N(0, 1).
    use = np.arange(z_dim) < active
    return codes_of(normal(4000, z_dim) * np.where(use, np.sqrt(0.9), 0.0), np.where(use, np.log(0.1), 0.0))


def ae_like(z_dim=12) -> Codes:
    turn = np.random.default_rng(1).normal(size=(z_dim, z_dim))
    return codes_of(normal(4000, z_dim) @ turn * 2 + 8.0)


def test_the_json_has_the_promised_shape():
    plain = analysis_json(analyze(vae_like()))
    assert plain == json.loads(to_json(plain))
    assert plain["count"] == 4000
    assert plain["z_dim"] == 12
    assert {"min", "mean", "max", "counts", "edges"} <= plain["radius"].keys()
    assert plain["log_var"].keys() == {"min", "mean", "max"}
    assert "log_var" not in plain["posterior"]
    assert plain["log_var"]["min"] == pytest.approx(np.log(0.1))
    assert plain["posterior"]["active_units"] == plain["active_units"] == 9
    assert plain["inactive"] == [9, 10, 11]
    assert plain["mismatch"].keys() == {"total", "shift", "wide", "narrow", "correlation"}
    assert len(plain["spectrum"]["variances"]) == len(plain["coordinates"]["mean"]) == 12
    assert plain["information"].keys() == {"marginal_kl", "mutual_information"}
    assert len(plain["verdict"]) == 4


def test_an_autoencoders_json():
    plain = analysis_json(analyze(ae_like()))
    assert plain["log_var"] is None
    assert plain["posterior"] is None
    assert plain["information"] is None
    assert plain["active_units"] == 12
    to_json(plain)


@pytest.mark.parametrize("z_dim", [1, 2])
@pytest.mark.parametrize("constant", [True, False])
@pytest.mark.parametrize("log_var", [None, 0.0])
def test_small_and_constant_codes_are_no_trouble(z_dim, constant, log_var):
    analysis = analyze(codes_of(normal(2, z_dim) * (not constant), log_var))
    to_json(analysis_json(analysis))
    assert all(sentence.endswith(".") for sentence in analysis.verdict)


def test_fewer_than_two_points_are_refused():
    with pytest.raises(InputError, match="at least 2 points, got 1"):
        analyze(codes_of([[1.0, 2.0]]))


@pytest.mark.parametrize("log_var", [None, 0.0])
def test_values_that_are_no_numbers_are_refused(log_var):
    with pytest.raises(InputError, match="1 of 6 values are NaN or infinite"):
        analyze(codes_of([[1.0, np.nan], [0, 1], [2, 3]], log_var))


def sentence(analysis: Analysis, number: int) -> str:
    return analysis.verdict[number]


def test_radius_sentence_of_an_autoencoder():
    near, far = analyze(codes_of(normal(4000, 12))), analyze(codes_of(normal(4000, 12) * 4 + 5))
    assert re.match(
        r"The z-points lie at radius 3\.\d\d ± 0\.\d\d; N\(0, I\) in 12 dimensions would lie at 3\.39 ± 0\.70, "
        r"so the two shells cover the same radii\. The centre of the points is 0\.0\d+ from the origin\.$",
        sentence(near, 0),
    )
    assert "hardly overlap" in sentence(far, 0)
    assert "is 17." in sentence(far, 0)
    assert "in 1 dimension would" in sentence(analyze(codes_of(normal(50, 1))), 0)


def test_radius_sentence_of_a_vae_compares_drawn_points():
    text = sentence(analyze(vae_like()), 0)
    assert "root mean square radius of 3.4" in text
    assert "(N(0, I): 3.46)" in text
    assert "overlap" not in text  # mu alone lies inside the shell, and that is as it should be


def test_mismatch_sentence_judges_random_points():
    assert "fall where the decoder has seen codes" in sentence(analyze(vae_like()), 1)
    assert "few codes or none" in sentence(analyze(ae_like()), 1)
    assert "from their centre" in sentence(analyze(codes_of(normal(4000, 3) + 4)), 1)
    assert "narrower than N(0, 1)" in sentence(analyze(codes_of(normal(4000, 3, 0.1))), 1)
    wide = sentence(analyze(codes_of(normal(4000, 2, 2.5))), 1)
    assert "wider than N(0, 1)" in wide
    assert "seldom reach the outer ones" in wide
    correlated = normal(4000, 2) @ np.linalg.cholesky([[1, 0.98], [0.98, 1]]).T
    assert "from their correlations" in sentence(analyze(codes_of(correlated)), 1)
    # 1/2 m^2 = 0.045 nat: a shift of 0.3
    middle = sentence(analyze(codes_of(normal(40000, 3) + 0.3)), 1)
    assert "on or near codes" in middle
    assert re.search(r"shifted by 0\.3\d", middle)


def test_units_sentence():
    text = sentence(analyze(vae_like()), 2)
    assert text.startswith("9 of 12 dimensions have a KL above 0.01 nat (all together ")
    assert "unused: 9, 10, 11." in text
    assert "not a fault" in text
    assert "unused: 1, 2, 3, 4, 5, 6, 7, 8 and 11 more." in sentence(analyze(vae_like(20, 1)), 2)
    assert "unused" not in sentence(analyze(vae_like(4, 4)), 2)
    assert "next to nothing about the image" in sentence(analyze(vae_like(4, 0)), 2)
    assert sentence(analyze(ae_like()), 2).startswith("12 of 12 dimensions have a standard deviation above 0.001")


def test_units_sentence_tells_the_price_of_an_offset_from_what_tells_images_apart():
    assert "tell one image from another" not in sentence(analyze(vae_like()), 2)  # mostly what a KL is for
    offset = codes_of(normal(2000, 4, 0.1) + 1.5, 0.0)
    text = sentence(analyze(offset), 2)
    # 4 x 1.5^2 / 2 = 4.5 nats of offset; 4 x 1/2 ln(1.01) = 0.02 of information
    assert "4 of 4 dimensions have a KL above 0.01 nat (all together 4.5" in text
    assert re.search(r"At least 4\.\d+ of the 4\.\d+ nats only say how far the cloud as a whole lies", text)
    assert "at most 0.02 tell one image from another: less than it takes to tell two kinds apart (0.69)" in text
    both = sentence(analyze(codes_of(normal(2000, 4, 0.9) + 3, np.log(0.1))), 2)
    assert re.search(r"; at most 4\.\d+ tell one image from another\.$", both)
    assert "two kinds" not in both


def test_spectrum_sentence():
    equal = np.concatenate([np.eye(10), -np.eye(10)])
    text = sentence(analyze(codes_of(equal)), 3)
    assert "90 % of the variance of mu lies along 9 of 10 principal directions, 99 % along 10" in text
    assert "nearly round" in text
    long = equal.copy()
    long[:, 0] *= 3
    assert "elongated, its widest direction 3 times as wide" in sentence(analyze(codes_of(long)), 3)
    long[:, 1] = 0
    assert "at least one direction the points do not vary" in sentence(analyze(codes_of(long)), 3)
    assert "do not vary: all points are the same" in sentence(analyze(codes_of(np.ones((3, 2)))), 3)
    assert "one direction, with a standard deviation of 2.00" in sentence(analyze(codes_of([[0.0], [4.0]])), 3)


@pytest.mark.parametrize("make", [vae_like, ae_like])
def test_no_sentence_says_collapsed_or_judges_by_the_share(make):
    text = " ".join(analyze(make()).verdict)
    assert "collapse" not in text
    assert "share" not in text
    assert "fail" not in text


def test_every_analysis_is_there_or_left_out_with_its_reason():
    analysis = study.analyze(vae_like(3, 3).take(np.arange(300)))
    assert analysis.left_out == {}
    assert None not in (analysis.normality, analysis.normality_drawn, analysis.drawn, analysis.clusters)
    figures = {"radius", "spectrum", "scatter", "kl", "coordinates", "normality", "drawn", "log_var", "clusters"}
    assert analysis.sentences.keys() == figures | {"cubes"}
    plain = analysis_json(analysis)
    assert plain == json.loads(to_json(plain))
    assert plain["normality"]["rank"] == 3 and plain["clusters"]["count"] == 300


def test_what_an_autoencoder_has_not_is_named():
    analysis = analyze(ae_like())
    assert analysis.drawn is analysis.normality_drawn is analysis.clusters is None
    assert analysis.left_out.keys() == {"drawn", "normality_drawn"}
    assert "These codes have no log_var (an autoencoder's have none), so nothing is drawn" in analysis.left_out["drawn"]
    assert analysis.sentences.keys() == {"radius", "spectrum", "scatter", "coordinates", "normality", "cubes"}


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        (np.ones((40, 3)), r"^All 40 points are the same, so the cloud has no shape\.$"),
        (normal(12, 12), r"^There are 12 points in 12 dimensions: so few all lie at the same distance"),
    ],
)
def test_analyses_that_the_codes_do_not_allow_are_left_out(points, reason):
    analysis = study.analyze(codes_of(points))
    assert analysis.normality is None and "normality" not in analysis.sentences
    assert re.search(reason, analysis.left_out["normality"])
    assert (analysis.clusters is None) == ("clusters" in analysis.left_out)
    assert all(text.endswith(".") for text in [*analysis.left_out.values(), *analysis.sentences.values()])
    to_json(analysis_json(analysis))


def test_a_constant_coordinate_is_no_trouble():
    points = normal(400, 3)
    points[:, 1] = 5.0
    analysis = analyze(codes_of(points))
    assert analysis.normality is not None and (analysis.normality.rank, analysis.normality.flat) == (2, 1)
    assert "1 direction in which the points do not vary is left out" in analysis.sentences["normality"]
    assert analysis.coordinates.kolmogorov[1] == pytest.approx(1.0, abs=1e-5)


def test_the_seed_fixes_the_draws():
    codes = vae_like()
    assert analyze(codes) == analyze(codes)
    assert analyze(codes, seed=1).drawn != analyze(codes).drawn


def test_shared_moments_change_no_number():
    codes = vae_like()
    analysis = analyze(codes)
    alone = posterior_record(codes)
    assert alone is not None and analysis.posterior is not None
    np.testing.assert_allclose(analysis.posterior.sd_of_mu, alone.sd_of_mu, rtol=1e-9)
    np.testing.assert_allclose(analysis.spectrum.variances, spectrum_record(codes.mu).variances, rtol=1e-12)
    assert analysis.mismatch == mismatch_record(*codes.moments())
    radius = radius_record(codes.mu, variance=codes.variance)
    assert analysis.radius.centre_distance == pytest.approx(radius.centre_distance)
    assert analysis.radius.drawn_rms == pytest.approx(radius.drawn_rms)
