"""Where a source's reader is looked up by the source's name."""

from collections.abc import Callable
from pathlib import Path

from zscape.core.errors import InputError
from zscape.core.registry import Registry
from zscape.data.raw import RawImages
from zscape.specs.data import DataSpec

SOURCES_READERS: Registry[Callable[[DataSpec], RawImages]] = Registry("source")
"""A reader for every source in `specs.sources.SOURCES`; `data.sources.catalog` fills it."""


def needed_path(spec: DataSpec, what: str) -> Path:
    """Return `data.path` of a source that cannot do without.

    Args:
        spec: which images.
        what: what the path should lead to, for the error message.

    Raises:
        InputError: when it is not given.
    """
    if spec.path is None:
        raise InputError(f"data.path is needed for source {spec.source!r}: give {what} as data.path=...")
    return Path(spec.path).expanduser()
