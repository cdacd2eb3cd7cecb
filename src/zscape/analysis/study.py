"""The whole study of a set of codes, and its JSON."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zscape.analysis.attributes import AttributesRecord, attributes_record, attributes_sentence
from zscape.analysis.beside import made_beside
from zscape.analysis.cluster_sentences import clusters_sentence
from zscape.analysis.clusters import ClustersRecord, clusters_record
from zscape.analysis.coordinates import CoordinatesRecord, coordinates_record
from zscape.analysis.drawn import DrawnRecord, drawn_points, drawn_record
from zscape.analysis.factor_sentences import factors_sentence
from zscape.analysis.factors import FactorsRecord, factors_record
from zscape.analysis.information import InformationRecord, information_record
from zscape.analysis.mismatch import MismatchRecord, mismatch_record
from zscape.analysis.normality import NormalityRecord, normality_record
from zscape.analysis.points import check_points
from zscape.analysis.posterior import PosteriorRecord, inactive_dimensions, posterior_record
from zscape.analysis.radius import RadiusRecord, radius_record
from zscape.analysis.sentences import mismatch_sentence, radius_sentence, spectrum_sentence, units_sentence
from zscape.analysis.sentences_cloud import (
    coordinates_sentence,
    cubes_sentence,
    drawn_sentence,
    log_var_sentence,
    normality_sentence,
    scatter_sentence,
)
from zscape.analysis.spectrum import SpectrumRecord, spectrum_record
from zscape.core.errors import InputError
from zscape.core.records import to_plain
from zscape.latent.codes import Codes
from zscape.latent.moments import mean_and_covariance


@dataclass(frozen=True)
class Analysis:
    """What is known about a set of codes. Radius, spectrum and coordinates are those of mu, without drawing.

    Attributes:
        count: points.
        z_dim: dimensions of the latent space.
        radius: radii of mu.
        posterior: KL and log_var; None for an AE.
        mismatch: distance of the aggregated posterior from N(0, I).
        information: what of the KL tells images apart; None for an AE.
        spectrum: principal components of mu.
        coordinates: moments of each coordinate of mu, and distances to N(0, 1).
        active_units: dimensions that carry something (`posterior.inactive_dimensions`).
        inactive: the numbers of the others, counted from 0.
        verdict: sentences that say what the numbers mean: about radius, mismatch, active dimensions, spectrum.
        normality: whether the cloud of mu is a normal one; None where that cannot be told.
        normality_drawn: the same of drawn z; None for an AE too.
        drawn: what drawing with log_var changes; None for an AE.
        clusters: whether the codes lie in clusters; None where that was not asked or cannot be told.
        attributes: the directions of attributes and labels; None where there are none, or they cannot be studied.
        left_out: the analyses that are None, by the names above, and why: a sentence each.
        sentences: one for each figure, by its name, and `cubes`: where random points of cubes lie.
        factors: how well true factors are read from the codes; None where there are none, or they cannot be studied.
    """

    count: int
    z_dim: int
    radius: RadiusRecord
    posterior: PosteriorRecord | None
    mismatch: MismatchRecord
    information: InformationRecord | None
    spectrum: SpectrumRecord
    coordinates: CoordinatesRecord
    active_units: int
    inactive: tuple[int, ...]
    verdict: tuple[str, ...]
    normality: NormalityRecord | None
    normality_drawn: NormalityRecord | None
    drawn: DrawnRecord | None
    clusters: ClustersRecord | None
    attributes: AttributesRecord | None
    left_out: dict[str, str]
    sentences: dict[str, str]
    factors: FactorsRecord | None = None  # last, so that studies written before there were any can be read


def analyze(codes: Codes, width: float | None = None, *, seed: int = 0, clusters: bool = True) -> Analysis:
    """Return the study of all the codes given; an analysis that they do not allow is left out, with its reason.

    Args:
        codes: at least 2 points; take one split with `Codes.of_split` if only that is meant.
        width: width of the bins of the radius' histogram; None: as `radius_record` chooses it.
        seed: of the draws around mu, and of the points that are clustered where there are very many.
        clusters: whether to look for clusters, which takes the most time.

    Raises:
        InputError: when there are fewer than 2 points, or values are not finite.
    """
    if len(codes) < 2:
        raise InputError(f"Mean and covariance need at least 2 points, got {len(codes)}.")
    check_points(codes.mu)
    mean, covariance = mean_and_covariance(codes.mu)
    sd = np.sqrt(np.diag(covariance))
    posterior = posterior_record(codes, sd)
    variance = None if posterior is None else np.array(posterior.mean_variance)
    mismatch = mismatch_record(mean, covariance if variance is None else covariance + np.diag(variance))
    information = None if posterior is None else information_record(posterior, mismatch)
    radius = radius_record(codes.mu, width, variance, mean)
    spectrum = spectrum_record(codes.mu, covariance)
    inactive = inactive_dimensions(codes, sd) if posterior is None else posterior.inactive
    made, left_out = made_beside(_independent(codes, (mean, covariance), seed, clusters))
    analysis = Analysis(
        count=len(codes),
        z_dim=codes.z_dim,
        radius=radius,
        posterior=posterior,
        mismatch=mismatch,
        information=information,
        spectrum=spectrum,
        coordinates=made["coordinates"],
        active_units=codes.z_dim - len(inactive),
        inactive=inactive,
        verdict=(),
        normality=made["normality"],
        normality_drawn=made["normality_drawn"],
        drawn=made["drawn"],
        clusters=made.get("clusters"),
        attributes=made.get("attributes"),
        left_out=left_out,
        sentences={},
        factors=made.get("factors"),
    )
    verdict = _verdict(analysis)
    return replace(analysis, verdict=verdict, sentences=_sentences(analysis, *verdict))


def _independent(
    codes: Codes, moments: tuple[np.ndarray, np.ndarray], seed: int, clusters: bool
) -> dict[str, Callable[[], Any]]:
    """Return the analyses that need nothing of each other, the longest first, so that none is left for the end."""
    makers: dict[str, Callable[[], Any]] = {}
    if clusters:
        makers["clusters"] = lambda: clusters_record(codes.mu, codes.labels, seed=seed)
    if codes.labels is not None or codes.attributes is not None:
        makers["attributes"] = lambda: attributes_record(codes, seed)
    if codes.factors is not None:
        makers["factors"] = lambda: factors_record(codes, seed)
    return makers | {
        "normality_drawn": lambda: normality_record(drawn_points(codes, seed), drawn=True),
        "drawn": lambda: drawn_record(codes, seed, float(np.trace(moments[1]))),
        "normality": lambda: normality_record(codes.mu, moments),
        "coordinates": lambda: coordinates_record(codes.mu),
    }


def _verdict(of: Analysis) -> tuple[str, str, str, str]:
    return (
        radius_sentence(of.radius),
        mismatch_sentence(of.mismatch),
        units_sentence(of.inactive, of.z_dim, of.posterior, of.information),
        spectrum_sentence(of.spectrum),
    )


def _sentences(of: Analysis, radius: str, mismatch: str, units: str, spectrum: str) -> dict[str, str]:
    """Return a sentence for each figure that there is; that of the mismatch goes with images, not with a figure."""
    sentences = {
        "radius": radius,
        "cubes": cubes_sentence(of.radius),
        "kl": units if of.posterior is not None else None,
        "spectrum": spectrum,
        "scatter": scatter_sentence(of.spectrum) if of.z_dim > 1 else None,
        "coordinates": coordinates_sentence(of.coordinates),
        "normality": normality_sentence(of.normality, of.normality_drawn, len(of.inactive)),
        "drawn": drawn_sentence(of.drawn) if of.drawn is not None else None,
        "log_var": log_var_sentence(of.drawn) if of.drawn is not None else None,
        "clusters": clusters_sentence(of.clusters) if of.clusters is not None else None,
        "attributes": attributes_sentence(of.attributes) if of.attributes is not None else None,
        "factors": factors_sentence(of.factors) if of.factors is not None else None,
    }
    return {name: sentence for name, sentence in sentences.items() if sentence is not None}


def analysis_json(analysis: Analysis) -> dict[str, Any]:
    """Return the study as plain values for analysis.json: its fields by name, with `log_var` on the top level.

    `log_var` ({"min", "mean", "max"}) and `posterior` are None for an AE.
    """
    plain = to_plain(analysis)
    plain["log_var"] = plain["posterior"].pop("log_var") if plain["posterior"] else None
    return plain
