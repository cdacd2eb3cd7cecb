"""Amounts of memory as text."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.specs.byte_sizes import format_bytes, parse_bytes

POWERS = {"K": 1, "M": 2, "G": 3, "T": 4}


@given(
    st.decimals(min_value="0.5", max_value="9999", places=2),
    st.sampled_from(sorted(POWERS)),
    st.booleans(),
    st.sampled_from(["", " ", "\t"]),
    st.sampled_from([str, str.lower, str.upper]),
)
def test_any_amount(number, letter, binary, space, case):
    """Against exact fractions."""
    exact = Fraction(number) * (1024 if binary else 1000) ** POWERS[letter]
    assert abs(parse_bytes(case(f"{number}{space}{letter}{'i' * binary}B")) - exact) <= 0.5 + float(exact) * 1e-15


def test_amounts_by_hand():
    assert parse_bytes("2GiB") == parse_bytes(" 2048 mib ") == parse_bytes("2.0 GIB") == 2_147_483_648
    assert parse_bytes("2GB") == parse_bytes("2000MB") == 2_000_000_000
    assert parse_bytes(".5KiB") == 512


@pytest.mark.parametrize(
    "text", ["", "2", 2, 2.5, "2G", "GiB", "-2GiB", "0GiB", "0.0001KB", "2 bytes", "1e3MB", "2GiB2", "٢GiB", True, None]
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="must be a positive amount of memory with its unit") as refusal:
        parse_bytes(text)
    assert str(refusal.value) == (
        f'must be a positive amount of memory with its unit ("2GiB", "1500MB"); received {text!r}'
    )


def test_amounts_for_people():
    assert [format_bytes(size) for size in (0, 2**20, 1.5 * 2**30, 10 * 2**30, 2**40)] == [
        *("0 MiB", "1 MiB", "1,536 MiB", "10.0 GiB", "1,024.0 GiB")
    ]
