"""`zscape report` and `zscape analyze`: more than they write by default, and other people's codes."""

import numpy as np
import pytest


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_vector_figures_and_tables_of_a_run(zscape, in_reach, tmp_path):
    before = names(in_reach / "figures")
    outcome = zscape("report", in_reach, "--figures", "svg", "--tables", "csv", "--tables", "tex", "--title", "Mine")
    assert (outcome.code, outcome.out) == (0, "report: run/report.html\n")
    assert names(in_reach / "figures") - before == {
        *("curves.svg", "radius.svg", "scatter.svg", "spectrum.svg", "kl.svg")
    }
    tables = names(in_reach / "tables")
    assert {"final_numbers.csv", "final_numbers.tex", "dimensions.csv", "radius.tex"} <= tables and len(tables) == 12
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


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("report", "codes.npz"),
            "A report about codes needs a directory to write into: --out DIR, in Python out=DIR.",
        ),
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
