"""All sections of a page, in an order that teaches."""

from collections.abc import Callable, Sequence

from zscape.reporting.blocks import Section
from zscape.reporting.sections import (
    attributes,
    clusters,
    data,
    dimensions,
    factors,
    log_var,
    maps,
    normality,
    numbers,
    provenance,
    quality,
    random,
    reconstruction,
    summary,
    training,
    where,
)
from zscape.reporting.studied import Studied

SECTIONS: tuple[Callable[[Sequence[Studied]], Section | None], ...] = (
    summary.section,
    data.section,
    training.section,
    reconstruction.section,
    where.section,
    log_var.section,
    dimensions.section,
    normality.section,
    clusters.section,
    maps.section,
    random.section,
    attributes.section,
    factors.section,
    quality.section,
    numbers.section,
    provenance.section,
)
"""Each takes the runs of a page and returns its section, or None where it has nothing to show."""


def sections(runs: Sequence[Studied]) -> tuple[Section, ...]:
    """Return the sections that have something to show."""
    made = (make(runs) for make in SECTIONS)
    return tuple(section for section in made if section is not None)
