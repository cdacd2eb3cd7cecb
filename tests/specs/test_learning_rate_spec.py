"""`training.schedule.*`, and what it asks of the rest of a recipe."""

import pytest

from zscape.core.errors import InputError
from zscape.specs.compose import compose_recipe
from zscape.specs.learning_rate import RateScheduleSpec
from zscape.specs.recipe import parse_recipe


def compose(*settings):
    return compose_recipe("digits", [f"training.{setting}" for setting in settings])


def test_a_recipe_says_what_a_kind_leaves_to_be_understood():
    schedule = compose("schedule.kind=plateau", "schedule.patience=3").training.schedule
    assert (schedule.factor, schedule.patience, schedule.quantity, schedule.mode) == (0.1, 3, "validation.loss", "min")
    assert schedule.final_fraction is None and schedule.step_size is None
    assert compose("schedule.kind=cosine").training.schedule.final_fraction == 0.0


@pytest.mark.parametrize("kind", ["constant", "step", "cosine", "plateau"])
def test_what_is_written_is_read_again(kind):
    settings = ["schedule.step_size=3"] if kind == "step" else []
    recipe = compose(f"schedule.kind={kind}", "schedule.warm_up.steps=7", *settings)
    assert parse_recipe(recipe.model_dump(mode="json")) == recipe
    assert recipe.training.schedule.varies


def test_a_constant_rate_does_not_vary():
    assert not compose().training.schedule.varies and compose().training.accumulate == 1


def test_lengths_of_a_warm_up():
    assert compose("schedule.warm_up.epochs=3").training.schedule.warm_up.length(7) == 21
    assert compose("schedule.warm_up.steps=3").training.schedule.warm_up.length(7) == 3
    assert RateScheduleSpec().warm_up.length(7) == 0


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            ["schedule.kind=step"],
            "training.schedule: kind: step needs step_size (epochs from one to the next) or milestones (a list of "
            "epochs), one of them; received none.",
        ),
        (
            ["schedule.kind=step", "schedule.step_size=3", "schedule.milestones=[4]"],
            "training.schedule: kind: step needs step_size (epochs from one to the next) or milestones (a list of "
            "epochs), one of them; received step_size and milestones.",
        ),
        (
            ["schedule.kind=cosine", "schedule.factor=0.5", "schedule.patience=2"],
            "training.schedule: factor goes with kind: step or plateau, patience goes with kind: plateau; received "
            "kind: cosine.",
        ),
        (
            ["schedule.step_size=5"],
            "training.schedule: step_size goes with kind: step; received kind: constant.",
        ),
        (
            ["schedule.kind=step", "schedule.milestones=[20, 10]"],
            "training.schedule.milestones: must be in ascending order, each epoch once; received [20, 10].",
        ),
        (
            ["schedule.kind=step", "schedule.step_size=1", "schedule.factor=1"],
            "training.schedule.factor: must be less than 1.0; received 1.",
        ),
        (
            ["schedule.warm_up.epochs=2", "schedule.warm_up.steps=30"],
            "training.schedule.warm_up: its length is stated once, in epochs or in steps; received epochs 2 and steps "
            "30.",
        ),
        (
            ["schedule.warm_up.initial_fraction=0.1"],
            "training.schedule.warm_up: initial_fraction needs a warm-up: state its length, as epochs or as steps.",
        ),
        (
            ["schedule.warm_up.epochs=30", "epochs=20"],
            "training: schedule.warm_up.epochs is 30, but epochs is 20: the warm-up would not end.",
        ),
        (
            ["schedule.kind=cosine", "schedule.warm_up.epochs=20", "epochs=20"],
            "training: schedule.warm_up.epochs and epochs are both 20: no epoch is left for schedule.kind: cosine.",
        ),
        (["accumulate=0"], "training.accumulate: must be at least 1; received 0."),
    ],
)
def test_wrong_settings(settings, sentence):
    with pytest.raises(InputError) as error:
        compose(*settings)
    assert str(error.value) == sentence


def test_unknown_quantity_names_the_known():
    sentence = r"^training\.schedule\.quantity: Unknown quantity 'val_loss'\. Did you mean 'validation\.loss'\? Known: "
    with pytest.raises(InputError, match=sentence):
        compose("schedule.kind=plateau", "schedule.quantity=val_loss")


def test_problems_with_other_parts_are_reported_together():
    """A guard that the pathway's own training step cannot have, and a quantity that nothing reports."""
    with pytest.raises(InputError) as error:
        compose_recipe(
            "digits",
            [
                *("objective.kl_pathway=tape", "training.guard=skip"),
                *("training.schedule.kind=plateau", "training.schedule.quantity=train.sigma"),
            ],
        )
    assert str(error.value) == (
        "training.guard: skip needs Keras' own training step, which kl_pathway tape does not use: take "
        "objective.kl_pathway: model, or training.guard: stop, which looks at the end of every epoch there. "
        "training.schedule.quantity: this training does not report train.sigma: a sigma is learned with "
        "objective.reconstruction: gaussian only."
    )
    recipe = compose_recipe("digits", ["objective.kl_pathway=tape", "training.accumulate=2"])
    assert recipe.training.guard == "stop"
