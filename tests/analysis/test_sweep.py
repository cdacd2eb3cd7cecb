"""Records of sweeps: groups over seeds against NumPy, why there is no picture, names and values as text."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.analysis.sweep import (
    QUANTITIES,
    SEED,
    SweepRecord,
    SweepRun,
    factor_numbers,
    negative_elbo,
    quantities,
    short_names,
    sweep_groups,
    value_text,
    why_no_picture,
    without_seed,
)

BETA, FILTERS = "objective.weight.beta", "model.filters"


def run(settings, loss: float | None = 1.0, variational=True, likelihood="bce of 8x8x1 images", **numbers) -> SweepRun:
    values = None if loss is None else {**dict.fromkeys(QUANTITIES, 2.0), "loss": loss, **numbers}
    state = "waiting" if loss is None else "finished"
    return SweepRun("name", settings, state, values, 1.0, None, variational, likelihood)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9))
def test_mean_and_sd_are_numpys(losses):
    (group,) = sweep_groups([run({SEED: seed}, loss) for seed, loss in enumerate(losses)])
    assert group.n == len(losses) and group.settings == {}
    assert group.mean["loss"] == pytest.approx(np.mean(losses), rel=1e-9, abs=1e-6)
    assert group.sd["loss"] == pytest.approx(np.std(losses, ddof=1), rel=1e-6, abs=1e-6)
    assert group.mean["kl"] == 2.0 and group.sd["kl"] == 0.0


def test_groups_are_in_the_order_of_the_runs_and_differ_in_more_than_the_seed():
    runs = [run({BETA: beta, SEED: seed, FILTERS: [4]}, beta + seed) for beta in (4.0, 0.5) for seed in (1, 2)]
    groups = sweep_groups(runs)
    assert [group.settings for group in groups] == [{BETA: 4.0, FILTERS: [4]}, {BETA: 0.5, FILTERS: [4]}]
    assert [group.mean["loss"] for group in groups] == [5.5, 2.0]
    assert [group.sd["loss"] for group in groups] == [pytest.approx(math.sqrt(0.5))] * 2


def test_runs_that_are_not_finished_do_not_count():
    waiting, one = run({SEED: 1}, None), run({SEED: 2}, 3.0)
    (group,) = sweep_groups([waiting, one])
    assert (group.n, group.mean["loss"], group.sd["loss"]) == (1, 3.0, None)
    (group,) = sweep_groups([waiting])
    assert (group.n, group.mean["loss"], group.sd["loss"]) == (0, None, None)


def test_a_number_that_one_run_lacks_has_no_mean():
    (group,) = sweep_groups([run({SEED: 1}, psnr=None), run({SEED: 2}), run({SEED: 3})])
    assert (group.mean["psnr"], group.sd["psnr"], group.mean["kl"]) == (None, None, 2.0)


@given(st.floats(0, 1e4), st.floats(0, 1e3), st.floats(0.01, 20))
def test_the_negative_elbo_is_the_loss_at_beta_1(reconstruction, kl, beta):
    numbers = {"reconstruction": reconstruction, "kl": kl, "beta": beta, "loss": reconstruction + beta * kl}
    elbo = negative_elbo(numbers, variational=True)
    assert elbo == pytest.approx(numbers["loss"] + (1 - beta) * kl, rel=1e-9, abs=1e-6)
    assert negative_elbo(numbers, variational=False) is None
    assert negative_elbo({"reconstruction": 1.0}, variational=True) is None


def record(*runs) -> SweepRecord:
    return SweepRecord("digits", {}, (), "test", runs, sweep_groups(runs), None)


def test_when_losses_do_not_compare_and_when_there_are_means():
    one, other = run({BETA: 1}, beta=1.0), run({BETA: 2}, beta=2.0)
    assert record(one, other).only_elbo_compares
    assert not record(one, run({SEED: 2}, beta=1.0)).only_elbo_compares
    assert not record(one, run({BETA: 2}, None)).only_elbo_compares
    assert not record(one, run({BETA: 2}, beta=0.0, variational=False)).only_elbo_compares
    assert not record(one, run({BETA: 2}, beta=2.0, likelihood="mse at sigma 1")).only_elbo_compares
    assert not record(one, other).has_means and record(run({SEED: 1}), run({SEED: 2})).has_means
    assert not record(run({SEED: 1}), run({SEED: 2}, None)).has_means


def test_the_seed_alone_is_left_out():
    assert without_seed({SEED: 1, BETA: 2}) == {BETA: 2}


def test_why_there_is_no_picture():
    assert why_no_picture([run({})]) is None
    assert why_no_picture([run({}, None)]) == "There is no rate-distortion picture: no run has finished."
    assert why_no_picture([run({}, variational=False)]) == (
        "There is no rate-distortion picture: these runs are autoencoders, which have no KL and so no rate."
    )
    assert why_no_picture([run({}, variational=False), run({})]) == (
        "There is no rate-distortion picture: some of these runs are autoencoders, which have no KL and so no rate."
    )
    assert why_no_picture([run({}), run({}, likelihood="mse at sigma 1 of 8x8x1 images")]) == (
        "There is no rate-distortion picture: the reconstructions are measured in different ways "
        "(bce of 8x8x1 images; mse at sigma 1 of 8x8x1 images), so they cannot stand on one axis."
    )


def test_names_are_short_where_that_is_clear():
    keys = [BETA, FILTERS, "model.decoder.filters"]
    assert short_names(keys) == {BETA: "beta", FILTERS: FILTERS, "model.decoder.filters": "model.decoder.filters"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"), (4.0, "4"), (1e-05, "1e-05"), (3, "3"), (True, "true"), (None, "none"), ("vae", "vae"),
        ([32, 64], "[32,64]"), ([-30.0, 10.0], "[-30,10]"), ({"beta": 1.0, "sigma": None}, "beta=1,sigma=none"),
    ],
)  # fmt: skip
def test_values_as_users_write_them(value, text):
    assert value_text(value) == text


def test_true_factors_of_a_study():
    assert factor_numbers({"factors": {"names": ["yaw", "hue"], "r2": [0.75, 0.25]}}) == {
        "r2_of_all_factors": 0.5,
        "r2_yaw": 0.75,
        "r2_hue": 0.25,
    }
    assert factor_numbers({}) == factor_numbers({"factors": None}) == {}


def test_a_factor_that_only_some_runs_have_has_a_mean_only_there():
    groups = sweep_groups([run({BETA: 1.0}, r2_yaw=0.5), run({BETA: 2.0})])
    assert [group.mean.get("r2_yaw") for group in groups] == [0.5, None]
    assert quantities(groups) == (*QUANTITIES, "r2_yaw") and quantities(()) == QUANTITIES
    (mixed,) = sweep_groups([run({SEED: 1}, r2_yaw=0.5), run({SEED: 2})])
    assert mixed.mean["r2_yaw"] is None
