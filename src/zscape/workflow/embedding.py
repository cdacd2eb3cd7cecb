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
_INCEPTION = "inception"


def check_stated(stated: Any) -> None:
    """Refuse what names no embedding, before anything is computed.

    Args:
        stated: as `choose_embedding` takes it.

    Raises:
        InputError: when it is no name of an embedding, no directory, no function and no file of Inception's weights.
    """
    if stated is None or callable(stated) or stated in _EMBEDDINGS:
        return
    if _is_inception(stated):
        from zscape.inference.inception_file import check_file

        check_file(_weights_file(stated))
        return
    if not isinstance(stated, (str, Path)):
        raise InputError(f"An embedding is a name, a run directory or a function; received {type(stated).__name__}.")
    if not Path(stated).is_dir():
        guess = nearest(str(stated).split(":")[0], (*_EMBEDDINGS, _INCEPTION))
        guess = f"{_INCEPTION}:FILE" if guess == _INCEPTION else guess
        hint = f" Did you mean {guess!r}?" if guess else ""
        raise InputError(
            f"Unknown embedding {str(stated)!r}, and no run directory of this name.{hint} "
            f"Known: {', '.join(_EMBEDDINGS)}, inception:FILE, or a run directory, whose encoder is taken."
        )


def choose_embedding(stated: Any, store: Store, note: Callable[[str], None]) -> Embedding:
    """Return the embedding that is stated.

    Args:
        stated: "classifier", "pixels", "inception:FILE", a run directory, or a function, as `check_stated` lets it
            pass; None for the classifier where the images have labels of two classes or more, else the pixels.
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
    if _is_inception(stated):
        from zscape.inference.inception import InceptionEmbedding

        return InceptionEmbedding(_weights_file(stated), store.image_shape)
    return _encoder(stated, store)


def _is_inception(stated: Any) -> bool:
    name, colon, _ = stated.partition(":") if isinstance(stated, str) else ("", "", "")
    return name == _INCEPTION and (bool(colon) or not Path(name).is_dir())


def _weights_file(stated: str) -> Path:
    file = stated.partition(":")[2].strip()
    if not file:
        raise InputError(f"Name the file of Inception's weights: --embedding {_INCEPTION}:FILE.")
    return Path(file).expanduser()


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
