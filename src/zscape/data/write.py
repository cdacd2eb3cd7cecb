"""Writing a store: planned, filled chunk by chunk, published whole; stopped at any point, it goes on from there."""

import contextlib
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from zscape.core.errors import InputError
from zscape.core.records import to_plain
from zscape.data.limit import kept_positions
from zscape.data.preparation.fingerprint import files_digest
from zscape.data.preparation.finish import parts_of, versions, write_beside_images
from zscape.data.preparation.jobs import Headers, Pictures, Reply
from zscape.data.preparation.lock import locked
from zscape.data.preparation.plan import chunks_of, window_of, worker_count
from zscape.data.preparation.pool import WorkersLost
from zscape.data.preparation.run import Note, fill, replies
from zscape.data.preparation.staging import Staging
from zscape.data.preparation.stop import disk_error
from zscape.data.preparation.survey import survey_shapes
from zscape.data.preparation.writer import Progress
from zscape.data.raw import RawImages, Shape
from zscape.data.readers.pack import Pack, SourceLost
from zscape.data.resize import plan_fit
from zscape.data.store import FORMAT, Store, is_store
from zscape.specs.data import DataSpec
from zscape.specs.sources import SOURCES

_HEADER: Shape = (64, 64, 3)  # as many headers are read at a time as images of this size are made
_HEADERS_PER_IMAGE = 10  # headers that are read in the time that one image takes


def to_stderr(sentence: str) -> None:
    """Print a sentence where it disturbs no output."""
    print(sentence, file=sys.stderr, flush=True)


def write_new(
    raw: RawImages,
    spec: DataSpec,
    path: Path,
    for_training: bool = True,
    workers: int | None = None,
    progress: Progress | None = None,
    *,
    wait: bool = True,
    note: Note = to_stderr,
) -> Store:
    """Prepare images as `spec` says and write them to the new store `path`, in bounded memory.

    Until all is done the store grows in a folder beside its place, `.NAME.preparing`. Where a preparation of the same
    images in the same way was stopped, it goes on; the result is the same to the byte. If another process writes the
    same store meanwhile, the one that is there first stays.

    Args:
        raw: the images.
        spec: size, crop, channels, limit and splits.
        path: the store's folder.
        for_training: False where nothing is trained on them: any number will do, and all are test images but for those
            that come with a part of their own.
        workers: processes that decode encoded files; 1 decodes in this process, None chooses. Arrays need none.
        progress: called with (entries done, entries in all, entries per second) some times a second at most.
        wait: whether to wait where another process prepares this store, rather than to refuse.
        note: takes sentences for the user.

    Raises:
        InputError: when the images cannot be brought to one shape or split as asked, the source is lost, or the disk
            refuses.
    """
    try:
        kept = kept_positions(len(raw), raw.parts, spec.limit, spec.source)
        parts_of(raw, kept, spec, for_training)  # refused now, not after hours
        shapes = _shapes(raw, kept, spec, workers, note)
        job = Pictures(raw.images, plan_fit(shapes, spec), spec.source if spec.binarize == "static" else None)
        request = _request(raw, spec, kept, job)
        staging = Staging(Path(os.path.realpath(path)), lasting=request is not None)
        with locked(staging.folder, path, wait, note):
            if not is_store(staging.target):
                with _left_only_if_worth_it(staging, path):
                    _begin(staging, request or {}, path, not wait, note)
                    done, digest = fill(staging, job, kept, _worker_count(raw, shapes, job, workers), progress, note)
                    write_beside_images(staging, raw, kept, done, job.fit, spec, for_training, digest)
                    staging.publish()
            staging.discard()
    except (SourceLost, WorkersLost) as error:
        raise InputError(str(error)) from None
    except OSError as error:
        raise disk_error(error, path) from None
    return Store.open(path)


def _shapes(raw: RawImages, kept: np.ndarray, spec: DataSpec, workers: int | None, note: Note) -> list[Shape]:
    """Return the images' shapes, or of files of which size and channels are stated those of a sample."""
    if not isinstance(raw.images, Pack):
        return raw.shapes_at(kept)

    def ask(job: Headers, positions: np.ndarray) -> list[Reply]:
        count = worker_count(workers, len(positions) // _HEADERS_PER_IMAGE, (), 0, _HEADER)
        chunks = chunks_of(positions, _HEADER)
        return [reply for _, reply in replies(job, chunks, count, window_of(count, _HEADER), Path(os.devnull), note)]

    return survey_shapes(raw.images, kept, spec.image_shape is not None, ask)


def _worker_count(raw: RawImages, shapes: list[Shape], job: Pictures, wanted: int | None) -> Callable[[int], int]:
    """Return what says how many worker processes to start for a number of entries to go."""
    if not isinstance(raw.images, Pack):
        return lambda entries: 1
    names = sum(map(sys.getsizeof, raw.images.names))
    return lambda entries: worker_count(wanted, entries, shapes, names, job.fit.shape)


def _request(raw: RawImages, spec: DataSpec, kept: np.ndarray, job: Pictures) -> dict[str, Any] | None:
    """Return what decides which bytes the file of images holds; None where that cannot be told without reading all."""
    if spec.path is None and not isinstance(raw.images, Pack):
        return None  # an array in memory, which may be another one the next time
    names = hashlib.sha256("\0".join(raw.names or ()).encode(errors="surrogatepass")).hexdigest()
    return {
        "format": FORMAT,
        "source": [spec.source, SOURCES[spec.source].edition],
        "files": files_digest(spec.path),
        "names": names,
        "kept": hashlib.sha256(kept.astype("<i8").tobytes()).hexdigest(),
        "fit": to_plain(job.fit),
        "drawn": job.drawn,
        "versions": versions(),
    }


def _begin(staging: Staging, request: dict[str, Any], path: Path, own: bool, note: Note) -> None:
    """Go on with the preparation that was begun for this request, or begin it.

    A user's own command does not throw away what another one has done: `--size` may be a slip.
    """
    target = staging.target
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"{path} holds something that is no store; delete it or name another folder.")
    found = staging.found()
    if staging.lasting and found == request:
        return
    if own and found and request and staging.has_images and _asks_for_other_options(found, request):
        raise InputError(
            f"{path} is half prepared with other options: {found['fit']['crop']}. Give that command again to go on, "
            f"name another --out, or delete {staging.folder}."
        )
    if found:
        note(f"What was prepared of {path} before was of other files, options or versions; it is begun anew.")
    staging.begin(request)


def _asks_for_other_options(found: dict[str, Any], request: dict[str, Any]) -> bool:
    """Return whether two requests want the same files, by the same versions, in another way."""
    same = all(found.get(key) == request[key] for key in ("format", "source", "files", "names", "versions"))
    return same and isinstance(found.get("fit"), dict)


@contextlib.contextmanager
def _left_only_if_worth_it(staging: Staging, path: Path) -> Iterator[None]:
    """Delete a staging folder after an error, unless the same command could go on in it."""
    try:
        yield
    except BaseException as error:
        if not (staging.lasting and staging.has_images):
            staging.discard()
        elif isinstance(error, OSError):
            kept = "All images are made and kept: the same command finishes the store."
            raise InputError(f"{disk_error(error, path)} {kept}") from None
        raise
