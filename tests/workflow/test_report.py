"""`zscape.report` as a function: a run or codes, and what belongs to which."""

import shutil

import numpy as np
import pytest

import zscape
from zscape.core.errors import InputError
from zscape.reporting import build, codes_report
from zscape.runs.directory import RunDirectory

MU = np.random.default_rng(0).normal(size=(30, 2))


def bright(z):
    return np.broadcast_to(z[:, :1, np.newaxis] > 0, (len(z), 4, 4)).astype(np.float32)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def built(monkeypatch):
    """What the pages would have been built from; nothing is drawn."""
    calls = []

    def build_codes_report(codes, out, **options):
        calls.append((codes, out, options))
        return out / "report.html"

    def build_report(run, **options):
        calls.append((run, options))
        return run.path / "report.html"

    monkeypatch.setattr(codes_report, "build_codes_report", build_codes_report)
    monkeypatch.setattr(build, "build_report", build_report)
    return calls


def test_codes_with_all_that_goes_with_them(folder, built):
    images = np.zeros((30, 4, 4))
    path = zscape.report(
        (MU, None), decode=bright, images=images, labels=["a", "b"] * 15, out="out", figures=("pdf",), tables=["csv"]
    )
    assert str(path) == "out/report.html"
    ((codes, _, options),) = built
    np.testing.assert_allclose(codes.mu, MU, rtol=1e-6)
    assert codes.label_names == ("a", "b")
    assert options["decode"] is bright and options["images"] is images and options["title"] == "Codes"
    assert options["figures"] == ("png", "pdf") and options["tables"] == ("csv",)


def test_a_file_of_codes_gives_the_title(folder, built):
    np.save(folder / "beta 4.npy", MU)
    zscape.report("beta 4.npy", out="out")
    zscape.report("beta 4.npy", out="out", title="Mine")
    assert [options["title"] for _, _, options in built] == ["beta 4", "Mine"]


def test_a_page_about_codes_loads_no_backend_and_is_complete(folder):
    page = zscape.report(MU, decode=bright, images=bright(MU[:3]), out="out").read_text(encoding="utf-8")
    assert "a model that zscape did not train" in page and page.count("<img") == 6


def test_a_run_as_directory_or_record(trained, folder, built):
    zscape.report(trained)
    zscape.report(RunDirectory.open(trained), title="Mine", figures="svg", tables="tex")
    (first, options), (second, more) = built
    assert first.path == second.path == trained
    assert options == {"title": None, "figures": ("png",), "tables": ()}
    assert more == {"title": "Mine", "figures": ("png", "svg"), "tables": ("tex",)}


@pytest.mark.parametrize(
    ("given", "options", "sentence"),
    [
        ("gone", {}, r"^There is no run directory gone\.$"),
        ("gone.npz", {"out": "out"}, r"^There is no file gone\.npz\.$"),
        (MU, {}, r"^A report about codes needs a directory to write into: --out DIR, in Python out=DIR\.$"),
        ("codes.npy", {}, r"^A report about codes needs a directory"),
        (MU, {"out": "codes.npy"}, r"^codes\.npy is a file; --out needs a directory\.$"),
        (
            MU,
            {"out": "out", "images": np.zeros((3, 4, 4))},
            r"^images are shown beside their reconstructions, which need",
        ),
        (MU, {"out": "out", "decode": "decoder"}, r"^decode must be a function"),
        (MU, {"out": "out", "decode": lambda z: z}, r"^What decode returned has shape \(60, 2\); expected"),
        (MU[:1], {"out": "out"}, r"^mu has 1 point\(s\); at least 2 are needed\.$"),
        (MU, {"out": "out", "figures": ["eps"]}, r"^Figures cannot be written as 'eps'"),
        (MU, {"out": "out", "tables": ["md"]}, r"^Tables cannot be written as 'md'"),
    ],
)
def test_wrong_input_leaves_nothing(folder, given, options, sentence):
    np.save(folder / "codes.npy", MU)
    with pytest.raises(InputError, match=sentence):
        zscape.report(given, **options)
    assert [path.name for path in folder.iterdir()] == ["codes.npy"]


def test_what_goes_with_codes_does_not_go_with_a_run(folder):
    (folder / "run").mkdir()
    shutil.copy(zscape_recipe(folder), folder / "run" / "recipe.yaml")
    with pytest.raises(
        InputError, match=r"^decode, out go with codes, but run is a run directory, .*run/latents\.npz ins"
    ):
        zscape.report("run", decode=bright, out="out")
    with pytest.raises(InputError, match=r"^labels goes with codes, but"):
        zscape.report("run", labels=[1, 2])


def zscape_recipe(folder):
    path = folder / "recipe.yaml"
    path.write_text("data: {source: digits}\n")
    return path
