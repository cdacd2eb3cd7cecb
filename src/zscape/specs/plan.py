"""What a recipe would build and need, by arithmetic alone: no Keras, no data."""

from dataclasses import dataclass
from math import prod

from zscape.specs.layer_layout import LayerLayout, Shape
from zscape.specs.layout import decoder_layout, encoder_layout
from zscape.specs.recipe import Recipe

_FLOAT_BYTES = 4
_ADAM_SLOTS = 2


@dataclass(frozen=True)
class LayerPlan:
    """One layer: name, kind, output shape without the batch axis, number of parameters."""

    name: str
    kind: str
    output_shape: Shape
    parameters: int


@dataclass(frozen=True)
class NetworkPlan:
    """One network: all parameters (moving statistics included), those that are trained, its layers."""

    parameters: int
    trainable: int
    layers: list[LayerPlan]


@dataclass(frozen=True)
class MemoryPlan:
    """Bytes that training needs by arithmetic; what a backend adds for itself is not in it.

    Attributes:
        batch_size: images per step.
        parameters: bytes of the weights.
        gradients: bytes of their gradients.
        optimizer: bytes of Adam's slots.
        activations: bytes of all layers' outputs for one batch, which backpropagation keeps.
        total: their sum.
    """

    batch_size: int
    parameters: int
    gradients: int
    optimizer: int
    activations: int
    total: int


@dataclass(frozen=True)
class Plan:
    """What a recipe would build: both networks, what the likelihood learns, their total of parameters, memory."""

    image_shape: Shape
    z_dim: int
    encoder: NetworkPlan
    decoder: NetworkPlan
    likelihood: int
    total: int
    memory: MemoryPlan


def plan_recipe(recipe: Recipe) -> Plan:
    """Return the plan of a recipe.

    Raises:
        InputError: when the size of the images is not known before the data are read.
    """
    shape = recipe.image_shape
    encoder = _network(encoder_layout(shape, recipe.model))
    decoder = _network(decoder_layout(shape, recipe.model))
    learned = 1 if recipe.objective.likelihood.sigma == "learned" else 0
    return Plan(
        image_shape=shape,
        z_dim=recipe.model.z_dim,
        encoder=encoder,
        decoder=decoder,
        likelihood=learned,
        total=encoder.parameters + decoder.parameters + learned,
        memory=_memory(encoder, decoder, learned, shape, recipe.training.batch_size),
    )


def _network(layers: list[LayerLayout]) -> NetworkPlan:
    return NetworkPlan(
        parameters=sum(layer.parameters for layer in layers),
        trainable=sum(layer.trainable for layer in layers),
        layers=[LayerPlan(layer.name, layer.kind, layer.output_shape, layer.parameters) for layer in layers],
    )


def _memory(
    encoder: NetworkPlan, decoder: NetworkPlan, learned: int, image_shape: Shape, batch_size: int
) -> MemoryPlan:
    parameters = _FLOAT_BYTES * (encoder.parameters + decoder.parameters + learned)
    trainable = _FLOAT_BYTES * (encoder.trainable + decoder.trainable + learned)
    # Flatten and reshape are views of their input.
    outputs = [layer for layer in [*encoder.layers, *decoder.layers] if layer.kind not in ("flatten", "reshape")]
    values = prod(image_shape) + sum(prod(layer.output_shape) for layer in outputs)
    activations = _FLOAT_BYTES * batch_size * values
    total = parameters + trainable + _ADAM_SLOTS * trainable + activations
    return MemoryPlan(batch_size, parameters, trainable, _ADAM_SLOTS * trainable, activations, total)
