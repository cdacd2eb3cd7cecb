"""`zscape train` and the device: what it says before anything is trained."""

import pytest

from zscape.core import device_limits
from zscape.core.backend_devices import Device
from zscape.core.cards import Cards
from zscape.core.errors import InputError
from zscape.workflow.train import train


@pytest.fixture
def without_card(monkeypatch):
    monkeypatch.setattr(device_limits, "list_devices", lambda backend: (Device("cpu"),))
    monkeypatch.setattr(device_limits, "read_cards", Cards)


def test_a_limit_without_a_card_is_noted(without_card, tmp_path, session_cache):
    (tmp_path / "file").write_text("x")  # so that nothing is trained
    notes = []
    settings = ["training.memory_limit=1GiB", "training.device=cpu"]
    with pytest.raises(InputError, match="--out needs a directory"):
        train("digits", settings, out=tmp_path / "file", note=notes.append)
    assert any(
        note.startswith("Note: training.memory_limit has no effect: it is about a graphics card's memory, and ")
        for note in notes
    )


def test_a_card_that_is_not_there_is_refused_before_anything_is_made(without_card, tmp_path, session_cache):
    with pytest.raises(
        InputError, match=r"^training\.device is gpu, but \w+ sees no such graphics card; there is only"
    ):
        train("digits", ["training.device=gpu"], out=tmp_path / "run", note=lambda sentence: None)
    assert not (tmp_path / "run").exists()
