"""What of the images lies along straight lines in z-space."""

from collections.abc import Sequence

from zscape.latent.attributes import feature_names
from zscape.reporting.blocks import Section
from zscape.reporting.panels import drawn
from zscape.reporting.studied import Studied


def section(runs: Sequence[Studied]) -> Section | None:
    """Return the section; None where no run has labels or attributes."""
    if not any(feature_names(run.codes) for run in runs):
        return None
    alt = "How well a straight line in z-space tells each attribute, and which directions go together"
    figure = drawn(runs, "attributes", alt)
    return Section("attributes", "Which attributes have a direction?", (figure,)) if figure else None
