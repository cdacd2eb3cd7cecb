"""The loss of the default pathway, against NumPy in double precision."""

import keras
import numpy as np
import pytest

from zscape.data.batches import Batches
from zscape.formulas.objective import Objective
from zscape.inference.encode import encode_split
from zscape.inference.evaluate import evaluate_split
from zscape.networks.state import part_variables, to_arrays
from zscape.pathways.build import build_model
from zscape.training.flow import EvaluationFlow

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (128, 8, 8, 1), np.uint8)
LAYERS_WITH_MODES = {"model.batch_norm": True, "model.dropout": 0.3}


def with_contrast(model):
    """Untrained decoders give logits near 0, where every image has the same loss: make them differ."""
    kernel = model.decoder.get_layer("conv_transpose_2").kernel
    kernel.assign(30 * kernel)
    return model


@pytest.fixture(scope="module")
def vae(tiny_recipe):
    model = with_contrast(build_model(tiny_recipe({"objective.weight": {"beta": 2.5}})))
    model.compile(run_eagerly=True)
    return model


@pytest.fixture(scope="module")
def ae(tiny_recipe):
    model = with_contrast(build_model(tiny_recipe({"model.kind": "ae"})))
    model.compile(optimizer=keras.optimizers.SGD(0.0), run_eagerly=True)
    return model


def double(value):
    return np.asarray(keras.ops.convert_to_numpy(value), np.float64)


def oracle_parts(target, outputs, objective):
    """The three parts from their definitions, pixel by pixel, in a form that shares nothing with the formulas."""
    logits = double(outputs["logits"])
    p = 1 / (1 + np.exp(-logits))
    if objective.reconstruction == "bce":
        pixels = -target * np.log(p) - (1 - target) * np.log(1 - p)
    else:
        mean = p if objective.output == "sigmoid" else logits
        pixels = (target - mean) ** 2 / (2 * objective.sigma**2)
    parts = {"reconstruction": pixels.sum(axis=(1, 2, 3))}
    if "log_var" in outputs:
        mu, log_var = double(outputs["mu"]), double(outputs["log_var"])
        parts["kl_mu"] = (mu**2).sum(axis=1) / 2
        parts["kl_log_var"] = -(1 + log_var - np.exp(log_var)).sum(axis=1) / 2
    return parts


@pytest.mark.parametrize("batch", [1, 7, 128])
def test_loss_of_a_batch(vae, batch):
    x = IMAGES[:batch]
    epsilon = RNG.normal(size=(batch, 3)).astype(np.float32)
    outputs = vae({"images": x, "epsilon": epsilon})
    expected = oracle_parts(x / 255.0, outputs, vae.objective)
    parts = vae.loss_parts(x.astype(np.float32) / 255, outputs)
    for name, values in expected.items():
        assert tuple(parts[name].shape) == (batch,)
        np.testing.assert_allclose(double(parts[name]), values, rtol=1e-5, atol=1e-5)
    loss = double(vae.compute_loss(x, None, outputs))
    by_hand = expected["reconstruction"].mean() + 2.5 * (expected["kl_mu"] + expected["kl_log_var"]).mean()
    assert loss == pytest.approx(by_hand, rel=1e-5)


@pytest.mark.parametrize("output", ["sigmoid", "linear"])
def test_squared_error_with_a_sigma(tiny_recipe, output):
    settings = {"objective": {"reconstruction": "mse", "output": output, "weight": {"sigma": 0.2}}}
    model = with_contrast(build_model(tiny_recipe(settings)))
    outputs = model(IMAGES[:7])
    expected = oracle_parts(IMAGES[:7] / 255.0, outputs, Objective("mse", output, 1.0, 0.2))
    loss = double(model.compute_loss(IMAGES[:7], None, outputs))
    assert loss == pytest.approx(sum(part.mean() for part in expected.values()), rel=1e-5)


def test_autoencoder_has_one_head_and_no_kl(ae):
    assert ae.encoder.output_shape == (None, 3) and ae.sampling is None
    outputs = ae(IMAGES[:7])
    parts = ae.loss_parts(IMAGES[:7].astype(np.float32) / 255, outputs)
    assert not double(parts["kl_mu"]).any() and not double(parts["kl_log_var"]).any()
    loss = double(ae.compute_loss(IMAGES[:7], None, outputs))
    assert loss == pytest.approx(oracle_parts(IMAGES[:7] / 255.0, outputs, ae.objective)["reconstruction"].mean())


