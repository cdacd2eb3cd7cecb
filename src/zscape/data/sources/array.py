"""Images in one .npy, .npz or idx file."""

from zscape.data.raw import RawImages
from zscape.data.readers.arrays import read_array_file
from zscape.data.sources.registry import SOURCES_READERS, needed_path
from zscape.specs.data import DataSpec


@SOURCES_READERS.register("array")
def read(spec: DataSpec) -> RawImages:
    """Return the images of the file `data.path`.

    Raises:
        InputError: when `data.path` is missing, or the file cannot be read.
    """
    return read_array_file(needed_path(spec, "the .npy, .npz or idx file"))
