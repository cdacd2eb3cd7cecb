"""Pathway `outputs`: logits, mu and log_var are outputs of the model, each with a loss of its own.

Keras wants a target for each output; those of mu and log_var are zeros that nobody looks at.
"""

from typing import Any

from keras import ops

from zscape.formulas.divergence import kl_parts
from zscape.pathways.model import VariationalAutoencoder


class OutputLosses(VariationalAutoencoder):
    """A variational autoencoder that Keras compiles with a loss for each of its named outputs."""

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Compile with a loss for each output; arguments as Keras' own."""
        losses = {"reconstruction": self.nll, "mu": self._mu_loss, "log_var": self._log_var_loss}
        super().compile(*args, loss=losses, **kwargs)

    def batch_loss(self, target: Any, prediction: dict[str, Any], parts: dict[str, Any], beta: Any) -> Any:
        """Return the losses of the three outputs, summed by Keras."""
        mu, log_var = prediction["mu"], prediction["log_var"]
        targets = {"reconstruction": target, "mu": ops.zeros_like(mu), "log_var": ops.zeros_like(log_var)}
        return self.keras_loss(targets, {"reconstruction": prediction["logits"], "mu": mu, "log_var": log_var})

    def _mu_loss(self, _: Any, mu: Any) -> Any:
        return self.kl_weight.value() * kl_parts(mu, ops.zeros_like(mu), ops)[0]

    def _log_var_loss(self, _: Any, log_var: Any) -> Any:
        return self.kl_weight.value() * kl_parts(ops.zeros_like(log_var), log_var, ops)[1]
