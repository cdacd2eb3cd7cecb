"""One layer of a network as plain numbers, and the kinds that blocks are made of."""

from dataclasses import dataclass, field
from typing import Any

from zscape.specs.model import ModelSpec

Shape = tuple[int, ...]


@dataclass(frozen=True)
class LayerLayout:
    """One layer.

    Attributes:
        name: unique within its network.
        kind: conv, conv_transpose, dense, batch_norm, activation, dropout, flatten, reshape, upsample, crop or add.
        output_shape: without the batch axis.
        parameters: number of weights, moving statistics included.
        trainable: number of trainable weights.
        options: what `networks.layers` needs to build it.
        inputs: names of the layers whose outputs it takes; empty for the layer before it in the list.
    """

    name: str
    kind: str
    output_shape: Shape
    parameters: int = 0
    trainable: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()


def weighted(
    kind: str, name: str, output_shape: Shape, fan_in: int, options: dict[str, Any], inputs: tuple[str, ...] = ()
) -> LayerLayout:
    """Return a layer with a kernel of `fan_in` values per output channel, and a bias."""
    parameters = (fan_in + 1) * output_shape[-1]
    return LayerLayout(name, kind, output_shape, parameters, parameters, options, inputs)


def normalisation(shape: Shape, tag: str, model: ModelSpec) -> list[LayerLayout]:
    """Return the BatchNormalization after a layer with weights, where the model has it."""
    if not model.batch_norm:
        return []
    return [LayerLayout(f"batch_norm_{tag}", "batch_norm", shape, 4 * shape[-1], 2 * shape[-1])]


def activation(shape: Shape, tag: str) -> LayerLayout:
    """Return the activation of a layer or block."""
    return LayerLayout(f"activation_{tag}", "activation", shape)


def dropout(shape: Shape, tag: str, model: ModelSpec) -> list[LayerLayout]:
    """Return the dropout after an activation, where the model has it."""
    return [LayerLayout(f"dropout_{tag}", "dropout", shape)] if model.dropout else []


def after_weights(shape: Shape, tag: str, model: ModelSpec) -> list[LayerLayout]:
    """Return what follows a layer with weights: (batch norm), activation, (dropout)."""
    return [*normalisation(shape, tag, model), activation(shape, tag), *dropout(shape, tag, model)]
