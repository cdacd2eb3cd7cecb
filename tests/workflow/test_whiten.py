"""`zscape.whiten`: a run like any other, with the same images and other codes."""

import json
import shutil

import numpy as np
import pytest

import zscape
from zscape.analysis.mismatch import prior_mismatch
from zscape.core.errors import InputError
from zscape.latent.codes import Codes
from zscape.latent.priors.fitted_normal import fit_normal
from zscape.runs.directory import RunDirectory
from zscape.workflow import whiten as module
from zscape.workflow.data import store_of_run

SETTINGS = (
    *("data.limit=60", "data.splits.validation=25", "training.batch_size=20"),
    *("model.kind=ae", "model.filters=[4]", "model.strides=2", "model.z_dim=3"),
)


def quiet(sentence):
    pass


@pytest.fixture(scope="module")
def autoencoder(tmp_path_factory):
    """A trained autoencoder, not studied."""
    out = tmp_path_factory.mktemp("autoencoders") / "ae"
    zscape.train("digits", [*SETTINGS, "training.epochs=3"], out=out, note=quiet)
    return out


@pytest.fixture(scope="module")
def whitened(autoencoder):
    return zscape.whiten(autoencoder, note=quiet), autoencoder.with_name("ae-whitened")


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def images_of(run):
    return store_of_run(RunDirectory.open(run)).split("train").images()


