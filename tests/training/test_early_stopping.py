"""Which epoch is the best, and when to stop."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.formulas.terms import loss_terms
from zscape.specs.training import EarlyStoppingSpec
from zscape.training.early_stopping import BestEpoch


def watched(losses, **spec):
    best, taken = BestEpoch(EarlyStoppingSpec(**spec), 1.0), []
    for epoch, loss in enumerate(losses, start=1):
        taken.append(
            best.take({"epoch": epoch, "train": {"kl": 1.0, "beta": 1.0}, "validation": {"loss": loss, "beta": 1.0}})
        )
        if best.exhausted:
            break
    return best, taken


def test_best_is_the_least():
    best, taken = watched([3.0, 2.0, 2.5, 1.0, 1.0])
    assert best.epoch == 4 and taken == [True, True, False, True, False]
    assert not best.exhausted, "without patience it never stops"


def test_patience_counts_epochs_since_the_best():
    best, taken = watched([3.0, 2.0, 2.5, 1.9, 2.0, 2.0, 2.0, 0.0], patience=3)
    assert best.epoch == 4 and len(taken) == 7


def test_small_improvements_do_not_count():
    best, _ = watched([3.0, 2.95, 2.91, 2.8, 2.75], min_delta=0.1, patience=4)
    assert best.epoch == 4
    assert watched([1e9], min_delta=1e10)[0].epoch == 1, "the first epoch is always an improvement on nothing"


def test_other_quantities():
    assert watched([1.0, 2.0], quantity="train.kl")[0].epoch == 1


def test_without_validation_images_the_training_images_have_to_do():
    best = BestEpoch(EarlyStoppingSpec(patience=1), 1.0)
    for epoch, loss in enumerate([3.0, 1.0, 2.0], start=1):
        best.take({"epoch": epoch, "train": {"loss": loss, "beta": 1.0}, "validation": None})
    assert best.epoch == 2 and best.exhausted


def test_epochs_of_a_warm_up_are_judged_at_the_full_weight():
    # At their own weights 10.0, 12.5, 13.0; at the full weight of 1.0: 30.0, 15.0, 13.0.
    best = BestEpoch(EarlyStoppingSpec(patience=1), 1.0)
    for epoch, (reconstruction, kl, beta) in enumerate([(10.0, 20.0, 0.0), (10.0, 5.0, 0.5), (10.0, 3.0, 1.0)], 1):
        terms = asdict(loss_terms(reconstruction, kl / 2, kl / 2, beta))
        assert best.take({"epoch": epoch, "train": terms, "validation": terms})
    assert best.epoch == 3


def test_greater_is_better_where_the_recipe_says_so():
    best, taken = watched([1.0, 3.0, 3.05, 2.0, 9.0], mode="max", min_delta=0.1, patience=2)
    assert best.epoch == 2 and taken == [True, True, False, False], "stopped before the 9"


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12), st.integers(1, 4), st.floats(0, 10))
def test_max_is_min_of_the_negative(values, patience, min_delta):
    spec = {"patience": patience, "min_delta": min_delta}
    least, taken = watched(values, **spec)
    greatest, taken_too = watched([-value for value in values], mode="max", **spec)
    assert (least.epoch, taken) == (greatest.epoch, taken_too)
    seen = values[: len(taken)]
    if min_delta == 0:
        assert least.epoch == seen.index(min(seen)) + 1
    assert least.exhausted == (len(taken) - least.epoch >= patience)


@pytest.mark.parametrize("beta", [0.25, 1.0])
def test_what_is_no_term_of_the_loss_is_taken_as_it_is(beta):
    """During a warm-up too, where terms of the loss are judged at the full weight."""
    terms = {**asdict(loss_terms(9.0, 1.0, 1.0, beta)), "radius_rms": 2.0, "log_var_max": -1.0}
    for quantity, value in (("train.radius_rms", 2.0), ("train.log_var_max", -1.0)):
        best = BestEpoch(EarlyStoppingSpec(quantity=quantity, patience=1), 1.0)
        for epoch, shift in enumerate([0.0, -0.5, 0.25], start=1):
            name = quantity.removeprefix("train.")
            best.take({"epoch": epoch, "train": {**terms, name: value + shift}, "validation": None})
        assert best.epoch == 2 and best.exhausted
