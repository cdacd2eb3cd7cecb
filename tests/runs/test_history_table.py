"""history.csv: the history with flat names."""

import csv
import io
import json

from hypothesis import given
from hypothesis import strategies as st

from zscape.runs.history_table import flat_record, history_csv

RECORD = {"epoch": 1, "seconds": 0.5, "train": {"loss": 3.0, "kl_share": None}, "validation": {"loss": 4.0}}


def test_flat_names():
    flat = {"epoch": 1, "seconds": 0.5, "train.loss": 3.0, "train.kl_share": None, "validation.loss": 4.0}
    assert flat_record(RECORD) == flat
    assert "validation" not in flat_record({**RECORD, "validation": None})


def test_text():
    assert history_csv([RECORD]) == "epoch,seconds,train.loss,train.kl_share,validation.loss\n1,0.5,3.0,,4.0\n"
    assert history_csv([]) == "\n"


def test_a_column_of_some_epochs_stands_last():
    records = [RECORD, {"epoch": 2, "skipped_steps": 3, **{name: RECORD[name] for name in RECORD if name != "epoch"}}]
    lines = history_csv(records).splitlines()
    assert lines[0] == "epoch,seconds,train.loss,train.kl_share,validation.loss,skipped_steps"
    assert lines[1:] == ["1,0.5,3.0,,4.0,", "2,0.5,3.0,,4.0,3"]


numbers = st.floats(allow_nan=False, allow_infinity=False)
parts = st.fixed_dictionaries({"loss": numbers, "kl": numbers})
records = st.fixed_dictionaries({"epoch": st.integers(1, 999), "train": parts, "validation": parts})


@given(st.lists(records, min_size=1, max_size=5))
def test_numbers_are_those_of_the_records_to_the_last_bit(history):
    """As JSON Lines have them: the shortest text that is read as the same number."""
    rows = list(csv.DictReader(io.StringIO(history_csv(history))))
    for row, line in zip(rows, (json.loads(json.dumps(record)) for record in history), strict=True):
        assert int(row["epoch"]) == line["epoch"]
        for part in ("train", "validation"):
            assert {name: float(row[f"{part}.{name}"]) for name in ("loss", "kl")} == line[part]
