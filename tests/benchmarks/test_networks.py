import pytest

from benchmarks.networks import NETWORKS, noise_images
from zscape.specs.compose import compose_recipe
from zscape.specs.layout import decoder_layout, encoder_layout, map_shapes


@pytest.mark.parametrize("name", NETWORKS)
def test_the_numbers_are_those_of_the_recipe(name):
    network = NETWORKS[name]
    recipe = compose_recipe(network.recipe).for_images(network.image_shape)
    model, training = recipe.model, recipe.training
    assert (model.filters, model.strides, model.z_dim) == (network.filters, network.strides, network.z_dim)
    assert (model.batch_norm, model.leaky_slope) == (network.batch_norm, network.leaky_slope)
    assert (training.batch_size, training.learning_rate) == (network.batch_size, network.learning_rate)
    beta, _ = recipe.objective.beta_and_sigma(network.image_shape, network.z_dim)
    assert network.beta == pytest.approx(beta)
    assert network.map_shape == map_shapes(network.image_shape, model)[-1]
    assert {layer.kind for layer in encoder_layout(network.image_shape, model)} <= {
        *("conv", "batch_norm", "activation", "flatten", "dense")
    }
    assert decoder_layout(network.image_shape, model)[-1].kind == "conv_transpose"


def test_noise_is_the_same_everywhere():
    images = noise_images(NETWORKS["E3"], 4)
    assert images.shape == (4, 28, 28, 1) and images.dtype == "uint8"
    assert (images == noise_images(NETWORKS["E3"], 4)).all() and images.std() > 60
