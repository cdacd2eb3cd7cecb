"""The process ended at every write, flush and renaming of one checkpoint of a real training, on every backend.

As CrashMonkey does it: the calls that reach the disk are counted, and for each of them a copy of the folder is made as
the disk would be had the process ended there. What goes on from a folder depends on what is in it and nothing else, so
each of the different folders is gone on from once.
"""

import shutil

import pytest

from tests.training.conftest import HARD
from tests.training.disk_calls import DiskCalls, Killed
from tests.training.test_resume import Broken, assert_same_training
from zscape.training.checkpoint_files import CheckpointFolder


class KilledWriting:
    """Takes the place of `CheckpointFolder.write`: at a step it leaves a folder for every point, and ends."""

    def __init__(self, step, folders):
        self.step, self.folders, self.points, self.write = step, folders, 0, CheckpointFolder.write

    def __call__(self, folder, checkpoint, best=False):
        if checkpoint.step != self.step:
            return self.write(folder, checkpoint, best)
        self.points = len(self._ended_at(None, folder, checkpoint, best).calls)
        for point in range(self.points):
            assert len(self._ended_at(point, folder, checkpoint, best).calls) == point + 1
        raise Broken

    def _ended_at(self, point, folder, checkpoint, best):
        copy = self.folders / str(point)
        shutil.copytree(folder.last.parent, copy)
        there, calls = CheckpointFolder(copy, print), DiskCalls(point)
        there.read()
        with pytest.MonkeyPatch.context() as patch:
            calls.install(patch)
            if point is None:
                self.write(there, checkpoint, best)
            else:
                with pytest.raises(Killed):
                    self.write(there, checkpoint, best)
        return calls


def content(folder):
    return tuple(
        (name, (folder / name).read_bytes())
        for name in ("last.safetensors", "previous.safetensors", "best.safetensors")
        if (folder / name).is_file()
    )


def test_goes_on_to_the_same_bytes_wherever_it_ended(train, straight, tiny_recipe, tmp_path, monkeypatch, capsys):
    """At the last step of the third epoch, the best so far: `previous` is of a step within the epoch."""
    recipe = tiny_recipe({**HARD, "training.epochs": 4, "training.checkpoint_every": 1})
    killed = KilledWriting(12, tmp_path)
    monkeypatch.setattr(CheckpointFolder, "write", lambda *arguments: killed(*arguments))
    with pytest.raises(Broken):
        train(recipe, tmp_path / "checkpoints")
    monkeypatch.undo()
    ended = [tmp_path / str(point) for point in range(killed.points)]
    different = {content(folder): folder for folder in ended}
    assert len(ended) >= 25 and len(different) >= 3
    for folder in different.values():
        resumed = train(recipe, folder)
        assert "damaged" not in capsys.readouterr().err, "whatever was cut off"
        assert_same_training(resumed, straight)
