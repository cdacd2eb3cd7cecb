"""That the pathways really are different ways, and what they refuse."""

import keras
import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.pathways.build import build_model
from zscape.pathways.layer import LayerLoss
from zscape.pathways.registry import PATHWAYS

X = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 1), np.uint8)


@pytest.fixture(scope="module")
def compiled(tiny_recipe):
    def make(name):
        model = build_model(tiny_recipe({"objective.kl_pathway": name, "objective.weight": {"beta": 2.5}}))
        model.compile()
        model(X, training=True)
        return model

    return {name: make(name) for name in PATHWAYS}


def number(tensor):
    return float(keras.ops.convert_to_numpy(tensor))


def kl_of(model):
    mu, log_var = model.encode(X, return_log_var=True)
    return float((0.5 * (mu**2 - 1 - log_var + np.exp(log_var))).sum(axis=1).mean())


@pytest.mark.parametrize("name", PATHWAYS)
def test_losses_that_layers_add(compiled, name):
    model = compiled[name]
    model(X, training=True)
    added = [number(loss) for loss in model.losses]
    of_encoder = [number(loss) for loss in model.encoder.losses]
    if name == "layer":
        assert of_encoder == added == [pytest.approx(2.5 * kl_of(model), rel=1e-5)]
    elif name == "top":
        assert of_encoder == [] and len(added) == 1
        assert added[0] > 2.5 * kl_of(model), "reconstruction and KL together"
    else:
        assert of_encoder == added == []


def test_compiled_losses(compiled):
    given = {name: model._compile_loss for name, model in compiled.items()}
    assert [name for name, loss in given.items() if loss is None] == ["top", "model", "tape"]
    assert list(given["outputs"]._user_loss) == ["reconstruction", "mu", "log_var"]
    assert callable(given["layer"]._user_loss)


def test_only_tape_has_a_training_step_of_its_own(compiled):
    for name, model in compiled.items():
        assert ("train_step" in type(model).__dict__) == (name in ("tape", "top"))
    # top's only moves the target into the input and hands over to Keras' own.
    called = []
    model = compiled["tape"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.Model, "train_step", lambda *_: called.append("keras"))
        with pytest.raises(Exception):  # noqa: B017 - this is no training: only who is called counts
            compiled["tape"].train_step(())
        compiled["top"].train_step((X,))
    assert called == ["keras"]
    assert model.optimizer is not None


def test_metrics_have_the_same_names(compiled):
    names = {name: [metric.name for metric in model.metrics] for name, model in compiled.items()}
    assert len({tuple(value) for value in names.values()}) == 1
    results = {name: sorted(model.get_metrics_result()) for name, model in compiled.items()}
    assert all(result == results["model"] for result in results.values())


def test_top_refuses_a_target_beside_the_input(compiled):
    with pytest.raises(ValueError, match=r'top takes its target inside of the input: \{"images": x, "target"'):
        compiled["top"].compute_loss(X, X, compiled["top"](X))


def test_layer_refuses_an_encoder_to_which_no_layer_can_be_put(tiny_recipe):
    class Encoder(keras.Model):
        def __init__(self):
            super().__init__()
            self.flat, self.mu, self.log_var = keras.layers.Flatten(), keras.layers.Dense(3), keras.layers.Dense(3)

        def call(self, x):
            x = self.flat(x)
            return self.mu(x), self.log_var(x)

    decoder = build_model(tiny_recipe()).decoder
    with pytest.raises(InputError, match="must be a functional Keras model; received Encoder: take another"):
        LayerLoss(Encoder(), decoder, image_shape=(8, 8, 1))


class AddsLoss(keras.layers.Layer):
    def call(self, x):
        self.add_loss(keras.ops.sum(x * x))
        return x


@pytest.mark.parametrize("name", PATHWAYS)
def test_losses_of_a_users_layers_are_refused(tiny_recipe, name):
    decoder = build_model(tiny_recipe()).decoder
    image = keras.Input((8, 8, 1))
    x = AddsLoss()(keras.layers.Flatten()(image))
    encoder = keras.Model(image, [keras.layers.Dense(3)(x), keras.layers.Dense(3)(x)])
    model = PATHWAYS[name](encoder, decoder)
    model.compile()
    with pytest.raises(ValueError, match=r"calls add_loss, but zscape's loss is reconstruction \+ beta KL and nothing"):
        model.train_on_batch(X)


@pytest.mark.parametrize("name", [name for name in PATHWAYS if name != "model"])
@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"model.kind": "ae"}, "an autoencoder has none: leave it out, or take model.kind: vae"),
        ({"training.precision": "mixed_bfloat16"}, "goes with objective.kl_pathway: model only"),
    ],
)
def test_what_only_the_default_carries(tiny_recipe, name, settings, sentence):
    with pytest.raises(InputError, match=sentence):
        tiny_recipe({"objective.kl_pathway": name, **settings})


@pytest.mark.parametrize(
    ("schedule", "sentence"),
    [
        ({"kind": "linear"}, "kind: linear needs epochs, the length of the warm-up; received none"),
        ({"epochs": 2}, "epochs goes with kind: linear; a constant weight has no length"),
        ({"kind": "linear", "epochs": 3}, "schedule.epochs is 3, but training.epochs is 2: the warm-up would not end"),
        ({"kind": "linear", "epochs": 0}, "must be at least 1; received 0"),
        ({"kind": "cosine"}, "must be 'constant' or 'linear'"),
    ],
)
def test_bad_schedules(tiny_recipe, schedule, sentence):
    with pytest.raises(InputError, match=sentence):
        tiny_recipe({"objective.schedule": schedule})
