"""`zscape walk`."""

from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.arguments import JsonOption, RunArgument


def walk(
    directory: RunArgument,
    out: Annotated[Path, typer.Option(metavar="FILE", help="A .png, .gif or .mp4 to write.", show_default=False)],
    kind: Annotated[str, typer.Option(help="images, centres, axes, blocks or grid.")] = "images",
    start: Annotated[
        str | None, typer.Option("--from", metavar="STOP", help="An image's number (12, id:12), a label or attribute.")
    ] = None,
    via: Annotated[
        list[str] | None, typer.Option("--via", metavar="STOP", help="On the way; may be given several times.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="STOP", help="The end; drawn where left out.")] = None,
    line: Annotated[str, typer.Option("--line", help="straight, or circle: around the codes' mean.")] = "straight",
    steps: Annotated[int | None, typer.Option(help="Images from stop to stop, or on an axis.")] = None,
    rows: Annotated[int | None, typer.Option(help="Number of axes or blocks.")] = None,
    seed: Annotated[int, typer.Option(help="Fixes what is drawn.")] = 1,
    json: JsonOption = False,
) -> None:
    """Write images along a path through z-space, and how far it stays where images come from."""
    from zscape.cli.output import print_json
    from zscape.core.errors import InputError
    from zscape.workflow.walk import walk as walk_through

    if start is None and (to is not None or via):
        raise InputError("--to and --via need --from: say where the walk begins.")
    stops = [stop for stop in (start, *(via or ()), to) if stop is not None]
    walked = walk_through(directory, out, kind=kind, stops=stops, line=line, steps=steps, rows=rows, seed=seed)
    if json:
        print_json(walked)
        return
    for path in walked.paths if kind in ("images", "centres") else ():
        print(path.name)
    print(walked.sentence)
    print(walked.out)
