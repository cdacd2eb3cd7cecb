"""`task.*`: what is said about a task that cannot be done, before anything is read or trained."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.core.errors import InputError
from zscape.specs.data import DataSpec
from zscape.specs.recipe import parse_part, parse_recipe
from zscape.specs.sources import SOURCES
from zscape.specs.task import RECONSTRUCT, TaskSpec, check_task


def test_no_task_is_stated_as_reconstruct():
    assert TaskSpec() == RECONSTRUCT == TaskSpec(kind="reconstruct", noise=0, drop=0.0)
    assert not RECONSTRUCT.has_target
    assert TaskSpec(kind="recolor").has_target and TaskSpec(kind="denoise", drop=0.5).has_target


@given(st.floats(0, 1), st.floats(0, 1, exclude_max=True))
def test_any_noise_and_any_share_below_1_make_a_task_unless_both_are_0(noise, drop):
    values = {"kind": "denoise", "noise": noise, "drop": drop}
    if noise or drop:
        assert parse_part(TaskSpec, values).model_dump() == values
    else:
        with pytest.raises(InputError, match=r"kind=denoise needs noise, drop or both above 0; received neither"):
            parse_part(TaskSpec, values)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": "denoise", "drop": 1}, "drop: must be less than 1.0; received 1."),
        ({"kind": "denoise", "drop": -0.1}, "drop: must be at least 0.0; received -0.1."),
        ({"kind": "denoise", "noise": -1}, "noise: must be at least 0.0; received -1."),
        ({"kind": "denoise", "noise": 25}, "noise: black is 0 and white is 1, so it must be at most 1; received 25."),
        ({"kind": "denoise", "noise": float("nan")}, "noise: must be a finite number; received nan."),
        ({"kind": "denoise", "drop": float("nan")}, "drop: must be a finite number; received nan."),
        ({"kind": "denoise", "noise": float("inf")}, "noise: must be a finite number; received inf."),
        ({"kind": "denoise", "noise": True}, "noise: must be a number; received True."),
        ({"kind": "denoise", "noise": "much"}, "noise: must be a number; received 'much'."),
        ({"kind": "denoise"}, "kind=denoise needs noise, drop or both above 0; received neither."),
        ({"kind": "denoise", "noise": 0}, "kind=denoise needs noise, drop or both above 0; received neither."),
        (
            {"drop": 0.8},
            "drop=0.8 goes with kind=denoise; received kind=reconstruct: set to 0 what it has no use for, or take "
            "denoise.",
        ),
        ({"kind": "recolor", "noise": 0.1}, "noise=0.1 goes with kind=denoise; received kind=recolor: "),
        (
            {"kind": "recolor", "noise": 0.1, "drop": 0.2},
            "noise=0.1 and drop=0.2 go with kind=denoise; received kind=recolor: ",
        ),
        ({"kind": "sharpen"}, "kind: must be 'reconstruct', 'denoise' or 'recolor'; received 'sharpen'."),
        ({"kind": "recolor", "sigma": 1}, "sigma: there is no such key"),
    ],
)
def test_what_is_said(values, sentence):
    with pytest.raises(InputError) as refusal:
        parse_part(TaskSpec, values)
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_recolor_wants_a_source_of_colours(source):
    own = SOURCES[source].shape
    data = DataSpec(source=source, path="x" if SOURCES[source].needs_path else None)
    if own is None or own[2] == 3:
        check_task(TaskSpec(kind="recolor"), data)
    else:
        with pytest.raises(ValueError, match=rf"learns colours, but the images of source '{source}' are grey"):
            check_task(TaskSpec(kind="recolor"), data.model_copy(update={"channels": 3}))
    check_task(TaskSpec(kind="denoise", drop=0.5), data)


@pytest.mark.parametrize("channels", [1, 2, 4])
@pytest.mark.parametrize("source", ["cifar10", "folder"])
def test_recolor_wants_three_channels(source, channels):
    data = DataSpec(source=source, path="x", channels=channels)
    with pytest.raises(ValueError, match=rf"learns colours and needs data\.channels: 3; received {channels}$"):
        check_task(TaskSpec(kind="recolor"), data)
    check_task(TaskSpec(kind="recolor"), DataSpec(source=source, path="x", channels=3))


# in a recipe


def test_a_recipe_says_no_before_anything_is_read():
    with pytest.raises(InputError, match=r"^task\.kind: recolor learns colours, but the images of source 'mnist' are"):
        parse_recipe({"data": {"source": "mnist"}, "task": {"kind": "recolor"}})
    with pytest.raises(InputError, match=r"^task: drop=0\.8 goes with kind=denoise; received kind=reconstruct: set"):
        parse_recipe({"task": {"drop": 0.8}})
    folder = parse_recipe({"data": {"source": "folder", "path": "x"}, "task": {"kind": "recolor"}})
    assert folder.for_images((8, 8, 3)).task.kind == "recolor"
    with pytest.raises(InputError, match=r"^task\.kind: recolor .* needs data\.channels: 3; received 1\.$"):
        folder.for_images((8, 8, 1))


def test_a_recipe_written_before_there_were_tasks_is_one_without():
    values = parse_recipe({}).model_dump(mode="json")
    assert values.pop("task") == {"kind": "reconstruct", "noise": 0.0, "drop": 0.0}
    assert parse_recipe(values) == parse_recipe({})
