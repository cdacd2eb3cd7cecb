"""The way up: from the decoder's first map, step by step, to the size of the images."""

from dataclasses import dataclass

from zscape.specs.model import ModelSpec
from zscape.specs.sizes import conv_size, output_padding, transposed_size

MapShape = tuple[int, int, int]


@dataclass(frozen=True)
class UpStep:
    """One step of the decoder.

    Attributes:
        source: (height, width) it starts from.
        target: (height, width, filters) it leads to.
        kernel: kernel size, pixels.
        stride: factor of enlargement.
        padding: "same" or "valid".
        output_padding: Keras' `output_padding` of a transposed convolution, None for none.
        reached: (height, width) after the transposed convolution, or after enlarging and convolution; larger than the
            target where the step's end is cropped.
    """

    source: tuple[int, int]
    target: MapShape
    kernel: int
    stride: int
    padding: str
    output_padding: tuple[int, ...] | None
    reached: tuple[int, int]


def up_steps(maps: list[MapShape], model: ModelSpec) -> list[UpStep]:
    """Return the decoder's steps: the encoder's mirror, or those of its own lists.

    Args:
        maps: the encoder's maps, the image first.
        model: the networks' specification.

    Raises:
        ValueError: when the decoder's own lists do not lead to the image's size or channels, or a transposed
            convolution has a kernel of 1 and a larger stride.
    """
    steps = _mirror(model, maps) if model.decoder.filters is None else _own(maps, model)
    for number, step in enumerate(steps, start=1):
        if model.upsampling == "transpose" and step.kernel == 1 < step.stride:
            raise ValueError(
                f"transposed convolution {number} of the decoder has a kernel of 1 and a stride of {step.stride}, "
                "which leaves holes between its pixels: use a larger kernel, or upsampling: resize"
            )
    return steps


def _mirror(model: ModelSpec, maps: list[MapShape]) -> list[UpStep]:
    """Walk the encoder backwards: every step returns to the map its convolution started from."""
    steps = []
    for level in reversed(range(len(model.filters))):
        kernel, stride, padding = model.kernels[level], model.strides[level], model.padding[level]
        source, target = maps[level + 1][:2], maps[level]
        if model.upsampling == "resize":
            reached = _enlarged(source, kernel, stride, padding)
            steps.append(UpStep(source, target, kernel, stride, padding, None, reached))
            continue
        extras = output_padding(source, target[:2], kernel, stride, padding)
        reached = target[:2] if extras is not None else _transposed(source, kernel, stride, padding)
        steps.append(UpStep(source, target, kernel, stride, padding, extras, reached))
    return steps


def _own(maps: list[MapShape], model: ModelSpec) -> list[UpStep]:
    decoder, image_shape = model.decoder, maps[0]
    assert decoder.filters and decoder.kernels and decoder.strides and decoder.padding  # by DecoderSpec
    grow = _enlarged if model.upsampling == "resize" else _transposed
    steps, current = [], maps[-1][:2]
    for settings in zip(decoder.filters, decoder.kernels, decoder.strides, decoder.padding, strict=True):
        filters, kernel, stride, padding = settings
        reached = grow(current, kernel, stride, padding)
        if min(reached) < 1:
            raise ValueError(
                f"nothing is left of the image in the decoder: its layer {len(steps) + 1} has a kernel of {kernel} for "
                f"{current[0] * stride}x{current[1] * stride} pixels with padding valid; use padding same, or a "
                "smaller kernel"
            )
        steps.append(UpStep(current, (*reached, filters), kernel, stride, padding, None, reached))
        current = reached
    last = steps[-1]
    _check_end((*last.reached, last.target[2]), image_shape, last.stride)
    return [*steps[:-1], UpStep(last.source, image_shape, last.kernel, last.stride, last.padding, None, last.reached)]


def _transposed(sizes: tuple[int, int], kernel: int, stride: int, padding: str) -> tuple[int, int]:
    height, width = (transposed_size(size, kernel, stride, padding) for size in sizes)
    return height, width


def _enlarged(sizes: tuple[int, int], kernel: int, stride: int, padding: str) -> tuple[int, int]:
    height, width = (conv_size(size * stride, kernel, 1, padding) for size in sizes)
    return height, width


def _check_end(reached: MapShape, image_shape: MapShape, last_stride: int) -> None:
    if reached[2] != image_shape[2]:
        channels = f"{image_shape[2]} channel{'s' if image_shape[2] != 1 else ''}"
        raise ValueError(f"decoder.filters ends in {reached[2]}, but the images have {channels}")
    surplus = [size - target for size, target in zip(reached[:2], image_shape[:2], strict=True)]
    if any(not 0 <= extra < last_stride for extra in surplus):
        raise ValueError(
            f"the decoder's layers lead to {reached[0]}x{reached[1]} pixels, but the images have "
            f"{image_shape[0]}x{image_shape[1]}: change decoder.strides"
        )
