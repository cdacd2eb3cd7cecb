"""`zscape.analyze` as a function: codes in any form, files only where they are asked for."""

import numpy as np
import pytest

import zscape
from zscape.analysis.study import Analysis
from zscape.core.errors import InputError
from zscape.core.files import read_json

MU = np.random.default_rng(0).normal(size=(40, 1))
LOG_VAR = np.full_like(MU, -2.0)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_out_nothing_is_written(folder):
    analysis = zscape.analyze((MU, LOG_VAR))
    assert isinstance(analysis, Analysis) and analysis.count == 40 and analysis.posterior is not None
    kl = 0.5 * (MU**2 + np.exp(LOG_VAR) - 1 - LOG_VAR).sum(axis=1).mean()
    assert analysis.posterior.kl == pytest.approx(kl, rel=1e-5)
    assert list(folder.iterdir()) == []


def test_every_form_gives_the_same_study(folder):
    np.savez(folder / "codes.npz", z=MU, log_var=LOG_VAR)
    expected = zscape.analyze("codes.npz")
    for given in ((MU, LOG_VAR), {"mu": MU, "log_var": LOG_VAR}, [MU, LOG_VAR]):
        assert zscape.analyze(given) == expected
    assert zscape.analyze(MU, log_var=LOG_VAR) == expected
    assert zscape.analyze(MU).posterior is None


def test_files_on_demand(folder):
    analysis = zscape.analyze(MU, "out", figures="pdf", tables=("csv",))
    assert read_json(folder / "out" / "analysis.json")["verdict"] == list(analysis.verdict)
    assert {path.name for path in (folder / "out" / "figures").iterdir()} == {
        f"{name}.{kind}"
        for name in ("radius", "spectrum", "coordinates", "normality", "clusters")
        for kind in ("png", "pdf")
    }
    assert {path.name for path in (folder / "out" / "tables").iterdir()} == {
        *("final_numbers.csv", "dimensions.csv", "radius.csv", "radius_histogram.csv", "spectrum.csv")
    }


def test_maps_on_demand_only(folder):
    points = np.random.default_rng(0).normal(size=(60, 3))
    notes: list[str] = []
    assert "maps" not in zscape.analyze(points, note=notes.append).sentences
    analysis = zscape.analyze(points, "out", labels=np.arange(60) % 2, tsne=True, points=50, note=notes.append)
    assert (folder / "out" / "figures" / "maps.png").read_bytes().startswith(b"\x89PNG")
    with np.load(folder / "out" / "maps.npz") as maps:
        assert maps["rows"].shape == (50,) and maps["coordinates"].shape == (2, 50, 2)
        assert maps["exaggeration"].tolist() == [12, 16]
    assert analysis.sentences["maps"].startswith("t-SNE of 50 of 60 points: of a point's 10 nearest neighbours")
    written = read_json(folder / "out" / "analysis.json")
    assert written["sentences"]["maps"] == analysis.sentences["maps"]
    assert notes == []


def test_no_maps_where_none_are_needed(folder):
    notes: list[str] = []
    analysis = zscape.analyze(np.hstack([MU, -MU]), "out", tsne=True, note=notes.append)
    reason = "Points in 2 dimensions need no t-SNE: their scatter is the map."
    assert (notes, analysis.left_out["maps"]) == ([f"No maps by t-SNE: {reason}"], reason)
    assert not (folder / "out" / "maps.npz").exists() and not (folder / "out" / "figures" / "maps.png").exists()


@pytest.mark.parametrize(
    ("given", "options", "sentence"),
    [
        (np.zeros(4), {}, r"^mu has shape \(4,\); expected"),
        (MU, {"labels": [1]}, r"^labels has shape \(1,\); expected one number for each of 40 points\.$"),
        (MU, {"out": "out", "figures": ["gif"]}, r"^Figures cannot be written as 'gif'; choose from png, svg, pdf\.$"),
        (MU, {"out": "out", "tables": ["xls"]}, r"^Tables cannot be written as 'xls'; choose from csv, tex\.$"),
        (MU, {"tables": ["csv"]}, r"^Figures and tables are files: name the directory for them as `out`\.$"),
        (MU, {"tsne": True}, r"^Maps by t-SNE are files: name the directory for them as `out`\.$"),
        (MU, {"out": "out", "tsne": True, "points": 49}, "^Maps by t-SNE need at least 50 points, got 49 as the most"),
        (MU, {"out": "a file"}, r"^a file is a file; --out needs a directory\.$"),
    ],
)
def test_wrong_input_leaves_nothing(folder, given, options, sentence):
    (folder / "a file").touch()
    with pytest.raises(InputError, match=sentence):
        zscape.analyze(given, **options)
    assert [path.name for path in folder.iterdir()] == ["a file"]
