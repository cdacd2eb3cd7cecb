"""Event files, read back by TensorBoard's own reader."""

import io
import struct
import sys
import types

import numpy as np
import pytest
from PIL import Image

from zscape.core.errors import InputError
from zscape.figures.canvas import png
from zscape.runs.event_files import EventFiles, pictures_of, tensorboard_modules


@pytest.fixture(autouse=True)
def without_tensorflow(monkeypatch):
    """TensorBoard reads with TensorFlow where it finds it; its own stand-in starts faster."""
    monkeypatch.setitem(sys.modules, "tensorboard.compat.notf", types.ModuleType("tensorboard.compat.notf"))


def read(folder):
    """Return what TensorBoard shows of a folder: {tag: [(step, value)]}, and the steps and bytes of pictures."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    accumulator = EventAccumulator(str(folder), size_guidance={"scalars": 0, "images": 0})
    accumulator.Reload()
    tags = accumulator.Tags()
    scalars = {tag: [(event.step, event.value) for event in accumulator.Scalars(tag)] for tag in tags["scalars"]}
    pictures = {tag: [(e.step, e.encoded_image_string) for e in accumulator.Images(tag)] for tag in tags["images"]}
    return scalars, pictures, accumulator


def record(epoch, loss, validation=True):
    terms = {"loss": loss, "kl": 0.5, "kl_share": None}
    return {
        **{"epoch": epoch, "step": 4 * epoch, "seconds": 10.0, "learning_rate": 0.25, "train": terms},
        "validation": {**terms, "loss": loss + 1} if validation else None,
    }


HISTORY = [record(epoch, 8.0 - epoch) for epoch in (1, 2, 3, 4)]


@pytest.fixture
def pictures(tmp_path):
    """Pictures of epochs 1, 2 and 4, as training leaves them."""
    folder = tmp_path / "training"
    folder.mkdir()
    for epoch in (1, 2, 4):
        image = Image.fromarray(np.full((3 + epoch, 5, 3) if epoch > 1 else (4, 5), 50 * epoch, np.uint8))
        (folder / f"epoch-{epoch:04d}.png").write_bytes(png(image))
    return pictures_of(folder)


def test_scalars_and_pictures(tmp_path, pictures):
    files = EventFiles(tmp_path / "tb", pictures)
    assert files.last_epoch() == 0
    for epochs in (1, 2, 3, 4):
        files.follow(HISTORY[:epochs])
        assert files.last_epoch() == epochs
    scalars, shown, _ = read(tmp_path / "tb" / "train")
    assert scalars == {
        "loss": [(1, 7.0), (2, 6.0), (3, 5.0), (4, 4.0)],
        "kl": [(epoch, 0.5) for epoch in (1, 2, 3, 4)],
        "step": [(epoch, 4.0 * epoch) for epoch in (1, 2, 3, 4)],
        "seconds": [(epoch, 10.0) for epoch in (1, 2, 3, 4)],
        "learning_rate": [(epoch, 0.25) for epoch in (1, 2, 3, 4)],
    }
    assert [step for step, _ in shown["pictures"]] == [1, 2, 4]
    for step, data in shown["pictures"]:
        assert data == pictures(step)
        assert Image.open(io.BytesIO(data)).size == (5, 3 + step)
    scalars, shown, _ = read(tmp_path / "tb" / "validation")
    assert set(scalars) == {"loss", "kl"} and scalars["loss"] == [(1, 8.0), (2, 7.0), (3, 6.0), (4, 5.0)]
    assert shown == {}


def test_a_training_that_goes_on_leaves_no_step_twice_and_none_out(tmp_path, pictures):
    """The first process had written three epochs and half an event; the second begins again after the second."""
    EventFiles(tmp_path, pictures).follow(HISTORY[:3])
    (first,) = (tmp_path / "train").glob("*tfevents*")
    with first.open("ab") as file:
        file.write(struct.pack("<QI", 70, 0) + b"half")
    (tmp_path / "train" / "events.out.tfevents.1.mine").write_bytes(b"")
    assert EventFiles(tmp_path, pictures).last_epoch() == 3, "the half does not count"
    second = EventFiles(tmp_path, pictures)
    second.follow(HISTORY[:3])
    second.follow(HISTORY)
    scalars, shown, accumulator = read(tmp_path / "train")
    assert scalars["loss"] == [(1, 7.0), (2, 6.0), (3, 5.0), (4, 4.0)]
    assert [step for step, _ in shown["pictures"]] == [1, 2, 4]
    times = [event.wall_time for event in accumulator.Scalars("loss")]
    assert times[1] - times[0] == pytest.approx(10, abs=0.1), "epochs from before stand as far apart as they took"
    EventFiles(tmp_path, pictures).follow(HISTORY)
    assert len(list((tmp_path / "train").glob("*.zscape"))) == 2 and not first.exists(), "the last two processes'"
    assert read(tmp_path / "train")[0] == scalars
    assert (tmp_path / "train" / "events.out.tfevents.1.mine").exists()


def test_a_tensorboard_that_looks_on_forgets_what_is_written_anew(tmp_path, pictures):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    EventFiles(tmp_path, pictures).follow(HISTORY[:3])
    accumulator = EventAccumulator(str(tmp_path / "train"))
    accumulator.Reload()
    assert len(accumulator.Scalars("loss")) == 3
    second = EventFiles(tmp_path, pictures)
    second.follow(HISTORY[:3])
    second.follow(HISTORY)
    accumulator.Reload()
    assert [event.step for event in accumulator.Scalars("loss")] == [1, 2, 3, 4]


def test_back_before_what_was_written(tmp_path, pictures):
    files = EventFiles(tmp_path, pictures)
    files.follow(HISTORY)
    files.follow(HISTORY[:2])
    assert [step for step, _ in read(tmp_path / "train")[0]["loss"]] == [1, 2]


def test_without_validation_images(tmp_path, pictures):
    EventFiles(tmp_path, pictures).follow([record(1, 3.0, validation=False)])
    assert [path.name for path in tmp_path.iterdir() if path.name != "training"] == ["train"]


def test_without_tensorboard_a_sentence_names_the_command(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto", None)
    sentence = r'^--tensorboard needs TensorBoard, .* here \(.*\): pip install "zscape\[tensorboard\]"\.$'
    for make in (tensorboard_modules, lambda: EventFiles(tmp_path, lambda epoch: None)):
        with pytest.raises(InputError, match=sentence):
            make()
