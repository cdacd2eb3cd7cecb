"""The files of checkpoints: whole or not at all, wherever the process ends; damage is noticed. No Keras here."""

import errno
import itertools
import json
import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from tests.training.disk_calls import DiskCalls, Killed
from zscape.core.errors import InputError
from zscape.training.checkpoint_files import Checkpoint, CheckpointFolder, read_checkpoint, write_checkpoint


def a_checkpoint(step, epoch=1):
    rng = np.random.default_rng(step)
    arrays = {"encoder/kernel": rng.random((3, 2), np.float32), "sampling/noise": np.array([step, 7], np.uint32)}
    arrays["optimizer/iteration"] = np.array(step, np.int64)
    metrics = {"kl_mu/total": rng.random((), np.float32)}
    history = [{"epoch": 1, "step": 4, "train": {"loss": 0.1 + 0.2}}]
    return Checkpoint(arrays, epoch, history, step, step % 4, metrics, 1.25, 3, 2, "jax")


def assert_same(one, other):
    for name in ("epoch", "history", "step", "steps_into_epoch", "seconds", "skipped_steps", "back_offs", "backend"):
        assert getattr(one, name) == getattr(other, name), name
    for mine, theirs in ((one.arrays, other.arrays), (one.metrics, other.metrics)):
        assert sorted(mine) == sorted(theirs)
        assert all(mine[name].tobytes() == theirs[name].tobytes() for name in mine)
        assert all(mine[name].dtype == theirs[name].dtype and mine[name].shape == theirs[name].shape for name in mine)


@pytest.fixture
def said():
    return []


@pytest.fixture
def folder(tmp_path, said):
    return CheckpointFolder(tmp_path / "checkpoints", said.append)


def test_round_trip(tmp_path):
    write_checkpoint(tmp_path / "last.safetensors", a_checkpoint(5))
    assert_same(read_checkpoint(tmp_path / "last.safetensors"), a_checkpoint(5))


def test_memory_in_another_order(tmp_path):
    """safetensors writes an array's memory as it lies, and would read a transposed one back in another order."""
    arrays = {"kernel": np.arange(6, dtype=np.float32).reshape(2, 3).T, "scalar": np.float32(2)}
    write_checkpoint(tmp_path / "last.safetensors", Checkpoint(arrays, 0, []))
    found = read_checkpoint(tmp_path / "last.safetensors").arrays
    assert found["kernel"].tolist() == [[0, 3], [1, 4], [2, 5]] and found["scalar"].shape == ()


def test_written_without_a_copy_of_all(tmp_path):
    """Weights and slots are there once already; what a checkpoint takes besides must not grow with them."""
    arrays = {f"kernel{number}": np.zeros((1024, 1024), np.float32) for number in range(8)}
    tracemalloc.start()
    try:
        write_checkpoint(tmp_path / "last.safetensors", Checkpoint(arrays, 0, []))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1e6 < sum(array.nbytes for array in arrays.values())


def test_nothing_there(folder, said):
    assert folder.read() is None and said == []


def test_the_two_newest_and_the_best_are_kept(folder):
    for step in (1, 2, 3, 4, 5):
        folder.write(a_checkpoint(step), best=step == 2)
    found = {path.name: read_checkpoint(path).step for path in folder.last.parent.iterdir()}
    assert found == {"last.safetensors": 5, "previous.safetensors": 4, "best.safetensors": 2}


def test_a_full_disk_leaves_all_as_they_were(folder, monkeypatch):
    for step in (4, 5):
        folder.write(a_checkpoint(step), best=True)
    before = {path.name: path.read_bytes() for path in folder.last.parent.iterdir()}
    replace = os.replace

    def full(source, target):
        if Path(target) == folder.last:
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        folder.write(a_checkpoint(6), best=True)
    assert {path.name: path.read_bytes() for path in folder.last.parent.iterdir()} == before


def test_every_changed_byte_is_noticed(tmp_path):
    path = tmp_path / "last.safetensors"
    write_checkpoint(path, a_checkpoint(5))
    whole = path.read_bytes()
    for position in range(0, len(whole), 7):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        try:
            changed = read_checkpoint(path)
        except InputError:
            continue
        assert_same(changed, a_checkpoint(5))  # white space in the header


@pytest.mark.parametrize("damage", [b"", b"\0" * 40, None])
def test_damaged_newest_falls_back_and_says_so(folder, said, damage):
    folder.write(a_checkpoint(4))
    folder.write(a_checkpoint(5))
    folder.last.write_bytes(folder.last.read_bytes()[:-9] if damage is None else damage)
    assert_same(folder.read(), a_checkpoint(4))
    (sentence,) = said
    assert "last.safetensors is not a checkpoint of zscape, or is damaged (" in sentence
    assert sentence.endswith("Training goes on from previous.safetensors (epoch 1, step 4) instead.")
    folder.write(a_checkpoint(6))
    assert read_checkpoint(folder.previous).step == 4, "the damaged one has not pushed out the good one"
    assert read_checkpoint(folder.last).step == 6


