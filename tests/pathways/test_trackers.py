"""The running means and extremes behind every log."""

import keras
import numpy as np
import pytest

from zscape.pathways.build import build_model
from zscape.pathways.trackers import PARTS, Extreme, PartTrackers


def value(tracker):
    return float(keras.ops.convert_to_numpy(tracker.result()))


def test_means_count_images_not_batches():
    trackers = PartTrackers(variational=True)
    batches = [np.arange(5.0, dtype=np.float32), np.array([100.0], np.float32)]
    for number, batch in enumerate(batches):
        trackers.update(
            {part: batch * (k + 1) for k, part in enumerate(PARTS)}, np.array([[number, -number]], np.float32), 1.0
        )
    for k, part in enumerate(PARTS):
        assert value(trackers.means[part]) == pytest.approx((k + 1) * 110 / 6)
    assert value(trackers.extremes["log_var_min"]) == -1 and value(trackers.extremes["log_var_max"]) == 1


def test_everything_is_reset():
    trackers = PartTrackers(variational=True)
    for first in (7.0, 3.0):
        for tracker in trackers.all():
            tracker.reset_state()
        trackers.update(
            {part: np.full(2, first, np.float32) for part in PARTS}, np.full((2, 3), first, np.float32), 1.0
        )
        assert [value(tracker) for tracker in trackers.all()] == [first] * 5


def test_without_log_var_there_are_no_extremes_but_a_radius():
    trackers = PartTrackers(variational=False)
    assert [tracker.name for tracker in trackers.all()] == [*PARTS, "radius_rms"]
    for z in ([[3.0, 4.0], [0.0, 1.0]], [[6.0, 8.0]]):
        trackers.update({part: np.ones(len(z), np.float32) for part in PARTS}, None, 1.0, z=np.array(z, np.float32))
    assert value(trackers.means["radius_rms"]) == pytest.approx(((25 + 1 + 100) / 3) ** 0.5)


def test_an_autoencoder_reports_the_radius_of_its_z(tiny_recipe):
    model = build_model(tiny_recipe({"model": {"kind": "ae", "filters": [], "z_dim": 3}}))
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 1), np.uint8)
    prediction = model(images)
    model.compute_loss(images, None, prediction, None, False)
    z = keras.ops.convert_to_numpy(prediction["mu"]).astype(np.float64)
    shown = float(keras.ops.convert_to_numpy(model.get_metrics_result()["radius_rms"]))
    assert shown == pytest.approx(np.sqrt((z**2).sum(axis=1).mean()), rel=1e-6) and shown > 0


def test_a_changing_weight_has_means_of_its_own():
    trackers = PartTrackers(variational=False, scheduled=True)
    for kl, beta in ((np.array([4.0, 8.0]), 0.5), (np.array([3.0]), 2.0)):
        kl = kl.astype(np.float32)
        trackers.update({"reconstruction": kl, "kl_mu": kl / 4, "kl_log_var": 3 * kl / 4}, None, beta, z=kl[:, None])
    assert value(trackers.means["beta"]) == pytest.approx((0.5 + 0.5 + 2.0) / 3)
    assert value(trackers.means["weighted_kl"]) == pytest.approx((2.0 + 4.0 + 6.0) / 3)


@pytest.mark.parametrize(("kind", "expected"), [("min", -4.0), ("max", 9.0)])
def test_extremes(kind, expected):
    extreme = Extreme(kind, "it")
    for values in ([1.0, 9.0], [-4.0, 2.0], [0.0, 0.0]):
        extreme.update_state(np.array(values, np.float32))
    assert value(extreme) == expected
