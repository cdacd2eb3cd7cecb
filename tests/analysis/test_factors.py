"""True factors and codes: against codes of which everything is known."""

import json

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

from zscape.analysis import factors as module
from zscape.analysis.factors import factors_record, share_of
from zscape.core.errors import InputError
from zscape.core.files import to_json
from zscape.core.records import to_plain
from zscape.latent.codes import Codes

COUNT = 6000


def codes_of(mu, factors, names=None, train=0.5):
    splits = np.where(np.arange(len(mu)) < train * len(mu), 0, 2).astype(np.uint8)
    names = names or tuple(f"f{i}" for i in range(factors.shape[1]))
    return Codes(
        mu.astype(np.float32), None, np.arange(len(mu)), splits, factors=factors.astype(np.float32), factor_names=names
    )


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def test_codes_that_are_the_factors_turned_and_moved():
    truth = normal(COUNT, 3)
    turn = np.linalg.qr(normal(3, 3, seed=1))[0]
    record = factors_record(codes_of(truth @ turn * 4 + 9, truth * [1, 50, 1e-3] + [0, 1e3, 0]))
    assert record.names == ("f0", "f1", "f2") and min(record.r2) > 0.9999
    assert record.tried_on == record.learned_from == COUNT // 2 and record.held_out
    for i in range(3):
        assert record.dimension[i] == np.abs(turn[i]).argmax()
        assert record.correlation[i] == pytest.approx(turn[i, record.dimension[i]], abs=0.05)
    assert all(r2 > 0.999 for shell in record.shells for r2 in shell.r2)


def test_codes_that_know_nothing():
    record = factors_record(codes_of(normal(COUNT, 8), normal(COUNT, 2, seed=1)))
    assert max(map(abs, record.r2)) < 0.02 and max(map(abs, record.correlation)) < 0.06
    assert max(record.radius_share) < 0.01 and record.radius_share_of.keys() == {"all"}


@pytest.mark.parametrize("noise", [0.5, 1.0, 2.0])
def test_factors_with_noise(noise):
    """z = f + noise: R^2 is 1 / (1 + noise^2), the correlation its root; the best line shrinks z by just that."""
    truth = normal(COUNT, 2)
    record = factors_record(codes_of(truth * [1, -1] + noise * normal(COUNT, 2, seed=1), truth))
    known = 1 / (1 + noise**2)
    np.testing.assert_allclose(record.r2, known, atol=0.04)
    np.testing.assert_allclose(record.correlation, [known**0.5, -(known**0.5)], atol=0.03)
    assert record.dimension == (0, 1)


def test_shells_against_scikit_learn():
    """Far out the second dimension drowns the first factor's; by hand, quarter by quarter."""
    truth = normal(COUNT, 2)
    mu = np.stack([truth[:, 0] * (1 + 2 * truth[:, 1] ** 2), 4 * truth[:, 1]], axis=1)
    record = factors_record(codes_of(mu, truth))
    half = COUNT // 2
    predicted = LinearRegression().fit(mu[:half], truth[:half]).predict(mu[half:])
    radius, own = np.linalg.norm(mu[half:], axis=1), truth[half:]
    cuts = [-1.0, *np.quantile(radius, [0.25, 0.5, 0.75]), np.inf]
    assert sum(shell.count for shell in record.shells) == half and len(record.shells) == 4
    for shell, low, high in zip(record.shells, cuts[:-1], cuts[1:], strict=True):
        mask = (radius > low) & (radius <= high)
        assert shell.count == mask.sum() and shell.low >= low and shell.high <= high
        np.testing.assert_allclose(shell.spread, own[mask].std(axis=0) / own.std(axis=0), rtol=1e-4)
        np.testing.assert_allclose(shell.r2, [r2_score(own[mask, i], predicted[mask, i]) for i in range(2)], atol=2e-3)
    np.testing.assert_allclose(record.r2, r2_score(own, predicted, multioutput="raw_values"), atol=2e-3)


