"""`zscape encode` and `zscape analyze`: codes, and what there is to know about them."""

import json
import subprocess
import sys

import numpy as np


def test_codes_are_those_of_the_run(zscape, trained, tmp_path):
    outcome = zscape("encode", trained, "--out", "codes.npz")
    assert (outcome.code, outcome.out) == (0, "codes.npz: 60 codes in 3 dimensions\n")
    assert (tmp_path / "codes.npz").read_bytes() == (trained / "latents.npz").read_bytes()


def test_codes_of_other_images(zscape, trained, tmp_path):
    np.savez(tmp_path / "own.npz", images=np.zeros((20, 8, 8), np.uint8), labels=np.arange(20) % 2)
    outcome = zscape("encode", trained, "--data", "own.npz", "--out", "codes.npz")
    assert outcome.out == "codes.npz: 20 codes in 3 dimensions\n"
    with np.load(tmp_path / "codes.npz") as codes:
        assert codes["labels"].tolist() == (codes["ids"] % 2).tolist()
        np.testing.assert_allclose(codes["mu"], np.broadcast_to(codes["mu"][0], (20, 3)), atol=1e-6)


def test_analyze_writes_what_the_run_has(zscape, trained, tmp_path):
    outcome = zscape("analyze", trained / "latents.npz", "--out", "study", "--no-tsne")
    assert outcome.code == 0
    assert (tmp_path / "study" / "analysis.json").read_bytes() == (trained / "analysis.json").read_bytes()
    assert {path.name for path in (tmp_path / "study" / "figures").iterdir()} == {
        f"{name}.png"
        for name in (
            *("scatter", "radius", "spectrum", "kl", "coordinates", "normality", "drawn", "log_var", "clusters"),
            "attributes",
        )
    }
    *verdict, where = outcome.out.splitlines()
    written = json.loads((trained / "analysis.json").read_text())
    assert verdict == [*written["verdict"], written["sentences"]["clusters"]]
    assert where == "analysis: study/analysis.json"


def test_maps_are_made_unless_told_not_to(zscape, tmp_path):
    np.save(tmp_path / "points.npy", np.random.default_rng(0).normal(size=(70, 3)))
    outcome = zscape("analyze", "points.npy", "--out", "study", "--points", "60", "--seed", "3")
    assert outcome.code == 0 and outcome.err == ""
    *_, maps, where = outcome.out.splitlines()
    assert maps.startswith("t-SNE of 60 of 70 points: ") and where == "analysis: study/analysis.json"
    assert (tmp_path / "study" / "figures" / "maps.png").is_file()
    with np.load(tmp_path / "study" / "maps.npz") as saved:
        assert saved["rows"].shape == (60,) and saved["seed"].tolist() == [3, 3]


def test_too_few_points_for_a_map_leave_nothing(zscape, tmp_path):
    np.save(tmp_path / "points.npy", np.zeros((70, 3)))
    outcome = zscape("analyze", "points.npy", "--out", "study", "--points", "20")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "zscape: Maps by t-SNE need at least 50 points, got 20 as the most to use.\n"
    assert not (tmp_path / "study").exists()


NO_BACKEND = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("keras", "tensorflow", "jax", "torch"):
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Blocked())
from zscape.cli.main import main
sys.exit(main(["analyze", "points.npy", "--out", "study"]))
"""


def test_anyone_s_codes_without_any_backend(tmp_path):
    np.save(tmp_path / "points.npy", np.random.default_rng(0).normal(size=(50, 1)))
    command = [sys.executable, "-c", NO_BACKEND]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "No maps by t-SNE: Points in 1 dimension need no t-SNE: they lie on a line.\n"
    # One dimension has no scatter, and points without log_var have no KL.
    figures = {path.name for path in (tmp_path / "study" / "figures").iterdir()}
    assert figures == {f"{name}.png" for name in ("radius", "spectrum", "coordinates", "normality", "clusters")}
    assert json.loads((tmp_path / "study" / "analysis.json").read_text())["log_var"] is None
