"""All sources. A new one is a file beside this and a name in the import below (and in `specs.sources`)."""

from zscape.data.raw import RawImages
from zscape.data.sources import (  # noqa: F401  importing registers
    array,
    celeba,
    cifar10,
    digits,
    faces,
    fashion_mnist,
    folder,
    mnist,
)
from zscape.data.sources.registry import SOURCES_READERS
from zscape.specs.data import DataSpec


def read_source(spec: DataSpec) -> RawImages:
    """Return the images of the source that `spec` names.

    Raises:
        InputError: when they cannot be read.
    """
    return SOURCES_READERS.get(spec.source)(spec)
