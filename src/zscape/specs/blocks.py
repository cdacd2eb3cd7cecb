"""The blocks of encoder and decoder, plain and residual, as lists of layers."""

from zscape.specs.decoder_steps import UpStep
from zscape.specs.layer_layout import (
    LayerLayout,
    Shape,
    activation,
    after_weights,
    dropout,
    normalisation,
    weighted,
)
from zscape.specs.model import ModelSpec


def down_block(
    number: int, source: LayerLayout, shape: Shape, kernel: int, stride: int, padding: str, model: ModelSpec
) -> list[LayerLayout]:
    """Return one level of the encoder.

    ```
    plain      conv ─► (batch norm) ─► activation ─► (dropout)
    residual   conv ─► (norm) ─► activation ─► conv ─► (norm) ─┬─► add ─► activation ─► (dropout)
               shortcut: as it is, or a 1x1 convolution ───────┘   where size or channels change
    ```

    Args:
        number: of the level, counted from 1.
        source: the layer it starts from.
        shape: (height, width, filters) it leads to.
        kernel: kernel size, pixels.
        stride: stride.
        padding: "same" or "valid".
        model: the networks' specification.
    """
    channels = source.output_shape[-1]
    options = {"kernel": kernel, "stride": stride, "padding": padding}
    first = weighted("conv", f"conv_{number}", shape, kernel**2 * channels, options)
    if model.block == "plain":
        return [first, *after_weights(shape, str(number), model)]
    shortcut = []
    if source.output_shape != shape:
        options = {"kernel": 1, "stride": stride, "padding": "same"}
        shortcut = [weighted("conv", f"shortcut_{number}", shape, channels, options, (source.name,))]
    return [first, *_residual_end(number, source, shape, kernel, shortcut, model)]


def up_block(number: int, source: LayerLayout, step: UpStep, model: ModelSpec, last: bool) -> list[LayerLayout]:
    """Return one level of the decoder.

    Plain or residual as `down_block`, with a transposed convolution, or with `upsampling: resize` pixels repeated and
    then convolved, in place of the first convolution. The shortcut repeats pixels. The last level is plain and gives
    logits.

    Args:
        number: of the level, counted from 1.
        source: the layer it starts from.
        step: sizes and settings.
        model: the networks' specification.
        last: whether it leads to the image.
    """
    grow = _enlarge_and_convolve if model.upsampling == "resize" else _transposed_convolution
    layers = grow(number, source.output_shape[-1], step, float32=last)
    if last:
        return layers
    if model.block == "plain":
        return [*layers, *after_weights(step.target, str(number), model)]
    shortcut = _enlarge(f"shortcut_{number}", source.output_shape[-1], step, step.target[:2], (source.name,))
    start = (shortcut[-1] if shortcut else source).output_shape[-1]
    if start != step.target[2]:
        options = {"kernel": 1, "stride": 1, "padding": "same"}
        inputs = () if shortcut else (source.name,)
        shortcut.append(weighted("conv", f"shortcut_{number}", step.target, start, options, inputs))
    return [*layers, *_residual_end(number, source, step.target, step.kernel, shortcut, model)]


def _residual_end(
    number: int, source: LayerLayout, shape: Shape, kernel: int, shortcut: list[LayerLayout], model: ModelSpec
) -> list[LayerLayout]:
    """Return what follows the first convolution of a residual block (He et al. 2016, arXiv:1512.03385, figure 2)."""
    options = {"kernel": kernel, "stride": 1, "padding": "same"}
    main = [
        *normalisation(shape, str(number), model),
        activation(shape, str(number)),
        weighted("conv", f"conv_{number}b", shape, kernel**2 * shape[-1], options),
        *normalisation(shape, f"{number}b", model),
    ]
    ends = (main[-1].name, (shortcut[-1] if shortcut else source).name)
    add = LayerLayout(f"add_{number}", "add", shape, inputs=ends)
    return [*main, *shortcut, add, activation(shape, f"{number}b"), *dropout(shape, f"{number}b", model)]


def _transposed_convolution(number: int, channels: int, step: UpStep, float32: bool) -> list[LayerLayout]:
    options = {
        "kernel": step.kernel,
        "stride": step.stride,
        "padding": step.padding,
        "output_padding": step.output_padding,
        "float32": float32,
    }
    shape = (*step.reached, step.target[2])
    name = f"conv_transpose_{number}"
    return [
        weighted("conv_transpose", name, shape, step.kernel**2 * channels, options),
        *_crop(f"crop_{number}", shape, step.target[:2], float32=float32),
    ]


def _enlarge_and_convolve(number: int, channels: int, step: UpStep, float32: bool) -> list[LayerLayout]:
    options = {"kernel": step.kernel, "stride": 1, "padding": step.padding, "float32": float32}
    # Cropped before the convolution, which then has less to do and sees no pixel that is thrown away.
    lost = 0 if step.padding == "same" else step.kernel - 1
    needed = (step.target[0] + lost, step.target[1] + lost)
    return [
        *_enlarge(str(number), channels, step, needed, ()),
        weighted("conv", f"conv_{number}", step.target, step.kernel**2 * channels, options),
    ]


def _enlarge(
    tag: str, channels: int, step: UpStep, size: tuple[int, int], inputs: tuple[str, ...]
) -> list[LayerLayout]:
    """Repeat every pixel `stride` times along both axes and cut bottom and right off to `size`."""
    shape = (step.source[0] * step.stride, step.source[1] * step.stride, channels)
    layers = []
    if step.stride > 1:
        layers = [LayerLayout(f"upsample_{tag}", "upsample", shape, options={"factor": step.stride}, inputs=inputs)]
    return [*layers, *_crop(f"crop_{tag}", shape, size, () if layers else inputs)]


def _crop(
    name: str, shape: Shape, size: tuple[int, int], inputs: tuple[str, ...] = (), float32: bool = False
) -> list[LayerLayout]:
    if shape[:2] == size:
        return []
    surplus = [own - to for own, to in zip(shape[:2], size, strict=True)]
    return [
        LayerLayout(name, "crop", (*size, shape[-1]), options={"surplus": surplus, "float32": float32}, inputs=inputs)
    ]
