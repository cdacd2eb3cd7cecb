"""`zscape export`."""

from pathlib import Path
from typing import Annotated

import typer

from zscape.cli.arguments import JsonOption, RunArgument
from zscape.cli.output import print_json, print_table
from zscape.core.errors import InputError
from zscape.reporting.numbers import counted


def export(
    directory: RunArgument,
    onnx: Annotated[bool, typer.Option("--onnx", help="As ONNX files, the one format there is.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="The new folder.  [default: onnx in DIR]")] = None,
    json: JsonOption = False,
) -> None:
    """Write encoder and decoder for use without zscape, and check that they give what the run gives."""
    from zscape.workflow.export import export as export_run

    if not onnx:
        raise InputError("Export needs a format, and there is one: add --onnx.")
    record = export_run(directory, out)
    if json:
        print_json(record)
        return
    image, z = f"(batch, {', '.join(map(str, record.image_shape))})", f"(batch, {record.z_dim})"
    rows = (
        ("encoder.onnx", f"image {image} -> mu {z}", _size(record.encoder_bytes)),
        ("decoder.onnx", f"z {z} -> image {image}", _size(record.decoder_bytes)),
    )
    print_table([(Path(record.directory) / name, shapes, size) for name, shapes, size in rows], right=(2,))
    print(
        f"Checked in onnxruntime: mu of {counted(record.images, 'image')} differs by at most "
        f"{record.code_difference:.1e} ({record.code_tolerance:.1e} is allowed), pixels of "
        f"{counted(record.points, 'point')} by {record.pixel_difference:.1e} ({record.pixel_tolerance:.0e}; white is 1)"
    )


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"
