"""`zscape prepare`: images of any kind made into a store, once."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zscape.core.errors import InputError
from zscape.data.limit import kept_positions
from zscape.data.preparation.finish import parts_of, request_of
from zscape.data.preparation.staging import Staging
from zscape.data.prepare import large_enough
from zscape.data.raw import RawImages
from zscape.data.sources.catalog import read_source
from zscape.data.store import Store, is_store
from zscape.data.verify import verify_store
from zscape.data.write import write_new
from zscape.specs.data import DataSpec
from zscape.specs.recipe import parse_part
from zscape.workflow.notes import note_to_stderr
from zscape.workflow.prepared import Found, Prepared, found_of, prepared_record
from zscape.workflow.source_kind import source_of


def prepare(
    source: Path | str,
    out: Path | str,
    *,
    size: int | tuple[int, int] | None = None,
    crop: str | Sequence[int] | None = None,
    channels: int | None = None,
    limit: int | None = None,
    validation: int | float | None = None,
    test: int | float | None = None,
    workers: int | None = None,
    name: str | None = None,
    note: Callable[[str], None] = note_to_stderr,
    found: Callable[[Found], None] | None = None,
    progress: Callable[[int, int, float], None] | None = None,
) -> Prepared:
    """Decode, crop and resize images once and write them as a store that any recipe takes as `data.path`.

    Memory stays bounded whatever the number of images. Stopped at any point, the same call goes on and ends with the
    same bytes; on a finished store it changes nothing.

    Args:
        source: a folder, .zip or .tar of images, an .npy, .npz or idx file, a copy of CelebA, or the name of a source
            that needs no path, such as "digits".
        out: the store's folder, which does not exist yet, or holds this store, finished or not.
        size: pixels on a side, or (height, width); None keeps what the crop leaves.
        crop: "center", "center-square", "celeba-face", "none", or left, top, width, height in pixels of the upright
            original; None: the source's own rule.
        channels: 1 (grey) or 3 (colour); None keeps the source's own.
        limit: number of images to keep, drawn at random by a fixed draw; None keeps all.
        validation: images for validation: a number, or a share of all; None: a tenth, or as the source has it.
        test: the same for testing.
        workers: processes that decode; None chooses by the number of images and cores.
        name: the source's name (a key of `specs.sources.SOURCES`) where `source` is a path that is not to be judged by
            its looks.
        note: takes sentences for the user.
        found: told what the source holds, before anything is decoded.
        progress: called with (images done, images in all, images per second) some times a second at most.

    Raises:
        InputError: when source or options cannot be used, `out` holds something else, or the disk refuses.
    """
    if workers is not None and workers < 1:
        raise InputError(f"--workers must be at least 1, received {workers}.")
    spec = _spec(source, name, size, crop, channels, limit, validation, test)
    out = Path(out).expanduser()
    if is_store(out):
        store = Store.open(out)
        _check_same(store, spec)
        Staging(out.resolve()).discard()  # left where a process was killed just after the store was whole
        return prepared_record(store, finished_before=True)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out} holds something that is no store; a store is a folder of its own: name another --out.")
    raw = large_enough(read_source(spec))
    parts_of(raw, kept_positions(len(raw), raw.parts, spec.limit, spec.source), spec, training=True)  # or refused now
    if found is not None:
        found(found_of(raw, spec))
    store = write_new(raw, spec, out, workers=workers, progress=progress, wait=False, note=note)
    return prepared_record(store, finished_before=False)


def verify(store: Path | str) -> Prepared:
    """Compare a store's arrays with its manifest, checksum included, and return what it is.

    Raises:
        InputError: when it is not there or no store, is damaged, or its checksum is another.
    """
    path = Path(store).expanduser()
    if not path.exists():
        raise InputError(f"There is no folder {store}; --verify takes the folder of a finished store.")
    verify_store(path)
    return prepared_record(Store.open(path), finished_before=True)


def _spec(
    source: Path | str, name: str | None, size: Any, crop: Any, channels: Any, limit: Any, validation: Any, test: Any
) -> DataSpec:
    kind, path = source_of(str(source)) if name is None else (name, _path_for(str(source), name))
    splits = {"validation": validation, "test": test}
    values = {"source": kind, "path": path, "size": size, "crop": crop, "channels": channels, "limit": limit}
    return parse_part(DataSpec, {**values, "splits": splits})


def _path_for(given: str, name: str) -> str | None:
    return None if given == name else given


def _check_same(store: Store, spec: DataSpec) -> None:
    """Refuse unless a finished store is of the source and options that are asked for."""
    where = store.directory
    remedy = "name another --out, or delete that store"
    own, wanted = store.manifest["request"], request_of(spec)
    if store.manifest["source"] != spec.source:
        made_of = store.manifest["source"]
        raise InputError(f"{where} is a store of source {made_of!r}, this command asks for {spec.source!r}; {remedy}.")
    differing = [key for key in wanted if wanted[key] != own.get(key)]
    if differing:
        pairs = ", ".join(f"{key} {_text(own.get(key))} (asked for: {_text(wanted[key])})" for key in differing)
        raise InputError(f"{where} is a store already, prepared with {pairs}; {remedy}.")
    if spec.path is not None and Path(spec.path).expanduser().exists() and not _same_images(store, spec):
        raise InputError(f"{where} is a store of other images than those that {spec.path} holds now; {remedy}.")


def _same_images(store: Store, spec: DataSpec) -> bool:
    raw = large_enough(read_source(spec))
    kept = kept_positions(len(raw), raw.parts, spec.limit, spec.source)
    skipped = store.skipped()
    names = store.names()
    if raw.names is None or names is None:
        return len(kept) == len(store) + len(skipped) - len(raw.skipped)
    return _names_of(raw, kept) | {name for name, _ in raw.skipped} == set(names) | {name for name, _ in skipped}


def _names_of(raw: RawImages, kept: np.ndarray) -> set[str]:
    assert raw.names is not None
    return {raw.names[i] for i in kept}


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "/".join(f"{key}={_text(entry)}" for key, entry in value.items())
    if isinstance(value, list):
        return "x".join(map(str, value))
    return "none" if value is None else str(value)
