"""Images in a folder, one per file."""

from zscape.data.raw import RawImages
from zscape.data.readers.folder import read_folder
from zscape.data.sources.registry import SOURCES_READERS, needed_path
from zscape.specs.data import DataSpec


@SOURCES_READERS.register("folder")
def read(spec: DataSpec) -> RawImages:
    """Return the images in the folder `data.path`.

    Raises:
        InputError: when `data.path` is missing, or the folder holds no readable image.
    """
    return read_folder(needed_path(spec, "the folder of image files"))
