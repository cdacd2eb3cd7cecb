"""What verbs say about the images they were given."""

from dataclasses import replace

import pytest

from zscape.workflow.notes import PreparationNotes, changes_sentences, note_to_stderr, skipped_sentences, stop_sentences


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "1 file left out: 0.png (why 0)"),
        (3, "3 files left out: 0.png (why 0), 1.png (why 1), 2.png (why 2)"),
        (1204, "1,204 files left out: 0.png (why 0), 1.png (why 1), 2.png (why 2), and 1,201 more"),
    ],
)
def test_a_few_files_are_named_and_all_are_counted(count, sentence):
    assert skipped_sentences([(f"{i}.png", f"why {i}") for i in range(count)]) == [sentence]
    assert skipped_sentences([]) == []


def test_what_was_done_to_images(tiny_store):
    changed = replace(tiny_store, manifest={**tiny_store.manifest, "changes": ["cut", "resized to 8x8"]})
    assert changes_sentences(changed, "own") == [
        "The images of own are made to fit the network's 8x8x1: cut, resized to 8x8"
    ]
    assert changes_sentences(tiny_store, "own") == []
    old = {name: value for name, value in tiny_store.manifest.items() if name != "changes"}
    assert changes_sentences(replace(tiny_store, manifest=old), "own") == []


def test_notes_leave_stdout_alone(capsys):
    note_to_stderr("A note.")
    assert capsys.readouterr() == ("", "A note.\n")


@pytest.mark.parametrize(
    ("numbers", "sentences"),
    [
        ((41, 8, 164), ["Stopped after epoch 41 of 164: 33 epochs without gain; epoch 8 is kept"]),
        ((3, 2, 9), ["Stopped after epoch 3 of 9: 1 epoch without gain; epoch 2 is kept"]),
        ((9, 7, 9), ["All 9 epochs done; epoch 7 was the best and is kept"]),
        ((9, 9, 9), []),
    ],
)
def test_how_a_training_ended(numbers, sentences):
    assert stop_sentences(*numbers) == sentences


def test_a_long_preparation_is_told_of_now_and_then(monkeypatch):
    now = iter([0.0, 5.0, 12.0, 13.0, 30.0])
    monkeypatch.setattr("zscape.workflow.notes.time.monotonic", lambda: next(now))
    said = []
    tell = PreparationNotes(said.append)
    for done in (10, 1200, 1300, 2000):
        tell(done, 2000 if done < 2000 else 4000, 123.4)
    tell(4000, 4000, 123.4)  # done: what comes next says so
    assert said == [
        "Preparing images: 1,200 of 2,000 done, 123 images/s",
        "Preparing images: 2,000 of 4,000 done, 123 images/s",
    ]
