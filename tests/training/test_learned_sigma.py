"""A sigma that is learned, in a training: its history, its checkpoints, and what evaluation makes of it."""

import numpy as np
import pytest

from zscape.data.batches import Batches
from zscape.formulas.terms import article_terms, loss_terms
from zscape.inference.encode import encode_split
from zscape.inference.evaluate import evaluate_split
from zscape.networks.state import to_arrays
from zscape.pathways.build import build_model
from zscape.pathways.registry import PATHWAYS
from zscape.training.checkpoints import read_checkpoint, training_variables
from zscape.training.fit import fit


@pytest.fixture(scope="module")
def train(tiny_recipe, tiny_store):
    """Return a function that trains in a folder: (model, history)."""

    def run(folder, name="model", epochs=2, **more):
        settings = {
            **{"model.filters": [3], "model.strides": [2], "objective.reconstruction": "gaussian"},
            **{"training.epochs": epochs, "training.batch_size": 8, "objective.kl_pathway": name, **more},
        }
        recipe = tiny_recipe(settings)
        model, spec = build_model(recipe), recipe.training
        batches = [Batches(tiny_store.split(part), 8, 1, shuffle=part == "train") for part in ("train", "validation")]
        return model, fit(model, *batches, spec, folder).history

    return run


@pytest.fixture(scope="module")
def straight(train, tmp_path_factory):
    """Three epochs in one go, by pathway, made on demand."""
    made = {}

    def of(name):
        if name not in made:
            made[name] = train(tmp_path_factory.mktemp(name), name, 3)
        return made[name]

    return of


@pytest.mark.parametrize("name", PATHWAYS)
def test_history_has_it_and_adds_up(straight, name):
    model, history = straight(name)
    for record in history:
        for terms in (record["train"], record["validation"]):
            assert terms["loss"] == pytest.approx(terms["reconstruction"] + terms["weighted_kl"], rel=1e-12)
            assert 0.1 < terms["sigma"] < 1.0
    assert history[-1]["validation"]["sigma"] == pytest.approx(model.fitted_objective.sigma, rel=1e-6)
    assert history[0]["train"]["sigma"] != pytest.approx(history[-1]["train"]["sigma"], rel=1e-2), "it is trained"
    same = straight("model")[1][-1]["train"]
    for term in ("loss", "reconstruction", "kl", "sigma"):
        assert history[-1]["train"][term] == pytest.approx(same[term], rel=1e-4)


@pytest.mark.parametrize("name", ["model", "tape"])
def test_two_epochs_and_one_are_three(straight, train, name, tmp_path):
    train(tmp_path, name, 2)
    resumed, history = train(tmp_path, name, 3)
    model, expected = straight(name)
    one, other = (to_arrays(training_variables(each)) for each in (model, resumed))
    assert "likelihood/raw_log_sigma" in one
    assert [key for key in one if one[key].tobytes() != other[key].tobytes()] == []
    assert [record["train"] for record in history] == [record["train"] for record in expected]
    assert "likelihood/raw_log_sigma" in read_checkpoint(tmp_path / "last.safetensors").arrays


def test_evaluation_is_that_of_the_learned_sigma(straight, tiny_store):
    model, history = straight("model")
    split = tiny_store.split("validation")
    found = evaluate_split(model, split, encode_split(model, split), seed=1)
    assert found.terms.reconstruction == pytest.approx(history[-1]["validation"]["reconstruction"], rel=1e-4)
    image = model.reconstruct(split.images()).astype(np.float64)
    sigma = model.fitted_objective.sigma
    squared = ((split.images() / 255.0 - image) ** 2).sum(axis=(1, 2, 3))
    expected = (squared / (2 * sigma**2) + 64 * np.log(sigma)).mean()
    assert found.reconstruction_at_mean == pytest.approx(expected, rel=1e-5)
    assert found.entropy_floor is None


def test_best_epoch_restores_its_sigma(train, tmp_path):
    """With early stopping the best epoch's networks come back, and their sigma with them."""
    never_better = {"training.early_stopping": {"patience": 1, "min_delta": 1e6}}
    model, (first, second) = train(tmp_path, epochs=4, **never_better)
    assert first["validation"]["sigma"] != pytest.approx(second["validation"]["sigma"], rel=1e-3)
    assert model.fitted_objective.sigma == pytest.approx(first["validation"]["sigma"], rel=1e-6)


def test_a_loss_below_zero_has_no_share_and_the_articles_only_its_squared_error():
    below, above = loss_terms(-5.0, 1.0, 1.0, 1.0), loss_terms(5.0, 1.0, 1.0, 1.0)
    assert below.kl_share is None and below.loss == -3.0 and above.kl_share == pytest.approx(2 / 7)
    squared, sigma = 12.5, 0.2
    terms = loss_terms(squared / (2 * sigma**2) + 64 * np.log(sigma), 1.0, 1.0, 0.5)
    mean = article_terms(terms, "gaussian", sigma, (8, 8, 1))["mean"]
    assert mean.reconstruction == pytest.approx(squared / 64)
    assert mean.kl == pytest.approx(2 * sigma**2 * 0.5 * 2 / 64)
    assert mean.loss == pytest.approx(mean.reconstruction + mean.kl)
