"""Numbers as the report prints them."""

import copy

import pytest

from zscape.reporting.numbers import articles_table, metrics_table, number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0"),
        (12345, "12,345"),
        (0.0, "0"),
        (1.0, "1"),
        (3.14159, "3.142"),
        (99.994, "99.99"),
        (0.001, "0.001"),
        (0.000999, "9.99e-04"),
        (1e-12, "1.00e-12"),
        (100.04, "100.0"),
        (123456.78, "123,456.8"),
        (-0.5, "-0.5"),
        (-2500.0, "-2,500.0"),
    ],
)
def test_number(value, text):
    assert number(value) == text


@pytest.fixture
def metrics(make_run, tmp_path):
    return make_run(tmp_path / "run").read("metrics.json")


def test_one_column_per_split_that_there_is_and_units(metrics):
    header, rows = metrics_table(metrics, 3, variational=True)
    assert header == ["", "train", "validation", "test", "unit"]
    assert len(rows) == 14 and all(len(row) == 5 for row in rows)
    table = {row[0]: row[1:] for row in rows}
    assert table["Loss"] == ["300.0", "320.0", "310.0", "nats per image"]
    assert table["Active dimensions"] == ["2", "2", "2", "of 3"]
    assert table["Images"] == ["1,234"] * 3 + [""]
    del metrics["train"], metrics["test"]
    assert metrics_table(metrics, 3, variational=True)[0] == ["", "validation", "unit"]


def test_an_autoencoder_has_no_rows_of_kl(metrics):
    titles = [row[0] for row in metrics_table(metrics, 3, variational=False)[1]]
    assert titles[0] == "Loss" and titles[1].startswith("Reconstruction") and len(titles) == 7
    assert not [title for title in titles if "KL" in title or "drawn" in title]


def test_a_number_that_no_split_has_is_left_out_and_one_that_some_have_gets_a_dash(metrics):
    for split in ("train", "validation", "test"):
        metrics[split]["entropy_floor"] = None
    metrics["test"]["prior_mismatch"] = None
    table = {row[0]: row[1:] for row in metrics_table(metrics, 3, variational=True)[1]}
    assert "Least reconstruction possible (grey images)" not in table
    assert table["Prior mismatch"] == ["0.0625", "0.0625", "–", "nats per dimension"]


def test_the_articles_units(metrics):
    before = copy.deepcopy(metrics)
    header, rows = articles_table(metrics)
    assert header == ["", "train", "validation", "test"]
    assert [row[0] for row in rows] == [
        f"{term}, {convention}" for convention in ("tape", "mean") for term in ("loss", "reconstruction", "weighted KL")
    ]
    assert rows[0][1:] == ["300.0", "320.0", "310.0"]
    assert rows[3][1:] == ["4.688", "5", "4.844"]
    assert metrics == before
