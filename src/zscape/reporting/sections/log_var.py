"""Does a variational autoencoder use its log_var?"""

from collections.abc import Sequence

from zscape.reporting.blocks import Section
from zscape.reporting.panels import all_there, drawn
from zscape.reporting.studied import Studied


def section(runs: Sequence[Studied]) -> Section | None:
    """Return the section; None where no run has a log_var."""
    if not any(run.variational for run in runs):
        return None
    log_var = drawn(
        runs,
        "log_var",
        "Histogram of log_var, and its range in each dimension",
        analysis="posterior",
        missing=_none,
        common="xy",
    )
    radii = drawn(
        runs,
        "drawn",
        "Radius of drawn z-points against the radius of their mu",
        missing=_none,
    )
    blocks = all_there(log_var, radii)
    return Section("log_var", "Does it use log_var?", blocks) if blocks else None


def _none(run: Studied) -> str | None:
    return None if run.variational else "An autoencoder has no log_var: every image is one point."
