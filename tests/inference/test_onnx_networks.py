"""Whole networks in onnxruntime, against Keras: everything that a recipe's `model` and `objective` can say."""

import os
from typing import get_args

import keras
import numpy as np
import onnx
import pytest

from tests.backends.conftest import recipe_of
from tests.backends.networks import NETWORKS
from tests.inference.conftest import with_own_weights
from zscape.formulas.likelihoods.registry import LIKELIHOODS
from zscape.formulas.objective import Objective
from zscape.inference.fold import fold
from zscape.inference.onnx_networks import OUTPUTS, onnx_decoder, onnx_encoder, run_network
from zscape.inference.onnx_notes import notes_of
from zscape.latent.whiten import whitening
from zscape.networks.state import part_weights, to_arrays
from zscape.pathways.build import build_model
from zscape.specs.recipe import parse_recipe
from zscape.specs.task import TaskSpec

pytestmark = pytest.mark.skipif(
    os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow", reason="test_onnx_export has one on every backend"
)
IMAGES, POINTS = 5, 4


def written(folder, recipe, model, notes=None):
    """Write both networks of a model and return their files."""
    encoder, decoder = (to_arrays(part_weights(part)) for part in (model.encoder, model.decoder))
    settings = recipe.image_shape, recipe.model
    files = folder / "encoder.onnx", folder / "decoder.onnx"
    files[0].write_bytes(onnx_encoder(*settings, encoder, notes or {}).SerializeToString())
    files[1].write_bytes(onnx_decoder(*settings, recipe.objective.output, decoder, notes or {}).SerializeToString())
    return files


