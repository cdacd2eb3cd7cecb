"""From a recipe's `data` to an open store, prepared once and found again."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from zscape.core.download import cache_directory
from zscape.core.errors import InputError
from zscape.data.preparation.fingerprint import files_below
from zscape.data.preparation.finish import request_of
from zscape.data.preparation.run import Note
from zscape.data.preparation.staging import Staging
from zscape.data.preparation.writer import Progress
from zscape.data.raw import RawImages, shape_of
from zscape.data.readers.decode import too_small
from zscape.data.sources.catalog import read_source
from zscape.data.store import FORMAT, Store, is_store
from zscape.data.write import to_stderr, write_new
from zscape.specs.data import DataSpec
from zscape.specs.sources import SOURCES


def write_store(raw: RawImages, spec: DataSpec, path: Path, workers: int | None = None) -> Store:
    """Write a store where the user wants it.

    Args:
        raw: the images.
        spec: size, channels, limit and splits.
        path: a folder that does not exist yet or is empty.
        workers: as in `write_new`.

    Raises:
        InputError: when `path` holds something already, and as `write_new`.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise InputError(f"{path} exists already; a store is written to a new folder: delete it or name another.")
    return write_new(raw, spec, path, workers=workers)


def open_store(
    spec: DataSpec,
    for_training: bool = True,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    note: Note = to_stderr,
) -> Store:
    """Return the store of the images that `spec` asks for, preparing it in the cache when it is not there yet.

    Where `spec.path` is a store itself, it is opened as it is.

    Args:
        spec: which images, and how they are wanted.
        for_training: as in `write_new`.
        workers: as in `write_new`; this and the following matter only where images are prepared.
        progress: as in `write_new`.
        note: as in `write_new`.

    Raises:
        InputError: when the images cannot be read or prepared, or a store named by `spec.path` is not what the rest of
            `spec` asks for.
    """
    if spec.path is not None and is_store(Path(spec.path).expanduser()):
        store = _matching(Store.open(Path(spec.path).expanduser()), spec)
    elif is_store(path := store_path(spec, for_training)):
        store = _found(path)
    else:
        raw = large_enough(read_source(spec))
        store = write_new(raw, spec, path, for_training, workers, progress, note=note)
    drawn_already = store.manifest.get("request", {}).get("binarize") == "static"
    return replace(store, binarized=spec.binarize != "none" and not drawn_already)


def is_prepared(spec: DataSpec) -> bool:
    """Return whether `open_store` finds the store of `spec` and need not prepare it."""
    return is_store(store_path(spec)) or (spec.path is not None and is_store(Path(spec.path).expanduser()))


def store_path(spec: DataSpec, for_training: bool = True) -> Path:
    """Return where the cache has, or would have, the store of `spec`."""
    return cache_directory() / "stores" / f"{spec.source}-{store_key(spec, for_training)}"


def store_key(spec: DataSpec, for_training: bool = True) -> str:
    """Return 16 hexadecimal digits that change with `spec`, with the input files and with the store's format.

    What only training does to the images changes no store.
    """
    asked = spec.model_dump(mode="json", exclude={"flip", "binarize"})
    drawn = {"binarize": "static"} if spec.binarize == "static" else {}
    parts = {} if for_training else {"parts": "their own"}
    identity = [FORMAT, SOURCES[spec.source].edition, {**asked, **drawn, **parts}, list(files_below(spec.path))]
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]


def _found(path: Path) -> Store:
    Staging(path).discard()
    return Store.open(path)


def large_enough(raw: RawImages) -> RawImages:
    """Return the images as they are.

    Raises:
        InputError: when they are arrays too small for any network.
    """
    if isinstance(raw.images, np.ndarray) and (reason := too_small(shape_of(raw.images[0]))):
        raise InputError(f"The first image is too small: {reason}.")
    return raw


def _matching(store: Store, spec: DataSpec) -> Store:
    own, wanted = store.image_shape, spec.image_shape
    size_differs = spec.size is not None and spec.size != own[:2]
    channels_differ = spec.channels is not None and spec.channels != own[2]
    if size_differs or channels_differ or (wanted is not None and wanted != own):
        asked = "x".join(map(str, wanted or (*(spec.size or own[:2]), spec.channels or own[2])))
        raise InputError(
            f"The store {store.directory} holds images of {'x'.join(map(str, own))}, the recipe asks for {asked}; "
            "set data.source, data.size and data.channels to fit the store, or prepare another."
        )
    request, made_with = request_of(spec), store.manifest.get("request", {})
    default = request_of(DataSpec())
    remedies = {"limit": "say data.limit=null", "splits": "leave data.splits out"}
    for key, remedy in remedies.items():
        if request[key] not in (default[key], made_with.get(key)):
            raise InputError(
                f"The store {store.directory} was prepared with data.{key}={made_with.get(key)}, the recipe asks for "
                f"{request[key]}; {remedy}, or prepare another store."
            )
    if spec.crop not in (None, made_with.get("crop")):
        raise InputError(
            f"The store {store.directory} was prepared with data.crop={made_with.get('crop')}, the recipe asks for "
            f"{spec.crop}; say data.crop={made_with.get('crop')}, or prepare another store."
        )
    if spec.binarize == "dynamic" and made_with.get("binarize") == "static":
        raise InputError(
            f"The store {store.directory} holds black and white only (data.binarize=static), which leaves nothing to "
            "draw anew for data.binarize=dynamic; prepare a store of the grey images."
        )
    return store
