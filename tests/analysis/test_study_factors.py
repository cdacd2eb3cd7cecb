"""True factors within the study: its sentence, its figure, its JSON."""

import json

import numpy as np

from zscape.analysis.saved_study import analysis_from_json
from zscape.analysis.study import analysis_json, analyze
from zscape.core.files import to_json
from zscape.figures.study import draw_study
from zscape.latent.codes import Codes


def codes_with(factors) -> Codes:
    mu = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
    names = None if factors is None else tuple(f"f{i}" for i in range(factors(mu).shape[1]))
    splits = (np.arange(300) % 3 == 0).astype(np.uint8)
    return Codes(mu, None, np.arange(300), splits, factors=None if factors is None else factors(mu), factor_names=names)


def test_the_study_has_them_and_comes_back_from_its_json():
    codes = codes_with(lambda mu: mu[:, :2])
    analysis = analyze(codes, clusters=False)
    assert analysis.factors is not None and min(analysis.factors.r2) > 0.999
    assert analysis.sentences["factors"].startswith("A linear readout of the codes gives back 2 of 2 true factors")
    assert "factors" in draw_study(codes, analysis)
    plain = json.loads(to_json(analysis_json(analysis)))
    assert plain["factors"]["names"] == ["f0", "f1"] and len(plain["factors"]["shells"]) == 4
    again = analysis_from_json(plain, codes)
    assert again is not None and again.factors == analysis.factors


def test_without_factors_nothing_is_said():
    codes = codes_with(None)
    analysis = analyze(codes, clusters=False)
    assert analysis.factors is None and "factors" not in analysis.sentences
    assert "factors" not in analysis.left_out and "factors" not in draw_study(codes, analysis)
    older = analysis_json(analysis)
    del older["factors"]  # as older versions wrote it
    assert analysis_from_json(older, codes) is not None


def test_why_they_are_left_out():
    analysis = analyze(codes_with(lambda mu: np.zeros_like(mu)), clusters=False)
    assert analysis.left_out["factors"] == "None of the 3 factors varies: 'f0' is the same for all images."
