"""The readouts of true factors as a table."""

from zscape.analysis.factors import FactorsRecord
from zscape.reporting.numbers import Table, aligned

_QUARTERS = ("innermost quarter", "second quarter", "third quarter", "outermost quarter")


def factors_table(record: FactorsRecord) -> Table:
    """Return one row per factor: R^2, the dimension that goes most with it, and what the radius has to do with it.

    Args:
        record: the factors.
    """
    columns = {
        "factor": list(record.names),
        "R²": aligned(record.r2, 3),
        "dimension of z": [str(number) for number in record.dimension],
        "its correlation": aligned(record.correlation, 3),
    }
    quarters = list(zip(_QUARTERS, record.shells, strict=False))
    columns |= {f"R², {name}": aligned(shell.r2, 3) for name, shell in quarters}
    columns |= {f"spread, {name}": aligned(shell.spread, 3) for name, shell in quarters[:1] + quarters[-1:]}
    columns["share of the variance of |z|²"] = aligned(record.radius_share, 3)
    return list(columns), [list(row) for row in zip(*columns.values(), strict=True)]