def assert_alike(files, model):
    """Compare with Keras called as it stands: nothing is compiled."""
    rng = np.random.default_rng(0)
    images = rng.random((IMAGES, *model.image_shape), dtype=np.float32)
    z = rng.standard_normal((POINTS, model.z_dim), dtype=np.float32)
    codes = model.encoder(images, training=False)
    codes = keras.ops.convert_to_numpy(codes if model.sampling is None else codes[0])
    logits = keras.ops.convert_to_numpy(model.decoder(z, training=False))
    found = run_network(files[0], images)
    assert found.shape == codes.shape and codes.std() > 1e-3
    np.testing.assert_allclose(found, codes, rtol=0, atol=1e-5 * max(1, np.abs(codes).max()))
    pixels = run_network(files[1], z)
    assert pixels.shape == logits.shape and logits.std() > 1e-3
    np.testing.assert_allclose(pixels, model.objective.mean_image(logits, np).clip(0, 1), rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_network(name, tmp_path):
    shape, settings = NETWORKS[name]
    recipe = recipe_of(shape, settings)
    model = with_own_weights(build_model(recipe))
    assert_alike(written(tmp_path, recipe, model), model)


@pytest.fixture(scope="module")
def folded():
    """An autoencoder with codes in turned coordinates."""
    recipe = recipe_of((6, 6, 1), {"kind": "ae", "filters": [3], "z_dim": 2})
    model = with_own_weights(build_model(recipe))
    fold(model, whitening(np.array([0.4, -1.0]), np.array([[0.5, 0.2], [0.2, 0.3]])))
    return recipe, model


def test_folded(folded, tmp_path):
    recipe, model = folded
    assert_alike(written(tmp_path, recipe, model), model)


def test_files_state_what_they_take_and_give(folded, tmp_path):
    recipe, model = folded
    notes = notes_of(recipe, "a run", "encoder", white=False)
    encoder, decoder = map(onnx.load, written(tmp_path, recipe, model, notes))
    assert ends(encoder) == [("image", ["batch", 6, 6, 1]), ("mu", ["batch", 2])]
    assert ends(decoder) == [("z", ["batch", 2]), ("image", ["batch", 6, 6, 1])]
    for file in (encoder, decoder):
        assert [(opset.domain, opset.version) for opset in file.opset_import] == [("", 17)]
        assert (file.ir_version, file.producer_name) == (8, "zscape")
        assert {prop.key: prop.value for prop in file.metadata_props} == notes
        names = [node.name for node in file.graph.node]
        assert len(set(names)) == len(names), "every node has a name of its own"


def ends(file):
    values = [*file.graph.input, *file.graph.output]
    assert all(value.type.tensor_type.elem_type == onnx.TensorProto.FLOAT for value in values)
    return [
        (value.name, [size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim])
        for value in values
    ]


def test_any_number_of_images(folded, tmp_path):
    recipe, model = folded
    encoder, _ = written(tmp_path, recipe, model)
    images = np.random.default_rng(0).random((130, 6, 6, 1), dtype=np.float32)  # two batches and a short one
    codes = run_network(encoder, images)
    assert codes.shape == (130, 2)
    np.testing.assert_allclose(run_network(encoder, images[129:]), codes[129:], atol=1e-5)


@pytest.mark.parametrize("reconstruction", sorted(LIKELIHOODS))
def test_images_of_every_likelihood(reconstruction, folded, tmp_path):
    recipe, model = folded
    z = np.random.default_rng(0).normal(0, 3, (50, 2)).astype(np.float32)
    logits = keras.ops.convert_to_numpy(model.decoder(z, training=False))
    assert logits.min() < 0 and logits.max() > 1, "cutting off shows"
    for output in LIKELIHOODS.get(reconstruction).outputs:
        made = onnx_decoder((6, 6, 1), recipe.model, output, to_arrays(part_weights(model.decoder)), {})
        (tmp_path / "decoder.onnx").write_bytes(made.SerializeToString())
        expected = Objective(reconstruction, output).mean_image(logits, np).clip(0, 1)
        np.testing.assert_allclose(run_network(tmp_path / "decoder.onnx", z), expected, rtol=0, atol=1e-5)


def test_every_output_is_written():
    assert set(OUTPUTS) == {output for name in LIKELIHOODS for output in LIKELIHOODS.get(name).outputs}


def test_weights_that_no_layer_takes_are_an_error(folded):
    recipe, model = folded
    weights = {**to_arrays(part_weights(model.encoder)), "conv_9/kernel": np.zeros(1)}
    with pytest.raises(ValueError, match="weights of the encoder that no layer takes: conv_9/kernel"):
        onnx_encoder((6, 6, 1), recipe.model, weights, {})


# what the files say about themselves

TASKS = {
    "reconstruct": ({}, "mu: float32 (batch, 4), the mean of the posterior; nothing is drawn."),
    "denoise": ({"noise": 0.1}, "It was trained on noisy images, and the decoder gives clean ones."),
    "recolor": ({}, "Images go in grey, 0.299 red + 0.587 green + 0.114 blue in all three channels"),
}


@pytest.mark.parametrize("kind", get_args(TaskSpec.model_fields["kind"].annotation))
def test_notes_of_every_task(kind):
    settings, sentence = TASKS[kind]
    values = {"data": {"source": "faces", "size": 8}, "model": {"z_dim": 4}, "task": {"kind": kind, **settings}}
    notes = notes_of(parse_recipe(values), "colours", "encoder", white=False)
    assert sentence in notes["use"] and notes["task"] == kind
    assert "float32 (batch, 8, 8, 3), rows from the top, red, green and blue, 0 black to 1 white" in notes["use"]
    assert all(isinstance(value, str) for value in notes.values())
    expected = {"run": "colours", "format": "1", "image_shape": "8x8x3", "z_dim": "4", "restricted": "false"}
    assert {name: notes[name] for name in expected} == expected


def test_notes_say_where_random_points_lie():
    values = {"data": {"size": 8, "channels": 1, "binarize": "dynamic"}, "model": {"z_dim": 4, "kind": "ae"}}
    recipe = parse_recipe(values)
    plain, white = (notes_of(recipe, "x", "decoder", white)["use"] for white in (False, True))
    assert "z is the encoder's mu; points of N(0, I) may lie where no code does." in plain
    assert "draw z from N(0, I) for random images." in white
    assert "every value is 0 or 1" in notes_of(recipe, "x", "encoder", white=False)["use"]
    celeba = parse_recipe({"data": {"source": "celeba", "path": "faces", "size": 8}})
    assert notes_of(celeba, "x", "decoder", white=False)["restricted"] == "true"
