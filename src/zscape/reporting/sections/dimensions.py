"""Which dimensions live."""

from collections.abc import Sequence

from zscape.reporting.blocks import Section, Text
from zscape.reporting.codes_numbers import dimensions_table
from zscape.reporting.panels import all_there, drawn, folded_tables
from zscape.reporting.studied import Studied


def section(runs: Sequence[Studied]) -> Section:
    """Return the section."""
    kl = None
    if any("kl" in run.figures for run in runs):
        kl = drawn(runs, "kl", "KL of each latent dimension", missing=_without_kl, common="y")
    units = [Text(run.sentence("kl") or "") for run in runs] if kl is None else []
    spectrum = drawn(runs, "spectrum", "Variance of the codes along their principal axes")
    tables = folded_tables(runs, "Every dimension in numbers", lambda run: dimensions_table(run.codes, run.analysis))
    return Section("dimensions", "Which dimensions are used?", all_there(kl, *units, spectrum, *tables))


def _without_kl(run: Studied) -> str:
    return f"An autoencoder has no KL. {run.sentence('kl')}"
