"""Losses and gradients of the five ways to bring the KL loss into training, from the same weights and draws."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from zscape.pathways.build import build_model
from zscape.pathways.registry import PATHWAYS
from zscape.specs.recipe import Recipe, parse_recipe

TERMS = ("loss", "reconstruction", "kl", "kl_mu", "kl_log_var", "weighted_kl")
"""What is compared; nats per image."""


class GradientRecorder(keras.optimizers.Optimizer):
    """An optimizer that changes no weight and keeps the gradients that a training step hands to it."""

    def __init__(self) -> None:
        super().__init__(learning_rate=1.0, name="recorder")
        self.gradients: list[Any] = []

    def build(self, variables: Any) -> None:
        if not self.built:
            super().build(variables)
            self.gradients = [self.add_variable_from_reference(variable, "gradient") for variable in variables]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        self.assign(self.gradients[self._get_variable_index(variable)], keras.ops.cast(gradient, "float32"))


@dataclass(frozen=True)
class Step:
    """One training step: the terms of the loss, and the gradient of all weights as one vector (float64)."""

    terms: dict[str, float]
    gradient: np.ndarray


@dataclass(frozen=True)
class Difference:
    """How far a step is from the default pathway's.

    Attributes:
        terms: largest relative difference of a term.
        gradient: norm of the difference over the norm of the whole gradient. Never elementwise: a bias in front of
            batch normalisation has gradient zero plus noise.
    """

    terms: float
    gradient: float


def agreement_recipe(pathway: str) -> Recipe:
    """Return the small network, with batch normalisation, on which pathways are compared."""
    return parse_recipe(
        {
            "data": {"size": [14, 10], "channels": 2},
            "model": {"filters": [8, 16], "strides": 2, "z_dim": 5, "batch_norm": True},
            "objective": {"weight": {"beta": 2.5}, "kl_pathway": pathway},
            "training": {"seed": 3},
        }
    )


def take_step(pathway: str, batch: int, jit: bool | str = "auto") -> Step:
    """Make one training step through Keras' own `train_on_batch`; the target is not the input.

    Args:
        pathway: name in `PATHWAYS`.
        batch: number of images.
        jit: as Keras' compile has it.
    """
    recipe = agreement_recipe(pathway)
    model = build_model(recipe)
    optimizer = GradientRecorder()
    model.compile(optimizer=optimizer, jit_compile=jit)
    draws = np.random.default_rng([7, batch])
    x, y = draws.random((2, batch, *recipe.image_shape)).astype(np.float32)
    epsilon = draws.standard_normal((batch, recipe.model.z_dim)).astype(np.float32)
    logs = model.train_on_batch({"images": x, "epsilon": epsilon}, y, return_dict=True)
    gradient = np.concatenate([np.asarray(part.numpy(), np.float64).ravel() for part in optimizer.gradients])
    return Step({term: float(logs[term]) for term in TERMS}, gradient)


def differences(batch: int) -> dict[str, Difference]:
    """Return by pathway how far its step is from that of pathway `model`, on the backend that runs."""
    reference = take_step("model", batch)
    return {name: difference(take_step(name, batch), reference) for name in PATHWAYS if name != "model"}


def difference(step: Step, reference: Step) -> Difference:
    """Return how far a step is from a reference."""
    terms = [abs(step.terms[term] - value) / abs(value) for term, value in reference.terms.items()]
    gap = np.linalg.norm(step.gradient - reference.gradient) / np.linalg.norm(reference.gradient)
    return Difference(max(terms), float(gap))
