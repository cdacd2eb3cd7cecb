"""Damaged images and archives through the readers: each is read, skipped with a reason or refused, and nothing crashes.

`python -m benchmarks.fuzz_readers -n 1000` prints how many of each; `tests/data/test_fuzz_readers.py` runs the same.
"""

import argparse
import io
import shutil
import sys
import tarfile
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.data.readers.decode import decode_fitted, decode_whole, header_shape
from zscape.data.readers.folder import list_images
from zscape.data.readers.pack import SourceLost, Unusable
from zscape.data.resize import Fit

LONGEST = 2.0
"""Seconds that one damaged file may take."""

_FIT = Fit((24, 24, 3), "")


def small_images() -> dict[str, bytes]:
    """Return small valid files of every format and of the kinds that cameras and programs write."""
    pixels = generator(0, "fuzz images").integers(0, 256, (40, 32, 3), np.uint8)
    colour = Image.fromarray(pixels)
    exif = Image.Exif()
    exif[0x0112] = 6
    kinds = {
        "plain.jpg": (colour, "JPEG", {}),
        "progressive.jpg": (colour, "JPEG", {"progressive": True}),
        "turned.jpg": (colour, "JPEG", {"exif": exif}),
        "cmyk.jpg": (colour.convert("CMYK"), "JPEG", {}),
        "plain.png": (colour, "PNG", {}),
        "palette.png": (colour.quantize(16), "PNG", {"transparency": 3}),
        "grey16.png": (Image.fromarray(pixels[..., 0].astype(np.uint16) * 200), "PNG", {}),
        "alpha.png": (colour.convert("RGBA"), "PNG", {"exif": exif}),
        "plain.gif": (colour.quantize(16), "GIF", {}),
        "plain.bmp": (colour, "BMP", {}),
        "plain.tif": (colour, "TIFF", {}),
        "packed.tif": (colour, "TIFF", {"compression": "tiff_lzw"}),
        "plain.webp": (colour, "WEBP", {"quality": 80}),
    }
    files = {}
    for name, (image, kind, options) in kinds.items():
        buffer = io.BytesIO()
        image.save(buffer, kind, **options)
        files[name] = buffer.getvalue()
    return files


