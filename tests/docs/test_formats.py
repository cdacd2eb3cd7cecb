"""docs/formats.md states the numbers that the code has."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
HOMES = {
    "checkpoint": "training/checkpoint_files.py",
    "encoder and decoder of a run": "inference/storage.py",
    "weights of networks of your own (`zscape.save`)": "inference/own_networks.py",
    "store of prepared images": "data/store.py",
    "sweep": "workflow/sweep_files.py",
    "ONNX files": "inference/onnx_notes.py",
}


@pytest.mark.parametrize("what", HOMES)
def test_number(what):
    (stated,) = re.findall(rf"^\| {re.escape(what)} \| (\d+) \|", PAGE, re.MULTILINE)
    text = (ROOT / "src" / "zscape" / HOMES[what]).read_text(encoding="utf-8")
    assert re.findall(r"^_?FORMAT = (\d+)$", text, re.MULTILINE) == [stated]


def test_every_format_is_stated():
    files = [
        path for path in (ROOT / "src" / "zscape").rglob("*.py") if re.search(r"^_?FORMAT = \d", path.read_text(), re.M)
    ]
    # Classifiers that `zscape quality` keeps in the cache are made anew by themselves.
    numbered = {path.relative_to(ROOT / "src" / "zscape").as_posix() for path in files} - {"inference/embedding.py"}
    assert numbered == set(HOMES.values())


def test_metadata_is_stated():
    text = (ROOT / "src" / "zscape" / "inference" / "onnx_notes.py").read_text(encoding="utf-8")
    keys = re.findall(r'^        "(\w+)": ', text, re.MULTILINE)
    assert len(keys) == 11 and [key for key in keys if f"`{key}`" not in PAGE] == []
