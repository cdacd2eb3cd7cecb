"""`zscape report` and `zscape analyze`: more than they write by default, and other people's codes."""

import shutil

import numpy as np
import pytest

from zscape.reporting import build


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_vector_figures_and_tables_of_a_run(zscape, in_reach, tmp_path):
    before = names(in_reach / "figures")
    outcome = zscape("report", in_reach, "--figures", "svg", "--tables", "csv", "--tables", "tex", "--title", "Mine")
    assert (outcome.code, outcome.out) == (0, "report: run/report.html\n")
    new = names(in_reach / "figures") - before
    assert new >= {"curves.svg", "radius.svg", "scatter.svg", "spectrum.svg", "kl.svg"}
    assert all(name.endswith(".svg") for name in new)
    tables = names(in_reach / "tables")
    assert {"final_numbers.csv", "final_numbers.tex", "dimensions.csv", "radius.tex"} <= tables
    assert "<h1>Mine</h1>" in (in_reach / "report.html").read_text(encoding="utf-8")


def test_codes_of_any_model(zscape, tmp_path):
    np.savez(tmp_path / "codes.npz", z=np.random.default_rng(0).normal(size=(30, 1)))
    outcome = zscape("report", "codes.npz", "--out", "study")
    assert (outcome.code, outcome.out) == (0, "report: study/report.html\n")
    page = (tmp_path / "study" / "report.html").read_text(encoding="utf-8")
    assert "<h1>codes</h1>" in page and "a model that zscape did not train" in page
    outcome = zscape("analyze", "codes.npz", "--out", "analysis", "--figures", "pdf", "--tables", "tex")
    assert outcome.code == 0 and "radius.pdf" in names(tmp_path / "analysis" / "figures")
    assert "dimensions.tex" in names(tmp_path / "analysis" / "tables")


def test_several_runs_and_no_originals(zscape, in_reach, tmp_path, monkeypatch):
    shutil.copytree(in_reach, tmp_path / "other")
    asked = []
    monkeypatch.setattr(build, "build_comparison", lambda runs, path, **options: asked.append(options) or path)
    outcome = zscape("report", in_reach, "other", "--public", "--out", "both.html")
    assert (outcome.code, outcome.out) == (0, "report: both.html\n")
    outcome = zscape("report", in_reach, "other", "--no-public", "--title", "Both")
    assert (outcome.code, outcome.out) == (0, "report: report-run-other.html\n")
    zscape("report", in_reach, "other")
    assert [(options["public"], options["title"]) for options in asked] == [(True, None), (False, "Both"), (None, None)]


def test_a_public_page_of_a_run(zscape, in_reach):
    assert zscape("report", in_reach, "--public").code == 0
    page = (in_reach / "report.html").read_text(encoding="utf-8")
    assert "are left out of this page, as --public asks." in page and "Original images above" not in page


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("report", "codes.npz"),
            "A report about codes needs a directory to write into: --out DIR, in Python out=DIR.",
        ),
        (("report", "codes.npz", "codes.npz"), "A page about several runs takes run directories; codes.npz is codes: "),
        (("analyze", "notes.txt", "--out", "x"), "notes.txt is neither an .npz nor an .npy file, whatever its name; "),
        (("report", "notes.txt", "--out", "x"), "notes.txt is neither an .npz nor an .npy file, whatever its name; "),
        (
            ("analyze", "codes.npz", "--out", "x", "--figures", "jpg"),
            "Figures cannot be written as 'jpg'; choose from ",
        ),
        (
            ("report", "codes.npz", "--out", "x", "--tables", "xls"),
            "Tables cannot be written as 'xls'; choose from csv, ",
        ),
    ],
)
def test_wrong_input(refused, tmp_path, arguments, sentence):
    np.savez(tmp_path / "codes.npz", z=np.eye(3))
    (tmp_path / "notes.txt").write_text("cat,dog\n" * 9)
    told = refused(*arguments)
    assert told.startswith(sentence) and "allow_pickle" not in told
