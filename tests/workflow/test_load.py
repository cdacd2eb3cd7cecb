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
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "alone.npz") as alone, np.load(trained / "images.npz") as images:
        mu = model.encode(images["originals"])
        np.testing.assert_allclose(alone["mu"], mu, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(alone["logits"], model.decode_logits(mu), rtol=1e-4, atol=1e-5)


def test_no_file_of_a_run_is_a_pickle(trained):
    for path in trained.rglob("*"):
        if path.is_file():
            assert path.suffix in {".yaml", ".json", ".jsonl", ".npz", ".safetensors", ".png", ".html"}, path
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
