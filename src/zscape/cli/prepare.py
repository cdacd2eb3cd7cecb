"""`zscape prepare`."""

import contextlib
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zscape.cli.arguments import JsonOption
from zscape.cli.output import print_json, print_table
from zscape.cli.progress_line import ProgressLine, hush_downloads
from zscape.core.errors import InputError
from zscape.data.preparation.stop import disk_size
from zscape.reporting.numbers import counted

if TYPE_CHECKING:
    from zscape.workflow.prepared import Found, Prepared

_WIDTH = 10  # letters of the first column
# Keys of a recipe and what gives them here, in order; a key that begins a line has lost its "data.".
_OPTIONS_FOR_KEYS = (
    (r"(?m)^((?:  - )?)(?=(?:size|crop|channels|limit|source): )", r"\1data."),
    (r"\bdata\.source\b", "data.name"),
    (r"\bdata\.(size|crop|channels|limit|name)=", r"--\1 "),
    (r"\bdata\.(size|crop|channels|limit|name)\b", r"--\1"),
    (r"\b(?:data\.)?splits\.validation\b", "VALIDATION of --splits"),
    (r"\b(?:data\.)?splits\.test\b", "TEST of --splits"),
    (r"\bdata\.splits\b", "--splits"),
    (r"\bdata\.path\b(?:=\w+)?", "SOURCE"),
)


