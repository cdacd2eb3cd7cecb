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

    def build_comparison(runs, path, **options):
        calls.append((list(runs), path, options))
        return path

    monkeypatch.setattr(build, "build_comparison", build_comparison)

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
    assert "a model that zscape did not train" in page and page.count("<img") >= 6


def test_a_run_as_directory_or_record(trained, folder, built):
    zscape.report(trained)
    zscape.report(RunDirectory.open(trained), title="Mine", figures="svg", tables="tex")
    (first, options), (second, more) = built
    assert first.path == second.path == trained
    assert options == {"title": None, "figures": ("png",), "tables": (), "public": None}
    assert more == {"title": "Mine", "figures": ("png", "svg"), "tables": ("tex",), "public": None}


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
        InputError, match=r"^decode, labels go with codes, but run is a run directory, .*run/latents\.npz ins"
    ):
        zscape.report("run", decode=bright, labels=[1], out="out")
    with pytest.raises(InputError, match=r"^labels goes with codes, but"):
        zscape.report("run", labels=[1, 2])


def zscape_recipe(folder):
    path = folder / "recipe.yaml"
    path.write_text("data: {source: digits}\n")
    return path


# several runs


@pytest.fixture
def two(trained, folder):
    """Two runs in the working directory, by their relative paths."""
    for name in ("one", "two"):
        shutil.copytree(trained, folder / "runs" / name)
    return "runs/one", "runs/two"


@pytest.mark.parametrize(
    ("out", "path"),
    [
        (None, "runs/report-one-two.html"),
        ("side.html", "side.html"),
        ("pages", "pages/report.html"),
        ("pages/new/side.HTM", "pages/new/side.HTM"),
    ],
)
def test_where_a_page_about_several_runs_goes(two, built, out, path):
    assert str(zscape.report(*two, out=out, public=True, title="Both")) == path
    ((runs, _, options),) = built
    assert [str(run.path) for run in runs] == list(two)
    assert options == {"title": "Both", "figures": ("png",), "tables": (), "public": True}


def test_from_within_a_run_the_page_goes_beside_it(two, built, monkeypatch):
    monkeypatch.chdir("runs/one")
    assert zscape.report(".", "../two").resolve().name == "report-one-two.html"
    assert built[0][1].resolve().parent.name == "runs"


def test_a_long_list_of_runs_has_a_short_name(folder, trained, built):
    runs = [shutil.copytree(trained, folder / f"{letter * 50}") for letter in "abc"]
    assert zscape.report(*runs).name == f"report-{'a' * 50}-{'b' * 29}-and-more.html"


@pytest.mark.parametrize(
    ("given", "options", "sentence"),
    [
        (("runs/one", "gone"), {}, r"^There is no run directory gone\.$"),
        (("runs/one", "runs/../runs/one"), {}, r"^The run runs/one is given twice; give each run once\.$"),
        (("runs/one", "codes.npy"), {}, r"^A page about several runs takes run directories; codes\.npy is codes: give"),
        (("runs/one", MU), {}, r"^A page about several runs takes run directories; there are also codes: give"),
        (
            ("runs/one", "runs/two"),
            {"labels": [1]},
            r"^labels goes with codes; a page about several runs takes nothing",
        ),
        (
            ("runs/one", "runs/two"),
            {"out": "codes.npy"},
            r"^codes\.npy is a file; --out needs a directory or an \.html",
        ),
        (("runs/one", "runs/two"), {"out": "runs/two"}, r"^runs/two is a run, whose report\.html is its own; name an"),
        (("runs/one", "runs/two"), {"public": "no"}, r"^public must be True, False or None"),
    ],
)
def test_wrong_runs_leave_nothing(folder, two, built, given, options, sentence):
    np.save(folder / "codes.npy", MU)
    before = sorted(folder.rglob("*"))
    with pytest.raises(InputError, match=sentence):
        zscape.report(*given, **options)
    assert sorted(folder.rglob("*")) == before and not built


def test_a_directory_that_is_named_like_a_page_is_refused(two, folder):
    (folder / "x.html").mkdir()
    with pytest.raises(InputError, match=r"^x\.html is a directory; --out needs an \.html file or a directory"):
        zscape.report(*two, out="x.html")


# maps


def test_maps_are_made_only_where_they_are_asked_for(two, built, monkeypatch):
    from zscape.workflow import maps

    asked = []
    monkeypatch.setattr(maps, "maps_of", lambda codes, path, **options: asked.append((len(codes), str(path))))
    zscape.report(two[0])
    assert not asked
    zscape.report(*two, tsne=True)
    assert asked == [(60, f"{run}/maps.npz") for run in two]


def test_why_no_maps_are_made_is_noted_and_the_page_comes_all_the_same(two, built, monkeypatch):
    from zscape.workflow import maps

    def refuse(codes, path, **options):
        raise InputError("There are too few points.")

    monkeypatch.setattr(maps, "maps_of", refuse)
    noted = []
    assert zscape.report(two[0], tsne=True, note=noted.append).name == "report.html"
    assert noted == ["runs/one: no maps are made. There are too few points."]


def test_maps_of_codes_are_the_matter_of_analyze(folder):
    with pytest.raises(
        InputError, match=r"^Maps of codes are made by `zscape analyze`; --tsne goes with run directori"
    ):
        zscape.report(MU, out="out", tsne=True)


def test_the_page_of_one_run_can_be_written_elsewhere(two, built):
    assert str(zscape.report("runs/one", out="pages/one.html", public=True)) == "pages/one.html"
    ((runs, path, options),) = built
    assert [str(run.path) for run in runs] == ["runs/one"] and str(path) == "pages/one.html" and options["public"]
