"""Sizes of feature maps against counting windows one by one; `tests/networks` compares them with Keras."""

import pytest

from zscape.specs.sizes import conv_size, output_padding, transposed_size

KERNELS, STRIDES, SIZES = range(1, 6), range(1, 4), range(1, 13)


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("kernel", KERNELS)
def test_valid_convolution_counts_the_windows_that_fit(kernel, stride):
    for size in SIZES:
        windows = [start for start in range(0, size, stride) if start + kernel <= size]
        assert max(conv_size(size, kernel, stride, "valid"), 0) == len(windows)


@pytest.mark.parametrize("stride", STRIDES)
def test_same_convolution_has_one_window_per_stride(stride):
    for size in SIZES:
        assert conv_size(size, 3, stride, "same") == len(range(0, size, stride))


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("kernel", KERNELS)
def test_every_convolution_can_be_undone_exactly_or_with_less_than_a_stride_to_crop(kernel, stride, padding):
    for size in SIZES:
        small = conv_size(size, kernel, stride, padding)
        if small < 1:
            continue
        extras = output_padding((small,), (size,), kernel, stride, padding)
        plain = transposed_size(small, kernel, stride, padding)
        if extras is None:
            assert 0 <= plain - size < stride
        else:
            assert plain != size  # never a padding where none is needed: TensorFlow aborts on 0 with even kernels
            assert 0 <= extras[0] < stride
            assert (small - 1) * stride + (kernel % 2 if padding == "same" else kernel) + extras[0] == size


def test_two_axes_share_one_padding_or_none():
    assert output_padding((23, 19), (45, 37), 3, 2, "same") == (0, 0)
    assert output_padding((14, 14), (28, 28), 3, 2, "same") is None
    assert output_padding((14, 14), (28, 27), 3, 2, "same") == (1, 0)
    # An even kernel cannot pad by a whole stride: plain on both axes, and the second is cropped.
    assert output_padding((14, 14), (28, 27), 4, 2, "same") is None