@pytest.mark.parametrize("as_dict", [False, True])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_a_target_that_is_given_is_the_target(ae, as_dict, dtype):
    clean = IMAGES[:7] if dtype is np.uint8 else IMAGES[:7].astype(np.float32) / 255
    noisy = 255 - IMAGES[:7]
    outputs = ae(noisy)
    expected = oracle_parts(IMAGES[:7] / 255.0, outputs, ae.objective)["reconstruction"].mean()
    loss = double(ae.compute_loss({"images": noisy} if as_dict else noisy, clean, outputs))
    assert loss == pytest.approx(expected, rel=1e-5)
    assert loss != pytest.approx(double(ae.compute_loss(noisy, None, outputs)), rel=1e-3)


def test_train_and_evaluate_take_targets(ae):
    noisy, clean = 255 - IMAGES[:7], IMAGES[:7]
    expected = oracle_parts(clean / 255.0, ae(noisy), ae.objective)["reconstruction"].mean()
    assert ae.evaluate(noisy, clean, verbose=0, return_dict=True)["loss"] == pytest.approx(expected, rel=1e-5)
    ae.reset_metrics()
    logs = ae.train_on_batch(noisy, clean, return_dict=True)  # with a learning rate of 0
    assert logs["reconstruction"] == pytest.approx(expected, rel=1e-5)
    assert logs["loss"] == pytest.approx(expected, rel=1e-5)


def test_weights_of_samples_are_refused(ae):
    with pytest.raises(ValueError, match="means over images; sample_weight is not supported"):
        ae.compute_loss(IMAGES[:7], None, ae(IMAGES[:7]), sample_weight=np.ones(7))


@pytest.mark.parametrize("batch_size", [4, 9, 64])
def test_evaluate_is_one_pass_over_everything(vae, tiny_store, batch_size):
    """Keras' running means, over batches with a short last one, against double precision image by image."""
    split = tiny_store.split("validation")
    expected = evaluate_split(vae, split, encode_split(vae, split), seed=1)
    logs = vae.evaluate(EvaluationFlow(Batches(split, batch_size, 1, False), 1, 3), verbose=0, return_dict=True)
    for name in ("loss", "reconstruction", "kl", "kl_mu", "kl_log_var", "weighted_kl"):
        assert logs[name] == pytest.approx(getattr(expected.terms, name), rel=1e-5), name


def test_evaluate_is_not_the_mean_of_batch_means(vae, tiny_store):
    split = tiny_store.split("validation")
    flow = EvaluationFlow(Batches(split, 8, 1, False), 1, 3)  # 8 images and 1
    losses = [double(vae.compute_loss(x, None, vae(x))) for (x,) in (flow[0], flow[1])]
    loss = vae.evaluate(flow, verbose=0, return_dict=True)["loss"]
    assert loss == pytest.approx((8 * losses[0] + losses[1]) / 9, rel=1e-5)
    assert loss != pytest.approx(np.mean(losses), rel=1e-4) and loss != pytest.approx(losses[1], rel=1e-4)


def test_logs_add_up(vae):
    logs = vae.evaluate(IMAGES, batch_size=50, verbose=0, return_dict=True)
    assert logs["kl"] == pytest.approx(logs["kl_mu"] + logs["kl_log_var"], rel=1e-6)
    assert logs["weighted_kl"] == pytest.approx(2.5 * logs["kl"], rel=1e-6)
    assert logs["loss"] == pytest.approx(logs["reconstruction"] + logs["weighted_kl"], rel=1e-6)
    raw = double(vae(IMAGES)["raw_log_var"])
    assert (logs["log_var_min"], logs["log_var_max"]) == (pytest.approx(raw.min()), pytest.approx(raw.max()))


def test_layers_are_in_training_mode_in_training_only(tiny_recipe):
    model = build_model(tiny_recipe(LAYERS_WITH_MODES))
    model.compile(optimizer=keras.optimizers.SGD(0.0), run_eagerly=True)

    def state():
        arrays = {
            **{f"encoder/{name}": array for name, array in to_arrays(part_variables(model.encoder)).items()},
            **{f"decoder/{name}": array for name, array in to_arrays(part_variables(model.decoder)).items()},
            "noise": np.array(model.sampling.seed_generator.state),
        }
        return {name: array.tobytes() for name, array in arrays.items()}

    before = state()
    model.test_on_batch(IMAGES[:8])
    assert state() == before
    model.train_on_batch(IMAGES[:8])
    moved = {name for name, array in state().items() if array != before[name]}
    assert moved == {name for name in before if "moving" in name or "dropout" in name or name == "noise"}
