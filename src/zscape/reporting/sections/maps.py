"""Maps of the cloud by t-SNE, where they were made."""

from collections.abc import Sequence

from zscape.analysis.cluster_sentences import maps_sentence
from zscape.reporting.blocks import Section
from zscape.reporting.panels import drawn
from zscape.reporting.studied import Studied


def section(runs: Sequence[Studied]) -> Section | None:
    """Return the section; None where no run has maps."""
    figure = drawn(
        runs,
        "maps",
        "Maps of the codes by t-SNE, coloured by label",
        sentence=lambda run: maps_sentence(run.maps),
        missing=_missing if any(run.maps for run in runs) else lambda run: None,
    )
    return Section("maps", "What do maps show?", (figure,)) if figure else None


def _missing(run: Studied) -> str:
    if run.codes.z_dim <= 2:
        return "In so few dimensions the scatter of the codes is the map."
    return "No maps were made of this run: `zscape report DIR --tsne` makes them."
