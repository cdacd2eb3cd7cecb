"""`zscape export`: the networks of a run as files that other programs run."""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from zscape.core.errors import InputError
from zscape.core.files import new_directory
from zscape.core.install import as_here
from zscape.core.names import unknown_name
from zscape.data.corrupt import inputs_of
from zscape.data.prepare import is_prepared
from zscape.runs.directory import RunDirectory
from zscape.workflow.data import store_of_run
from zscape.workflow.model import open_trained

FORMATS = ("onnx",)
_COMPARED = 128  # images, at most


@dataclass(frozen=True)
class ExportRecord:
    """What `zscape export` wrote, and how far it is from the run.

    Attributes:
        directory: the folder with encoder.onnx and decoder.onnx.
        source: the run, its folder's name.
        format: "onnx".
        opset: version of the operations.
        image_shape: (height, width, channels).
        z_dim: dimensions of the latent space.
        encoder_bytes: size of encoder.onnx.
        decoder_bytes: size of decoder.onnx.
        images: images that both the run and the file have encoded.
        points: z-points that both have decoded.
        code_difference: the largest difference of any coordinate of mu.
        code_tolerance: what it may be.
        pixel_difference: the largest difference of any pixel; black is 0, white 1.
        pixel_tolerance: what it may be.
    """

    directory: str
    source: str
    format: str
    opset: int
    image_shape: tuple[int, int, int]
    z_dim: int
    encoder_bytes: int
    decoder_bytes: int
    images: int
    points: int
    code_difference: float
    code_tolerance: float
    pixel_difference: float
    pixel_tolerance: float


def export(directory: Path | str, out: Path | str | None = None, *, format: str = "onnx") -> ExportRecord:
    """Write the encoder (image -> mu) and the decoder (z -> image) of a run for use without zscape and Keras.

    ```
    encoder.onnx   image float32 (batch, height, width, channels), 0 to 1  ->  mu float32 (batch, z_dim)
    decoder.onnx   z float32 (batch, z_dim)  ->  image float32 (batch, height, width, channels), 0 to 1
    ```

    Nothing is drawn in them. Before the folder gets its name, both files are run in onnxruntime on images of the run
    and on z-points, and must give what the run gives, to 1e-5.

    Args:
        directory: a run directory, trained on any backend.
        out: the new folder; None for "onnx" in the run directory.
        format: "onnx".

    Raises:
        InputError: for a run or an `out` that cannot be used, without onnx and onnxruntime, or when the files do not
            give what the run gives; nothing is written then.
    """
    if format not in FORMATS:
        raise InputError(unknown_name("format", format, FORMATS))
    run = _exportable(Path(directory))
    out = run.path / format if out is None else Path(out)
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise InputError(f"{out} exists already: choose another --out, or delete it.")
    _check_libraries()
    run, _ = open_trained(run.path)
    from zscape.inference.onnx_export import export_networks
    from zscape.inference.onnx_networks import OPSET

    with new_directory(out) as aside:
        compared = export_networks(run, _images(run), aside, _is_white(run))
        encoder, decoder = ((aside / f"{network}.onnx").stat().st_size for network in ("encoder", "decoder"))
    return ExportRecord(
        directory=str(out),
        source=run.path.resolve().name,
        format=format,
        opset=OPSET,
        image_shape=run.recipe.image_shape,
        z_dim=run.recipe.model.z_dim,
        encoder_bytes=encoder,
        decoder_bytes=decoder,
        **asdict(compared),
    )


def _exportable(directory: Path) -> RunDirectory:
    if (directory / "model.json").is_file():
        raise InputError(
            f"{directory} holds networks of your own, whose layers zscape does not know: export them with Keras, "
            "model.encoder.export('encoder.onnx', format='onnx')."
        )
    return RunDirectory.open(directory)


def _check_libraries() -> None:
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
    except ImportError as error:
        command = as_here('pip install "zscape[onnx]"')
        raise InputError(
            f"Export needs onnx and onnxruntime, which cannot be used here ({error}): `{command}`."
        ) from None


def _images(run: RunDirectory) -> np.ndarray:
    """Return images as they go into the networks, of those that nothing was trained on where there are some."""
    recipe = run.recipe
    if not is_prepared(recipe.data) and (run.path / "images.npz").is_file():  # a run that came without its data
        shown = run.images()
        found = shown.get("inputs", shown.get("originals"))
        if found is not None and len(found):
            return found[:_COMPARED]
    store = store_of_run(run)
    splits = [store.split(name) for name in ("test", "validation", "train")]
    first = next(split for split in splits if len(split))
    return inputs_of(first, slice(0, _COMPARED), recipe.task, recipe.training.seed)


def _is_white(run: RunDirectory) -> bool:
    """Return whether `zscape whiten` has made the run's codes lie as N(0, I) does."""
    folded = run.read("provenance.json").get("folded", [])
    return any(fold["t"] == 1.0 for fold in folded)  # of white codes, what comes after leaves them so
