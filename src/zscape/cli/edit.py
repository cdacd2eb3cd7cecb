"""`zscape edit`."""

from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.arguments import JsonOption, RunArgument

_DEFAULT = "-4,-2,-1,0,1,2,4"


def edit(
    directory: RunArgument,
    attribute: Annotated[str, typer.Option(help="An attribute's name, or a label's.", show_default=False)],
    out: Annotated[Path, typer.Option(metavar="PNG", help="The picture to write.", show_default=False)],
    factors: Annotated[str, typer.Option(help="How far to go, in lengths of the direction.")] = _DEFAULT,
    orthogonal_to: Annotated[
        list[str] | None,
        typer.Option("--orthogonal-to", metavar="NAME", help="Not to change along; may be given several times."),
    ] = None,
    n: Annotated[int, typer.Option("-n", help="Number of images.")] = 6,
    seed: Annotated[int, typer.Option(help="Fixes the draw.")] = 1,
    json: JsonOption = False,
) -> None:
    """Write images moved along an attribute's direction, and how clearly codes show it."""
    from zscape.cli.output import print_json
    from zscape.workflow.edit import edit as edit_images

    edited = edit_images(
        directory,
        out,
        attribute=attribute,
        factors=_numbers(factors),
        orthogonal_to=orthogonal_to or (),
        n=n,
        seed=seed,
    )
    if json:
        print_json(edited)
        return
    print(edited.sentence)
    print(edited.out)


def _numbers(text: str) -> list[float]:
    from zscape.core.errors import InputError

    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise InputError(f"--factors must be numbers with commas between them, as {_DEFAULT}; got {text!r}.") from None
