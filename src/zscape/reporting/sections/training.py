"""The course of the training."""

from collections.abc import Sequence

from zscape.reporting.blocks import Section
from zscape.reporting.panels import all_there, drawn
from zscape.reporting.sentences import curves_sentence
from zscape.reporting.studied import Studied


def section(runs: Sequence[Studied]) -> Section | None:
    """Return the section; None for codes of other models."""
    alt = "Curves of loss, reconstruction and KL over the epochs"
    blocks = all_there(drawn(runs, "curves", alt, sentence=_said, missing=_untrained))
    return Section("training", "Does it learn?", blocks) if any(run.trained for run in runs) else None


def _said(run: Studied) -> str | None:
    return None if run.trained is None else curves_sentence(run.trained.history)


def _untrained(run: Studied) -> str | None:
    return None if run.trained else "zscape did not train this model."
