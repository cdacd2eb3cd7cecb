"""The model that a recipe describes."""

import contextlib
from collections.abc import Iterator

import keras

from zscape.core.seeds import derive_seed
from zscape.formulas.objective import Objective
from zscape.networks.parts import build_decoder, build_encoder
from zscape.pathways.base import PathwayModel
from zscape.pathways.model import Autoencoder
from zscape.pathways.registry import PATHWAYS
from zscape.specs.recipe import Recipe


def objective_of(recipe: Recipe, steps_per_epoch: int = 0) -> Objective:
    """Return the objective that a recipe states; an autoencoder's has beta 0.

    Args:
        recipe: the recipe, with the size of its images.
        steps_per_epoch: of the training, for a warm-up stated in epochs; 0 for a model that will not be trained.
    """
    stated = recipe.objective
    beta, sigma = stated.beta_and_sigma(recipe.image_shape, recipe.model.z_dim)
    if recipe.model.kind == "ae":
        return Objective(stated.reconstruction, stated.output, beta=0.0, sigma=1.0)
    warmup = (stated.schedule.epochs or 0) * steps_per_epoch
    return Objective(stated.reconstruction, stated.output, beta, sigma, warmup)


def build_model(recipe: Recipe, precision: str = "float32", steps_per_epoch: int = 0) -> PathwayModel:
    """Return the untrained model of a recipe, its initial weights drawn from `training.seed`.

    Args:
        recipe: the recipe, with the size of its images.
        precision: Keras' dtype policy; weights, heads, logits and losses are float32 in all of them.
        steps_per_epoch: as in `objective_of`.
    """
    with _dtype_policy(precision):
        return _build(recipe, steps_per_epoch)


def _build(recipe: Recipe, steps_per_epoch: int) -> PathwayModel:
    seed = recipe.training.seed
    encoder = build_encoder(recipe.image_shape, recipe.model, seed)
    decoder = build_decoder(recipe.image_shape, recipe.model, seed)
    objective = objective_of(recipe, steps_per_epoch)
    if recipe.model.kind == "ae":
        return Autoencoder(encoder, decoder, objective)
    return PATHWAYS[recipe.objective.kl_pathway](
        encoder,
        decoder,
        objective,
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
