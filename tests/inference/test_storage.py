"""Networks on the disk: loadable alone, in a process that has seen nothing, without pickle."""

import json
import shutil
import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest
from safetensors import safe_open

from zscape.core.errors import InputError
from zscape.inference.encode import encode_store
from zscape.inference.storage import load_model, load_network, save_networks
from zscape.latent.priors.fitted_normal import fit_normal
from zscape.networks.state import part_weights, to_arrays
from zscape.pathways.build import build_model
from zscape.training.checkpoints import save_checkpoint

FRESH_PROCESS = """
import sys
from pathlib import Path
import numpy as np
from zscape.core.backend import start_backend
start_backend()
from zscape.inference.storage import load_model, load_network
run, out = Path(sys.argv[1]), Path(sys.argv[2])
given = np.load(out / "given.npz")
encoder, decoder, model = load_network(run / "encoder"), load_network(run / "decoder"), load_model(run)
mu, log_var = encoder.predict_on_batch(given["images"].astype(np.float32) / 255)
whole_mu, whole_log_var = model.encode(given["images"], return_log_var=True)
np.savez(out / "found.npz", mu=mu, raw_log_var=log_var, logits=decoder.predict_on_batch(given["z"]),
         whole_mu=whole_mu, whole_log_var=whole_log_var, whole_logits=model.decode_logits(given["z"]),
         reconstructions=model.reconstruct(given["images"]), beta=model.objective.beta)
"""


def test_a_fresh_process_gets_the_same_networks(run, model, tmp_path, tiny_store):
    rng = np.random.default_rng(0)
    images, z = tiny_store.images[:9], rng.normal(size=(5, 3)).astype(np.float32)
    np.savez(tmp_path / "given.npz", images=images, z=z)
    command = [sys.executable, "-c", FRESH_PROCESS, str(run.path), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    found = np.load(tmp_path / "found.npz", allow_pickle=False)
    mu, log_var = model.encode(images, return_log_var=True)
    close = {"rtol": 1e-6, "atol": 1e-6}
    np.testing.assert_allclose(found["whole_mu"], mu, **close)
    np.testing.assert_allclose(found["whole_log_var"], log_var, **close)
    np.testing.assert_allclose(found["whole_logits"], model.decode_logits(z), **close)
    np.testing.assert_allclose(found["reconstructions"], model.reconstruct(images), **close)
    assert found["beta"] == 2.5
    # The parts alone are the parts of the whole: encoder and decoder compose to the model.
    assert np.array_equal(found["mu"], found["whole_mu"]) and np.array_equal(found["logits"], found["whole_logits"])


def test_every_weight_comes_back(run, model):
    loaded = load_model(run.path)
    assert isinstance(loaded, keras.Model) and loaded.log_var_bounds == (-20.0, 6.0)
    for part in ("encoder", "decoder"):
        saved = to_arrays(part_weights(getattr(model, part)))
        for other in (getattr(loaded, part), load_network(run.path / part)):
            found = to_arrays(part_weights(other))
            assert [name for name in saved if saved[name].tobytes() != found[name].tobytes()] == []


def test_autoencoder_round_trip(tiny_recipe, tmp_path, tiny_store):
    recipe = tiny_recipe({"model.kind": "ae"})
    model = build_model(recipe)
    save_networks(model, recipe, 1, tmp_path)
    (tmp_path / "recipe.yaml").write_text(recipe.to_yaml())
    images = tiny_store.images[:4]
    assert np.array_equal(load_model(tmp_path).encode(images), model.encode(images))
    assert load_network(tmp_path / "encoder").output_shape == (None, 3)


@pytest.mark.parametrize("part", ["encoder", "decoder"])
@pytest.mark.parametrize("keep", [0, 7, 200, -1])
def test_weights_cut_off(run, part, keep):
    path = run.path / part / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:keep])
    for load, folder in ((load_network, run.path / part), (load_model, run.path)):
        with pytest.raises(InputError, match=rf"{part}/weights\.safetensors is damaged or cut off \("):
            load(folder)


def test_weights_that_are_something_else(run):
    (run.path / "encoder" / "weights.safetensors").write_bytes(b"<html>not found</html>" * 10)
    with pytest.raises(InputError, match="is damaged or cut off"):
        load_model(run.path)


@pytest.mark.parametrize("name", ["weights.safetensors", "config.json"])
def test_missing_files(run, name):
    (run.path / "decoder" / name).unlink()
    with pytest.raises(InputError, match=rf"There is no file .*decoder/{name}"):
        load_network(run.path / "decoder")


def test_weights_of_another_network(run):
    shutil.copy(run.path / "decoder" / "weights.safetensors", run.path / "encoder" / "weights.safetensors")
    with pytest.raises(InputError, match=r"encoder/weights\.safetensors does not belong to this network: missing"):
        load_network(run.path / "encoder")


def test_recipe_and_weights_that_do_not_belong_together(run, tiny_recipe):
    run.write_recipe(tiny_recipe())
    with pytest.raises(InputError, match="does not belong to this network"):
        load_model(run.path)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 99},
        {"part": "discriminator"},
        {"part": None},
        {"image_shape": None},
        {"image_shape": [8]},
        {"model": {"z_dim": "many"}},
        {"model": {"kernels": 9, "padding": "valid"}},
        {"model": None},
    ],
)
def test_configs_that_cannot_be_read(run, change):
    path = run.path / "encoder" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(InputError):
        load_network(path.parent)


@pytest.mark.parametrize("text", ["[]", "3", "{", ""])
def test_files_that_are_no_config(run, text):
    (run.path / "encoder" / "config.json").write_text(text)
    with pytest.raises(InputError, match=r"config\.json is not (the config of|valid JSON)"):
        load_network(run.path / "encoder")


def test_no_run_at_all(tmp_path):
    with pytest.raises(InputError, match="There is no run directory"):
        load_model(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"There is no file .*config\.json"):
        load_network(tmp_path)


def assert_plain(path):
    """Fail unless the file is of a kind that can be read without running code."""
    head = path.read_bytes()[:2]
    assert not (head[:1] == b"\x80" and head[1] <= 5), f"{path.name} begins like a pickle"
    if path.suffix in (".json", ".jsonl", ".yaml", ".csv"):
        path.read_text(encoding="utf-8")
    elif path.suffix == ".npz":
        with zipfile.ZipFile(path) as archive:
            assert all(name.endswith(".npy") for name in archive.namelist())
        with np.load(path, allow_pickle=False) as arrays:
            assert all(arrays[name].dtype != object for name in arrays.files)
    elif path.suffix == ".safetensors":
        with safe_open(path, framework="numpy") as file:
            assert len(list(file.keys()))
    else:
        raise AssertionError(f"{path.name}: how is a file of this kind read?")


def test_no_file_of_a_run_needs_pickle(run, model, tiny_store):
    model.compile(optimizer="adam")
    model.optimizer.build(model.trainable_variables)
    save_checkpoint(run.path / "checkpoints" / "last.safetensors", model, 1, [{"epoch": 1}])
    codes = encode_store(model, tiny_store)
    codes.save(run.path / "latents.npz")
    fit_normal(codes).save(run.path / "priors" / "fitted_normal.npz")
    run.write_history([{"epoch": 1}])
    files = [path for path in run.path.rglob("*") if path.is_file()]
    assert len(files) == 10
    for path in files:
        assert_plain(path)
