"""All that a network remembers, as arrays by name.

Keras' own files leave out the position of the random streams, and restoring by automatic names fails silently when
another model was built before; here every name is the layer's own, and a missing or extra one is an error.
"""

from collections.abc import Iterable, Mapping

import keras
import numpy as np

from zscape.core.errors import InputError


def part_variables(part: keras.Model) -> dict[str, keras.Variable]:
    """Return the variables of an encoder or decoder by name "layer/variable", random streams included."""
    named: dict[str, keras.Variable] = {}
    for layer in part.layers:
        for variable in layer.variables:
            name = f"{layer.name}/{variable.name}"
            if name in named:
                raise ValueError(f"two variables of {part.name} are called {name}")
            named[name] = variable
    return named


def part_weights(part: keras.Model) -> dict[str, keras.Variable]:
    """Return the weights of an encoder or decoder by name: all but the random streams."""
    weights = {id(weight) for weight in part.weights}
    return {name: variable for name, variable in part_variables(part).items() if id(variable) in weights}


def weights_by_position(part: keras.Model) -> dict[str, keras.Variable]:
    """Return the weights of any Keras model by position and name.

    Layers of a user's own model may be nested, and carry names that depend on how many the process made before; the
    order of the weights does not.
    """
    return {f"{number:03d}_{weight.name}": weight for number, weight in enumerate(part.weights)}


def optimizer_variables(optimizer: keras.Optimizer) -> dict[str, keras.Variable]:
    """Return an optimizer's variables by position and name; the positions make equal names differ."""
    return {f"{number:03d}_{variable.name}": variable for number, variable in enumerate(optimizer.variables)}


def to_arrays(variables: Mapping[str, keras.Variable]) -> dict[str, np.ndarray]:
    """Return the variables' values as NumPy arrays, C-contiguous: safetensors writes others in their memory's order."""
    return {name: np.asarray(variable.numpy(), order="C") for name, variable in variables.items()}


def assign(variables: Mapping[str, keras.Variable], arrays: Mapping[str, np.ndarray], what: str) -> None:
    """Give every variable its array; nothing is assigned unless all names and shapes agree.

    Args:
        variables: by name.
        arrays: by the same names.
        what: what is being loaded, for the message.

    Raises:
        InputError: when a name is missing or extra, or a shape differs.
    """
    missing, extra = sorted(set(variables) - set(arrays)), sorted(set(arrays) - set(variables))
    if missing or extra:
        raise InputError(
            f"{what} does not belong to this network: missing {_some(missing)}, not expected {_some(extra)}."
        )
    for name, variable in variables.items():
        if tuple(variable.shape) != arrays[name].shape:
            raise InputError(
                f"{what} does not belong to this network: {name} has shape {arrays[name].shape}, "
                f"expected {tuple(variable.shape)}."
            )
    for name, variable in variables.items():
        variable.assign(arrays[name])


def _some(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "") if names else "nothing"
