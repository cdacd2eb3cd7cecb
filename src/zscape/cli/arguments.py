"""Arguments that several verbs share."""

from pathlib import Path
from typing import Annotated

import typer

from zscape.core.errors import InputError

RunArgument = Annotated[Path, typer.Argument(metavar="DIR", help="A run directory.", show_default=False)]
RecipeArgument = Annotated[
    str,
    typer.Argument(
        metavar="RECIPE",
        help="A shipped recipe's name, a YAML file, or images: a folder, a .zip, .tar, .npy, .npz or idx file.",
        show_default=False,
    ),
]
SettingsArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY=VALUE]...", help="Settings, e.g. training.epochs=5.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, nothing else.")]
DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="PATH", help="Other images: a store, a folder, a .zip, .tar, .npy, .npz or idx file."
    ),
]
SplitOption = Annotated[str, typer.Option("--split", help="train, validation or test.")]


def parse_image_shape(text: str) -> tuple[int, int, int]:
    """Return (height, width, channels) from a text such as "96x96x3".

    Raises:
        InputError: when it is not three whole numbers of at least 1.
    """
    numbers = text.lower().split("x")
    if len(numbers) != 3 or not all(number.isascii() and number.isdigit() and int(number) for number in numbers):
        raise InputError(f"--image must be HEIGHTxWIDTHxCHANNELS, for example 96x96x3; received {text!r}.")
    height, width, channels = map(int, numbers)
    return height, width, channels
