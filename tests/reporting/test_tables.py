"""Tables as files: CSV that reads back, LaTeX in which no character means anything."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.core.errors import InputError
from zscape.reporting.tables import csv_text, latex_text, table_formats, write_all, write_tables

HEADER = ["", "train", "test", "unit"]
ROWS = [["KL, part of log_var", "1,234.50", "-2.0e-05", "nats"], ['[50 %] "a" & b', "–", "3", ""]]

cells = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=8)


def test_files(tmp_path):
    written = write_tables(tmp_path / "tables" / "v1.numbers", HEADER, ROWS, ("tex", "csv"))
    assert [path.name for path in written] == ["v1.numbers.csv", "v1.numbers.tex"]
    assert written[0].read_text(encoding="utf-8") == csv_text(HEADER, ROWS)
    assert written[1].read_text(encoding="utf-8") == latex_text(HEADER, ROWS)
    many = write_all({"a": (HEADER, ROWS), "b": (HEADER, [])}, tmp_path, ["csv"])
    assert [path.name for path in many] == ["a.csv", "b.csv"]


def test_csv():
    assert csv_text(HEADER, ROWS) == (
        'quantity,train,test,unit\n"KL, part of log_var","1,234.50",-2.0e-05,nats\n"[50 %] ""a"" & b",,3,\n'
    )


@given(st.lists(st.lists(cells.filter(lambda cell: cell != "–"), min_size=3, max_size=3), max_size=4))
def test_csv_reads_back(rows):
    read = list(csv.reader(io.StringIO(csv_text(["a", "b", "c"], rows))))
    assert read == [["a", "b", "c"], *rows]


def test_latex():
    assert latex_text(HEADER, ROWS) == (
        "\\begin{tabular}{lrrl}\n"
        "\\hline\n"
        " & train & test & unit \\\\\n"
        "\\hline\n"
        "KL, part of log\\_var & 1,234.50 & $-$2.0e-05 & nats \\\\\n"
        "{[}50 \\%] ''a'' \\& b & -- & 3 &  \\\\\n"
        "\\hline\n"
        "\\end{tabular}\n"
    )
    assert latex_text(["a", "b"], []).startswith("\\begin{tabular}{ll}\n")


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=4))
def test_latex_keeps_columns_and_lets_nothing_through(rows):
    lines = latex_text(["a", "b", "c"], rows).splitlines()[4:-2]
    assert len(lines) == len(rows)
    for line in lines:
        assert len(re.findall(r"(?<!\\)&", line)) == 2 and line.endswith(" \\\\")
        body = line.removesuffix(" \\\\")
        # Nothing but the escapes themselves begins with a backslash; braces open and close.
        body = re.sub(r"\\(?:[&%$#_{}]|text(?:backslash|asciitilde|asciicircum|less|greater|bar)\{\})", "", body)
        body = re.sub(r"\$\\(?:times|pm)\$|\$-\$|\{[\[*]\}", "", body)
        assert not re.search(r"[\\%$#_{}~^<>|\"\[*]", body), body


def test_formats():
    assert table_formats(()) == () and table_formats("tex") == ("tex",)
    assert table_formats(["tex", "csv", "tex"]) == ("csv", "tex")
    with pytest.raises(InputError, match=r"^Tables cannot be written as 'xlsx'; choose from csv, tex\.$"):
        table_formats(["xlsx"])
