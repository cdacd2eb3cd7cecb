"""Is the cloud of codes normal?"""

from collections.abc import Sequence

from zscape.reporting.blocks import Section
from zscape.reporting.panels import all_there, drawn
from zscape.reporting.studied import Studied


def section(runs: Sequence[Studied]) -> Section | None:
    """Return the section; None where there is nothing to say."""
    blocks = all_there(
        drawn(
            runs,
            "normality",
            "Squared Mahalanobis distances of the codes against the law of a normal cloud",
        ),
        drawn(runs, "coordinates", "Histograms of single coordinates against N(0, 1)"),
    )
    return Section("normality", "Is the cloud normal?", blocks) if blocks else None
