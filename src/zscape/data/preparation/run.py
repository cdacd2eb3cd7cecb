"""Entries become the images of a store, from the first to the last, or on from where it was stopped."""

import contextlib
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from zscape.core.errors import InputError
from zscape.data.preparation.images_file import ImagesFile
from zscape.data.preparation.jobs import Job, Pictures, Reply
from zscape.data.preparation.journal import Done
from zscape.data.preparation.plan import chunks_of, window_of
from zscape.data.preparation.pool import NoWorkers, Pool, WorkersLost
from zscape.data.preparation.staging import Staging
from zscape.data.preparation.stop import disk_error, kept_so_far
from zscape.data.preparation.writer import Progress, Writer
from zscape.data.readers.pack import SourceLost

Note = Callable[[str], None]
"""Takes a sentence for the user."""


def replies(
    job: Job, chunks: Iterator[np.ndarray], workers: int, window: int, gate: Path, note: Note
) -> Generator[tuple[np.ndarray, Reply]]:
    """Yield (positions, reply) in order, from worker processes or, with one worker, from this process.

    Args:
        job: what is done.
        chunks: positions of entries.
        workers: number of processes.
        window: most chunks under way.
        gate: as in `Pool`.
        note: is told where workers cannot be started, and the work is done here.
    """
    if workers > 1:
        try:
            pool = Pool(job, workers, gate)
        except NoWorkers as error:
            note(f"Worker processes cannot be started here ({error}); this process does all the work.")
        else:
            with pool:
                yield from pool.map(chunks, window)
            return
    for chunk in chunks:
        yield chunk, job.run(chunk)


def fill(
    staging: Staging,
    job: Pictures,
    kept: np.ndarray,
    workers: Callable[[int], int],
    progress: Progress | None,
    note: Note,
) -> tuple[Done, Any]:
    """Write the images of the kept entries that are not there yet.

    Args:
        staging: a preparation that was begun.
        job: how an entry becomes an image.
        kept: positions of the entries wanted.
        workers: returns the number of processes for a number of entries to go.
        progress: is told how far it is.
        note: takes sentences for the user.

    Returns:
        What became of the entries, and a sha256 that has seen all images.

    Raises:
        InputError: when the source is lost, the disk refuses, or workers die again and again; what is done stays.
    """
    images, journal = staging.open(job.fit.shape)
    with contextlib.closing(images), contextlib.closing(journal):
        if journal.done.entries:
            note(f"Going on where it was stopped: {journal.done.entries:,} of {len(kept):,} images are done.")
        writer = Writer(images, journal, len(kept), progress)
        left = kept[journal.done.entries :]
        count = workers(len(left))
        chunks = chunks_of(left, job.fit.shape)
        work = replies(job, chunks, count, window_of(count, job.fit.shape), staging.gate, note)
        with _stopping_in_a_sentence(staging, writer, images, len(kept), note), contextlib.closing(work):
            for positions, reply in work:
                writer.add(len(positions), reply)
            writer.finish()
            images.finish(writer.done.images)
    return writer.done, images.digest


@contextlib.contextmanager
def _stopping_in_a_sentence(
    staging: Staging, writer: Writer, images: ImagesFile, total: int, note: Note
) -> Iterator[None]:
    """Save what is done and say so, however the work ends."""
    try:
        yield
    except BaseException as error:
        writer.save()
        sentence = kept_so_far(writer.saved if staging.lasting else Done(), total)
        if isinstance(error, KeyboardInterrupt):
            note(f"Stopped. {sentence}")
        if isinstance(error, OSError):
            needed = (total - writer.done.entries) * images.image_bytes
            raise InputError(f"{disk_error(error, staging.target, needed)} {sentence}") from None
        if isinstance(error, (SourceLost, WorkersLost)):
            remedy = " Give fewer workers." if isinstance(error, WorkersLost) else ""
            raise InputError(f"{error}{remedy} {sentence}") from None
        raise
