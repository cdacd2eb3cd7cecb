"""The loss of a run, as the library takes it: what contradicts itself is refused."""

import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.formulas.likelihoods.gaussian import gaussian_nll
from zscape.formulas.objective import Objective


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("bse",), r"^Unknown reconstruction 'bse'\. Did you mean 'mse'\? Known: bce, gaussian, mse\.$"),
        (("bce", "linear"), r"^An objective with reconstruction bce has output sigmoid; received 'linear'\.$"),
        (("mse", "tanh"), r"^An objective with reconstruction mse has output sigmoid or linear; received 'tanh'\.$"),
        (("bce", "sigmoid", -0.5), r"^An objective's beta must be a number of at least 0; received -0\.5\.$"),
        (("bce", "sigmoid", np.nan), r"beta must be a number of at least 0; received nan\.$"),
        (("mse", "sigmoid", 1.0, 0.0), r"^An objective's sigma must be a number above 0; received 0\.0\.$"),
        (("mse", "sigmoid", 1.0, np.inf), r"sigma must be a number above 0; received inf\.$"),
    ],
)
def test_what_contradicts_itself(arguments, sentence):
    with pytest.raises(InputError, match=sentence):
        Objective(*arguments)


def test_a_sigma_that_is_being_learned_takes_the_place_of_the_stated_one():
    target, logits = np.random.default_rng(0).random((2, 3, 4, 4, 1))
    objective = Objective("mse", "linear", sigma=0.5)
    np.testing.assert_array_equal(objective.nll(target, logits, np), gaussian_nll(target, logits, 0.5, np))
    np.testing.assert_array_equal(objective.nll(target, logits, np, 0.1), gaussian_nll(target, logits, 0.1, np))
