"""`training.*`."""

from dataclasses import fields

import pytest

from zscape.core.errors import InputError
from zscape.formulas.terms import LossTerms
from zscape.specs.compose import compose_recipe
from zscape.specs.training import EarlyStoppingSpec, TrainingSpec


@pytest.mark.parametrize("quantity", ["validation.lose", "val_loss", "validation", "validation.loss.x", "''"])
def test_unknown_quantity_names_the_known(quantity):
    sentence = r"^training\.early_stopping\.quantity: .*nknown quantity '.*Known: train\.beta, .*validation\.loss"
    with pytest.raises(InputError, match=sentence):
        compose_recipe("digits", [f"training.early_stopping.quantity={quantity}"])


@pytest.mark.parametrize("name", [field.name for field in fields(LossTerms)])
def test_every_term_of_the_loss_can_be_watched(name):
    for part in ("train", "validation"):
        assert EarlyStoppingSpec(quantity=f"{part}.{name}").quantity == f"{part}.{name}"


@pytest.mark.parametrize("setting", ["epochs=0", "batch_size=0", "seed=-1", "seed=2147483648", "threads=0"])
def test_numbers_out_of_range(setting):
    key = setting.partition("=")[0]
    with pytest.raises(InputError, match=rf"^training\.{key}: must be (at least|less than) \d+; received"):
        compose_recipe("digits", [f"training.{setting}"])


def test_deterministic_by_default():
    assert TrainingSpec().deterministic and TrainingSpec().backend == "auto"
