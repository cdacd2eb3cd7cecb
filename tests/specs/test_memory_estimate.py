"""The memory of a training: sizes by hand and against the plan's own layers, and how the parts add up.

How far the prediction is from what processes take is measured by `benchmarks/memory.py`.
"""

from dataclasses import fields
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.core.errors import InputError
from zscape.specs.memory_estimate import CALIBRATIONS, estimate_memory, sizes_of
from zscape.specs.plan import plan_recipe
from zscape.specs.recipe import parse_recipe

BACKENDS = ("tensorflow", "jax", "torch")


def recipe_of(batch=5, accumulate=1, likelihood="bce", size=(8, 8), channels=1, **model):
    return parse_recipe(
        {
            "data": {"size": size, "channels": channels},
            "model": {"filters": [2], "strides": [2], "z_dim": 3, **model},
            "objective": {"reconstruction": likelihood},
            "training": {"batch_size": batch, "accumulate": accumulate},
        }
    )


def test_sizes_by_hand():
    # 8x8x1 -> conv 4x4x2, norm, activation -> z 3; z -> dense 32 -> conv_transpose 8x8x1.
    sizes = sizes_of(recipe_of(kind="ae", batch_norm=True), "float32")
    trained = (9 + 1) * 2 + 2 * 2 + (32 + 1) * 3 + (3 + 1) * 32 + (9 * 2 + 1) * 1
    assert (sizes.trained, sizes.parameters) == (4 * trained, 4 * (trained + 2 * 2))
    assert sizes.activations == 5 * 4 * (64 + 32 + 32 + 32 + 3 + 32 + 64)
    assert sizes.norms == 5 * 4 * 32
    assert sizes.widest == 5 * 4 * (64 + 32)  # either convolution


def test_sizes_by_hand_in_16_bits():
    """z, mu and log_var, the logits and the image are float32 in any precision."""
    sizes = sizes_of(recipe_of(), "mixed_bfloat16")
    assert sizes.activations == 5 * (4 * 64 + 2 * (32 + 32) + 4 * (3 + 3) + 2 * 32 + 4 * 64)
    assert sizes.widest == 5 * (4 * 64 + 2 * 32)
    assert sizes.parameters == sizes_of(recipe_of(), "float32").parameters


def test_a_shortcut_counts_where_it_joins():
    sizes = sizes_of(recipe_of(block="residual", filters=[1, 1], strides=[1, 1], size=(4, 4)), "float32")
    assert sizes.widest == 5 * 4 * (16 + 16 + 16), "both inputs of `add`, and its output"


def test_a_learned_sigma_is_a_weight():
    with_sigma, without = (sizes_of(recipe_of(likelihood=name), "float32") for name in ("gaussian", "bce"))
    assert with_sigma.trained - without.trained == with_sigma.parameters - without.parameters == 4


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 2)), min_size=1, max_size=4),
    st.integers(1, 70),
    st.sampled_from([1, 3]),
    st.booleans(),
    st.sampled_from(["plain", "residual"]),
    st.sampled_from(["transpose", "resize"]),
    st.sampled_from(["ae", "vae"]),
    st.sampled_from([0.0, 0.5]),
)
def test_sizes_against_the_plans_layers(levels, batch, channels, norm, block, upsampling, kind, dropout):
    filters, strides = (list(values) for values in zip(*levels, strict=True))
    model = {"filters": filters, "strides": strides, "block": block, "upsampling": upsampling, "kind": kind}
    recipe = recipe_of(batch, size=(16, 16), channels=channels, batch_norm=norm, dropout=dropout, **model)
    plan, sizes = plan_recipe(recipe), sizes_of(recipe, "float32")
    layers = [*plan.encoder.layers, *plan.decoder.layers]
    values = [prod(layer.output_shape) for layer in layers if layer.kind not in ("flatten", "reshape")]
    assert sizes.activations == 4 * batch * (16 * 16 * channels + sum(values))
    assert sizes.parameters == 4 * plan.total
    assert sizes.norms == 4 * batch * sum(prod(layer.output_shape) for layer in layers if layer.kind == "batch_norm")
    assert 4 * batch * max(values) < sizes.widest <= 4 * batch * 3 * max(*values, 16 * 16 * channels)


@given(st.sampled_from(BACKENDS), st.sampled_from(["float32", "mixed_bfloat16"]), st.booleans(), st.integers(1, 600))
def test_the_peak_is_what_is_there_at_once(backend, precision, on_card, batch):
    memory = estimate_memory(recipe_of(batch), backend, precision, on_card)
    at_step = memory.gradients + memory.activations + memory.work_space
    held = memory.parameters + memory.optimizer + memory.framework
    assert memory.peak == held + max(at_step, memory.checkpoint)
    assert memory.needs == memory.peak + memory.process
    assert (memory.checkpoint == 0) == (memory.process == 0) == on_card
    assert memory.optimizer == 2 * memory.gradients and memory.accumulation == 0
    larger = estimate_memory(recipe_of(batch + 1), backend, precision, on_card)
    assert larger.activations > memory.activations and larger.peak >= memory.peak
    sizes = sizes_of(recipe_of(batch), precision)
    assert memory.gradients == sizes.trained and memory.parameters == sizes.parameters


@pytest.mark.parametrize("backend", BACKENDS)
def test_accumulation_costs_the_weights_once_more(backend):
    once, four = (estimate_memory(recipe_of(accumulate=times), backend, on_card=True) for times in (1, 4))
    assert four.accumulation == once.gradients == four.peak - once.peak


def test_sixteen_bits_take_half_of_the_maps():
    whole, half = (
        sizes_of(recipe_of(64, filters=[8, 8], strides=[2, 2]), name).activations
        for name in ("float32", "mixed_float16")
    )
    assert 0.5 < half / whole < 0.6


def test_there_are_constants_for_every_backend_and_precision():
    assert set(CALIBRATIONS) == {(backend, kind) for backend in BACKENDS for kind in ("float32", "mixed")}
    for constants in CALIBRATIONS.values():
        assert all(getattr(constants, field.name) >= 0 for field in fields(constants))
        assert constants.framework > 0 and constants.activations > 0.5 and constants.process > 0


def test_size_of_the_images_must_be_known():
    with pytest.raises(InputError, match="The size of the images is not known before the data are read"):
        estimate_memory(parse_recipe({"data": {"source": "folder", "path": "somewhere"}}))
