"""An autoencoder of two linear layers cannot beat principal components, and with training comes near them.

Eckart and Young 1936: no map through z_dim numbers that is linear both ways has a smaller squared error than the
projection onto the first z_dim principal components, whose error is the sum of the other eigenvalues.
"""

import keras
import numpy as np
import pytest

from zscape.pathways.build import build_model

Z_DIM, COUNT = 2, 48


@pytest.fixture(scope="module")
def images():
    """4x4 grey images with three strong directions and some noise, in [0, 1]."""
    rng = np.random.default_rng(3)
    directions = np.linalg.qr(rng.normal(size=(16, 3)))[0].T
    points = rng.normal(size=(COUNT, 3)) * np.array([0.45, 0.3, 0.12])
    pixels = 0.5 + points @ directions + 0.01 * rng.normal(size=(COUNT, 16))
    return pixels.clip(0, 1).reshape(COUNT, 4, 4, 1).astype(np.float32)


def principal_component_error(images):
    """Return the mean squared error per image, summed over the pixels, that z_dim components leave."""
    flat = images.reshape(COUNT, -1).astype(np.float64)
    values = np.linalg.svd(flat - flat.mean(axis=0), compute_uv=False)
    return (values[Z_DIM:] ** 2).sum() / COUNT


def squared_error(model, images):
    return ((model.decode_logits(model.encode(images)) - images) ** 2).astype(np.float64).sum() / COUNT


def test_linear_networks_reach_principal_components_and_no_more(tiny_recipe, images):
    settings = {
        "data": {"size": 4, "channels": 1},
        "model": {"kind": "ae", "filters": [], "z_dim": Z_DIM},
        "objective": {"reconstruction": "mse", "output": "linear", "weight": {"sigma": 1.0}},
    }
    model = build_model(tiny_recipe(settings))
    least, start = principal_component_error(images), squared_error(model, images)
    assert start > 3 * least, "there is something to learn"
    model.compile(optimizer=keras.optimizers.Adam(0.02))
    # The same batch over and over, as one epoch: Keras' work between epochs takes longer than these steps.
    model.fit(np.tile(images, (600, 1, 1, 1)), batch_size=COUNT, shuffle=False, verbose=0)
    found = squared_error(model, images)
    assert found >= least * (1 - 1e-5), "the rounding of float32 aside, nothing linear is better"
    assert found <= 1.05 * least
    # The loss that training sees is the Gaussian's: half the squared error with sigma 1.
    loss = model.evaluate(images, batch_size=COUNT, verbose=0, return_dict=True)["loss"]
    assert loss == pytest.approx(found / 2, rel=1e-5)
