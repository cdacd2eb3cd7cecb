"""The record of an epoch."""

import json
import math
import types

import pytest

from zscape.core.errors import TrainingStopped
from zscape.formulas.terms import LossTerms
from zscape.training.history import EpochRecord, HistoryCallback, terms_from_logs

LOGS = {"loss": 99.0, "reconstruction": 10.0, "kl_mu": 1.5, "kl_log_var": 0.5}


def history_callback(beta=3.0):
    records = []
    callback = HistoryCallback(beta, 20, records.append)
    callback.set_model(types.SimpleNamespace(optimizer=types.SimpleNamespace(iterations=12, learning_rate=0.01)))
    callback.set_params({"steps": 6})
    callback.on_epoch_begin(1)
    callback.on_train_batch_end(0)
    return callback, records


def test_terms_are_put_together_from_the_parts_alone():
    terms = terms_from_logs({**LOGS, "kl": 77.0, "weighted_kl": 55.0}, 3.0)
    assert terms == LossTerms(
        loss=16.0, reconstruction=10.0, kl=2.0, kl_mu=1.5, kl_log_var=0.5, weighted_kl=6.0, kl_share=0.375, beta=3.0
    )


def test_prefix():
    logs = {f"val_{name}": value for name, value in LOGS.items()} | dict.fromkeys(LOGS, 1.0)
    assert terms_from_logs(logs, 3.0, "val_").loss == 16.0
    assert terms_from_logs(logs, 3.0).loss == 7.0


def test_extremes_of_log_var():
    callback, records = history_callback()
    seen = {"log_var_min": -4.0, "log_var_max": 2.0, "val_log_var_min": -5.0, "val_log_var_max": 1.0}
    callback.on_epoch_end(1, {**LOGS, **{f"val_{name}": value for name, value in LOGS.items()}, **seen})
    (record,) = records
    assert (record.train["log_var_min"], record.train["log_var_max"]) == (-4.0, 2.0)
    assert (record.validation["log_var_min"], record.validation["log_var_max"]) == (-5.0, 1.0)
    assert record.train["radius_rms"] == pytest.approx(math.sqrt(2 * LOGS["kl_mu"])), "kl_mu is the mean of R^2 / 2"


def test_radius_of_an_autoencoder():
    """It has no kl_mu to compute it from, but a tracker of its own."""
    callback, records = history_callback(beta=0.0)
    callback.on_epoch_end(1, {**LOGS, "kl_mu": 0.0, "kl_log_var": 0.0, "radius_rms": 7.5})
    assert records[0].train["radius_rms"] == 7.5 and records[0].train["kl"] == 0


def test_record():
    callback, records = history_callback()
    callback.on_epoch_end(1, {**LOGS, **{f"val_{name}": value for name, value in LOGS.items()}})
    (record,) = records
    assert (record.epoch, record.step, record.learning_rate) == (2, 12, 0.01)
    assert record.validation == record.train
    assert record.seconds > 0 and record.images_per_second == pytest.approx(20 / record.seconds)
    assert json.loads(json.dumps(record.to_json(), allow_nan=False)) == record.to_json()
    assert set(record.to_json()) == set(EpochRecord.__dataclass_fields__) - {"skipped_steps"}


def test_steps_that_were_left_out_belong_to_their_epoch():
    callback, records = history_callback()
    callback.skipped_steps, callback.seconds_before = 3, 100.0
    callback.on_epoch_end(1, LOGS)
    callback.on_epoch_begin(2)
    callback.on_epoch_end(2, LOGS)
    assert [record.to_json().get("skipped_steps") for record in records] == [3, None]
    assert records[0].seconds >= 100 > 1 > records[1].seconds, "the time before a break belongs to its epoch too"


def test_without_validation():
    callback, records = history_callback()
    callback.on_epoch_end(0, LOGS)
    assert records[0].validation is None and records[0].to_json()["validation"] is None


@pytest.mark.parametrize("prefix", ["", "val_"])
@pytest.mark.parametrize("broken", [["reconstruction"], ["kl_mu"], ["kl_mu", "kl_log_var"]])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_stops_the_training_by_name(prefix, broken, value):
    callback, records = history_callback()
    logs = {
        **LOGS,
        **{f"val_{name}": number for name, number in LOGS.items()},
        **{prefix + name: value for name in broken},
    }
    split = "validation" if prefix else "training"
    verb = "is" if len(broken) == 1 else "are"
    with pytest.raises(
        TrainingStopped, match=f"^Epoch 5: {' and '.join(broken)} of the {split} images {verb} not finite; training"
    ):
        callback.on_epoch_end(4, logs)
    assert records == []
