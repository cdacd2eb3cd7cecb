"""What a store holds beside its images, written when these are complete."""

import hashlib
import io
from collections import Counter
from importlib.metadata import version
from typing import Any

import numpy as np

from zscape.core.errors import InputError
from zscape.core.files import write_bytes, write_json
from zscape.data.preparation.journal import Done
from zscape.data.preparation.staging import Staging
from zscape.data.preparation.survey import none_usable
from zscape.data.raw import RawImages
from zscape.data.readers.fast import decoders
from zscape.data.resize import Fit
from zscape.data.splits import VALIDATION, official_codes, own_codes, split_codes
from zscape.data.store import FORMAT
from zscape.specs.base import SPLITS
from zscape.specs.data import DataSpec
from zscape.specs.sources import SOURCES


def write_beside_images(
    staging: Staging,
    raw: RawImages,
    kept: np.ndarray,
    done: Done,
    fit: Fit,
    spec: DataSpec,
    training: bool,
    digest: Any,
) -> None:
    """Write all files of a store but its images.

    Args:
        staging: where the store grows; dropped where its images cannot make a store, as they could not the next time.
        raw: the source.
        kept: positions of the entries wanted.
        done: which of them became images.
        fit: how.
        spec: what was asked for.
        training: whether the images are split as `spec` says; else all are test images, but for official parts.
        digest: sha256 that has seen the images; sees the rest.

    Raises:
        InputError: when no image is left, or too few for the parts.
    """
    try:
        rows = _written(raw, kept, done)
        splits = parts_of(raw, rows, spec, training)
    except InputError:
        staging.discard()
        raise
    folder = staging.store
    arrays = {
        "labels": _rows(raw.labels, rows, np.int64),
        "splits": splits,
        "attributes": _rows(raw.attributes if raw.attribute_names else None, rows, np.bool_),
        "factors": _rows(raw.factors if raw.factor_names else None, rows, np.float32),
    }
    for name, values in arrays.items():
        if values is not None:
            write_bytes(folder / f"{name}.npy", _npy(values))
            digest.update(values.tobytes())
    skipped = [list(entry) for entry in raw.skipped]
    names = None
    if raw.names is not None:
        write_json(folder / "names.json", [raw.names[i] for i in rows])
        names = hashlib.sha256((folder / "names.json").read_bytes()).hexdigest()
    skipped += [[_name(raw, int(kept[number])), reason] for number, reason in done.skipped]
    write_json(folder / "skipped.json", skipped)
    manifest = _manifest(raw, spec, fit, splits, digest.hexdigest(), len(skipped))
    write_json(folder / "manifest.json", {**manifest, "names_checksum": names})


def parts_of(raw: RawImages, rows: np.ndarray, spec: DataSpec, training: bool) -> np.ndarray:
    """Return uint8 (rows,), the parts of images, codes of `SPLITS`.

    Args:
        raw: the source.
        rows: positions of the images.
        spec: what was asked for.
        training: as in `write_beside_images`.

    Raises:
        InputError: when there are too few.
    """
    parts = None if raw.parts is None else raw.parts[rows]
    if not training:
        return own_codes(len(rows), parts)
    if raw.parts is not None and parts is not None and (raw.parts == VALIDATION).any():
        return official_codes(parts, spec.splits)  # also where `rows` happen to hold no validation image
    return split_codes(len(rows), parts, spec.splits, spec.source)


def request_of(spec: DataSpec) -> dict[str, Any]:
    """Return what `spec` asks of a store, in plain values: size, channels, crop, limit, splits, binarize.

    A store for dynamic draws holds the grey images; mirroring happens in training only.
    """
    request = spec.model_dump(mode="json", include={"size", "channels", "limit", "splits"})
    return {**request, "crop": spec.crop_rule, "binarize": "static" if spec.binarize == "static" else "none"}


def versions() -> dict[str, str]:
    """Return the versions of the packages that a store's pixels depend on."""
    return {**{package: version(package) for package in ("zscape", "numpy")}, **decoders()}


def _written(raw: RawImages, kept: np.ndarray, done: Done) -> np.ndarray:
    """Return the positions of the entries that became images."""
    if done.images == 0:
        number, reason = done.skipped[0]
        raise none_usable(len(kept), _name(raw, int(kept[number])), reason)
    return np.delete(kept, [number for number, _ in done.skipped])


def _rows(values: np.ndarray | None, rows: np.ndarray, dtype: type) -> np.ndarray | None:
    return None if values is None else np.ascontiguousarray(values[rows], dtype)


def _name(raw: RawImages, position: int) -> str:
    return f"image {position}" if raw.names is None else raw.names[position]


def _npy(values: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, values, allow_pickle=False)
    return file.getvalue()


def _manifest(
    raw: RawImages, spec: DataSpec, fit: Fit, splits: np.ndarray, checksum: str, skipped: int
) -> dict[str, Any]:
    counts = Counter(splits.tolist())
    return {
        "format": FORMAT,
        "source": spec.source,
        "origin": raw.origin,
        "restricted": SOURCES[spec.source].restricted,
        "crop": fit.crop,
        "fit": fit.record(),
        "changes": list(fit.changes),
        "count": len(splits),
        "shape": list(fit.shape),
        "splits": {name: counts[code] for code, name in enumerate(SPLITS)},
        "labels": raw.labels is not None,
        "label_names": _names(raw.label_names),
        "attribute_names": _names(raw.attribute_names) or None,
        "factor_names": _names(raw.factor_names) or None,
        "checksum": checksum,
        "skipped": skipped,
        "request": request_of(spec),
        "versions": versions(),
    }


def _names(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)
