"""The model that a recipe describes."""

import contextlib
from collections.abc import Iterator

import keras

from zscape.core.seeds import derive_seed
from zscape.formulas.objective import Objective
from zscape.networks.parts import build_decoder, build_encoder
from zscape.pathways.model import Autoencoder, ComputedLoss, VariationalAutoencoder
from zscape.specs.recipe import Recipe


def objective_of(recipe: Recipe) -> Objective:
    """Return the objective that a recipe states; an autoencoder's has beta 0."""
    beta, sigma = recipe.objective.beta_and_sigma(recipe.image_shape, recipe.model.z_dim)
    if recipe.model.kind == "ae":
        beta, sigma = 0.0, 1.0
    return Objective(recipe.objective.reconstruction, recipe.objective.output, beta, sigma)


def build_model(recipe: Recipe, precision: str = "float32") -> ComputedLoss:
    """Return the untrained model of a recipe, its initial weights drawn from `training.seed`.

    Args:
        recipe: the recipe, with the size of its images.
        precision: Keras' dtype policy; weights, heads, logits and losses are float32 in all of them.
    """
    with _dtype_policy(precision):
        return _build(recipe)


def _build(recipe: Recipe) -> ComputedLoss:
    seed = recipe.training.seed
    encoder = build_encoder(recipe.image_shape, recipe.model, seed)
    decoder = build_decoder(recipe.image_shape, recipe.model, seed)
    if recipe.model.kind == "ae":
        return Autoencoder(encoder, decoder, objective_of(recipe))
    return VariationalAutoencoder(
        encoder,
        decoder,
        objective_of(recipe),
        epsilon_limit=recipe.model.epsilon_limit,
        log_var_bounds=recipe.model.log_var_bounds,
        seed=derive_seed(seed, "noise"),
    )


@contextlib.contextmanager
def _dtype_policy(name: str) -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
