"""Pathway `top`: a layer on top of encoder and decoder computes reconstruction and KL together.

The model is compiled without a loss, and Keras ignores targets then, silently: they come inside of the input.
"""

from typing import Any

import keras
from keras import ops

from zscape.networks.given_images import check_target
from zscape.pathways.model import VariationalAutoencoder


class TopLayer(keras.layers.Layer):
    """Adds the whole loss of a batch.

    Call arguments:
        parts: the parts of the loss per image, (batch,) each, nats per image.
        beta: the KL weight.
    """

    def __init__(self) -> None:
        super().__init__(name="top_loss", dtype="float32", autocast=False)

    def call(self, parts: dict[str, Any], beta: Any) -> Any:
        kl = ops.mean(parts["kl_mu"]) + ops.mean(parts["kl_log_var"])
        self.add_loss(ops.mean(parts["reconstruction"]) + beta * kl)
        return parts


class TopLoss(VariationalAutoencoder):
    """A variational autoencoder with its loss in a layer on top.

    Call arguments: as the others', with the target images in the input: {"images": x, "target": y}. `fit(x, y)` and
    flows that give (x, y) are put into this form before Keras sees them.
    """

    added_losses = 1

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.top = TopLayer()

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Compile without a loss; arguments as Keras' own."""
        super().compile(*args, loss=None, **kwargs)

    def call(self, inputs: Any, training: bool | None = None) -> dict[str, Any]:
        prediction = super().call(inputs, training)
        parts = self.loss_parts(self.target_images(inputs, None), prediction)
        return {**prediction, "parts": self.top(parts, beta=self.kl_weight.value())}

    def target_images(self, x: Any, y: Any) -> Any:
        """Return the target out of the input; ValueError for one beside it, which Keras would have ignored."""
        if y is not None:
            raise ValueError('kl_pathway top takes its target inside of the input: {"images": x, "target": y}.')
        return super().target_images(x, x.get("target") if isinstance(x, dict) else None)

    def batch_loss(self, target: Any, prediction: dict[str, Any], parts: dict[str, Any], beta: Any) -> Any:
        """Return what the top layer added, which is the whole loss."""
        return self.keras_loss(None, prediction)

    def train_step(self, *state_and_data: Any) -> Any:
        """Train on a batch; JAX passes its state before the data."""
        *state, data = state_and_data
        return super().train_step(*state, self._packed(data))

    def test_step(self, *state_and_data: Any) -> Any:
        """Evaluate a batch."""
        *state, data = state_and_data
        return super().test_step(*state, self._packed(data))

    def _packed(self, data: Any) -> Any:
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        if y is None:
            return data
        inputs = dict(x) if isinstance(x, dict) else {"images": x}
        check_target(y, inputs["images"])  # an error inside of `call` would be wrapped in Keras' own words
        return keras.utils.pack_x_y_sample_weight({**inputs, "target": y}, None, sample_weight)
