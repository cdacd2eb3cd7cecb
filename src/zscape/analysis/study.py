"""The whole study of a set of codes, and its JSON."""

from dataclasses import dataclass
from typing import Any

from zscape.analysis.coordinates import CoordinatesRecord, coordinates_record
from zscape.analysis.information import InformationRecord, information_record
from zscape.analysis.mismatch import MismatchRecord, mismatch_record
from zscape.analysis.posterior import PosteriorRecord, inactive_dimensions, posterior_record
from zscape.analysis.radius import RadiusRecord, radius_record
from zscape.analysis.sentences import mismatch_sentence, radius_sentence, spectrum_sentence, units_sentence
from zscape.analysis.spectrum import SpectrumRecord, spectrum_record
from zscape.core.records import to_plain
from zscape.latent.codes import Codes


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
        coordinates: moments of each coordinate of mu.
        active_units: dimensions that carry something (`posterior.inactive_dimensions`).
        inactive: the numbers of the others, counted from 0.
        verdict: sentences that say what the numbers mean.
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


def analyze(codes: Codes, width: float | None = None) -> Analysis:
    """Return the study of all the codes given.

    Args:
        codes: at least 2 points; take one split with `Codes.of_split` if only that is meant.
        width: width of the bins of the radius' histogram; None: as `radius_record` chooses it.

    Raises:
        InputError: when there are fewer than 2 points, or values are not finite.
    """
    mean, covariance = codes.moments()
    radius = radius_record(codes.mu, width, None if codes.log_var is None else codes.variance)
    posterior, mismatch = posterior_record(codes), mismatch_record(mean, covariance)
    information = None if posterior is None else information_record(posterior, mismatch)
    spectrum = spectrum_record(codes.mu)
    inactive = inactive_dimensions(codes) if posterior is None else posterior.inactive
    verdict = (
        radius_sentence(radius),
        mismatch_sentence(mismatch),
        units_sentence(inactive, codes.z_dim, posterior, information),
        spectrum_sentence(spectrum),
    )
    return Analysis(
        count=len(codes),
        z_dim=codes.z_dim,
        radius=radius,
        posterior=posterior,
        mismatch=mismatch,
        information=information,
        spectrum=spectrum,
        coordinates=coordinates_record(codes.mu),
        active_units=codes.z_dim - len(inactive),
        inactive=inactive,
        verdict=verdict,
    )


def analysis_json(analysis: Analysis) -> dict[str, Any]:
    """Return the study as plain values for analysis.json: its fields by name, with `log_var` on the top level.

    `log_var` ({"min", "mean", "max"}) and `posterior` are None for an AE.
    """
    plain = to_plain(analysis)
    plain["log_var"] = plain["posterior"].pop("log_var") if plain["posterior"] else None
    return plain
