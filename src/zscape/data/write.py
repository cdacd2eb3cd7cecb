"""Writing a store, image by image, whole or not at all."""

import hashlib
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from zscape.core.errors import InputError
from zscape.core.files import new_directory, write_json
from zscape.data.draws import fixed_bits
from zscape.data.limit import kept_positions
from zscape.data.raw import RawImages
from zscape.data.resize import Fit, plan_fit
from zscape.data.splits import own_codes, split_codes
from zscape.data.store import FORMAT, Store
from zscape.specs.base import SPLITS
from zscape.specs.data import DataSpec


def write_new(raw: RawImages, spec: DataSpec, path: Path, for_training: bool = True) -> Store:
    """Prepare images as `spec` says and write them to the new store `path`; memory holds one image at a time.

    If another process writes the same store meanwhile, the one that is there first stays.

    Args:
        raw: the images.
        spec: size, channels, limit and splits.
        path: the store's folder.
        for_training: False where nothing is trained on them: any number will do, and all are test images but for those
            that come with a part of their own.

    Raises:
        InputError: when the images cannot be brought to one shape or split as asked, or the disk refuses.
    """
    kept = kept_positions(len(raw), raw.parts, spec.limit, spec.source)
    parts = None if raw.parts is None else raw.parts[kept]
    splits = split_codes(len(kept), parts, spec.splits, spec.source) if for_training else own_codes(len(kept), parts)
    labels = None if raw.labels is None else np.ascontiguousarray(raw.labels[kept], dtype=np.int64)
    fit = plan_fit(raw.shapes_at(kept), spec)
    try:
        with new_directory(path) as aside:
            digest = _write_images(aside / "images.npy", raw, kept, fit, spec)
            for name, values in (("labels", labels), ("splits", splits)):
                if values is not None:
                    np.save(aside / f"{name}.npy", values, allow_pickle=False)
                    digest.update(values.tobytes())
            if raw.names is not None:
                write_json(aside / "names.json", [raw.names[i] for i in kept])
            write_json(aside / "manifest.json", _manifest(raw, spec, fit, splits, digest.hexdigest()))
    except OSError as error:
        raise InputError(f"The store {path} cannot be written: {error.strerror or error}.") from None
    return Store.open(path)


def request_of(spec: DataSpec) -> dict[str, Any]:
    """Return what `spec` asks of a store, in plain values: size, channels, limit, splits, binarize.

    A store for dynamic draws holds the grey images; mirroring happens in training only.
    """
    request = spec.model_dump(mode="json", include={"size", "channels", "limit", "splits", "binarize"})
    return {**request, "binarize": "static" if spec.binarize == "static" else "none"}


def _write_images(file_path: Path, raw: RawImages, kept: np.ndarray, fit: Fit, spec: DataSpec) -> Any:
    digest = hashlib.sha256()
    header = {"descr": "|u1", "fortran_order": False, "shape": (len(kept), *fit.shape)}
    # Written, not memory-mapped: a full disk then is an error to report, where a mapped file would kill the process.
    with file_path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for position in kept:
            image = fit(raw.images[int(position)])
            if spec.binarize == "static":
                image = fixed_bits(image[np.newaxis], spec.source)[0]
            pixels = np.ascontiguousarray(image).tobytes()
            digest.update(pixels)
            file.write(pixels)
    return digest


def _manifest(raw: RawImages, spec: DataSpec, fit: Fit, splits: np.ndarray, checksum: str) -> dict[str, Any]:
    counts = Counter(splits.tolist())
    return {
        "format": FORMAT,
        "source": spec.source,
        "origin": raw.origin,
        "crop": fit.crop,
        "changes": list(fit.changes),
        "count": len(splits),
        "shape": list(fit.shape),
        "splits": {name: counts[code] for code, name in enumerate(SPLITS)},
        "labels": raw.labels is not None,
        "label_names": None if raw.label_names is None else list(raw.label_names),
        "checksum": checksum,
        "skipped": [list(entry) for entry in raw.skipped],
        "request": request_of(spec),
        "versions": {package: version(package) for package in ("zscape", "numpy", "pillow")},
    }
