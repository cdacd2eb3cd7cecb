"""All that a network remembers, by name."""

import keras
import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.networks.parts import build_decoder, build_encoder
from zscape.networks.state import assign, part_variables, part_weights, to_arrays, weights_by_position
from zscape.specs.model import ModelSpec

SPEC = ModelSpec(filters=(3, 4), batch_norm=True, dropout=0.1, z_dim=3)


@pytest.fixture(scope="module")
def encoder():
    return build_encoder((8, 8, 1), SPEC, 1)


def test_arrays_lie_in_the_order_that_files_take():
    class Transposed:
        def numpy(self):
            return np.zeros((2, 3), np.float32).T

    assert to_arrays({"kernel": Transposed()})["kernel"].flags.c_contiguous


@pytest.mark.parametrize("build", [build_encoder, build_decoder])
def test_every_variable_has_its_own_name(build):
    part = build((8, 8, 1), SPEC, 1)
    assert len(part_variables(part)) == len({id(variable) for variable in part.variables}) == len(part.variables)
    assert len(part_weights(part)) == len(part.weights)
    # All but the weights are random streams.
    streams = set(part_variables(part)) - set(part_weights(part))
    assert streams and all(name.startswith("dropout_") for name in streams)


def test_names_do_not_depend_on_what_was_built_before(encoder):
    again = build_encoder((8, 8, 1), SPEC, 2)
    assert list(part_variables(again)) == list(part_variables(encoder))


def test_arrays_are_assigned_back(encoder):
    other = build_encoder((8, 8, 1), SPEC, 2)
    assign(part_variables(other), to_arrays(part_variables(encoder)), "it")
    before, after = to_arrays(part_variables(encoder)), to_arrays(part_variables(other))
    assert all(np.array_equal(before[name], after[name]) for name in before)


def without(arrays):
    return {name: array for name, array in arrays.items() if name != "conv_2/bias"}


def with_more(arrays):
    return {**arrays, "conv_9/bias": np.zeros(3)}


def with_other_shape(arrays):
    # The last name, so that a loop that assigns as it checks would have changed the others.
    last = list(arrays)[-1]
    return {**arrays, last: np.zeros((2, *arrays[last].shape))}


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (without, r"missing conv_2/bias, not expected nothing"),
        (with_more, r"missing nothing, not expected conv_9/bias"),
        (with_other_shape, r"has shape \(2, .*\), expected \("),
    ],
)
def test_nothing_is_assigned_unless_everything_fits(encoder, spoil, sentence):
    before = to_arrays(part_variables(encoder))
    arrays = {name: array + 1 for name, array in before.items()}
    with pytest.raises(InputError, match=f"The file does not belong to this network: .*{sentence}"):
        assign(part_variables(encoder), spoil(arrays), "The file")
    after = to_arrays(part_variables(encoder))
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_long_lists_of_names_are_cut(encoder):
    with pytest.raises(InputError, match=r"missing [^,]+, [^,]+, [^,]+ and \d+ more, not expected nothing"):
        assign(part_variables(encoder), {}, "It")


def nested():
    """Two inner networks with layers of equal names, which `part_weights` could not tell apart."""
    inner = [keras.Sequential([keras.layers.Dense(4, name="dense")], name=name) for name in ("one", "two")]
    return keras.Sequential([keras.Input((3,)), *inner, keras.layers.BatchNormalization()])


def test_positions_tell_weights_of_equal_names_apart():
    one, other = nested(), nested()
    named = weights_by_position(one)
    assert list(named) == [
        "000_kernel",
        "001_bias",
        "002_kernel",
        "003_bias",
        "004_gamma",
        "005_beta",
        "006_moving_mean",
        "007_moving_variance",
    ]
    assert list(named.values()) == one.weights and list(weights_by_position(other)) == list(named)
    assign(weights_by_position(other), to_arrays(named), "it")
    assert all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))
