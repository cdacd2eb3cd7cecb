"""What a recipe would build and need, by arithmetic alone: no Keras, no data."""

from dataclasses import dataclass

from zscape.specs.layer_layout import LayerLayout, Shape
from zscape.specs.layout import decoder_layout, encoder_layout
from zscape.specs.memory_estimate import Memory, estimate_memory
from zscape.specs.recipe import Recipe


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
class Plan:
    """What a recipe would build: both networks, what the likelihood learns, their total of parameters, memory."""

    image_shape: Shape
    z_dim: int
    encoder: NetworkPlan
    decoder: NetworkPlan
    likelihood: int
    total: int
    memory: Memory


def plan_recipe(recipe: Recipe, backend: str = "tensorflow", precision: str = "float32", on_card: bool = False) -> Plan:
    """Return the plan of a recipe.

    Args:
        recipe: the recipe.
        backend: "tensorflow", "jax" or "torch", for the prediction of memory.
        precision: Keras' dtype policy, likewise.
        on_card: whether it is trained on a graphics card, likewise.

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
        memory=estimate_memory(recipe, backend, precision, on_card),
    )


def _network(layers: list[LayerLayout]) -> NetworkPlan:
    return NetworkPlan(
        parameters=sum(layer.parameters for layer in layers),
        trainable=sum(layer.trainable for layer in layers),
        layers=[LayerPlan(layer.name, layer.kind, layer.output_shape, layer.parameters) for layer in layers],
    )
