"""A study comes back from JSON as it was, and only for its own codes."""

import json
from dataclasses import replace

import numpy as np
import pytest

from zscape.analysis.saved_study import analysis_from_json
from zscape.analysis.study import analysis_json, analyze
from zscape.core.files import to_json
from zscape.latent.codes import Codes


def codes_of(log_var, labels):
    rng = np.random.default_rng(3)
    arrays = {"mu": rng.normal(size=(200, 4)).astype(np.float32)}
    arrays |= {"log_var": rng.normal(-2, 0.5, (200, 4)).astype(np.float32)} if log_var else {}
    arrays |= {"labels": rng.integers(0, 3, 200)} if labels else {}
    return Codes.from_arrays(arrays)


@pytest.fixture(scope="module", params=[(True, True), (False, False)], ids=["vae with labels", "ae"])
def studied(request):
    codes = codes_of(*request.param)
    analysis = analyze(codes)
    return codes, analysis, json.loads(to_json(analysis_json(analysis)))


def test_it_comes_back_as_it_was(studied):
    codes, analysis, plain = studied
    assert analysis_from_json(plain, codes) == analysis


def test_only_for_its_own_codes(studied):
    codes, _, plain = studied
    assert analysis_from_json(plain, codes.take(np.arange(199))) is None
    moved = codes.mu.copy()
    moved[0, 0] += 0.01
    assert analysis_from_json(plain, replace(codes, mu=moved)) is None


def test_a_file_of_another_version_or_with_infinite_numbers_is_none(studied):
    codes, _, plain = studied
    assert analysis_from_json({name: value for name, value in plain.items() if name != "normality"}, codes) is None
    assert analysis_from_json({**plain, "radius": {**plain["radius"], "max": None}}, codes) is None
    assert analysis_from_json({}, codes) is None
