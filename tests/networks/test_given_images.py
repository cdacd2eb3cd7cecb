"""Images and targets that cannot be trained on are refused before training begins."""

import keras
import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.pathways.build import build_model
from zscape.pathways.registry import PATHWAYS

RNG = np.random.default_rng(0)
BYTES = RNG.integers(0, 256, (6, 8, 8, 1), np.uint8)
UNIT = RNG.random((6, 8, 8, 1), np.float32)


@pytest.fixture(scope="module")
def untouched(tiny_recipe):
    """Return a function that fits a model and says that not one weight has changed, if it was refused."""

    def fit(*data, settings=None):
        model = build_model(tiny_recipe({"model.filters": [3], "model.strides": [2], **(settings or {})}))
        model.compile(optimizer=keras.optimizers.SGD(1.0), run_eagerly=True)
        before = [np.array(weight.numpy()) for weight in model.weights]
        try:
            model.fit(*data, batch_size=3, verbose=0)
        finally:
            after = [np.array(weight.numpy()) for weight in model.weights]
            fit.same = all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))

    return fit


@pytest.mark.parametrize("name", PATHWAYS)
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            (BYTES * 1.0,),
            r"^The images must be integers in \[0, 255\] or floats in \[0, 1\]; received float64 from 0 to 255",
        ),
        (
            (UNIT - 0.5,),
            r"^The images must be integers .*; received float32 from -0\.[45]\d* to 0\.\d+: divide them by",
        ),
        ((np.where(UNIT < 0.01, np.nan, UNIT),), r"^The images must be .* received float32 from nan to nan"),
        ((BYTES, UNIT * 3), r"^The targets must be integers in .*; received float32 from \S+ to 2\.\d+: divide"),
        (({"images": UNIT * 3},), r"^The images must be integers in"),
        (
            (BYTES, BYTES[:, :7]),
            r"^The targets must have the shape of the model's images, \(n, 8, 8, 1\); received \(6, 7, 8",
        ),
        (
            (BYTES, np.repeat(BYTES, 3, -1)),
            r"^The targets must have the shape .*\(n, 8, 8, 1\); received \(6, 8, 8, 3\)\.$",
        ),
        ((BYTES, BYTES.reshape(6, 64)), r"^The targets must have the shape .*; received \(6, 64\)\.$"),
        (
            (BYTES[:, 1:],),
            r"^The images must have the shape of the model's images, \(n, 8, 8, 1\); received \(6, 7, 8, 1\)",
        ),
    ],
)
def test_refused(untouched, name, data, sentence):
    with pytest.raises(InputError, match=sentence):
        untouched(*data, settings={"objective.kl_pathway": name})
    assert untouched.same


def test_what_only_a_linear_output_can_reach(untouched):
    linear = {"objective.reconstruction": "mse", "objective.output": "linear", "training.learning_rate": 1e-6}
    with pytest.raises(InputError, match="or take an objective with output linear"):
        untouched(UNIT - 0.5, settings={"objective.reconstruction": "mse"})
    untouched((UNIT - 0.5) * 1e-3, settings=linear)
    assert not untouched.same


class Flow(keras.utils.PyDataset):
    """Targets of any shape, which no one can look at before they come."""

    def __init__(self, target):
        super().__init__(workers=1)
        self._target = target

    @property
    def num_batches(self):
        return 2

    def __getitem__(self, index):
        return BYTES[:3], self._target[:3]


@pytest.mark.parametrize("name", PATHWAYS)
def test_targets_of_a_flow(tiny_recipe, name):
    """Three channels would be spread over one without a word."""
    model = build_model(tiny_recipe({"model.filters": [3], "model.strides": [2], "objective.kl_pathway": name}))
    model.compile(optimizer=keras.optimizers.SGD(1.0))
    steps = []
    counter = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: steps.append(batch))
    with pytest.raises(
        InputError,
        match=r"The targets must have the shape of the model's output, \(n, 8, 8, 1\); received \(n, 8, 8, 3\)\.",
    ):
        model.fit(Flow(np.repeat(BYTES, 3, -1)), callbacks=[counter], verbose=0)
    assert steps == []
