"""Numbers as the report prints them."""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.formulas.quality import psnr
from zscape.reporting.numbers import aligned, articles_table, counted, exact_psnr, metrics_table, number


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


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([], []),
        ([None], ["–"]),
        ([0.0, 0.0], ["0", "0"]),
        ([3, 12345, None], ["3", "12,345", "–"]),
        ([19.0, 19.17, 19.354], ["19.00", "19.17", "19.35"]),
        ([0.25, 0.25], ["0.25", "0.25"]),
        ([5.0, 15.0], ["5", "15"]),
        ([99.994, 100.06], ["100.0", "100.1"]),
        ([1234567.25], ["1,234,567.2"]),
        ([0.0771018, 0.0760230], ["0.07710", "0.07602"]),
        ([4.5, 1e-9, 0.0], ["4.500", "1.0e-09", "0.000"]),
        ([2.1e-7, -3e-9], ["2.1e-07", "-3.0e-09"]),
        ([-3.5, 2.25], ["-3.50", "2.25"]),
    ],
)
def test_aligned(values, texts):
    assert aligned(values) == texts


def test_aligned_as_asked():
    assert aligned([1234.5, 1e-9, None], decimals=2) == ["1,234.50", "0.00", "–"]
    assert aligned([1234.5, 1000], decimals=1, grouped=False) == ["1234.5", "1000.0"]
    assert aligned([1437], grouped=False) == ["1437"]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6))
def test_numbers_beside_each_other_have_the_same_decimals_and_are_near_what_they_were(values):
    texts = aligned(values)
    plain = [text for text in texts if "e" not in text]
    assert len({len(text.partition(".")[2]) for text in plain}) <= 1
    largest = max(map(abs, values))
    for value, text in zip(values, texts, strict=True):
        read = float(text.replace(",", ""))
        assert (
            abs(read - value) <= max(6e-4 * largest, 0.051 * abs(value))
            if largest < 100
            else abs(read - value) <= 0.0501
        )


@pytest.fixture
def metrics(make_run, tmp_path):
    return make_run(tmp_path / "run").read("metrics.json")


def test_one_column_per_split_that_there_is_and_units(metrics):
    header, rows = metrics_table(metrics, 3, variational=True)
    assert header == ["", "train", "validation", "test", "unit"]
    assert len(rows) == 14 and all(len(row) == 5 for row in rows)
    table = {row[0]: row[1:] for row in rows}
    assert table["Loss"] == ["300", "320", "310", "nats per image"]
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
    assert "Least reconstruction possible (values between 0 and 1)" not in table
    assert table["Prior mismatch"] == ["0.0625", "0.0625", "–", "nats per dimension"]


def test_what_went_in_stands_below_what_came_out(metrics):
    metrics["test"]["psnr_input"], metrics["train"]["psnr_input"] = 9.5, 9.25
    rows = metrics_table(metrics, 3, variational=True)[1]
    place = [row[0] for row in rows].index("PSNR at the mean")
    assert rows[place + 1] == ["PSNR of what went in", "9.25", "–", "9.50", "dB"]


def test_the_articles_units(metrics):
    before = copy.deepcopy(metrics)
    header, rows = articles_table(metrics)
    assert header == ["", "train", "validation", "test"]
    assert [row[0] for row in rows] == [
        f"{term}, {convention}" for convention in ("tape", "mean") for term in ("loss", "reconstruction", "weighted KL")
    ]
    assert rows[0][1:] == ["300", "320", "310"]
    assert rows[3][1:] == ["4.688", "5.000", "4.844"]
    assert metrics == before


def test_the_linear_code_stands_below_the_psnr_in_its_split(metrics, data_record):
    baseline = data_record["linear_baseline"]
    rows = metrics_table(metrics, 3, True, baseline)[1]
    names = [row[0] for row in rows]
    place = names.index("PSNR at the mean")
    assert rows[place + 1] == ["PSNR of the best linear code (PCA)", "–", "–", "16.25", "dB"]
    assert len(rows) == 15  # there is no reconstruction in nats here
    rows = metrics_table(metrics, 3, True, {**baseline, "reconstruction": 321.0, "measured_on": "validation"})[1]
    assert rows[place + 2] == ["Reconstruction of the best linear code (PCA)", "–", "321", "–", "nats per image"]
    assert len(metrics_table(metrics, 3, True, {**baseline, "measured_on": "nowhere"})[1]) == 14
    rows = metrics_table(metrics, 3, True, {**baseline, "psnr": 292.7, "mse": 5e-30})[1]
    assert rows[place + 1] == ["PSNR of the best linear code (PCA)", "–", "–", "exact", "dB"]


def test_exact_is_what_rounding_to_8_bits_alone_does():
    images = np.random.default_rng(0).uniform(size=(200, 16, 16, 1))
    rounded = np.rint(images * 255) / 255
    squared = ((images - rounded) ** 2).mean()
    assert squared == pytest.approx(1 / (12 * 255**2), rel=0.02)  # the variance of a uniform error
    assert psnr(images, rounded).mean() == pytest.approx(58.92, abs=0.05)
    assert exact_psnr(0.95 * squared) and not exact_psnr(1.05 * squared)
    assert exact_psnr(0.0) and not exact_psnr(None)


def test_one_and_many():
    assert (counted(1, "image"), counted(0, "image"), counted(1234, "image")) == ("1 image", "0 images", "1,234 images")
    assert (counted(1, "class", "classes"), counted(2, "class", "classes")) == ("1 class", "2 classes")
