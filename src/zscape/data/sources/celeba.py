"""CelebA's aligned faces: a copy of the user's own."""

from zscape.data.raw import RawImages
from zscape.data.sources.celeba_layout import read_celeba
from zscape.data.sources.registry import SOURCES_READERS, needed_path
from zscape.specs.data import DataSpec

TERMS = (
    "CelebA (Liu, Luo, Wang and Tang, 2015), aligned and cropped faces, a copy given by the user: for non-commercial "
    "research only; the images may not be passed on, published or sold, whole or in part"
)


@SOURCES_READERS.register("celeba")
def read(spec: DataSpec) -> RawImages:
    """Return the aligned faces of CelebA, with attributes and the official parts where their files are there.

    Raises:
        InputError: when `data.path` is missing, or holds no aligned faces.
    """
    path = needed_path(spec, "the folder or .zip of the aligned faces (img_align_celeba), or the folder that holds it")
    return read_celeba(path, TERMS)
