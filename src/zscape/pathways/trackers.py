"""The running means that every pathway reports under the same names."""

from typing import Any

import keras
from keras import ops

PARTS = ("reconstruction", "kl_mu", "kl_log_var")
"""Means over the images, nats per image; everything else in a history is computed from them."""

SCHEDULED = ("weighted_kl", "beta")
"""Means over the images that are needed while the KL weight changes."""


class Extreme(keras.metrics.Metric):
    """The least or greatest value seen since the last reset.

    Args:
        kind: "min" or "max".
    """

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(name=name, dtype="float32")
        self._reduce = ops.min if kind == "min" else ops.max
        self._join = ops.minimum if kind == "min" else ops.maximum
        self._start = float("inf") if kind == "min" else float("-inf")
        self.extreme = self.add_variable((), keras.initializers.Constant(self._start), name="extreme")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        self.extreme.assign(self._join(self.extreme, ops.cast(self._reduce(values), "float32")))

    def result(self) -> Any:
        # A sum is a new tensor. The variable itself would be read later, when validation has changed it.
        return self.extreme + 0.0

    def reset_state(self) -> None:
        self.extreme.assign(ops.full((), self._start, dtype="float32"))


class RootMeanSquare(keras.metrics.Mean):
    """The root of the mean of squares."""

    def result(self) -> Any:
        return ops.sqrt(super().result())


class PartTrackers:
    """Running means of the loss' parts and the extremes of log_var before it is bounded.

    Each mean is weighted with the batch's number of images, so a short last batch counts as what it is.

    Args:
        variational: whether there is a log_var to watch; without one the radius of z is watched, which for a VAE is in
            kl_mu.
        scheduled: whether the KL weight changes: then beta and the weighted KL, which is no longer the mean KL times
            one number, have means of their own.
        learned_sigma: whether there is a sigma to watch.
    """

    def __init__(self, variational: bool, scheduled: bool = False, learned_sigma: bool = False) -> None:
        names = PARTS + (SCHEDULED if scheduled else ()) + (("sigma",) if learned_sigma else ())
        self.means = {name: keras.metrics.Mean(name=name) for name in names}
        self.extremes = {f"log_var_{kind}": Extreme(kind, f"log_var_{kind}") for kind in ("min", "max")}
        if not variational:
            self.extremes = {}
            self.means["radius_rms"] = RootMeanSquare(name="radius_rms")

    def all(self) -> list[keras.metrics.Metric]:
        """Return every tracker."""
        return [*self.means.values(), *self.extremes.values()]

    def update(self, parts: dict[str, Any], raw_log_var: Any, beta: Any, sigma: Any = None, z: Any = None) -> None:
        """Take in one batch.

        Args:
            parts: per-image values, (batch,) each.
            raw_log_var: the encoder's log_var; None without one.
            beta: the KL weight.
            sigma: one that is learned; None without one.
            z: an autoencoder's, (batch, z_dim); not looked at for a VAE.
        """
        values = dict(parts)
        if "beta" in self.means:
            kl = parts["kl_mu"] + parts["kl_log_var"]
            values |= {"weighted_kl": beta * kl, "beta": beta + ops.zeros_like(kl)}
        if "sigma" in self.means:
            values["sigma"] = sigma + ops.zeros_like(parts["reconstruction"])
        if "radius_rms" in self.means:
            values["radius_rms"] = ops.sum(ops.square(ops.cast(z, "float32")), axis=-1)
        for name, tracker in self.means.items():
            tracker.update_state(values[name])
        for tracker in self.extremes.values():
            tracker.update_state(raw_log_var)
