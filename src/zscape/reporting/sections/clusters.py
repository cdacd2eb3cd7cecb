"""Does the cloud fall into clusters?"""

from collections.abc import Sequence

from zscape.reporting.blocks import Section
from zscape.reporting.panels import drawn
from zscape.reporting.studied import Studied


def section(runs: Sequence[Studied]) -> Section | None:
    """Return the section; None where there is nothing to say."""
    figure = drawn(runs, "clusters", "Inertia of k-means against that of a normal cloud, and the silhouette")
    return Section("clusters", "Are there clusters?", (figure,)) if figure else None