def prepare(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE",
            help="A folder, .zip or .tar of images, an .npy, .npz or idx file, a copy of CelebA, or a source's name.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="STORE", help="The folder to write.", show_default=False)] = None,
    size: Annotated[str | None, typer.Option(help="Pixels on a side, or HEIGHTxWIDTH.", show_default=False)] = None,
    crop: Annotated[
        str | None,
        typer.Option(
            help="center, center-square, celeba-face, none, or left,top,width,height in pixels.", show_default=False
        ),
    ] = None,
    channels: Annotated[int | None, typer.Option(help="1 (grey) or 3 (colour).", show_default=False)] = None,
    limit: Annotated[int | None, typer.Option(help="Keep so many images, a fixed draw.", show_default=False)] = None,
    splits: Annotated[
        str | None,
        typer.Option(
            metavar="VALIDATION,TEST", help="Numbers of images or shares of all; 0.1,0.1.", show_default=False
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that decode; by default one per core.", show_default=False)
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(metavar="SOURCE-KIND", help="folder, celeba, mnist, ...: what lies there.", show_default=False),
    ] = None,
    verify: Annotated[
        Path | None,
        typer.Option(metavar="STORE", help="Check a store's files and checksum; nothing else.", show_default=False),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    json: JsonOption = False,
) -> None:
    """Decode, crop and resize images once, into a store that any recipe takes as data.path; stopped, it goes on."""
    from zscape.workflow.prepare import prepare as prepare_images
    from zscape.workflow.prepare import verify as verify_store

    if verify is not None:
        given = [source, out, size, crop, channels, limit, splits, workers, name]
        if any(value is not None for value in given):
            raise InputError("--verify checks a finished store and takes nothing else: zscape prepare --verify STORE")
        _print(verify_store(verify), json, verified=True)
        return
    if source is None or out is None:
        raise InputError("zscape prepare needs SOURCE and --out STORE; or --verify STORE to check a store.")
    validation, test = _shares(splits)
    hush_downloads(quiet)
    line = None if quiet or json or sys.stderr is None else ProgressLine("images")
    with contextlib.closing(line) if line is not None else contextlib.nullcontext(), _in_words_of_options():
        done = prepare_images(
            source,
            out,
            size=_size(size),
            crop=crop,
            channels=channels,
            limit=limit,
            validation=validation,
            test=test,
            workers=workers,
            name=name,
            found=None if json else _print_found,
            progress=line,
        )
    _print(done, json)


def _size(text: str | None) -> int | tuple[int, int] | None:
    if text is None:
        return None
    numbers = text.lower().split("x")
    if len(numbers) not in (1, 2) or not all(part.isascii() and part.isdigit() and int(part) for part in numbers):
        raise InputError(f"--size must be pixels on a side or HEIGHTxWIDTH, such as 96 or 96x80; received {text!r}.")
    return int(numbers[0]) if len(numbers) == 1 else (int(numbers[0]), int(numbers[1]))


def _shares(text: str | None) -> tuple[int | float | None, int | float | None]:
    if text is None:
        return None, None
    parts = [part.strip() for part in text.split(",")]
    try:
        numbers = [None if not part else int(part) if part.isdigit() else float(part) for part in parts]
    except ValueError:
        numbers = []
    possible = all(n is None or (n >= 1 if isinstance(n, int) else 0 < n < 1) for n in numbers)
    if len(numbers) != 2 or not possible:
        raise InputError(
            f"--splits must be VALIDATION,TEST as numbers of images or shares of all, such as 0.1,0.1 or 10000,10000; "
            f"received {text!r}."
        )
    shares = [number for number in numbers if isinstance(number, float)]
    if sum(shares) >= 1:
        raise InputError(
            f"--splits {text} leaves no images for training: the shares for validation and test must be less than 1 "
            "together."
        )
    return numbers[0], numbers[1]


@contextlib.contextmanager
def _in_words_of_options() -> Iterator[None]:
    """Let errors name this verb's options where they name keys of a recipe."""
    try:
        yield
    except InputError as error:
        raise InputError(_with_options(str(error))) from None


def _with_options(sentence: str) -> str:
    """Return an error's text with --size 96 for data.size=96, and so on."""
    for pattern, replacement in _OPTIONS_FOR_KEYS:
        sentence = re.sub(pattern, replacement, sentence)
    return sentence


def _print_found(found: "Found") -> None:
    more = [
        (found.classes, "class", "classes"),
        (found.attributes, "attribute", "attributes"),
        (found.factors, "known factor", "known factors"),
    ]
    named = [counted(count, one, many) for count, one, many in more if count is not None]
    _row("found", ", ".join([counted(found.count, "image"), *named]))
    if found.left_out:
        are = "file is" if found.left_out == 1 else "files are"
        _row("", f"{found.left_out:,} more {are} left out already, see the list below")
    _row("", found.origin)
    if found.parts is not None:
        _row("", f"parts of their own: {_parts(found.parts)}")
    if found.fit is not None:
        _row("crop", found.fit["words"])
        box = found.fit["box"]
        if box and [box["height"], box["width"]] != box["of"]:
            _row("", _box(box))


def _print(done: "Prepared", json: bool, verified: bool = False) -> None:
    if json:
        print_json(done)
        return
    if verified:
        print(f"{done.store} is whole: files, sizes and checksum are those of its manifest.")
    elif done.finished_before:
        print(f"{done.store} is finished already: nothing to do.")
    size = "x".join(map(str, done.image_shape))
    order = "" if done.image_shape[0] == done.image_shape[1] else " (height x width x channels)"
    _row("store", f"{done.store}: {counted(done.count, 'image')} of {size}{order}, {disk_size(done.bytes)}")
    _row("parts", _parts(done.splits))
    if verified or done.finished_before:
        _row("crop", done.crop)
    if done.attributes is not None:
        _row("attributes", str(len(done.attributes)))
    if done.factors is not None:
        _row("factors", str(len(done.factors)))
    if done.skipped:
        _row("left out", f"{counted(done.skipped, 'file')}, listed in {done.skipped_list}")
        for name, reason in done.skipped_first:
            _row("", f"{name}: {reason}")
    _row("checksum", done.checksum)
    if done.restricted:
        _row("terms", "not to be passed on: reports leave the originals out")
    print(f"\nNext: {done.next}")


def _row(name: str, text: str) -> None:
    print_table([(name.ljust(_WIDTH), text)])


def _parts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


def _box(box: Mapping[str, Any]) -> str:
    height, width = box["of"]
    return (
        f"left {box['left']}, top {box['top']}, width {box['width']}, height {box['height']} of {height}x{width} "
        "pixels (height x width)"
    )
