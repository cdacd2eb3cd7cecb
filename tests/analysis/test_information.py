"""The two parts of the KL against cases whose mutual information is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from zscape.analysis.information import InformationRecord, information_record
from zscape.analysis.mismatch import mismatch_record
from zscape.analysis.posterior import posterior_record
from zscape.latent.codes import Codes


def information(mu, log_var) -> tuple[InformationRecord, float]:
    mu = np.asarray(mu, dtype=np.float32)
    log_var = np.broadcast_to(np.asarray(log_var, dtype=np.float32), mu.shape)
    codes = Codes(mu, log_var, np.arange(len(mu)), np.zeros(len(mu), np.uint8))
    posterior = posterior_record(codes)
    assert posterior is not None
    return information_record(posterior, mismatch_record(*codes.moments())), posterior.kl


@pytest.mark.parametrize(("sd", "variance"), [(1.0, 0.1), (0.3, 0.5), (2.0, 3.0)])
def test_equals_the_closed_form_of_normal_means(sd, variance):
    # mu ~ N(5, sd^2), x -> z adds variance: I(x; z) = 1/2 ln(1 + sd^2 / variance), for any centre. Quantiles of the
    # normal law instead of draws, so that only their number limits the agreement.
    quantiles = norm.ppf((np.arange(200_000) + 0.5) / 200_000)[:, None]
    record, kl = information(5.0 + sd * quantiles, np.log(variance))
    assert record.mutual_information == pytest.approx(0.5 * np.log1p(sd**2 / variance), rel=1e-3)
    assert record.marginal_kl == pytest.approx(kl - record.mutual_information)


def test_two_kinds_of_images_bound_it_by_integration():
    # Half the means at -m, half at m: I = h(mixture) - h(normal), with h(mixture) integrated on a grid.
    m, variance = 1.5, 0.25
    z = np.linspace(-8, 8, 20_001)
    density = 0.5 * (norm.pdf(z, -m, np.sqrt(variance)) + norm.pdf(z, m, np.sqrt(variance)))
    truth = -np.trapezoid(density * np.log(density), z) - 0.5 * np.log(2 * np.pi * np.e * variance)
    record, kl = information(np.tile([[-m], [m]], (50, 1)), np.log(variance))
    assert truth <= np.log(2) < record.mutual_information < kl
    # The nearest normal has variance m^2 + v: the bound is 1/2 ln((m^2 + v) / v).
    assert record.mutual_information == pytest.approx(0.5 * np.log((m**2 + variance) / variance), rel=1e-5)


def test_a_common_offset_tells_nothing():
    record, kl = information(np.full((40, 3), 2.0), -1.0)
    assert kl > 6
    assert record.marginal_kl == pytest.approx(kl, rel=1e-6)
    assert record.mutual_information == pytest.approx(0, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 4), st.integers(2, 30), st.integers(0, 9999))
def test_parts_are_never_negative_nor_more_than_the_whole(z_dim, count, seed):
    source = np.random.default_rng(seed)
    record, kl = information(source.normal(size=(count, z_dim)), source.normal(size=(count, z_dim)))
    assert record.mutual_information >= 0
    assert record.marginal_kl >= 0
    assert record.marginal_kl + record.mutual_information <= kl + 1e-9
