"""Tables and JSON on stdout."""

import json

import pytest

from zscape.cli.arguments import parse_image_shape
from zscape.cli.numbers import print_metrics
from zscape.cli.output import print_json, print_table
from zscape.core.errors import InputError

KEYS = ("loss", "reconstruction", "kl", "weighted_kl", "kl_share", "active_units", "prior_mismatch", "psnr")


def test_columns_are_aligned_and_lines_end_without_blanks(capsys):
    print_table([("name", "1", ""), ("n", "1234", "unit")], right=(1,))
    assert capsys.readouterr().out == "name     1\nn     1234  unit\n"


def test_metrics_show_every_split_with_units_and_a_dash_for_what_does_not_exist(capsys):
    numbers = {**dict.fromkeys(KEYS, 123.456789), "active_units": 12, "prior_mismatch": None, "psnr": 0.000123456}
    print_metrics({"train": numbers, "test": {**numbers, "loss": 7.0}})
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["train", "test", "unit"]
    assert [line[0] for line in lines[1:]] == list(KEYS)
    assert lines[1] == ["loss", "123.46", "7.0000", "nats", "per", "image"]
    assert lines[6] == ["active_units", "12", "12", "dimensions"]
    assert lines[7] == ["prior_mismatch", "-", "-", "nats", "per", "dimension"]
    assert lines[8] == ["psnr", "0.00012346", "0.00012346", "dB"]


def test_json_is_strict(capsys):
    print_json({"a": float("nan"), "b": (1, 2), "c": "ä"})
    printed = capsys.readouterr().out
    assert json.loads(printed) == {"a": None, "b": [1, 2], "c": "ä"}
    assert "ä" in printed and printed.endswith("}\n")


def test_image_shape():
    assert parse_image_shape("96x64x3") == parse_image_shape("96X64X3") == (96, 64, 3)


@pytest.mark.parametrize("text", ["", "96", "96x96", "96x96x3x1", "0x96x3", "-1x96x3", "96xax3", "9.5x9x3", "²x2x1"])
def test_wrong_image_shape(text):
    with pytest.raises(InputError, match="--image must be HEIGHTxWIDTHxCHANNELS, for example 96x96x3; received '"):
        parse_image_shape(text)
