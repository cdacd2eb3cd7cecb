"""The numbers of a study of codes as tables."""

import math
from typing import Any

import numpy as np

from zscape.analysis.study import Analysis
from zscape.latent.codes import Codes
from zscape.reporting.numbers import Table, aligned


def codes_tables(codes: Codes, analysis: Analysis, grouped: bool = True) -> dict[str, Table]:
    """Return the tables that any codes have, by name: dimensions, radius, radius_histogram, spectrum.

    Args:
        codes: the codes.
        analysis: their study.
        grouped: whether thousands are set apart by commas.
    """
    return {
        "dimensions": dimensions_table(codes, analysis, grouped),
        "radius": radius_table(analysis, grouped),
        "radius_histogram": histogram_table(analysis, grouped),
        "spectrum": spectrum_table(analysis, grouped),
    }


def study_table(analysis: Analysis, psnr: float | None = None, grouped: bool = True) -> Table:
    """Return the main numbers of a study, one per row, for codes that come without a run.

    Args:
        analysis: the study.
        psnr: of the reconstructions, dB, where there are any.
        grouped: whether thousands are set apart by commas.
    """
    posterior, mismatch, spectrum = analysis.posterior, analysis.mismatch, analysis.spectrum
    of_z = f"of {analysis.z_dim}"
    rows: list[tuple[str, Any, str]] = [("z-points", analysis.count, ""), *_radius_rows(analysis)]
    if posterior is not None:
        rows += [
            ("KL", posterior.kl, "nats per image"),
            ("KL, part of mu", posterior.kl_mu, "nats per image"),
            ("KL, part of log_var", posterior.kl_log_var, "nats per image"),
            ("log_var, least", posterior.log_var.min, ""),
            ("log_var, mean", posterior.log_var.mean, ""),
            ("log_var, largest", posterior.log_var.max, ""),
        ]
    rows += [
        ("Active dimensions", analysis.active_units, of_z),
        ("Prior mismatch", mismatch.total, "nats per dimension"),
        ("Prior mismatch, from the centre", mismatch.shift, "nats per dimension"),
        ("Prior mismatch, from wide coordinates", mismatch.wide, "nats per dimension"),
        ("Prior mismatch, from narrow coordinates", mismatch.narrow, "nats per dimension"),
        ("Prior mismatch, from correlations", mismatch.correlation, "nats per dimension"),
        ("Principal directions with 90 % of the variance", spectrum.dimensions_90, of_z),
        ("Principal directions with 99 % of the variance", spectrum.dimensions_99, of_z),
    ]
    if psnr is not None and math.isfinite(psnr):
        rows.append(("PSNR of the reconstructions", psnr, "dB"))
    return ["", "value", "unit"], [[name, *aligned([value], grouped=grouped), unit] for name, value, unit in rows]


def dimensions_table(codes: Codes, analysis: Analysis, grouped: bool = True) -> Table:
    """Return one row per dimension of z: KL and mean log_var (of a VAE), mean and sd of mu, whether it is active."""
    coordinates, posterior = analysis.coordinates, analysis.posterior
    columns: dict[str, list[str]] = {"dimension": [str(i) for i in range(analysis.z_dim)]}
    if posterior is not None:
        columns["KL, nats"] = aligned(posterior.kl_per_dimension, 4, grouped)
    columns["mean of mu"] = aligned(coordinates.mean, 4, grouped)
    columns["sd of mu"] = aligned(coordinates.sd, 4, grouped)
    if codes.log_var is not None:
        columns["mean of log_var"] = aligned(codes.log_var.mean(axis=0, dtype=np.float64).tolist(), 4, grouped)
    columns["active"] = ["no" if i in analysis.inactive else "yes" for i in range(analysis.z_dim)]
    return _of_columns(columns)


def radius_table(analysis: Analysis, grouped: bool = True) -> Table:
    """Return the statistics of the radii and those of N(0, I), in units of z."""
    rows = [[name, *aligned([value], grouped=grouped), unit] for name, value, unit in _radius_rows(analysis)]
    return ["", "value", "unit"], rows


def histogram_table(analysis: Analysis, grouped: bool = True) -> Table:
    """Return the histogram of the radii: one row per bin, with its z-points and their density per unit of z."""
    record = analysis.radius
    edges = aligned(record.edges, grouped=grouped)
    density = np.array(record.counts) / (record.count * np.diff(record.edges))
    columns = {
        "from": edges[:-1],
        "to": edges[1:],
        "z-points": aligned(record.counts, grouped=grouped),
        "density": aligned(density.tolist(), grouped=grouped),
    }
    return _of_columns(columns)


def spectrum_table(analysis: Analysis, grouped: bool = True) -> Table:
    """Return one row per principal direction: variance of mu along it, its share, the share of all up to it."""
    record = analysis.spectrum
    columns = {
        "direction": [str(i) for i in range(1, len(record.variances) + 1)],
        "variance of mu": aligned(record.variances, grouped=grouped),
        "share, %": aligned([100 * share for share in record.shares], 3, grouped),
        "cumulative share, %": aligned([100 * share for share in record.cumulative], 3, grouped),
    }
    return _of_columns(columns)


def _of_columns(columns: dict[str, list[str]]) -> Table:
    return list(columns), [list(row) for row in zip(*columns.values(), strict=True)]


def _radius_rows(analysis: Analysis) -> list[tuple[str, Any, str]]:
    record = analysis.radius
    unit = "units of z"
    rows = [
        ("Radius, mean", record.mean, unit),
        ("Radius, standard deviation", record.sd, unit),
        ("Radius, least", record.min, unit),
        ("Radius, largest", record.max, unit),
        ("Distance of the centre from the origin", record.centre_distance, unit),
        ("Root mean square radius of drawn points", record.drawn_rms, unit),
        ("Radius of N(0, I), mean", record.chi_mean, unit),
        ("Radius of N(0, I), standard deviation", record.chi_sd, unit),
    ]
    return [row for row in rows if row[1] is not None]
