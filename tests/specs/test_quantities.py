"""Quantities that can be named, and those that a training reports."""

import pytest

from zscape.specs.quantities import QUANTITIES, why_not_reported
from zscape.specs.training import EarlyStoppingSpec


def test_every_quantity_can_be_watched():
    assert len(QUANTITIES) == 24 and {"validation.loss", "train.radius_rms", "validation.sigma"} <= set(QUANTITIES)
    for quantity in QUANTITIES:
        assert EarlyStoppingSpec(quantity=quantity).quantity == quantity


@pytest.mark.parametrize(
    ("variational", "learned_sigma", "left_out"),
    [
        (True, False, {"sigma"}),
        (True, True, {"kl_share"}),
        (
            *(False, False),
            {"sigma", "kl", "kl_mu", "kl_log_var", "weighted_kl", "kl_share", "beta", "log_var_min", "log_var_max"},
        ),
    ],
)
def test_what_is_not_reported(variational, learned_sigma, left_out):
    found = {name for name in QUANTITIES if why_not_reported(name, variational, learned_sigma)}
    assert found == {f"{part}.{name}" for part in ("train", "validation") for name in left_out}


def test_reasons():
    assert why_not_reported("train.kl", False, False) == "an autoencoder has no KL"
    assert why_not_reported("validation.log_var_max", False, False) == "an autoencoder has no log_var"
    assert "gaussian only" in why_not_reported("train.sigma", True, False)
    assert "may be below 0" in why_not_reported("train.kl_share", True, True)
