"""`training.checkpoint_every`: what can be said, and when one is due."""

import time

import pytest

from zscape.core.errors import InputError
from zscape.specs.recipe import parse_recipe
from zscape.specs.training import CheckpointInterval, TrainingSpec
from zscape.training.intervals import Clock


@pytest.mark.parametrize(
    ("said", "kept", "interval"),
    [
        (None, None, None),
        (7, 7, CheckpointInterval(steps=7)),
        ("200 steps", 200, CheckpointInterval(steps=200)),
        ("1 step", 1, CheckpointInterval(steps=1)),
        ("5min", "5min", CheckpointInterval(seconds=300)),
        ("30s", "30s", CheckpointInterval(seconds=30)),
        ("1.5 h", "1.5 h", CheckpointInterval(seconds=5400)),
    ],
)
def test_what_can_be_said(said, kept, interval):
    spec = TrainingSpec(checkpoint_every=said)
    assert spec.checkpoint_every == kept and spec.checkpoint_interval == interval
    assert TrainingSpec(**spec.model_dump(mode="json")) == spec


@pytest.mark.parametrize("said", [0, -3, True, 2.5, "5", "0s", "often", "1.5 steps", "5 minutes later", []])
def test_anything_else_is_refused(said):
    with pytest.raises(InputError, match=r"^training\.checkpoint_every: must be a number of steps \(200\) or a time"):
        parse_recipe({"training": {"checkpoint_every": said}})


def test_due_by_steps():
    clock = Clock(CheckpointInterval(steps=3))
    assert [step for step in range(1, 10) if clock.is_due(step)] == [3, 6, 9]


def test_due_by_time(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    clock = Clock(CheckpointInterval(seconds=30))
    seen = []
    for step in range(1, 8):
        now[0] += 11
        if clock.is_due(step):
            seen.append(step)
            clock.saved()
    assert seen == [3, 6]


def test_never():
    assert not any(Clock(None).is_due(step) for step in range(1, 5))
