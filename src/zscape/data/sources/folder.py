"""Images in a folder, a .zip or a .tar, one per file."""

from zscape.data.raw import RawImages
from zscape.data.readers.folder import read_folder
from zscape.data.sources.registry import SOURCES_READERS, needed_path
from zscape.specs.data import DataSpec


@SOURCES_READERS.register("folder")
def read(spec: DataSpec) -> RawImages:
    """Return the images in the folder, .zip or .tar `data.path`.

    Raises:
        InputError: when `data.path` is missing, or holds no image files.
    """
    return read_folder(needed_path(spec, "the folder, .zip or .tar of image files"))