def test_which_factor_decides_the_radius():
    """z = (a f, b g), normal: |z|^2 varies by 2 a^4 and 2 b^4, each along the square of one factor alone."""
    truth = normal(20 * COUNT, 2)
    record = factors_record(codes_of(truth * [1.2, 1.0], truth, ("background_hue", "yaw")))
    whole = 1.2**4 + 1
    np.testing.assert_allclose(record.radius_share, [1.2**4 / whole, 1 / whole], atol=0.02)
    assert record.radius_share_of["background"] == record.radius_share[0]
    assert record.radius_share_of["other"] == record.radius_share[1]
    assert record.radius_share_of["all"] == pytest.approx(1.0, abs=1e-4)


def test_share_of_by_hand():
    factor = np.array([-1.0, 1.0, -1.0, 1.0, 2.0, 0.0])
    assert share_of(3 * factor**2 - factor + 1, factor[:, np.newaxis]) == pytest.approx(1.0)
    assert share_of(np.full(6, 2.0), factor[:, np.newaxis]) == 0.0
    assert share_of(factor[:3], factor[:3, np.newaxis]) == pytest.approx(1.0)  # two values only: one column
    assert share_of(factor[[0, 1, 4]], factor[[0, 1, 4], np.newaxis]) is None  # through three points goes a parabola
    rng = np.random.default_rng(0)
    chance = [share_of(rng.normal(size=50), rng.normal(size=(50, 8))) for _ in range(200)]
    assert all(share is not None and 0 <= share < 0.8 for share in chance)
    # Without the adjustment the mean would be 16 / 49 = 0.33.
    assert float(np.mean([share or 0.0 for share in chance])) < 0.1


def test_a_choice_is_seeded_and_stated(monkeypatch):
    monkeypatch.setattr(module, "MOST_READ", 500)
    truth = normal(COUNT, 1)
    codes = codes_of(truth + normal(COUNT, 1, seed=1), truth)
    record = factors_record(codes, 3)
    assert (record.tried_on, record.learned_from, record.seed) == (500, 500, 3)
    assert factors_record(codes, 3) == record and factors_record(codes, 4).r2 != record.r2


def test_without_held_out_images_half_is_kept_back():
    truth = normal(400, 1)
    record = factors_record(codes_of(truth, truth, train=1.0))
    assert not record.held_out and (record.learned_from, record.tried_on) == (200, 200)
    assert factors_record(codes_of(truth, truth, train=0.99)).tried_on == 200  # four images are too few to try on
    assert factors_record(codes_of(truth[:60], truth[:60])).shells == ()


def test_factors_that_do_not_vary_are_named():
    truth = normal(200, 2)
    truth[:, 1] = 0.25
    record = factors_record(codes_of(truth, truth, ("yaw", "hat")))
    assert record.names == ("yaw",) and record.left_out == {"hat": "'hat' is the same for all images."}
    truth[:100, 0] = 1.0  # all of the training images
    with pytest.raises(InputError, match=r"^None of the 2 factors varies: 'yaw' is the same for all images\.$"):
        factors_record(codes_of(truth, truth, ("yaw", "hat")))


def test_a_factor_that_is_the_same_in_one_shell_only():
    truth = normal(400, 2)
    truth[:, 0] *= np.abs(truth[:, 1]) > 0.7
    record = factors_record(codes_of(truth * [1e-3, 1], truth))
    assert record.shells[0].r2[0] is None and record.shells[0].spread[0] == 0.0
    assert record.shells[-1].r2[0] is not None


def test_what_cannot_be_studied():
    truth = normal(19, 1)
    with pytest.raises(InputError, match=r"^There are 19 codes; 20 are the least to read factors from: half of them"):
        factors_record(codes_of(truth, truth))
    plain = Codes(truth.astype(np.float32), None, np.arange(19), np.zeros(19, np.uint8))
    with pytest.raises(InputError, match=r"^These codes come without true factors\.$"):
        factors_record(plain)


def test_the_record_is_plain_json():
    truth = normal(400, 2)
    plain = to_plain(factors_record(codes_of(truth, truth)))
    assert plain == json.loads(to_json(plain)) and len(plain["shells"]) == 4
