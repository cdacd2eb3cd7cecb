from dataclasses import dataclass, field

import numpy as np
import pytest

from zscape.core.files import to_json
from zscape.core.records import to_plain


@dataclass(frozen=True)
class Inner:
    values: np.ndarray


@dataclass(frozen=True)
class Outer:
    inner: Inner
    number: float = float("nan")
    more: dict = field(default_factory=dict)


def test_nested_records():
    plain = to_plain(Outer(Inner(np.array([[1.5, np.inf], [np.nan, 2]])), more={3: (np.float32(0.5), "x", None, True)}))
    assert plain == {
        "inner": {"values": [[1.5, None], [None, 2.0]]},
        "number": None,
        "more": {"3": [0.5, "x", None, True]},
    }
    to_json(plain)


@pytest.mark.parametrize(
    ("value", "expected", "kind"),
    [
        (np.int64(3), 3, int),
        (np.float32(0.5), 0.5, float),
        (np.bool_(True), True, bool),
        (np.array(2.0), 2.0, float),
        (np.float64("-inf"), None, type(None)),
        (np.arange(2, dtype=np.uint8), [0, 1], list),
        (np.zeros((0, 2)), [], list),
    ],
)
def test_numpy_values_become_python_s(value, expected, kind):
    assert to_plain(value) == expected and type(to_plain(value)) is kind
