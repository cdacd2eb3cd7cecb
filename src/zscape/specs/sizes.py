"""Sizes of feature maps, one axis at a time, in pixels."""


def conv_size(size: int, kernel: int, stride: int, padding: str) -> int:
    """Return the size after a convolution; 0 or less when the kernel does not fit."""
    if padding == "same":
        return -(-size // stride)
    return (size - kernel) // stride + 1


def transposed_size(size: int, kernel: int, stride: int, padding: str) -> int:
    """Return the size after a transposed convolution without `output_padding`, as Keras computes it."""
    if padding == "same":
        return size * stride
    return size * stride + max(kernel - stride, 0)


def output_padding(
    sizes: tuple[int, ...], targets: tuple[int, ...], kernel: int, stride: int, padding: str
) -> tuple[int, ...] | None:
    """Return Keras' `output_padding` that takes a transposed convolution from `sizes` exactly to `targets`.

    With p = output_padding, Keras gives (size - 1) stride + (kernel mod 2) + p for "same" and
    (size - 1) stride + kernel + p for "valid".

    Args:
        sizes: of the input, one per axis.
        targets: of the output, one per axis: sizes that a convolution with the same settings takes to `sizes`.
        kernel: kernel size.
        stride: stride.
        padding: "same" or "valid".

    Returns:
        One padding per axis, each in [0, stride); None when none is needed, and when no such padding exists (even
        kernel with "same", where one axis is a multiple of the stride and the other is not): `transposed_size` tells
        the sizes then, which overshoot the targets by less than the stride.
    """
    if all(transposed_size(size, kernel, stride, padding) == to for size, to in zip(sizes, targets, strict=True)):
        return None
    base = kernel % 2 if padding == "same" else kernel
    extras = tuple(to - (size - 1) * stride - base for size, to in zip(sizes, targets, strict=True))
    return extras if all(0 <= extra < stride for extra in extras) else None
