"""`zscape.load`: a model in a process that need not know how it was trained."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

import zscape
from zscape.core.errors import InputError


@pytest.fixture(scope="module")
def model(trained):
    return zscape.load(trained)


def test_encode_decode_and_sample_as_promised(model, trained):
    with np.load(trained / "images.npz") as images, np.load(trained / "latents.npz") as codes:
        mu, log_var = model.encode(images["originals"], return_log_var=True)
        tests = codes["splits"] == 2
        np.testing.assert_allclose(mu, codes["mu"][tests], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(log_var, codes["log_var"][tests], rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(np.rint(model.decode(mu) * 255), images["reconstructions"])
    first = model.sample(25, seed=1)
    assert first.shape == (25, 8, 8, 1) and first.dtype == np.float32 and 0 <= first.min() < first.max() <= 1
    np.testing.assert_array_equal(first, model.sample(25, seed=1))
    assert not np.array_equal(first, model.sample(25, seed=2))


def test_loaded_networks_are_keras_models(model):
    import keras

    assert isinstance(model, keras.Model) and isinstance(model, zscape.VariationalAutoencoder)
    assert isinstance(model.encoder, keras.Model) and isinstance(model.decoder, keras.Model)


ALONE = """
import sys
import numpy as np
import zscape

encoder, decoder = zscape.load(sys.argv[1] + "/encoder"), zscape.load(sys.argv[1] + "/decoder")
images = np.load(sys.argv[1] + "/images.npz")["originals"]
mu, log_var = encoder.predict(images / np.float32(255), verbose=0)
np.savez(sys.argv[2], mu=mu, logits=decoder.predict(mu, verbose=0))
"""


def test_each_network_alone_in_a_fresh_process(model, trained, tmp_path):
    command = [sys.executable, "-c", ALONE, str(trained), str(tmp_path / "alone.npz")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "alone.npz") as alone, np.load(trained / "images.npz") as images:
        mu = model.encode(images["originals"])
        np.testing.assert_allclose(alone["mu"], mu, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(alone["logits"], model.decode_logits(mu), rtol=1e-4, atol=1e-5)


def test_no_file_of_a_run_is_a_pickle(trained):
    for path in trained.rglob("*"):
        if path.is_file():
            assert path.suffix in {".yaml", ".json", ".jsonl", ".csv", ".npz", ".safetensors", ".png", ".html"}, path
            if path.suffix == ".npz":
                with np.load(path, allow_pickle=False) as arrays:
                    assert [arrays[name].dtype.hasobject for name in arrays.files].count(True) == 0


def test_loading_touches_no_file(trained):
    before = {path: os.stat(path).st_mtime_ns for path in trained.rglob("*")}
    zscape.load(trained / "decoder")
    assert {path: os.stat(path).st_mtime_ns for path in trained.rglob("*")} == before


def test_nothing_to_load(tmp_path):
    with pytest.raises(InputError, match="There is no run directory "):
        zscape.load(tmp_path / "gone")
    (tmp_path / "config.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(InputError, match=r"config\.json is not the config of an encoder or decoder of zscape"):
        zscape.load(tmp_path)


@pytest.fixture(scope="module")
def trained_16(session_cache, tmp_path_factory, tiny):
    """A run trained in 16 bits, and what was said meanwhile."""
    said = []
    path = tmp_path_factory.mktemp("sixteen") / "run"
    settings = (*tiny, "training.epochs=1", "training.precision=mixed_bfloat16", "model.batch_norm=true")
    return zscape.train("digits", settings, out=path, note=said.append), said


def test_precision_of_a_training_is_said_and_kept(trained_16, trained):
    run, said = trained_16
    assert json.loads((run.path / "provenance.json").read_text())["precision"] == "mixed_bfloat16"
    assert [sentence for sentence in said if sentence.startswith("Precision: mixed_bfloat16, as asked for")]
    (record,) = run.history()
    assert all(np.isfinite(value) for split in ("train", "validation") for value in record[split].values())
    assert json.loads((trained / "provenance.json").read_text())["precision"] == "float32"


def test_networks_trained_in_16_bits_are_loaded_in_float32(trained_16):
    """What is computed after training is exact, and the same on machines without 16 bits."""
    run, _ = trained_16
    model = zscape.load(run.path)
    parts = (model.encoder, model.decoder, zscape.load(run.path / "encoder"), zscape.load(run.path / "decoder"))
    for part in parts:
        assert {layer.compute_dtype for layer in part.layers} == {"float32"}
        assert {str(np.asarray(weight).dtype) for weight in part.get_weights()} == {"float32"}
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 1), np.uint8)
    mu = model.encode(images)
    alone = parts[2].predict_on_batch(images / np.float32(255))[0]
    np.testing.assert_allclose(mu, np.asarray(alone), rtol=1e-6, atol=1e-7)
    rounded = mu.view(np.uint32) & 0xFFFF  # of a bfloat16 the last 16 bits would all be 0
    assert np.count_nonzero(rounded) > 0.9 * mu.size


def test_unknown_precision_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(InputError, match=r"training\.precision: .*'mixed_float8'") as refusal:
        zscape.train("digits", ["training.precision=mixed_float8"], out=tmp_path / "run")
    assert all(name in str(refusal.value) for name in ("auto", "float32", "mixed_float16", "mixed_bfloat16"))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("networks", ["both", "encoder", "decoder"])
def test_a_run_takes_no_networks(trained, model, networks):
    given = {"encoder": model.encoder, "decoder": model.decoder}
    given = given if networks == "both" else {networks: given[networks]}
    for path in (trained, trained / "encoder"):
        with pytest.raises(InputError) as refusal:
            zscape.load(path, **given)
        assert str(refusal.value) == (
            f"{path} holds no model.json, as zscape.save writes it: encoder and decoder cannot be passed."
        )


def test_model_of_a_run_can_be_saved_as_one_of_own_networks(trained, model, tmp_path):
    """Both ways lead to the same weights, so networks trained by a recipe can go on in one's own code."""
    zscape.save(model, tmp_path / "own")
    other = zscape.load(trained)
    for part in (other.encoder, other.decoder):
        part.set_weights([np.zeros_like(weight) for weight in part.get_weights()])
    again = zscape.load(tmp_path / "own", encoder=other.encoder, decoder=other.decoder)
    with np.load(trained / "images.npz") as images:
        assert again.encode(images["originals"]).tobytes() == model.encode(images["originals"]).tobytes()
    assert again.objective == model.objective and again.log_var_bounds == model.log_var_bounds
