"""What the numbers of a study mean, in sentences for people who look at the figures for the first time."""

import math

from zscape.analysis.information import InformationRecord
from zscape.analysis.mismatch import MismatchRecord
from zscape.analysis.posterior import ACTIVE_SHARE, PosteriorRecord
from zscape.analysis.radius import RadiusRecord
from zscape.analysis.spectrum import SpectrumRecord

_NEAR = 0.02  # nats per dimension: as if every coordinate were shifted by 0.2 standard deviations
_FAR = 0.125  # as if by 0.5
_APART = 1.0  # as if by 1.4
_MENTIONED = 0.0005  # below this the cause of a mismatch is noise
_FLAT = 1e-12  # share of the largest variance: codes are float32
_MOST_NAMED = 8
_TWO_KINDS = math.log(2)  # nats that tell apart two kinds of images, equally many of each


def radius_sentence(record: RadiusRecord) -> str:
    """Say at which radius the points lie, where those of N(0, I) would, and whether the two shells overlap.

    For a VAE the radii are those of mu, which lack the posterior variance; there the radius of drawn points is
    compared instead of the shells.
    """
    dimensions = "1 dimension" if record.z_dim == 1 else f"{record.z_dim} dimensions"
    of_mu = "" if record.drawn_rms is None else " (mu)"
    text = (
        f"The z-points{of_mu} lie at radius {short_number(record.mean)} ± {short_number(record.sd)}; N(0, I) in "
        f"{dimensions} would lie at {record.chi_mean:.2f} ± {record.chi_sd:.2f}"
    )
    centre = f"The centre of the points is {short_number(record.centre_distance)} from the origin."
    if record.drawn_rms is None:
        return f"{text}, so the two shells {_overlap(record)}. {centre}"
    return (
        f"{text}. Drawn with their posterior variance, as the decoder meets them in training, the points have a root "
        f"mean square radius of {short_number(record.drawn_rms)} (N(0, I): {math.sqrt(record.z_dim):.2f}). {centre}"
    )


def _overlap(record: RadiusRecord) -> str:
    distance = abs(record.mean - record.chi_mean) / (record.sd + record.chi_sd)
    if distance < 0.5:
        return "cover the same radii"
    return "overlap in part" if distance < 2.0 else "hardly overlap"


def mismatch_sentence(record: MismatchRecord) -> str:
    """Say how far the codes are from N(0, I), from what that comes, and what it means for random points."""
    parts = {
        "their centre": record.shift,
        "coordinates wider than N(0, 1)": record.wide,
        "coordinates narrower than N(0, 1)": record.narrow,
        "their correlations": record.correlation,
    }
    main = max(parts, key=lambda part: parts[part])
    cause = f", {100 * parts[main] / record.total:.0f} % of it from {main}" if record.total >= _MENTIONED else ""
    return (
        f"The codes, taken as one normal cloud, are {short_number(record.total)} nats per dimension away from N(0, I)"
        f"{cause}: as far as if each coordinate of N(0, I) were shifted by {math.sqrt(2 * record.total):.2f}. "
        f"{_random_points(record)}"
    )


def _random_points(record: MismatchRecord) -> str:
    if record.total < _NEAR:
        return "As far as mean and covariance tell, random points from N(0, I) fall where the decoder has seen codes."
    if record.total - record.wide >= _APART:
        return (
            "Random points from N(0, I) fall where the decoder has seen few codes or none; draw from what is fitted to "
            "the codes instead, the normal or the mixture."
        )
    if record.total - record.wide >= _FAR:
        return (
            "Random points from N(0, I) fall partly where the decoder has seen few codes; points of the normal or the "
            "mixture fitted to the codes come nearer to them."
        )
    if record.wide > record.total / 2:
        return (
            "As far as mean and covariance tell, random points from N(0, I) fall among the codes but seldom reach the "
            "outer ones; points of what is fitted to the codes do."
        )
    return "As far as mean and covariance tell, random points from N(0, I) fall on or near codes, some beside them."


def units_sentence(
    inactive: tuple[int, ...],
    z_dim: int,
    posterior: PosteriorRecord | None,
    information: InformationRecord | None = None,
) -> str:
    """Say how many dimensions are in use, by which measure, which are not, and how far the codes tell images apart.

    Args:
        inactive: numbers of the dimensions not in use.
        z_dim: dimensions of the latent space.
        posterior: the posteriors; None for an AE.
        information: the parts of their KL; None for an AE.
    """
    if posterior is None or information is None:
        measure, told = f"have a standard deviation above {ACTIVE_SHARE:g} of the largest", ""
    else:
        measure = f"have a KL above {posterior.active_nats:g} nat (all together {posterior.kl:.3g} nats per image)"
        told = _told(posterior.kl, information)
    text = f"{z_dim - len(inactive)} of {z_dim} dimensions {measure}"
    if not inactive:
        return f"{text}.{told}"
    if len(inactive) == z_dim:
        return (
            f"{text}: the codes tell the decoder next to nothing about the image; compare the reconstructions with the "
            f"mean image."
        )
    named = ", ".join(map(str, inactive[:_MOST_NAMED]))
    rest = f" and {len(inactive) - _MOST_NAMED} more" if len(inactive) > _MOST_NAMED else ""
    return (
        f"{text}; unused: {named}{rest}. That is information about how many dimensions the data take up, not a fault."
        f"{told}"
    )


def _told(kl: float, information: InformationRecord) -> str:
    at_most, common = information.mutual_information, information.marginal_kl
    if at_most >= kl / 2:
        return ""  # mostly what a KL is for: nothing to say
    text = f" At least {common:.3g} of the {kl:.3g} nats only say how far the cloud as a whole lies from N(0, I)"
    if at_most < _TWO_KINDS:
        return (
            f"{text}, and at most {at_most:.2g} tell one image from another: less than it takes to tell two kinds "
            f"apart ({_TWO_KINDS:.2f}). Compare the reconstructions with the mean image."
        )
    return f"{text}; at most {at_most:.3g} tell one image from another."


def spectrum_sentence(record: SpectrumRecord) -> str:
    """Say along how many directions the codes vary, and how unequal these are."""
    count, largest, smallest = len(record.variances), record.variances[0], record.variances[-1]
    if record.total_variance == 0:
        return "The codes do not vary: all points are the same."
    if count == 1:
        return f"There is one direction, with a standard deviation of {short_number(math.sqrt(largest))}."
    text = (
        f"90 % of the variance of mu lies along {record.dimensions_90} of {count} principal directions, "
        f"99 % along {record.dimensions_99}"
    )
    if smallest <= _FLAT * largest:
        return f"{text}; along at least one direction the points do not vary at all."
    ratio = math.sqrt(largest / smallest)
    shape = "nearly round" if ratio < 1.5 else "elongated"
    return f"{text}; the cloud is {shape}, its widest direction {ratio:.3g} times as wide as its narrowest."


def short_number(value: float) -> str:
    """Return the number with two decimals where they show enough, two significant digits below, whole above 100."""
    if value == 0 or 0.1 <= value < 100:
        return f"{value:.2f}"
    return f"{value:.2g}" if value < 0.1 else f"{value:.0f}"
