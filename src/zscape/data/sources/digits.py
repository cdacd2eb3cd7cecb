"""scikit-learn's handwritten digits: real data that need no download."""

from typing import Any

import numpy as np

from zscape.core.errors import InputError
from zscape.data.raw import RawImages
from zscape.data.sources.registry import SOURCES_READERS
from zscape.specs.data import DataSpec

_ORIGIN = (
    "Optical Recognition of Handwritten Digits (Alpaydin and Kaynak, 1998), the 1,797 images that scikit-learn ships; "
    "UCI Machine Learning Repository, CC BY 4.0."
)


@SOURCES_READERS.register("digits")
def read(spec: DataSpec) -> RawImages:
    """Return the 1,797 digits, uint8 (1797, 8, 8, 1); the 17 levels 0..16 become round(level * 255 / 16).

    Raises:
        InputError: when `data.path` is given.
    """
    if spec.path is not None:
        raise InputError(
            f"Source 'digits' takes no data.path (received {spec.path!r}); to read files, state data.source=array."
        )
    from sklearn.datasets import load_digits  # takes a second to import

    loaded: Any = load_digits()  # a Bunch; the stubs know only the tuple of return_X_y
    images = np.rint(loaded.images * 255 / 16).astype(np.uint8)[..., np.newaxis]
    names = tuple(str(name) for name in loaded.target_names)
    return RawImages(images, loaded.target.astype(np.int64), names, None, None, _ORIGIN)
