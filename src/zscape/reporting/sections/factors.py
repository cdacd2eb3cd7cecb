"""What of the numbers that the images were made from can be read from the codes."""

from collections.abc import Sequence

from zscape.reporting.blocks import Section
from zscape.reporting.factor_table import factors_table
from zscape.reporting.panels import all_there, drawn, folded_tables
from zscape.reporting.studied import Studied

_WHAT = (
    "A factor is a number that an image was made from, known because the images are synthetic. It is read from the "
    "codes by ridge regression. Bars and strokes: R² on all codes that the readout was tried on. Dots: on a quarter of "
    "them each, by their radius, against that quarter's own mean; and how wide the factor itself spreads there."
)


def section(runs: Sequence[Studied]) -> Section | None:
    """Return the section; None where the images of no run come with true factors."""
    if all(run.codes.factors is None for run in runs):
        return None
    figure = drawn(
        runs,
        "factors",
        "R² of each true factor read from the codes, over all and by radius",
        missing=lambda run: "The images of this run come without true factors." if run.codes.factors is None else None,
        what=_WHAT,
    )
    tables = folded_tables(
        runs,
        "The factors in numbers",
        lambda run: None if run.analysis.factors is None else factors_table(run.analysis.factors),
    )
    return Section("factors", "What of the images' true factors do the codes know?", all_there(figure, *tables))
