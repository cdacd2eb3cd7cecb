"""Maps of codes by t-SNE: made once, kept in maps.npz."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from zscape.analysis.projection import SETTINGS, MapRecord, check_mappable, map_rows, tsne_map
from zscape.analysis.saved_maps import load_maps, save_maps
from zscape.core.errors import InputError
from zscape.latent.codes import Codes
from zscape.workflow.notes import note_to_stderr

POINTS = 20_000
"""Points that a map shows unless more or fewer are asked for."""

_SECONDS = 3e-3  # per point and map, on one core
_WORTH_A_NOTE = 10  # seconds


def maps_of(
    codes: Codes,
    out_path: Path | str,
    seed: int = 0,
    points: int = POINTS,
    note: Callable[[str], None] = note_to_stderr,
) -> tuple[MapRecord, ...]:
    """Return a map of mu per setting (`projection.SETTINGS`), from the file where it holds just these, else made anew.

    Args:
        codes: at least 50 points of 3 dimensions or more.
        out_path: the file, such as RUN/maps.npz; written where the maps are made.
        seed: fixes the choice of points and the start.
        points: of more points a random choice is mapped.
        note: told before it takes long.

    Raises:
        InputError: when no map can be made of the codes; the sentence is the reason.
    """
    check_mappable(codes.mu, points)
    rows = map_rows(len(codes), points, seed)
    of = _checksum(codes.mu, rows, seed)
    saved = _saved(Path(out_path), of)
    if saved is not None:
        return saved
    seconds = _SECONDS * len(rows) * len(SETTINGS)
    if seconds > _WORTH_A_NOTE:
        note(f"t-SNE of {len(rows):,} points, {_about(seconds)} ...")
    records = tuple(
        tsne_map(codes.mu, perplexity=perplexity, exaggeration=exaggeration, most_points=points, seed=seed)
        for perplexity, exaggeration in SETTINGS
    )
    save_maps(Path(out_path), records, of)
    return records


def _about(seconds: float) -> str:
    if seconds < 45:
        return "less than a minute"
    minutes = round(seconds / 60)
    return "about a minute" if minutes == 1 else f"about {minutes} minutes"


def _saved(path: Path, of: str) -> tuple[MapRecord, ...] | None:
    if not path.is_file():
        return None
    try:
        records, theirs = load_maps(path)
    except InputError:  # of another version, or cut off: made anew
        return None
    return records if theirs == of else None


def _checksum(mu: np.ndarray, rows: np.ndarray, seed: int) -> str:
    """Return what is the same only for the same points, choice, seed and settings."""
    digest = hashlib.blake2b(repr((mu.shape, str(mu.dtype), seed, SETTINGS)).encode(), digest_size=16)
    digest.update(rows.astype("<i8").tobytes())
    digest.update(np.ascontiguousarray(mu[rows]).tobytes())
    return digest.hexdigest()
