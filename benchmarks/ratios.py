"""Ratios of speed with their spread, from a race's rounds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.contestants import ratio_pairs
from benchmarks.networks import NETWORKS
from benchmarks.race import Race


@dataclass(frozen=True)
class Spread:
    """A quantity over the rounds: median, quartiles (linear interpolation), extremes and number of rounds."""

    median: float
    lower_quartile: float
    upper_quartile: float
    min: float
    max: float
    rounds: int


@dataclass(frozen=True)
class Ratio(Spread):
    """A ratio of speed over the rounds.

    Attributes:
        of_fastest: the ratio of each one's fastest piece. Other programs can only slow a piece down, so with enough
            rounds this is what a machine of one's own would show.
    """

    of_fastest: float


def spread(values: Sequence[float]) -> Spread:
    """Return the spread of at least one value."""
    least, lower, middle, upper, greatest = (float(q) for q in np.quantile(values, (0, 0.25, 0.5, 0.75, 1)))
    return Spread(middle, lower, upper, least, greatest, len(values))


def speed_ratios(races: Sequence[Race], what: str = "seconds") -> dict[str, dict[str, Ratio]]:
    """Return ratios of speed by name and network; above 1 the first one named is faster.

    Each round gives one ratio, of two pieces that ran within seconds of each other, and the median is taken over those:
    what slows a machine down for minutes slows both.

    Args:
        races: one per network.
        what: "seconds" by the clock, or "processor_seconds", which other programs on the machine disturb less.
    """
    ratios: dict[str, dict[str, Ratio]] = {}
    for race in races:
        for name, (first, second) in ratio_pairs(race.steps).items():
            both = [taken for taken in race.rounds if {first, second} <= set(taken)]
            seen = spread([taken[second][what] / taken[first][what] for taken in both])
            fastest = min(taken[second][what] for taken in both) / min(taken[first][what] for taken in both)
            ratios.setdefault(name, {})[race.network] = Ratio(**vars(seen), of_fastest=fastest)
    return ratios


def images_per_second(race: Race) -> dict[str, Spread]:
    """Return the speed of every contestant."""
    size = NETWORKS[race.network].batch_size
    return {who: spread([size / taken[who]["seconds"] for taken in race.rounds if who in taken]) for who in race.steps}
