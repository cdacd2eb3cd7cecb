"""Pathway `layer`: a layer at the encoder's end computes the KL and adds it to the encoder's losses.

The reconstruction is a compiled loss; Keras sums the two.
"""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from zscape.core.errors import InputError
from zscape.formulas.bounds import bound_log_var
from zscape.formulas.divergence import kl_parts
from zscape.networks.pair import posterior_of
from zscape.pathways.model import VariationalAutoencoder


class KLLayer(keras.layers.Layer):
    """Adds weight * KL, averaged over the batch, and hands mu and log_var on.

    Call arguments:
        codes: mu and log_var, (batch, z_dim) each, as a pair or a dict.

    Returns of a call: a dict of "mu" and "log_var" as they came, and "bounded_log_var", from which z is to be drawn:
    computed once, its gradient is summed in the same order as in the other pathways.

    Args:
        weight: called for the present KL weight. A function, because a variable as an attribute would become one of the
            encoder's.
        log_var_bounds: as the model has them; the KL is that of the bounded log_var.
    """

    def __init__(self, weight: Callable[[], Any], log_var_bounds: tuple[float, float]) -> None:
        super().__init__(name="kl_loss", dtype="float32", autocast=False)
        self._weight = weight
        self._bounds = log_var_bounds

    def call(self, codes: Any) -> Any:
        mu, raw = posterior_of(codes)
        log_var = bound_log_var(raw, *self._bounds, xp=ops)
        kl_mu, kl_log_var = kl_parts(mu, log_var, ops)
        self.add_loss(self._weight() * (ops.mean(kl_mu) + ops.mean(kl_log_var)))
        return {"mu": mu, "log_var": raw, "bounded_log_var": log_var}


class LayerLoss(VariationalAutoencoder):
    """A variational autoencoder whose encoder carries the KL loss.

    Raises:
        InputError: when the encoder is not a functional Keras model, to whose end a layer can be put.
    """

    added_losses = 1

    def __init__(self, encoder: keras.Model, *args: Any, **kwargs: Any) -> None:
        super().__init__(encoder, *args, **kwargs)
        if not isinstance(encoder, keras.models.Model) or not hasattr(encoder, "operations"):
            raise InputError(
                "kl_pathway layer puts a layer at the encoder's end, so the encoder must be a functional Keras model; "
                f"received {type(encoder).__name__}: take another kl_pathway."
            )
        kl_layer = KLLayer(lambda: self.kl_weight.value(), self.log_var_bounds)
        self.encoder = keras.Model(encoder.input, kl_layer(encoder.output), name=encoder.name)

    def posterior(self, codes: Any) -> tuple[Any, Any, Any]:
        """Return mu, bounded and raw log_var, as the KL layer gives them."""
        return codes["mu"], codes["bounded_log_var"], codes["log_var"]

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Compile with the reconstruction as the only compiled loss; arguments as Keras' own."""
        super().compile(*args, loss=self.nll, **kwargs)

    def batch_loss(self, target: Any, prediction: dict[str, Any], parts: dict[str, Any], beta: Any) -> Any:
        """Return the compiled loss and the encoder's, summed by Keras."""
        return self.keras_loss(target, prediction["logits"])
