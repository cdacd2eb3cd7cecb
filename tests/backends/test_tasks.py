"""Every task on the backend that runs: trained, evaluated against the clean images, the same in training and after."""

import math
from typing import get_args

import pytest

from tests.backends.conftest import recipe_of
from zscape.data.batches import Batches
from zscape.inference.encode import encode_split
from zscape.inference.evaluate import evaluate_split
from zscape.pathways.build import build_model
from zscape.specs.task import TaskSpec
from zscape.training.fit import fit

TASKS = {
    "reconstruct": TaskSpec(),
    "denoise": TaskSpec(kind="denoise", noise=0.1, drop=0.5),
    "recolor": TaskSpec(kind="recolor"),
}
SHAPE = (8, 8, 3)


def test_every_kind_has_its_row():
    assert set(TASKS) == set(get_args(TaskSpec.model_fields["kind"].annotation))
    assert all(task.kind == name for name, task in TASKS.items())


@pytest.mark.parametrize("name", TASKS)
def test_task(name, store_of, tmp_path):
    task, store = TASKS[name], store_of(SHAPE)
    recipe = recipe_of(SHAPE, {"filters": [3], "strides": 2})
    model, spec = build_model(recipe), recipe.training
    train, validation = (
        Batches(store.split(part), spec.batch_size, spec.seed, shuffle=part == "train")
        for part in ("train", "validation")
    )
    (record,) = fit(model, train, validation, spec, tmp_path, task=task).history
    assert record["step"] == 3
    for terms in (record["train"], record["validation"]):
        assert math.isfinite(terms["loss"]) and terms["reconstruction"] > 0
        assert terms["loss"] == pytest.approx(terms["reconstruction"] + terms["weighted_kl"], rel=1e-12)
    split = store.split("validation")
    found = evaluate_split(model, split, encode_split(model, split, task, spec.seed), spec.seed, task)
    assert found.terms.loss == pytest.approx(record["validation"]["loss"], rel=1e-5)
    assert (found.psnr_input is None) == (name == "reconstruct")
    if task.has_target:
        other = evaluate_split(model, split, encode_split(model, split), spec.seed)
        assert other.terms.loss != pytest.approx(found.terms.loss, rel=1e-7)
