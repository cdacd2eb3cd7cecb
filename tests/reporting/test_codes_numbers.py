"""Tables about codes: every number again by NumPy."""

import numpy as np
import pytest
from scipy import stats

from zscape.analysis.study import analyze
from zscape.latent.codes import Codes
from zscape.reporting.codes_numbers import codes_tables, study_table


def codes_of(variational, count=2000, z_dim=3):
    mu = np.random.default_rng(0).normal(size=(count, z_dim)).astype(np.float32) * [1.0, 2.0, 1e-6] + [0, 5.0, 0]
    log_var = np.broadcast_to(np.float32([-1, -2, 0]), mu.shape).copy() if variational else None
    return Codes(mu.astype(np.float32), log_var, np.arange(count), np.zeros(count, np.uint8))


@pytest.fixture(scope="module", params=[True, False], ids=["vae", "ae"])
def codes(request):
    return codes_of(request.param)


def column(table, name):
    header, rows = table
    return [row[header.index(name)] for row in rows]


def floats(table, name):
    return [float(cell.replace(",", "")) for cell in column(table, name)]


def test_dimensions(codes):
    table = codes_tables(codes, analyze(codes))["dimensions"]
    assert column(table, "dimension") == ["0", "1", "2"] and column(table, "active") == ["yes", "yes", "no"]
    np.testing.assert_allclose(floats(table, "mean of mu"), codes.mu.mean(axis=0), atol=6e-5)
    np.testing.assert_allclose(floats(table, "sd of mu"), codes.mu.std(axis=0), atol=6e-5)
    if codes.log_var is None:
        assert table[0] == ["dimension", "mean of mu", "sd of mu", "active"]
        return
    assert table[0] == ["dimension", "KL, nats", "mean of mu", "sd of mu", "mean of log_var", "active"]
    assert column(table, "mean of log_var") == ["-1.0000", "-2.0000", "0.0000"]
    kl = 0.5 * (codes.mu.astype(float) ** 2 + np.exp(codes.log_var) - 1 - codes.log_var).mean(axis=0)
    np.testing.assert_allclose(floats(table, "KL, nats"), kl, atol=6e-5)


def test_radius_and_its_histogram(codes):
    tables = codes_tables(codes, analyze(codes), grouped=False)
    r = np.linalg.norm(codes.mu.astype(float), axis=1)
    values = {row[0]: float(row[1]) for row in tables["radius"][1]}
    assert values["Radius, mean"] == pytest.approx(r.mean(), rel=1e-3)
    assert values["Radius, largest"] == pytest.approx(r.max(), rel=1e-3)
    assert values["Radius of N(0, I), mean"] == pytest.approx(stats.chi.mean(3), rel=1e-3)
    assert ("Root mean square radius of drawn points" in values) == (codes.log_var is not None)
    low, high = (np.array(floats(tables["radius_histogram"], name)) for name in ("from", "to"))
    counts, density = (np.array(floats(tables["radius_histogram"], name)) for name in ("z-points", "density"))
    assert counts.sum() == 2000 and (low[1:] == high[:-1]).all() and low[0] <= r.min() <= r.max() <= high[-1]
    assert (density * (high - low)).sum() == pytest.approx(1, abs=2e-3)


def test_spectrum(codes):
    table = codes_tables(codes, analyze(codes))["spectrum"]
    variances = np.linalg.eigvalsh(np.cov(codes.mu.astype(float).T, bias=True))[::-1]
    np.testing.assert_allclose(floats(table, "variance of mu")[:2], variances[:2], rtol=1e-3)
    np.testing.assert_allclose(
        floats(table, "cumulative share, %"), 100 * np.cumsum(variances) / variances.sum(), atol=1e-3
    )
    assert column(table, "direction") == ["1", "2", "3"]


def test_study(codes):
    analysis = analyze(codes)
    table = study_table(analysis, psnr=17.456, grouped=False)
    values = {row[0]: (row[1], row[2]) for row in table[1]}
    assert table[0] == ["", "value", "unit"] and values["z-points"] == ("2000", "")
    assert values["Active dimensions"] == ("2", "of 3") and values["PSNR of the reconstructions"] == ("17.46", "dB")
    parts = [float(value) for name, (value, _) in values.items() if name.startswith("Prior mismatch,")]
    assert len(parts) == 4 and sum(parts) == pytest.approx(float(values["Prior mismatch"][0]), rel=2e-3)
    assert ("KL" in values) == ("log_var, mean" in values) == (codes.log_var is not None)
    assert "PSNR of the reconstructions" not in [row[0] for row in study_table(analysis)[1]]
    assert "PSNR of the reconstructions" not in [row[0] for row in study_table(analysis, float("inf"))[1]]
