"""Where the z-points lie: the cloud in the plane, and the radii."""

from collections.abc import Sequence

from zscape.figures.study import MOST_POINTS
from zscape.latent.moments import mean_and_covariance
from zscape.latent.whiten import coordinates_sentence
from zscape.reporting.blocks import Section, Text
from zscape.reporting.codes_numbers import radius_table
from zscape.reporting.panels import all_there, drawn, folded_tables
from zscape.reporting.studied import Studied


def section(runs: Sequence[Studied]) -> Section:
    """Return the section."""
    scatter = drawn(
        runs,
        "scatter",
        "The codes in the plane, coloured by label",
        sentence=_scatter,
        missing=lambda run: "One dimension makes no plane." if len(runs) > 1 else None,
        what="Each on axes of its own." if len(runs) > 1 else None,
    )
    if scatter is not None and all(panel.picture is None for panel in scatter.panels):
        scatter = None
    radius = drawn(runs, "radius", "Histogram of the codes' radii against the law of N(0, I)", common="xy")
    random_shown = any("random_normal" in run.images for run in runs)
    mismatch = [] if random_shown else [Text(run.sentence("random_normal") or "") for run in runs]
    coordinates = [_coordinates(run, len(runs) > 1) for run in runs if not run.variational]
    tables = folded_tables(runs, "The radii in numbers", lambda run: radius_table(run.analysis))
    return Section("where", "Where do the z-points lie?", all_there(scatter, radius, *coordinates, *mismatch, *tables))


def _scatter(run: Studied) -> str:
    of_whom = "The means mu of the images' codes" if run.variational else "The images' codes"
    seen = "in z-space itself" if run.codes.z_dim == 2 else "seen along the two directions in which they vary most"
    some = f" A random choice of {MOST_POINTS:,} of them is drawn." if len(run.codes) > MOST_POINTS else ""
    share = run.sentence("scatter") if run.codes.z_dim > 2 else None
    return f"{of_whom}, {seen}.{some}{f' {share}' if share else ''}"


def _coordinates(run: Studied, named: bool) -> Text:
    """Return what of an autoencoder's radii is a choice of coordinates."""
    said = coordinates_sentence(*mean_and_covariance(run.codes.mu))
    of_run = f" of {run.name}" if named else ""
    return Text(f"Radius, covariance and distance to the origin{of_run}: {said[0].lower()}{said[1:]}")