def test_reconstructions_stay_and_codes_become_white(autoencoder, whitened):
    record, out = whitened
    images = images_of(autoencoder)
    before, after = zscape.load(autoencoder), zscape.load(out)
    assert np.abs(after.reconstruct(images) - before.reconstruct(images)).max() < 1e-4
    codes = after.encode(images).astype(np.float64)
    np.testing.assert_allclose(codes.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(np.cov(codes.T, bias=True), np.eye(3), atol=1e-4)
    assert record.mismatch_after == pytest.approx(
        prior_mismatch(codes.mean(axis=0), np.cov(codes.T, bias=True)), abs=1e-5
    )
    old = before.encode(images).astype(np.float64)
    assert record.mismatch_before == pytest.approx(prior_mismatch(old.mean(axis=0), np.cov(old.T, bias=True)), rel=1e-4)
    assert record.mismatch_before > 100 * record.mismatch_after
    assert (record.codes, record.outliers, record.turned, record.t) == (29, 0, True, 1.0)
    assert (record.images, record.source, record.directory) == (6, "ae", str(out))
    assert 0 <= record.largest_pixel_change < 1e-5 and record.largest_log_var_change is None


def test_the_largest_change_is_measured(autoencoder, tmp_path, monkeypatch):
    from zscape.inference import fold as folding

    def fold_and_break(model, new, fold=folding.fold):
        fold(model, new)
        bias = model.decoder.layers[-1].bias
        bias.assign(bias + 0.5)

    monkeypatch.setattr(folding, "fold", fold_and_break)
    assert zscape.whiten(autoencoder, tmp_path / "out", note=quiet).largest_pixel_change > 0.05


def test_random_images_of_n01_are_those_of_the_fitted_normal(autoencoder, whitened):
    before, after = zscape.load(autoencoder), zscape.load(whitened[1])
    mu = before.encode(images_of(autoencoder))
    normal = fit_normal(Codes(mu, None, np.arange(len(mu)), np.zeros(len(mu), np.uint8)))
    values, axes = np.linalg.eigh(normal.covariance)
    e = np.random.default_rng(0).standard_normal((30, 3))
    expected = before.decode(normal.mean + e @ (axes * np.sqrt(values)) @ axes.T)
    np.testing.assert_allclose(after.decode(e), expected, atol=1e-4)


def test_the_new_run_is_a_run_like_any_other(autoencoder, whitened, tmp_path):
    run = shutil.copytree(whitened[1], tmp_path / "run")
    assert sorted(path.name for path in run.iterdir()) == [
        *("decoder", "encoder", "history.csv", "history.jsonl", "provenance.json", "recipe.yaml")
    ]
    numbers, old = (zscape.evaluate(path) for path in (run, autoencoder))
    assert numbers["reconstruction"] == pytest.approx(old["reconstruction"], rel=1e-5)
    zscape.encode(run, tmp_path / "codes.npz", note=quiet)
    zscape.sample(run, tmp_path / "x.png", n=2)
    zscape.report(run)
    assert (run / "report.html").is_file()
    normal = np.load(run / "priors" / "fitted_normal.npz")
    np.testing.assert_allclose(normal["covariance"], np.eye(3), atol=1e-4)
    provenance = read(run / "provenance.json")
    assert provenance["folded"] == [{"from": "ae", "t": 1.0, "turned": True, "codes": 29}]
    assert set(provenance["seconds"]) == {"prepare", "train"}


def test_whitened_in_two_steps(autoencoder, whitened, tmp_path):
    zscape.whiten(autoencoder, tmp_path / "half", t=0.5, note=quiet)
    said = []
    zscape.whiten(tmp_path / "half", tmp_path / "whole", note=said.append)
    assert said[0] == f"Note: {tmp_path / 'half'} is whitened in part already (--t 0.5): this goes on from there"
    images = images_of(autoencoder)
    half, whole, once = (zscape.load(path) for path in (tmp_path / "half", tmp_path / "whole", whitened[1]))
    old = zscape.load(autoencoder).encode(images)
    covariance = np.cov(half.encode(images).T.astype(np.float64), bias=True)
    np.testing.assert_allclose(
        covariance @ covariance, np.cov(old.T.astype(np.float64), bias=True), rtol=1e-3, atol=1e-4
    )
    np.testing.assert_allclose(whole.encode(images), once.encode(images), atol=1e-3)
    assert [step["from"] for step in read(tmp_path / "whole" / "provenance.json")["folded"]] == ["ae", "half"]


def test_a_run_that_is_white_already_gets_a_note(whitened, tmp_path):
    said = []
    record = zscape.whiten(whitened[1], tmp_path / "again", note=said.append)
    assert said[0] == f"Note: {whitened[1]} is whitened already: there is next to nothing left to change"
    assert len(said) == 2 and said[1].startswith("Folding other coordinates")
    assert record.mismatch_before == pytest.approx(record.mismatch_after, abs=1e-5)


def test_a_vae_is_shifted_and_scaled(trained, tmp_path):
    record = zscape.whiten(trained, tmp_path / "out", note=quiet)
    before, after = zscape.load(trained), zscape.load(tmp_path / "out")
    images = images_of(trained)
    (mu, log_var), (new_mu, new_log_var) = (model.encode(images, return_log_var=True) for model in (before, after))
    mean, covariance = mu.mean(axis=0), np.diag(mu.var(axis=0) + np.exp(log_var).mean(axis=0))
    np.testing.assert_allclose(new_mu, (mu - mean) / np.sqrt(np.diag(covariance)), atol=1e-4)
    np.testing.assert_allclose(new_log_var, log_var - np.log(np.diag(covariance)), atol=1e-3)
    np.testing.assert_allclose(new_mu.var(axis=0) + np.exp(new_log_var).mean(axis=0), 1, atol=1e-3)
    assert not record.turned and record.largest_log_var_change < 1e-3
    low, high = RunDirectory.open(tmp_path / "out").recipe.model.log_var_bounds
    growth = -np.log(np.diag(covariance))
    assert (low, high) == pytest.approx((-30 + growth.min(), 10 + growth.max()), abs=1e-4)
    # Drawn with the same noise, the same images come out: only the KL is another one.
    numbers, old = (zscape.evaluate(path) for path in (tmp_path / "out", trained))
    assert numbers["reconstruction"] == pytest.approx(old["reconstruction"], rel=1e-4)
    assert numbers["kl"] != pytest.approx(old["kl"], rel=1e-3)


def test_log_var_at_its_bounds_cannot_be_moved(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_LOG_VAR_TOLERANCE", 0.0)
    with pytest.raises(
        InputError, match=r"^This VAE's log_var comes so near to its bounds .*wider model.log_var_bounds"
    ):
        zscape.whiten(trained, tmp_path / "out", note=quiet)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("t", [-1.0, 2.0])
def test_t_out_of_range(autoencoder, tmp_path, t):
    with pytest.raises(InputError, match=rf"^--t must be in \[0, 1\].*received {t:g}\.$"):
        zscape.whiten(autoencoder, tmp_path / "out", t=t)


@pytest.mark.parametrize("epochs", [3, 5])
def test_a_folded_run_is_not_trained(whitened, epochs):
    """Neither anew nor from the checkpoint of the run that it came from, which is not there."""
    out = whitened[1]
    before = (out / "encoder" / "weights.safetensors").read_bytes()
    with pytest.raises(InputError, match=r"`zscape whiten` made of the run ae: they are finished"):
        zscape.train("digits", [*SETTINGS, f"training.epochs={epochs}"], out=out, note=quiet)
    assert (out / "encoder" / "weights.safetensors").read_bytes() == before
    assert not (out / "checkpoints").exists()