def test_only_the_best_is_left(folder, said):
    folder.write(a_checkpoint(4), best=True)
    folder.write(a_checkpoint(5))
    folder.write(a_checkpoint(6))
    for path in (folder.last, folder.previous):
        path.write_bytes(b"x")
    assert folder.read().step == 4
    assert said[0].endswith("Training goes on from best.safetensors (epoch 1, step 4) instead.")


def test_the_newest_is_gone(folder, said):
    folder.write(a_checkpoint(4))
    folder.write(a_checkpoint(5))
    folder.last.unlink()
    assert folder.read().step == 4
    assert said[0].startswith("There is no checkpoint ")
    assert said[0].endswith("Training goes on from previous.safetensors (epoch 1, step 4) instead.")


@pytest.mark.parametrize("damaged", [False, True])
def test_the_best_is_what_was_read_and_never_a_damaged_one(folder, damaged):
    def spoil(path):
        path.unlink()  # first, for it may be one file with another
        if damaged:
            path.write_bytes(b"x")

    folder.write(a_checkpoint(3), best=True)
    folder.write(a_checkpoint(4))
    folder.write(a_checkpoint(5))
    spoil(folder.last)
    folder.read()
    folder.mark_best()
    assert read_checkpoint(folder.best).step == 4
    spoil(folder.previous)
    folder.read()
    folder.mark_best()
    assert read_checkpoint(folder.best).step == 4


def test_none_can_be_read(folder):
    folder.write(a_checkpoint(4), best=True)
    folder.last.unlink()
    folder.best.write_bytes(b"x")
    with pytest.raises(InputError, match=r"last\.safetensors\. No older one can be read either"):
        folder.read()


def test_checksum_is_of_note_and_arrays(tmp_path):
    path = tmp_path / "last.safetensors"
    write_checkpoint(path, a_checkpoint(5))
    with safe_open(path, framework="numpy") as file:
        note = json.loads(file.metadata()["zscape"])
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    for changed_note, changed_arrays in (
        ({**note, "step": 6}, arrays),
        (note, {**arrays, "sampling/noise": arrays["sampling/noise"] + 1}),
        (note, {**arrays, "more": np.zeros(2)}),
        (note, {name: array for name, array in arrays.items() if name != "encoder/kernel"}),
        (note, {**arrays, "encoder/kernel": arrays["encoder/kernel"].T.copy()}),
    ):
        save_file(changed_arrays, path, metadata={"zscape": json.dumps(changed_note)})
        with pytest.raises(InputError, match="its checksum does not agree with its content"):
            read_checkpoint(path)


def writes(folder_path, calls, patch):
    """The step that is cut off: a run at step 5 writes the checkpoint of step 6, the best so far."""
    folder = CheckpointFolder(folder_path, lambda sentence: None)
    folder.read()
    calls.install(patch)
    folder.write(a_checkpoint(6), best=True)


def prepared(path):
    folder = CheckpointFolder(path, lambda sentence: None)
    for step in (4, 5):
        folder.write(a_checkpoint(step), best=step == 4)
    return folder


def calls_of_one_checkpoint(path):
    prepared(path)
    calls = DiskCalls()
    with pytest.MonkeyPatch.context() as patch:
        writes(path, calls, patch)
    return calls.calls


def test_order_of_what_reaches_the_disk(tmp_path):
    """A file is flushed before it gets its name, and the folder after that: last, previous, best."""
    calls = [call for call in calls_of_one_checkpoint(tmp_path) if not call.startswith("after")]
    written = [call.removeprefix("before ") for call in calls[calls.index("before write") :]]
    shown = [name for name, _ in itertools.groupby(written) if name in ("write", "fsync", "replace")]
    assert shown == ["write", "fsync", "replace", "fsync", "replace", "replace", "fsync"]


def test_ended_at_every_point_of_one_checkpoint(tmp_path, said):
    points = len(calls_of_one_checkpoint(tmp_path / "count"))
    assert points >= 25
    found = set()
    for point in range(points):
        path = tmp_path / str(point)
        prepared(path)
        with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
            writes(path, DiskCalls(point), patch)
        folder = CheckpointFolder(path, said.append)
        checkpoint = folder.read()
        assert said == [], "nothing is damaged, whatever was cut off"
        assert_same(checkpoint, a_checkpoint(checkpoint.step))
        found.add((checkpoint.step, read_checkpoint(folder.best).step))
        folder.write(a_checkpoint(6), best=True)  # what the process would have done, done again
        folder.write(a_checkpoint(7))
        steps = {name: read_checkpoint(path / f"{name}.safetensors").step for name in ("last", "previous", "best")}
        assert steps == {"last": 7, "previous": 6, "best": 6}
    assert found == {(5, 4), (6, 4), (6, 6)}


GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.mark.parametrize("number", [1, 2])
def test_formats_of_all_versions(number):
    checkpoint = read_checkpoint(GOLDEN / f"checkpoint-{number}.safetensors")
    assert (checkpoint.epoch, checkpoint.step, checkpoint.steps_into_epoch) == [(2, 4, 0), (1, 3, 1)][number - 1]
    assert len(checkpoint.arrays) == 43 and len(checkpoint.history) == checkpoint.epoch
    assert int(checkpoint.arrays["optimizer/000_iteration"]) == checkpoint.step
    assert len(checkpoint.metrics) == (0 if number == 1 else 14)
