"""Faces on the disk, in CelebA's layout."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.data.faces import folder as folder_module
from zscape.data.faces.face import ATTRIBUTES, FACTORS
from zscape.data.faces.folder import write_faces
from zscape.data.faces.pack import FacesPack, parts_of, values_of
from zscape.data.sources.celeba_layout import read_celeba

COUNT = 12


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faces") / "set"
    write_faces(folder, COUNT, 1, 1, print)
    return folder


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_what_is_in_it(written):
    files = {"list_attr_celeba.txt", "list_eval_partition.txt", "factors.csv", "faces.json", "img_align_celeba"}
    assert {entry.name for entry in written.iterdir()} == files
    assert sorted(os.listdir(written / "img_align_celeba")) == [f"{number:06}.jpg" for number in range(1, COUNT + 1)]
    assert os.listdir(written.parent) == ["set"]  # nothing is left of the work


def test_the_text_files_look_like_celebas(written):
    count, names, first, *rest = (written / "list_attr_celeba.txt").read_text().splitlines()
    assert (int(count), names.split(), len(rest)) == (COUNT, list(ATTRIBUTES), COUNT - 1)
    name, *signs = first.split()
    assert name == "000001.jpg" and len(signs) == len(ATTRIBUTES) and set(signs) == {"1", "-1"}
    parts = [line.split() for line in (written / "list_eval_partition.txt").read_text().splitlines()]
    assert parts == [[f"{i + 1:06}.jpg", str(part)] for i, part in enumerate(parts_of(COUNT))]


def test_celebas_reader_reads_it_back(written):
    raw = read_celeba(written, "Faces")
    factors, attributes = values_of(COUNT)
    assert raw.skipped == () and raw.origin == "Faces."
    assert raw.attributes is not None and raw.factors is not None and raw.parts is not None
    np.testing.assert_array_equal(raw.attributes, attributes)
    np.testing.assert_allclose(raw.factors, factors, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(raw.parts, parts_of(COUNT))
    assert raw.attribute_names == tuple(ATTRIBUTES)
    assert raw.factor_names == tuple(factor.name for factor in FACTORS)
    assert [raw.images.read(i) for i in range(COUNT)] == [FacesPack(COUNT).read(i) for i in range(COUNT)]  # pyright: ignore


def test_it_says_what_it_is(written):
    said = json.loads((written / "faces.json").read_text())
    assert (said["count"], said["seed"]) == (COUNT, 1) and "synthetic" in said["what"]
    for factor in FACTORS:
        assert said["factors"][factor.name]["low"] == factor.low
        assert said["factors"][factor.name]["meaning"] == factor.meaning
    assert any("hats" in sentence for sentence in said["correlated_on_purpose"])


def test_worker_processes_write_the_same_bytes(written, tmp_path, monkeypatch):
    monkeypatch.setattr(folder_module, "_CHUNK", 5)
    seen = []
    write_faces(tmp_path / "set", COUNT, 1, 2, print, lambda done, total: seen.append((done, total)))
    assert bytes_of(tmp_path / "set") == bytes_of(written)
    assert seen == [(5, 12), (10, 12), (12, 12)]


def test_an_empty_folder_is_taken(written, tmp_path):
    (tmp_path / "set").mkdir()
    write_faces(tmp_path / "set", COUNT, 1, 1, print)
    assert bytes_of(tmp_path / "set") == bytes_of(written)


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_there_stays(tmp_path, kind):
    target = tmp_path / "set"
    if kind == "folder":
        target.mkdir()
        (target / "mine.txt").write_text("mine")
    else:
        target.write_text("mine")
    with pytest.raises(InputError, match=r"set exists already and is not an empty folder; delete it or name another\."):
        write_faces(target, COUNT, 1, 1, print)
    assert (target / "mine.txt" if kind == "folder" else target).read_text() == "mine"


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_stopped_in_the_middle_nothing_is_left(tmp_path, monkeypatch, error):
    whole, made = FacesPack.read, []

    def read(self, position):
        if len(made) == 7:
            raise error
        made.append(position)
        return whole(self, position)

    monkeypatch.setattr(FacesPack, "read", read)
    expected, text = (InputError, r"^The faces cannot be written: No space left on device\.$")
    if error is KeyboardInterrupt:
        expected, text = KeyboardInterrupt, None
    with pytest.raises(expected, match=text):
        write_faces(tmp_path / "set", COUNT, 1, 1, print)
    assert len(made) == 7 and os.listdir(tmp_path) == []


def test_a_disk_that_is_too_small_is_refused_before_anything_is_painted(tmp_path, monkeypatch):
    monkeypatch.setattr(folder_module.shutil, "disk_usage", lambda path: SimpleNamespace(free=10))
    with pytest.raises(InputError, match=r"12 faces need 0 MB, more than is free at .*set\."):
        write_faces(tmp_path / "set", COUNT, 1, 1, print)
    assert os.listdir(tmp_path) == []
