"""What docs/howto/kl-pathways.md says about Keras 3: each rule of the articles, still true or not, tried."""

import keras
import numpy as np
import pytest
from keras import ops

X = np.random.default_rng(0).random((6, 4)).astype(np.float32)


class AddsSum(keras.layers.Layer):
    def call(self, x):
        self.add_loss(ops.sum(x * x))
        return x


def test_a_functional_model_takes_no_loss_from_outside():
    image = keras.Input((4,))
    model = keras.Model(image, keras.layers.Dense(2)(image))
    with pytest.raises(NotImplementedError):
        model.add_loss(ops.sum(model.output))


def test_a_loss_can_only_be_added_where_tensors_are_made():
    layer = keras.layers.Dense(2)
    layer.build((None, 4))
    with pytest.raises(ValueError, match="add_loss"):
        layer.add_loss(lambda: ops.sum(layer.kernel))


def test_a_loss_function_cannot_close_over_a_symbolic_tensor():
    image = keras.Input((4,))
    hidden = keras.layers.Dense(2)(image)
    model = keras.Model(image, keras.layers.Dense(4)(hidden))
    model.compile(loss=lambda y, prediction: ops.mean((y - prediction) ** 2) + ops.mean(hidden))
    with pytest.raises(ValueError, match="KerasTensor"):
        model.train_on_batch(X, X)


def test_a_layer_that_leads_to_no_output_adds_nothing():
    image = keras.Input((4,))
    mu = keras.layers.Dense(2)(image)
    AddsSum()(mu)  # its output is dropped
    lost = keras.Model(image, mu)
    lost(X)
    assert lost.losses == []
    kept = keras.Model(image, AddsSum()(mu))
    kept(X)
    assert len(kept.losses) == 1


def test_without_a_compiled_loss_targets_are_ignored():
    image = keras.Input((4,))
    model = keras.Model(image, AddsSum()(keras.layers.Dense(4)(image)))
    model.compile(optimizer=keras.optimizers.SGD(0.0))
    losses = [model.fit(X, y, verbose=0).history["loss"][0] for y in (X, X + 100.0)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)


def test_losses_are_those_of_the_last_call():
    layer = AddsSum()
    for _ in range(3):
        layer(X)
    assert [float(keras.ops.convert_to_numpy(loss)) for loss in layer.losses] == pytest.approx([float((X**2).sum())])
