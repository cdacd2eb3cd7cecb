"""Other coordinates for z, folded into the layers next to it: the same reconstructions, another latent space.

The code is the output of a linear Dense layer, and the decoder starts with a Dense layer. With z' = A (z - m):

```
z' = A (K^T h + b - m)            so  K' = K A^T,     b' = A (b - m)
W^T (A^-1 z' + m) + c             so  W' = A^-T W,    c' = c + W^T m
```

computed in float64 and rounded once. A VAE's posteriors stay independent normals only where A is diagonal; its log_var
head then gets 2 log diag(A) on top of its bias, and its bounds move along.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import keras
import numpy as np

from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.latent.whiten import Whitening
from zscape.networks.latent_model import LatentModel
from zscape.networks.pair import posterior_of

_LARGEST_BOUND = 80.0  # of a recipe's log_var_bounds: exp(80) is near the end of float32
_TRIED = 8  # images and points on which the folded networks are compared
_TOLERANCE = 1e-2  # of the largest value: rounding stays far below, networks of another structure do not
_STRUCTURE = (
    "Other coordinates of z cannot be folded into these networks: expected an encoder that ends in a linear Dense "
    "layer with bias (a VAE's in two, mu and log_var), and a decoder whose z goes into a Dense layer with bias and "
    "nowhere else."
)


def fold(model: LatentModel, whitening: Whitening) -> None:
    """Change a model's weights so that its codes are those in the new coordinates and its images are the same.

    The `log_var_bounds` of a VAE become those of `moved_bounds`. What was folded is tried on random images and points.

    Args:
        model: any model, also one of a user's own networks.
        whitening: the new coordinates; diagonal for a VAE.

    Raises:
        InputError: when the map has another z_dim, or is not diagonal for a VAE, or the layers next to z are not the
            Dense layers that it takes; the model is then as it was.
    """
    variational = model.sampling is not None
    if len(whitening.shift) != model.z_dim:
        raise InputError(f"The new coordinates have {len(whitening.shift)} dimensions; the model has {model.z_dim}.")
    if variational and not whitening.diagonal:
        raise InputError(
            "A VAE can only be shifted and scaled coordinate by coordinate: turned axes would make its posteriors "
            "correlated; use diagonal=True."
        )
    heads, entry = _heads(model.encoder, model.z_dim, 2 if variational else 1), _entry(model.decoder, model.z_dim)
    with _unchanged_on_failure([*heads, entry]):
        expected = _outputs(model, whitening, folded=False)
        _fold_head(heads[0], whitening.matrix, whitening.shift)
        if variational:
            _fold_head(heads[1], np.eye(model.z_dim), -2.0 * whitening.log_scale)
        _fold_entry(entry, whitening)
        found = _outputs(model, whitening, folded=True)
        if not all(_agree(one, other) for one, other in zip(expected, found, strict=True)):
            raise InputError(_STRUCTURE)
    if variational:
        model.log_var_bounds = moved_bounds(model.log_var_bounds, whitening)


def moved_bounds(bounds: tuple[float, float], whitening: Whitening) -> tuple[float, float]:
    """Return bounds of log_var for a folded VAE.

    log_var grows by 2 log diag(A), another number in each coordinate, while a model has one pair of bounds: this one
    is wide enough for all coordinates. Where all are scaled alike, log_var is bounded exactly as it was; else it
    differs by the tail of the smooth bound, exp(-distance to the old bounds): less than 5e-5 beyond a distance of 10.

    Args:
        bounds: low and high, of the model as it was.
        whitening: diagonal.
    """
    growth = 2.0 * whitening.log_scale
    low, high = bounds[0] + float(growth.min()), bounds[1] + float(growth.max())
    return max(low, -_LARGEST_BOUND), min(high, _LARGEST_BOUND)


def _heads(encoder: keras.Model, z_dim: int, count: int) -> list[keras.layers.Dense]:
    """Return the layers that give z, or mu and log_var: by zscape's names, or the last Dense layers in their order."""
    dense = [layer for layer in encoder.layers if isinstance(layer, keras.layers.Dense)]
    named = {layer.name: layer for layer in dense}
    names = ("mu", "log_var") if count == 2 else ("z",)
    heads = [named[name] for name in names] if set(names) <= set(named) else dense[-count:]
    if len(heads) != count or not all(head.units == z_dim and head.use_bias for head in heads):
        raise InputError(_STRUCTURE)
    return heads


def _entry(decoder: keras.Model, z_dim: int) -> keras.layers.Dense:
    """Return the layer that takes z: the first Dense layer."""
    for layer in decoder.layers:
        if isinstance(layer, keras.layers.Dense):
            if layer.kernel.shape[0] == z_dim and layer.use_bias:
                return layer
            break
    raise InputError(_STRUCTURE)


def _fold_head(layer: keras.layers.Dense, matrix: np.ndarray, shift: np.ndarray) -> None:
    kernel, bias = _weights(layer)
    _assign(layer, kernel @ matrix.T, matrix @ (bias - shift))


def _fold_entry(layer: keras.layers.Dense, whitening: Whitening) -> None:
    kernel, bias = _weights(layer)
    _assign(layer, whitening.inverse.T @ kernel, bias + whitening.shift @ kernel)


def _weights(layer: keras.layers.Dense) -> tuple[np.ndarray, np.ndarray]:
    kernel, bias = (keras.ops.convert_to_numpy(weight).astype(np.float64) for weight in (layer.kernel, layer.bias))
    return kernel, bias


def _assign(layer: keras.layers.Dense, kernel: np.ndarray, bias: np.ndarray) -> None:
    layer.kernel.assign(kernel.astype(np.float32))
    layer.bias.assign(bias.astype(np.float32))  # pyright: ignore[reportOptionalMemberAccess] - `use_bias` was asked


@contextmanager
def _unchanged_on_failure(layers: Sequence[keras.layers.Dense]) -> Iterator[None]:
    before = [_weights(layer) for layer in layers]
    try:
        yield
    except BaseException:
        for layer, weights in zip(layers, before, strict=True):
            _assign(layer, *weights)
        raise


def _outputs(model: LatentModel, whitening: Whitening, folded: bool) -> list[np.ndarray]:
    """Return codes of random images and images of random points, all in the new coordinates."""
    images = generator(0, "fold", "images").random((_TRIED, *model.image_shape), dtype=np.float32)
    points = generator(0, "fold", "points").standard_normal((_TRIED, model.z_dim))
    codes = model.encoder.predict_on_batch(images)
    mu, *log_var = (codes,) if model.sampling is None else posterior_of(codes)
    if folded:
        return [np.asarray(mu), *map(np.asarray, log_var), model.decode_logits(points)]
    grown = [np.asarray(part) + 2.0 * whitening.log_scale for part in log_var]
    return [whitening.apply(np.asarray(mu)), *grown, model.decode_logits(whitening.undo(points))]


def _agree(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.abs(one - other).max() <= _TOLERANCE * np.abs(one).max())