def mutated(data: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    """Return a file with one to four faults: bytes changed, cut off, taken out, copied, or of another file."""
    for _ in range(int(rng.integers(1, 5))):
        data = _FAULTS[int(rng.integers(len(_FAULTS)))](data, others, rng)
    return data


def _flip(data: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    changed = bytearray(data)
    for at in rng.integers(0, max(1, len(data)), int(rng.integers(1, 9))):
        changed[at : at + 1] = bytes([int(rng.integers(256))])
    return bytes(changed)


def _early(data: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    """Change the header, where sizes and kinds are."""
    changed = bytearray(data)
    at = int(rng.integers(min(64, max(1, len(data)))))
    changed[at : at + 1] = bytes([int(rng.choice([0, 1, 127, 128, 255]))])
    return bytes(changed)


def _length_field(data: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    """Put an extreme number of 2 or 4 bytes somewhere."""
    number = int(rng.choice([0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF]))
    raw = (number & 0xFFFFFFFF).to_bytes(4, "little" if rng.integers(2) else "big")[: int(rng.choice([2, 4]))]
    at = int(rng.integers(max(1, len(data))))
    return data[:at] + raw + data[at + len(raw) :]


def _cut(data: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    return data[: int(rng.integers(len(data) + 1))]


def _taken_out(data: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    at, length = int(rng.integers(len(data) + 1)), int(rng.integers(1, 40))
    return data[:at] + data[at + length :]


def _spliced(data: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    other = others[int(rng.integers(len(others)))]
    return data[: int(rng.integers(len(data) + 1))] + other[int(rng.integers(len(other) + 1)) :]


def _doubled(data: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    start, end = sorted(int(at) for at in rng.integers(0, len(data) + 1, 2))
    return data[:end] + data[start:end] + data[end:]


_FAULTS = (_flip, _flip, _early, _length_field, _cut, _taken_out, _spliced, _doubled)


def fuzz_images(count: int, seed: int = 1) -> Counter[str]:
    """Decode `count` damaged files; return how many were decoded, skipped, crashed or slow.

    Half are JPEG and PNG in turn with the others, so of `count` at least half are of these two formats.
    """
    rng, files = generator(seed, "fuzz"), small_images()
    common = [data for name, data in files.items() if name.endswith((".jpg", ".png"))]
    everything = list(files.values())
    outcomes: Counter[str] = Counter()
    for number in range(count):
        pool = common if number % 5 else everything
        data = mutated(pool[int(rng.integers(len(pool)))], everything, rng)
        outcomes[_outcome(lambda data=data: _decoded(data), f"image {number} of seed {seed}")] += 1
    return outcomes


def _decoded(data: bytes) -> None:
    whole, shape = None, None
    try:
        whole = decode_whole(data)
        shape = header_shape(data)
    except Unusable:
        pass
    fitted = decode_fitted(data, _FIT)
    if fitted.shape != _FIT.shape or fitted.dtype != np.uint8:
        raise AssertionError(f"decode_fitted gave {fitted.dtype} {fitted.shape}")
    if whole is not None and whole.shape != shape:
        raise AssertionError(f"the header says {shape}, the image is {whole.shape}")


def fuzz_archives(count: int, folder: Path, seed: int = 1) -> Counter[str]:
    """Read `count` damaged .zip and .tar files, in turn, written to `folder`; return the outcomes.

    "read" counts archives that could be listed; single images in them are "decoded" and "skipped".
    """
    rng = generator(seed, "fuzz archives")
    whole = {"zip": zip_bytes(small_images()), "tar": tar_bytes(small_images())}
    outcomes: Counter[str] = Counter()
    for number in range(count):
        kind = ("zip", "tar")[number % 2]
        path = folder / f"damaged{number}.{kind}"
        path.write_bytes(mutated(whole[kind], list(whole.values()), rng))
        images: Counter[str] = Counter()
        outcome = _outcome(lambda path=path, images=images: _read(path, images), f"archive {number} of seed {seed}")
        outcomes["read" if outcome == "decoded" else outcome] += 1
        outcomes.update({f"images {what}": number for what, number in images.items()})
        path.unlink()
    return outcomes


def _read(path: Path, images: Counter[str]) -> None:
    listing = list_images(path)
    if list(listing.pack.names) != sorted(set(listing.pack.names)):
        raise AssertionError("names are not sorted and unique")
    images["skipped"] += len(listing.skipped)
    for position in range(len(listing.pack)):
        try:
            decode_fitted(listing.pack.read(position), _FIT)
            images["decoded"] += 1
        except Unusable:
            images["skipped"] += 1


def zip_bytes(files: dict[str, bytes]) -> bytes:
    """Return a .zip of files, deflated and stored in turn."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, (name, data) in enumerate(files.items()):
            archive.writestr(f"images/{name}", data, (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)[number % 2])
    return buffer.getvalue()


def tar_bytes(files: dict[str, bytes]) -> bytes:
    """Return a .tar of files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(f"images/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def _outcome(work: Callable[[], None], what: str) -> str:
    started = time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            work()
        outcome = "decoded"
    except Unusable as error:
        outcome = "skipped" if error.reason and not error.reason.endswith(".") else "badly worded"
    except (InputError, SourceLost):
        outcome = "refused"
    except Exception:
        print(f"{what}:", file=sys.stderr)
        traceback.print_exc()
        return "crashed"
    return outcome if time.perf_counter() - started < LONGEST else "slow"


def _rows(outcomes: dict[str, Counter[str]]) -> Iterator[str]:
    for what, counts in outcomes.items():
        yield f"{what}: " + ", ".join(f"{number:,} {name}" for name, number in sorted(counts.items()))


def main() -> int:
    """Print the outcomes; the exit code is 1 when anything crashed or was slow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=1000, help="damaged images; a tenth as many archives")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="zscape-fuzz-"))
    try:
        outcomes = {
            f"{options.n:,} images": fuzz_images(options.n, options.seed),
            f"{options.n // 10:,} archives": fuzz_archives(options.n // 10, folder, options.seed),
        }
    finally:
        shutil.rmtree(folder)
    bad = sum(counts[name] for counts in outcomes.values() for name in ("crashed", "slow", "badly worded"))
    print(*_rows(outcomes), f"crashes, slow ones and reasons badly worded: {bad}", sep="\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
