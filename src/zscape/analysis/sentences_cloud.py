"""Sentences about the cloud as a whole: its shape, its coordinates, what drawing and log_var do, random cubes."""

import math

import numpy as np

from zscape.analysis.coordinates import CoordinatesRecord
from zscape.analysis.drawn import DrawnRecord
from zscape.analysis.normality import NormalityRecord
from zscape.analysis.radius import RadiusRecord
from zscape.analysis.sentences import short_number
from zscape.analysis.spectrum import SpectrumRecord

_CLOSE, _ROUGHLY = 0.05, 0.1  # Kolmogorov distances: shares of the points out of place
_TELLING = 0.1  # chance alone reaching this far, nothing can be said
_OFF, _TURNED = 0.1, 0.1  # of the cloud's own radius; root mean square correlation
_STRONG = 0.5  # a single correlation worth a word
_BEYOND = 10  # points that must be expected beyond a quantile before their number means something
_UNUSED, _LITTLE = 1e-4, 1e-2  # shares of the variance of z: a hundredth and a tenth of its sd
_NEARLY_ALL = 0.9  # share of the variance of z above which drawing leaves nothing of the code
_SAME = 0.01  # difference of two Kolmogorov distances that is not worth a sentence
_NO_BELL = "not bell-shaped"
_AS_WIDE = 2 * math.log(0.9)  # log_var of a posterior with nine tenths of the sd of N(0, 1)


def normality_sentence(
    mu: NormalityRecord | None, drawn: NormalityRecord | None = None, inactive: int = 0
) -> str | None:
    """Say whether the cloud is a normal one wherever it lies, how far from one, and in what way.

    Args:
        mu: the distances of mu; None where they were left out.
        drawn: those of drawn z; None for an AE.
        inactive: dimensions not in use; scaled to their own spread they count as much as the others.

    Returns:
        One sentence for each of the two; None where there is none of them.
    """
    if mu is None:
        return None if drawn is None else _whole(drawn, 0)
    text = _whole(mu, inactive)
    if drawn is None:
        return text
    apart = max(abs(drawn.kolmogorov - mu.kolmogorov), abs(max(drawn.kolmogorov_axes) - max(mu.kolmogorov_axes)))
    if apart < _SAME and _judgement(drawn) == _judgement(mu):
        return f"{text} The same holds for drawn z."
    return f"{text} The cloud of drawn z {_judgement(drawn)}: {_distances(drawn)}.{_shape(drawn)}"


def _whole(record: NormalityRecord, inactive: int) -> str:
    text = (
        f"The cloud of {'drawn z' if record.drawn else 'mu'}, seen from its own centre and measured in its own spread, "
        f"{_judgement(record)}: {_distances(record)}.{_shape(record)} {_place(record)}"
    )
    if record.flat:
        text += f" {_counted(record.flat, 'direction')} in which the points do not vary {_are(record.flat)} left out."
    if inactive and _worst(record) > record.chance:
        text += (
            f" {_counted(inactive, 'unused dimension')} {'counts' if inactive == 1 else 'count'} as much as the others "
            f"here."
        )
    return text


def _worst(record: NormalityRecord) -> float:
    return max(record.kolmogorov, *record.kolmogorov_axes)


def _distances(record: NormalityRecord) -> str:
    return (
        f"{_percent(record.kolmogorov)} of the points are out of place in their distance from the centre and at most "
        f"{_percent(max(record.kolmogorov_axes))} along a principal axis (chance alone: up to "
        f"{_percent(record.chance)})"
    )


def _judgement(record: NormalityRecord) -> str:
    worst = _worst(record)
    if worst <= record.chance:
        if record.chance > _TELLING:
            return f"cannot be told from a normal one, but {record.count} points are too few to tell much"
        return "is a multivariate normal as far as its points can tell"
    if worst < _CLOSE:
        return "is close to a multivariate normal"
    return "is only roughly a multivariate normal" if worst < _ROUGHLY else "is no multivariate normal"


def _shape(record: NormalityRecord) -> str:
    if _worst(record) <= record.chance:
        return ""
    said = []
    expected = 0.001 * record.count
    if record.beyond_999 > 0.003 and record.beyond_999 * record.count >= max(_BEYOND, 3 * expected):
        said.append(
            f"has heavy tails: {_percent(record.beyond_999)} of the points lie beyond a distance that 0.1 % of a "
            f"normal's do"
        )
    elif record.beyond_99 < 0.003 and 0.01 * record.count >= _BEYOND:
        said.append(
            f"ends early, like a ball or a cube: {_percent(record.beyond_99)} of the points lie beyond a distance that "
            f"1 % of a normal's do"
        )
    odd = [i for i, distance in enumerate(record.kolmogorov_axes) if distance > max(_CLOSE, record.chance)]
    if odd:
        said.append(_along(record, odd))
    return f" It {'; it '.join(said)}." if said else ""


def _along(record: NormalityRecord, odd: list[int]) -> str:
    first = max(odd, key=lambda i: record.kolmogorov_axes[i])
    bent = _bent(record, first)
    if len(odd) == 1:
        return f"is {bent} along principal axis {first + 1}"
    there = "" if bent == _NO_BELL else f", where it is {bent}"
    return f"is {_NO_BELL} along {len(odd)} principal axes, most so along axis {first + 1}{there}"


def _bent(record: NormalityRecord, axis: int) -> str:
    if record.excess_kurtosis[axis] < -1.0:
        return "flat or in two heaps"
    skewness, kurtosis = record.skewness[axis], record.excess_kurtosis[axis]
    if abs(skewness) > 0.5 and skewness**2 > 0.3 * kurtosis:
        return "lopsided"
    if kurtosis > 1.0:
        return "peaked with long tails"
    return _NO_BELL


