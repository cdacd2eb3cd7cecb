"""The table of true factors."""

from zscape.analysis.factors import FactorsRecord, Shell
from zscape.reporting.factor_table import factors_table

SHELLS = tuple(Shell(float(k), k + 1.0, 20, (0.5 + k / 10, None), (1.0, k / 4)) for k in range(4))
RECORD = FactorsRecord(
    ("yaw", "hue"), (0.75, -0.1), (3, 0), (-0.5, 0.25), SHELLS, (0.2, 0.0), {"all": 0.2}, 80, 80, 0, True, {}
)


def test_a_row_per_factor():
    header, rows = factors_table(RECORD)
    assert header == [
        *("factor", "R²", "dimension of z", "its correlation"),
        *("R², innermost quarter", "R², second quarter", "R², third quarter", "R², outermost quarter"),
        *("spread, innermost quarter", "spread, outermost quarter", "share of the variance of |z|²"),
    ]
    assert rows == [
        ["yaw", "0.750", "3", "-0.500", "0.500", "0.600", "0.700", "0.800", "1.000", "1.000", "0.200"],
        ["hue", "-0.100", "0", "0.250", "–", "–", "–", "–", "0.000", "0.750", "0.000"],
    ]


def test_without_quarters():
    few = FactorsRecord(("yaw",), (0.75,), (3,), (-0.5,), (), (0.2,), {"all": 0.2}, 30, 30, 0, True, {})
    assert factors_table(few)[1] == [["yaw", "0.750", "3", "-0.500", "0.200"]]
