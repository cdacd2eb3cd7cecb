"""Maps on the disk: maps.npz, one set of rows with the coordinates of every setting."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from zscape.analysis.projection import MapRecord
from zscape.core.errors import InputError
from zscape.latent.arrays import read_arrays, write_arrays

_ROWS, _COORDINATES, _OF = "rows", "coordinates", "of"
_NUMBERS = [field.name for field in fields(MapRecord) if field.name not in ("rows", "coordinates", "note")]
_WHOLE = ("count", "z_dim", "seed", "dimensions", "neighbours", "asked")


def save_maps(path: Path, records: Sequence[MapRecord], of: str) -> None:
    """Write maps of the same rows as one .npz, whole or not at all; the same maps give the same bytes.

    Arrays: `rows` int64 (m,), `coordinates` float32 (settings, m, 2), `notes` and one array (settings,) per number of
    `MapRecord` by its name, and `of`.

    Args:
        path: the file.
        records: at least one.
        of: what tells the mapped points from others, such as their checksum.
    """
    arrays = {
        _ROWS: records[0].rows,
        _COORDINATES: np.stack([record.coordinates for record in records]),
        "notes": np.array([record.note or "" for record in records], dtype=np.str_),
        _OF: np.array(of, dtype=np.str_),
    }
    numbers = {name: np.array([getattr(record, name) for record in records]) for name in _NUMBERS}
    write_arrays(path, {**arrays, **numbers})


def load_maps(path: Path) -> tuple[tuple[MapRecord, ...], str]:
    """Return the maps that `save_maps` wrote, and of what they are.

    Raises:
        InputError: when the file is missing, damaged, or holds no maps.
    """
    wanted = (_ROWS, _COORDINATES, "notes", _OF, *_NUMBERS)
    arrays, _ = read_arrays(path, wanted, single="rows")
    missing = [name for name in wanted if name not in arrays]
    if missing:
        raise InputError(f"{path} holds no maps: it lacks {', '.join(missing)}; delete it, and it is made anew.")
    rows, coordinates = arrays[_ROWS], arrays[_COORDINATES]
    if coordinates.ndim != 3 or coordinates.shape[1:] != (len(rows), 2) or not np.isfinite(coordinates).all():
        raise InputError(f"{path} holds no usable maps; delete it, and it is made anew.")
    return tuple(_record(arrays, i) for i in range(len(coordinates))), str(arrays[_OF])


def _record(arrays: dict[str, np.ndarray], i: int) -> MapRecord:
    numbers: dict[str, Any] = {
        name: int(arrays[name][i]) if name in _WHOLE else float(arrays[name][i]) for name in _NUMBERS
    }
    note = str(arrays["notes"][i]) or None
    return MapRecord(rows=arrays[_ROWS], coordinates=arrays[_COORDINATES][i], note=note, **numbers)
