"""From a recipe's `data` to an open store, prepared once and found again."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from zscape.core.download import cache_directory
from zscape.core.errors import InputError
from zscape.data.raw import RawImages
from zscape.data.sources.catalog import read_source
from zscape.data.store import FORMAT, Store, is_store
from zscape.data.write import request_of, write_new
from zscape.specs.data import DataSpec


def write_store(raw: RawImages, spec: DataSpec, path: Path) -> Store:
    """Write a store where the user wants it.

    Args:
        raw: the images.
        spec: size, channels, limit and splits.
        path: a folder that does not exist yet or is empty.

    Raises:
        InputError: when `path` holds something already, and as `write_new`.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise InputError(f"{path} exists already; a store is written to a new folder: delete it or name another.")
    return write_new(raw, spec, path)


def open_store(spec: DataSpec) -> Store:
    """Return the store of the images that `spec` asks for, preparing it in the cache when it is not there yet.

    Where `spec.path` is a store itself, it is opened as it is.

    Raises:
        InputError: when the images cannot be read or prepared, or a store named by `spec.path` is not what the rest of
            `spec` asks for.
    """
    if spec.path is not None and is_store(Path(spec.path).expanduser()):
        return _matching(Store.open(Path(spec.path).expanduser()), spec)
    path = cache_directory() / "stores" / f"{spec.source}-{store_key(spec)}"
    return Store.open(path) if is_store(path) else write_new(read_source(spec), spec, path)


def store_key(spec: DataSpec) -> str:
    """Return 16 hexadecimal digits that change with `spec`, with the input files and with the store's format."""
    identity = [FORMAT, spec.model_dump(mode="json"), list(_fingerprint(spec.path))]
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]


def _fingerprint(path: str | None) -> Iterator[tuple[str, int, int]]:
    if path is None:
        return
    # A relative path means another file in another working directory.
    root = Path(path).expanduser().resolve()
    yield str(root), 0, 0
    files = [root] if root.is_file() else [Path(parent) / name for parent, _, names in os.walk(root) for name in names]
    for file in sorted(files):
        # A dangling link has no stat; the reader will say what it thinks of it.
        if file.is_file():
            stat = file.stat()
            yield str(file), stat.st_size, stat.st_mtime_ns


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
    for key in ("limit", "splits"):
        if request[key] not in (default[key], made_with.get(key)):
            raise InputError(
                f"The store {store.directory} was prepared with data.{key}={made_with.get(key)}, the recipe asks for "
                f"{request[key]}; leave data.{key} out, or prepare another store."
            )
    return store