def _place(record: NormalityRecord) -> str:
    chance = 3.0 / math.sqrt(record.count)
    if record.offset > max(_OFF, chance):
        off = f"off-centre (the origin is {short_number(record.offset)} cloud radii from its centre)"
    else:
        off = "centred at the origin"
    if record.z_dim == 1:
        return f"It is {off}."
    telling = record.correlation_rms > max(_TURNED, chance) or record.correlation_max > max(_STRONG, 2 * chance)
    sizes = f"{short_number(record.correlation_rms)} root mean square, {short_number(record.correlation_max)} at most"
    return f"It is {off}, its coordinates {'are correlated' if telling else 'hardly correlated'} ({sizes})."


def coordinates_sentence(record: CoordinatesRecord) -> str:
    """Say how many coordinates are nearly N(0, 1) each by itself, which is nearest and which farthest."""
    distances, count = np.array(record.kolmogorov), len(record.kolmogorov)
    near, far = int(distances.argmin()), int(distances.argmax())
    shape = f"mean {short_number(record.mean[far])}, standard deviation {short_number(record.sd[far])}"
    if count == 1:
        return (
            f"Of the one coordinate of mu {_percent(distances[0])} of the points are out of place in N(0, 1): {shape}."
        )
    close = int((distances <= _CLOSE).sum())
    panels = ""
    if len(record.histograms) < count:
        panels = f" The {len(record.histograms)} panels go from the most to the least normal."
    return (
        f"Taken one by one, {close} of {count} coordinates of mu are nearly N(0, 1), with at most {100 * _CLOSE:g} % "
        f"of the points out of place: z {near} comes nearest ({_percent(distances[near])}), z {far} is farthest "
        f"({_percent(distances[far])}; {shape}).{panels}"
    )


def drawn_sentence(record: DrawnRecord) -> str:
    """Say whether the encoder makes any use of log_var, by what drawing changes."""
    moved = (
        f"a draw moves a coordinate by {short_number(record.deviation_mean)} on average and by "
        f"{short_number(record.deviation_max)} at most ({_counted(record.far_count, 'value')} of "
        f"{record.count * record.z_dim:,} by more than {record.far:g})"
    )
    radius = ""
    if record.relative_mean is not None:
        radius = f" and the radius by {_percent(record.relative_mean)}"
    if record.noise_share < _UNUSED:
        return (
            f"The encoder makes next to no use of log_var: {moved}{radius}, so that mu and z are the same to the eye: "
            f"it works like an autoencoder."
        )
    mu, z = record.radius_mu, record.radius_z
    uses = "little use" if record.noise_share < _LITTLE else "use"
    begins = f"The encoder makes {uses} of log_var"
    if record.noise_share > _NEARLY_ALL:
        begins = "z is nearly all chance and hardly tells images apart"
    return (
        f"{begins}: {_percent(record.noise_share)} of the variance of z comes from drawing; {moved}, and the radius "
        f"goes from {short_number(mu.mean)} ± {short_number(mu.sd)} (mu) to {short_number(z.mean)} ± "
        f"{short_number(z.sd)} (z)."
    )


def log_var_sentence(record: DrawnRecord) -> str:
    """Say from where to where log_var runs, what standard deviations these are, and how many are those of the prior."""
    spread = record.log_var
    mean = float(np.mean(spread.mean))
    low, typical, high = (
        short_number(math.exp(value / 2)) for value in (min(spread.lowest), mean, max(spread.highest))
    )
    wide = sum(value > _AS_WIDE for value in spread.mean)
    each = "it is" if wide == 1 else "they are"
    prior = (
        f"In {wide} of {record.z_dim} dimensions {each} typically as wide as N(0, 1) itself, so that the decoder "
        f"learns next to nothing from them."
        if wide
        else "In no dimension are they typically as wide as N(0, 1) itself."
    )
    return (
        f"log_var runs from {min(spread.lowest):.2f} to {max(spread.highest):.2f} with mean {mean:.2f}: standard "
        f"deviations of the posteriors from {low} to {high}, typically {typical}. {prior}"
    )


def cubes_sentence(record: RadiusRecord) -> str:
    """Say for which r points uniform in [-r, r] lie at the radii of the codes."""
    one = next(cube for cube in record.cubes if cube.r == 1.0)
    low, high = record.middle
    of_mu = "" if record.drawn_rms is None else " (mu)"
    return (
        f"Random points uniform in [-r, r] lie at radius {one.mean:.2f} r, the codes{of_mu} nine times in ten between "
        f"{short_number(low)} and {short_number(high)}: both lie equally far out for r from "
        f"{short_number(low / one.mean)} to {short_number(high / one.mean)}, though not yet in the same place; for "
        f"larger r random points lie outside of all but a few codes."
    )


def scatter_sentence(record: SpectrumRecord) -> str:
    """Say how much of the codes' variance a picture in the plane of the first two principal axes shows."""
    if len(record.variances) <= 2:
        return "The picture shows the codes as they are: z has no more directions."
    shown = _percent(record.cumulative[1])
    return (
        f"The plane shown holds {shown} of the variance of mu: what lies apart in it lies apart in z, while what lies "
        f"together in it may be apart along the other {len(record.variances) - 2} directions."
    )


def _percent(share: float) -> str:
    value = 100 * share
    if value == 0 or value >= 10:
        return f"{value:.0f} %"
    return f"{value:.1f} %" if value >= 0.1 else f"{value:.1g} %"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
