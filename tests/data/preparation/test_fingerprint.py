import os

import pytest

from zscape.data.preparation.fingerprint import files_below, files_digest


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "f" / "b").mkdir(parents=True)
    for name in ("b/1.png", "a.png"):
        (tmp_path / "f" / name).write_bytes(name.encode())
        os.utime(tmp_path / "f" / name, ns=(7, 7))
    return tmp_path / "f"


def test_every_file_in_order(folder):
    found = list(files_below(str(folder)))
    assert found == [(str(folder), 0, 0), (str(folder / "a.png"), 5, 7), (str(folder / "b" / "1.png"), 7, 7)]
    assert list(files_below(str(folder / "a.png"))) == [(str(folder / "a.png"), 0, 0), (str(folder / "a.png"), 5, 7)]
    assert list(files_below(None)) == []


def test_the_digest_changes_with_any_file(folder):
    digests = [files_digest(str(folder)), files_digest(None)]
    os.utime(folder / "a.png", ns=(8, 8))
    digests.append(files_digest(str(folder)))
    (folder / "b" / "1.png").write_bytes(b"longer than before")
    os.utime(folder / "b" / "1.png", ns=(7, 7))
    digests.append(files_digest(str(folder)))
    (folder / "a.png").rename(folder / "c.png")
    digests.append(files_digest(str(folder)))
    assert len(set(digests)) == 5
    assert files_digest(str(folder)) == digests[-1]
