"""The decoder's way up, step by step."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zscape.core.errors import InputError
from zscape.specs.decoder_steps import UpStep, up_steps
from zscape.specs.layout import map_shapes
from zscape.specs.model import ModelSpec
from zscape.specs.recipe import parse_recipe


def steps_of(shape, **model):
    spec = ModelSpec.model_validate(model)
    return up_steps(map_shapes(shape, spec), spec)


@pytest.mark.parametrize("upsampling", ["transpose", "resize"])
def test_mirror_walks_back_over_the_encoders_maps(upsampling):
    steps = steps_of(
        (45, 37, 3), filters=[4, 5, 6], kernels=[5, 3, 3], strides=[1, 2, 3], padding="same", upsampling=upsampling
    )
    assert [(step.source, step.target) for step in steps] == [
        ((8, 7), (23, 19, 5)),
        ((23, 19), (45, 37, 4)),
        ((45, 37), (45, 37, 3)),
    ]
    assert [(step.kernel, step.stride) for step in steps] == [(3, 3), (3, 2), (5, 1)]


def test_mirror_of_transposed_convolutions_needs_no_crop_where_output_padding_exists():
    (step,) = steps_of((45, 37, 3), filters=[4], strides=2)
    assert step == UpStep((23, 19), (45, 37, 3), 3, 2, "same", (0, 0), (45, 37))
    # With an even kernel Keras cannot pad one axis only: 8 wants none, 9 wants one.
    (step,) = steps_of((9, 8, 3), filters=[4], strides=2, kernels=2)
    assert (step.output_padding, step.reached) == (None, (10, 8))


def test_enlarging_overshoots_and_is_cut():
    (step,) = steps_of((45, 38, 3), filters=[4], strides=2, upsampling="resize")
    assert step == UpStep((23, 19), (45, 38, 3), 3, 2, "same", None, (46, 38))


def pixels_after(size, kernel, stride, padding):
    """Enlarge and convolve a row of pixels with NumPy, and count what is left."""
    row = np.repeat(np.ones(size), stride)
    return len(row) if padding == "same" else len(np.convolve(row, np.ones(kernel), "valid"))


@given(st.data())
def test_own_lists_with_resize_count_pixels_as_numpy_does(data):
    layers = data.draw(st.integers(1, 3))

    def per_layer(values):
        return data.draw(st.lists(values, min_size=layers, max_size=layers))

    strides, kernels = per_layer(st.integers(1, 3)), per_layer(st.integers(1, 3))
    padding, filters = per_layer(st.sampled_from(["same", "valid"])), per_layer(st.integers(1, 4))
    size, expected = (4, 5), [(4, 5)]  # large enough for every kernel
    for kernel, stride, word in zip(kernels, strides, padding, strict=True):
        height, width = (pixels_after(pixels, kernel, stride, word) for pixels in expected[-1])
        expected.append((height, width))
        assume(min(expected[-1]) >= 3)
    shape = (*expected[-1], filters[-1])
    decoder = {"filters": filters, "kernels": kernels, "strides": strides, "padding": padding}
    spec = ModelSpec.model_validate({"filters": [], "upsampling": "resize", "decoder": decoder})
    steps = up_steps([shape, (*size, 2)], spec)
    assert [step.source for step in steps] == expected[:-1]
    assert [step.reached for step in steps] == expected[1:]
    assert [step.target for step in steps] == [(*s, f) for s, f in zip(expected[1:], filters, strict=True)]


def refusal(size, **model):
    with pytest.raises(InputError) as error:
        parse_recipe({"data": {"size": size, "channels": 1}, "model": {"filters": [4, 6], "strides": 2, **model}})
    return str(error.value)


@pytest.mark.parametrize("upsampling", ["transpose", "resize"])
def test_own_lists_that_miss_the_image_are_refused_with_both_sizes(upsampling):
    def told(size, decoder):
        return refusal(size, upsampling=upsampling, decoder=decoder)

    end = "change decoder.strides."
    assert told(8, {"filters": [5, 1], "strides": [2, 1]}) == (
        f"the decoder's layers lead to 4x4 pixels, but the images have 8x8: {end}"
    )
    assert told([8, 12], {"filters": [5, 1], "strides": [2, 3]}) == (
        f"the decoder's layers lead to 12x18 pixels, but the images have 8x12: {end}"
    )
    # An overshoot of the last stride itself is a stride too many, not something to cut off.
    assert told([10, 12], {"filters": [5, 1], "strides": 2}) == (
        f"the decoder's layers lead to 12x12 pixels, but the images have 10x12: {end}"
    )
    assert told(8, {"filters": [5, 3], "strides": 2}) == "decoder.filters ends in 3, but the images have 1 channel."


def test_kernel_that_eats_the_whole_map_is_refused():
    """4x4 pixels, 8x8 after enlarging, and a kernel of 9 that is not padded."""
    sentence = refusal(
        16, upsampling="resize", decoder={"filters": [2, 1], "kernels": [9, 3], "strides": 2, "padding": "valid"}
    )
    assert sentence == (
        "nothing is left of the image in the decoder: its layer 1 has a kernel of 9 for 8x8 pixels with padding valid; "
        "use padding same, or a smaller kernel."
    )


def test_transposed_convolution_that_leaves_holes_is_refused():
    """A kernel of 1 with a stride of 2 would give every other pixel the bias and nothing else."""
    end = "which leaves holes between its pixels: use a larger kernel, or upsampling: resize."
    assert refusal(8, kernels=[3, 1]) == (
        f"transposed convolution 1 of the decoder has a kernel of 1 and a stride of 2, {end}"
    )
    assert refusal(8, decoder={"filters": [5, 1], "kernels": [3, 1], "strides": [1, 4]}) == (
        f"transposed convolution 2 of the decoder has a kernel of 1 and a stride of 4, {end}"
    )
    assert len(steps_of((8, 8, 1), filters=[4, 6], strides=2, kernels=1, upsampling="resize")) == 2
    assert len(steps_of((8, 8, 1), filters=[4], strides=1, kernels=1)) == 1
