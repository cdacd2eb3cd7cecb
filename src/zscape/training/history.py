"""The history of a training: one record per epoch."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import keras

from zscape.core.errors import TrainingStopped
from zscape.core.records import to_plain
from zscape.formulas.terms import LossTerms, loss_terms
from zscape.pathways.trackers import PARTS

_BESIDE = ("sigma", "log_var_min", "log_var_max", "radius_rms")


@dataclass(frozen=True)
class EpochRecord:
    """One line of history.jsonl.

    Attributes:
        epoch: from 1.
        step: batches since the start of the training, also those that have not changed the weights.
        seconds: of training in this epoch, validation left out.
        images_per_second: of training in this epoch.
        learning_rate: at the end of the epoch.
        train: terms of the loss (`formulas.terms.LossTerms`), means over the epoch; the root mean square of R = |mu|,
            of an autoencoder of |z|; for a VAE the extremes of log_var before it is bounded; where sigma is learned,
            its mean over the epoch.
        validation: the same on the validation images, None without any.
        skipped_steps: steps that the guard has left out; not in history.jsonl where there were none.
    """

    epoch: int
    step: int
    seconds: float
    images_per_second: float
    learning_rate: float
    train: dict[str, float]
    validation: dict[str, float] | None
    skipped_steps: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the record as plain values."""
        plain = to_plain(self)
        return plain if self.skipped_steps else {name: plain[name] for name in plain if name != "skipped_steps"}


def terms_from_logs(logs: dict[str, Any], beta: float, prefix: str = "") -> LossTerms:
    """Return the loss' terms put together from Keras' logs in double precision.

    Args:
        logs: of Keras.
        beta: the KL weight; where the logs have one of their own, it changes, and that one counts.
        prefix: "val_" for the validation images.
    """
    reconstruction, kl_mu, kl_log_var = (float(logs[prefix + part]) for part in PARTS)
    if prefix + "beta" in logs:
        beta, weighted_kl = (float(logs[prefix + name]) for name in ("beta", "weighted_kl"))
        return loss_terms(reconstruction, kl_mu, kl_log_var, beta, weighted_kl)
    return loss_terms(reconstruction, kl_mu, kl_log_var, beta)


def _numbers(logs: dict[str, Any], beta: float, prefix: str) -> dict[str, float]:
    beside = {name: float(logs[prefix + name]) for name in _BESIDE if prefix + name in logs}
    terms = terms_from_logs(logs, beta, prefix)
    if "log_var_max" in beside:
        beside["radius_rms"] = math.sqrt(2.0 * terms.kl_mu)  # kl_mu is the mean of R^2 / 2
    return {**asdict(terms), **beside}


class HistoryCallback(keras.callbacks.Callback):
    """Makes an `EpochRecord` of every epoch and hands it on; stops at the first one that is not finite.

    Args:
        beta: the KL weight.
        images_per_epoch: number of training images.
        on_record: called with every record, in the order of the epochs, after the check.

    Attributes:
        seconds_before: what the present epoch took before training was broken off.
        skipped_steps: steps of the present epoch that the guard has left out.
    """

    def __init__(self, beta: float, images_per_epoch: int, on_record: Callable[[EpochRecord], None]) -> None:
        super().__init__()
        self._beta = beta
        self._images = images_per_epoch
        self._on_record = on_record
        self._started = self._trained = 0.0
        self.seconds_before = 0.0
        self.skipped_steps = 0

    @property
    def seconds(self) -> float:
        """Seconds of training in the present epoch so far."""
        return self.seconds_before + self._trained - self._started

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._started = self._trained = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._trained = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs = logs or {}
        seconds = max(self.seconds, 1e-9)
        optimizer = self.model.optimizer
        record = EpochRecord(
            epoch=epoch + 1,
            # Not optimizer.iterations: with float16 it leaves out steps whose scaled gradients overflow.
            step=(epoch + 1) * self.params["steps"],
            seconds=seconds,
            images_per_second=self._images / seconds,
            learning_rate=float(optimizer.learning_rate),
            train=_numbers(logs, self._beta, ""),
            validation=_numbers(logs, self._beta, "val_") if "val_reconstruction" in logs else None,
            skipped_steps=self.skipped_steps,
        )
        self.seconds_before, self.skipped_steps = 0.0, 0
        _check_finite(record)
        self._on_record(record)


def _check_finite(record: EpochRecord) -> None:
    for split, terms in (("training", record.train), ("validation", record.validation or {})):
        broken = [name for name in PARTS if not math.isfinite(terms.get(name, 0.0))]
        if broken:
            verb = "is" if len(broken) == 1 else "are"
            raise TrainingStopped(
                f"Epoch {record.epoch}: {' and '.join(broken)} of the {split} images {verb} not finite; training "
                "stopped, and this epoch is not kept. Try a lower training.learning_rate, in another --out or with "
                "--fresh."
            )
