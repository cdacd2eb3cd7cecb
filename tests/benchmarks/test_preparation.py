import pytest
from PIL import Image

from benchmarks import preparation
from benchmarks.preparation import contest, contestants, main, make_pictures, plain_pillow, race, table


def test_pictures_have_an_aligned_face_s_size_and_weight(tmp_path):
    folder = make_pictures(tmp_path / "faces", 3)
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == ["000001.jpg", "000002.jpg", "000003.jpg"]
    with Image.open(files[0]) as image:
        assert image.size == (178, 218)
    assert 20_000 < sum(file.stat().st_size for file in files) / 3 < 30_000
    assert make_pictures(tmp_path / "again", 1).joinpath("000001.jpg").read_bytes() == files[0].read_bytes()


def test_both_prepare_every_image(tmp_path):
    folder = make_pictures(tmp_path / "faces", 3)
    assert plain_pillow(folder) == contest("plain", folder)["images"] == 3
    assert contest("pillow 1", folder)["images"] == 3


def test_simplejpeg_takes_part_where_it_is_installed(monkeypatch):
    monkeypatch.setattr(preparation.fast, "simplejpeg", None)
    assert contestants([1, 2]) == ["plain", "plain 2", "pillow 1", "pillow 2"]
    monkeypatch.setattr(preparation.fast, "simplejpeg", object())
    assert contestants([2]) == ["plain", "plain 2", "pillow 2", "simplejpeg 2"]


def test_a_race_of_one_round(tmp_path):
    folder = make_pictures(tmp_path / "faces", 4)
    results = race(folder, ["plain", "plain 2", "pillow 1"], 1, tmp_path)
    assert list(results) == ["plain", "plain 2", "pillow 1"] and results["plain"]["ratio"] == 1
    assert all(
        result["images_per_second"] > 0 and result["peak_mib"] > 5 and result["processor_ms"] > 0
        for result in results.values()
    )
    lines = table(results).splitlines()
    assert lines[1].startswith("plain Pillow ") and lines[2].startswith("plain Pillow, 2 times ")
    assert lines[3].startswith("pillow, 1 worker ")


def test_one_contestant_prints_its_numbers(tmp_path, capsys):
    folder = make_pictures(tmp_path / "faces", 2)
    assert main(["--contestant", "plain", "--folder", str(folder)]) == 0
    assert '"images": 2' in capsys.readouterr().out


def test_a_contestant_that_fails_ends_the_race(tmp_path):
    with pytest.raises(SystemExit, match="a contestant ended with code"):
        race(tmp_path / "nothing", ["plain"], 1, tmp_path)  # its traceback goes to stderr
