"""Whether any two Keras models can be the encoder and decoder of an autoencoder, and their shapes."""

from dataclasses import dataclass
from typing import Any

import keras

from zscape.core.errors import InputError

Shape = tuple[int, ...]
_SIGMOIDS = (keras.activations.sigmoid, keras.ops.sigmoid)
_MOVES_PIXELS = (
    keras.layers.Reshape,
    keras.layers.Flatten,
    keras.layers.Permute,
    keras.layers.Cropping2D,
    keras.layers.UpSampling2D,
)


@dataclass(frozen=True)
class PairShapes:
    """What an encoder and a decoder agree on: (height, width, channels) of the images, and z_dim."""

    image_shape: tuple[int, int, int]
    z_dim: int


def posterior_of(codes: Any) -> tuple[Any, Any]:
    """Return (mu, log_var) from what an encoder gave: a pair in this order, or a dict with these names."""
    return (codes["mu"], codes["log_var"]) if isinstance(codes, dict) else (codes[0], codes[1])


def check_pair(
    encoder: Any, decoder: Any, variational: bool, sigmoid_follows: bool, image_shape: Shape | None
) -> PairShapes:
    """Return the shapes of two networks that fit each other.

    Args:
        encoder: image -> mu and log_var (variational), or image -> z.
        decoder: z -> logits.
        variational: which of the two it is.
        sigmoid_follows: whether the likelihood applies a sigmoid to the decoder's output.
        image_shape: (height, width, channels); None takes the encoder's own, which models with a fixed input have.

    Raises:
        InputError: when one of them is no Keras model, its outputs are not what is needed, the two do not fit each
            other, the decoder ends in a sigmoid of its own, or one of them has a regulariser.
    """
    for what, part in (("encoder", encoder), ("decoder", decoder)):
        if not isinstance(part, keras.Model):
            raise InputError(f"The {what} must be a Keras model; received {type(part).__name__}.")
    shape = _image_shape(encoder, image_shape)
    z_dim = _z_dim(_outputs(encoder, (1, *shape)), variational)
    _check_decoder(decoder, z_dim, shape)
    if sigmoid_follows and _ends_in_sigmoid(decoder):
        raise InputError(
            "The decoder ends in a sigmoid, but the likelihood applies one itself, so images would go through two: "
            "let the decoder's last layer be linear, so that it gives logits."
        )
    for what, part in (("encoder", encoder), ("decoder", decoder)):
        if part.losses:
            raise InputError(
                f"The {what} has a regulariser, but zscape's loss is reconstruction + beta KL and nothing else: leave "
                "it out; weight_decay is a setting of Keras' optimizers."
            )
    return PairShapes(shape, z_dim)


def _image_shape(encoder: keras.Model, stated: Shape | None) -> tuple[int, int, int]:
    shape = stated
    if shape is None:
        own = getattr(encoder, "input_shape", None)  # a subclassed model has none
        shape = own[1:] if isinstance(own, tuple) else None
    if shape is None or len(shape) != 3 or None in shape:
        raise InputError(
            f"The encoder's input must be images of one size (batch, height, width, channels); it takes "
            f"{'inputs of any shape' if shape is None else shape}: state image_shape=(height, width, channels)."
        )
    height, width, channels = shape
    return int(height), int(width), int(channels)


def _outputs(part: keras.Model, input_shape: Shape) -> Any:
    """Return symbolic outputs for an input of this shape; a model that cannot take it gives a sentence."""
    try:
        return part(keras.KerasTensor(input_shape, dtype="float32"))
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"The {part.name} does not take an input of shape {input_shape[1:]}: {reason}") from None


def _z_dim(codes: Any, variational: bool) -> int:
    if not variational:
        if isinstance(codes, (list, tuple, dict)) or len(codes.shape) != 2:
            raise InputError(f"The encoder must give z of shape (batch, z_dim); it gives {_describe(codes)}.")
        return int(codes.shape[-1])
    named = isinstance(codes, dict) and {"mu", "log_var"} <= set(codes)
    pair = isinstance(codes, (list, tuple)) and len(codes) == 2
    shapes = [tuple(part.shape) for part in posterior_of(codes)] if named or pair else []
    if not shapes or len(shapes[0]) != 2 or shapes[0] != shapes[1]:
        raise InputError(
            f"The encoder must give mu and log_var, both (batch, z_dim), in this order or as a dict with these names; "
            f"it gives {_describe(codes)}. A sampled z is left out: zscape draws it."
        )
    return int(shapes[0][1])


def _check_decoder(decoder: keras.Model, z_dim: int, image_shape: Shape) -> None:
    own = getattr(decoder, "input_shape", None)
    if isinstance(own, tuple) and own[1:] != (z_dim,):
        raise InputError(f"The encoder gives z of {z_dim} dimensions, the decoder takes inputs of shape {own[1:]}.")
    logits = _outputs(decoder, (1, z_dim))
    if isinstance(logits, (list, tuple, dict)) or tuple(logits.shape[1:]) != tuple(image_shape):
        raise InputError(
            f"The decoder must give images of the encoder's input shape {tuple(image_shape)}; "
            f"it gives {_describe(logits)}."
        )


def _describe(outputs: Any) -> str:
    if isinstance(outputs, dict):
        return "a dict of " + ", ".join(f"{name} {tuple(value.shape)}" for name, value in outputs.items())
    if isinstance(outputs, (list, tuple)):
        shapes = ", ".join(str(tuple(value.shape)) for value in outputs)
        return (
            f"a list of one output of shape {shapes}"
            if len(outputs) == 1
            else f"{len(outputs)} outputs of shapes {shapes}"
        )
    return f"one output of shape {tuple(outputs.shape)}"


def _ends_in_sigmoid(part: keras.Model) -> bool:
    # A functional model knows its operations too, such as keras.ops.sigmoid, which are no layers.
    steps = [step for step in getattr(part, "operations", part.layers) if not isinstance(step, _MOVES_PIXELS)]
    last = steps[-1] if steps else None
    if isinstance(last, keras.Model):
        return _ends_in_sigmoid(last)
    return type(last).__name__ == "Sigmoid" or getattr(last, "activation", None) in _SIGMOIDS
