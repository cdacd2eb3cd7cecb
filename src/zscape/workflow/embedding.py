"""The embedding in which random images are compared with real ones, as users state it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from zscape.analysis.embedding import Embedding, OwnEmbedding, pixel_embedding
from zscape.core.errors import InputError
from zscape.core.names import nearest
from zscape.data.store import Store
from zscape.workflow.model import open_trained

_EMBEDDINGS = ("classifier", "pixels")


def check_stated(stated: Any) -> None:
    """Refuse what names no embedding, before anything is computed.

    Args:
        stated: as `choose_embedding` takes it.

    Raises:
        InputError: when it is no name of an embedding, no directory and no function.
    """
    if stated is None or callable(stated) or stated in _EMBEDDINGS:
        return
    if not isinstance(stated, (str, Path)):
        raise InputError(f"An embedding is a name, a run directory or a function; received {type(stated).__name__}.")
    if not Path(stated).is_dir():
        guess = nearest(str(stated), _EMBEDDINGS)
        hint = f" Did you mean {guess!r}?" if guess else ""
        raise InputError(
            f"Unknown embedding {str(stated)!r}, and no run directory of this name.{hint} "
            f"Known: {', '.join(_EMBEDDINGS)}, or a run directory, whose encoder is taken."
        )


def choose_embedding(stated: Any, store: Store, note: Callable[[str], None]) -> Embedding:
    """Return the embedding that is stated.

    Args:
        stated: "classifier", "pixels", a run directory, or a function, as `check_stated` lets it pass; None for the
            classifier where the images have labels of two classes or more, else the pixels.
        store: the images.
        note: told what takes long.

    Raises:
        InputError: when there is no such embedding, or it does not fit the images.
    """
    if callable(stated):
        return OwnEmbedding(stated)
    if stated is None:
        stated = "classifier" if _has_classes(store) else "pixels"
    if stated == "pixels":
        return pixel_embedding(store)
    if stated == "classifier":
        from zscape.inference.embedding import classifier_embedding

        return classifier_embedding(store, note=note)
    return _encoder(stated, store)


def _has_classes(store: Store) -> bool:
    labels = store.split("train").labels()
    return labels is not None and len(np.unique(labels)) > 1


def _encoder(stated: Path | str, store: Store) -> Embedding:
    from zscape.inference.embedding import EncoderEmbedding

    run, model = open_trained(stated)
    if model.image_shape != store.image_shape:
        shapes = ("x".join(map(str, shape)) for shape in (model.image_shape, store.image_shape))
        raise InputError("The encoder of {} takes images of {}; these have {}.".format(run.path, *shapes))
    return EncoderEmbedding(model, run.path.resolve().name, store)
