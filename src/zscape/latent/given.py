"""Codes in whatever form somebody has them: a file, arrays, tensors, a pair, a mapping."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zscape.core.errors import InputError
from zscape.latent.arrays import to_array
from zscape.latent.codes import KEYS, Codes


def codes_of(
    given: Any,
    *,
    log_var: Any = None,
    labels: Any = None,
    label_names: Sequence[str] | None = None,
    attributes: Any = None,
    attribute_names: Sequence[str] | None = None,
    factors: Any = None,
    factor_names: Sequence[str] | None = None,
) -> Codes:
    """Return checked codes from what somebody has of a model, zscape's or not.

    Arrays may be tensors of TensorFlow, JAX or PyTorch too.

    Args:
        given: the path of an .npz or .npy file; an array (n, z_dim); a pair (mu, log_var), log_var None for an AE; a
            mapping with `mu` or `z` and on demand the other arrays of `latent.codes.KEYS`; or `Codes`.
        log_var: (n, z_dim), logs of the posteriors' variances, where `given` has none.
        labels: (n,), whole numbers or texts, where `given` has none.
        label_names: the name of label i at position i.
        attributes: (n, k), whether each point has each of k attributes, where `given` has none.
        attribute_names: their names, k texts.
        factors: (n, f), the numbers that each image was made from, where `given` has none.
        factor_names: their names, f texts.

    Raises:
        InputError: when these are no usable codes; the sentence says what is wrong.
    """
    more = {"log_var": log_var, "labels": labels, "label_names": label_names}
    more = {**more, "attributes": attributes, "attribute_names": attribute_names}
    more = {**more, "factors": factors, "factor_names": factor_names}
    more = {name: to_array(name, value) for name, value in more.items() if value is not None}
    if isinstance(given, (str, Path)):
        given = Codes.load(given)
    if isinstance(given, Codes) and not more:
        return Codes.from_arrays(given.to_arrays())
    arrays = _arrays(given)
    twice = sorted(arrays.keys() & more.keys())
    if twice:
        raise InputError(f"{' and '.join(twice)} came twice: with the codes and as an argument of its own; give one.")
    return Codes.from_arrays({**arrays, **more})


def _arrays(given: Any) -> dict[str, np.ndarray]:
    if isinstance(given, Codes):
        return given.to_arrays()
    if isinstance(given, Mapping):
        return _of_mapping(given)
    if _is_pair(given):
        return _of_pair(given)
    return {"mu": to_array("mu", given)}


def _is_pair(given: Any) -> bool:
    # A list of two rows is a table; a list of tables is what an encoder with several heads returns.
    if isinstance(given, tuple) and len(given) == 2:
        return True
    return isinstance(given, (tuple, list)) and any(getattr(part, "ndim", 0) > 1 for part in given)


def _of_mapping(given: Mapping[Any, Any]) -> dict[str, np.ndarray]:
    arrays = {name: to_array(name, given[name]) for name in KEYS if given.get(name) is not None}
    if not {"mu", "z"} & arrays.keys():
        names = ", ".join(map(str, given)) or "nothing"
        raise InputError(f"The codes have no 'mu' or 'z'; they have: {names}.")
    return arrays


def _of_pair(given: Sequence[Any]) -> dict[str, np.ndarray]:
    if len(given) != 2:
        raise InputError(f"The codes are {len(given)} arrays; expected one array (n, z_dim) or a pair (mu, log_var).")
    mu, log_var = given
    pair = {"mu": to_array("mu", mu)}
    return pair if log_var is None else {**pair, "log_var": to_array("log_var", log_var)}
