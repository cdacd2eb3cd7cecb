"""`zscape weight`: the conversions of the articles' KL weights. Expected numbers are worked out by hand below."""

import json

import pytest


def forms(zscape, *arguments):
    outcome = zscape("weight", *arguments, "--json")
    assert outcome.code == 0 and outcome.err == ""
    return json.loads(outcome.out)


FACES, DIGITS = ("--image", "96x96x3"), ("--image", "28x28x1")


@pytest.mark.parametrize(
    ("arguments", "form", "expected"),
    [
        # tape: bce beta = fact * C
        ((*FACES, "--z-dim", 256, "--fact", 5, "--convention", "tape"), "beta", 15.0),
        ((*FACES, "--z-dim", 256, "--fact", 1e-5, "--convention", "tape"), "beta", 3e-5),
        # mean: bce beta = 2 * fact * H*W*C / z_dim = 2 * 2e-4 * 784 / 2 and 2 * 6.5e-4 * 784 / 12
        ((*DIGITS, "--z-dim", 2, "--fact", 2e-4, "--convention", "mean"), "beta", 0.1568),
        ((*DIGITS, "--z-dim", 12, "--fact", 6.5e-4, "--convention", "mean"), "beta", 0.08493333333),
        # mse: 2 sigma^2 = C * fact = 0.06, and 2 * fact * H*W*C / z_dim = 2 * 2e-4 * 784 / 2
        (
            (*FACES, "--z-dim", 256, "--fact", 2e-2, "--convention", "tape", "--reconstruction", "mse"),
            "sigma",
            0.173205,
        ),
        ((*DIGITS, "--z-dim", 2, "--fact", 2e-4, "--convention", "mean", "--reconstruction", "mse"), "sigma", 0.28),
    ],
)
def test_conversions_of_the_articles(zscape, arguments, form, expected):
    assert forms(zscape, *arguments)[form] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("reconstruction", ["bce", "mse"])
def test_every_form_states_the_same_weight(zscape, reconstruction):
    base = (*DIGITS, "--z-dim", 12, "--reconstruction", reconstruction)
    first = forms(zscape, *base, "--beta", 0.3)
    assert list(first) == ["reconstruction", "beta", "sigma", "fact_tape", "fact_mean"]
    assert first["reconstruction"] == reconstruction and first["beta"] == 0.3
    for convention in ("tape", "mean"):
        again = forms(zscape, *base, "--fact", first[f"fact_{convention}"], "--convention", convention)
        assert again == pytest.approx(first)
    if reconstruction == "bce":
        assert first["sigma"] is None
    else:
        assert forms(zscape, *base, "--sigma", first["sigma"]) == pytest.approx(first)


def test_table_has_a_dash_where_a_form_does_not_exist(zscape):
    outcome = zscape("weight", *FACES, "--z-dim", 256, "--fact", 5, "--convention", "tape")
    rows = {line.split()[0]: line.split()[1] for line in outcome.out.splitlines()}
    assert rows == {"beta": "15", "sigma": "-", "fact_tape": "5", "fact_mean": "0.0694444"}
    assert "a Bernoulli likelihood has none" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "weight: state the weight once, as beta, fact (with convention) or sigma; received none."),
        (("--beta", 1, "--sigma", 1), "weight: state the weight once, as beta, fact (with convention) or sigma; "),
        (("--fact", 5), "weight: fact and convention belong together; state convention (tape or mean) too."),
        (("--fact", 5, "--convention", "tap"), "weight.convention: must be 'tape' or 'mean'; received 'tap'."),
        (("--fact", -1, "--convention", "tape"), "weight.fact: must be greater than 0; received -1.0."),
        (("--beta", "nan"), "weight.beta: must be "),
        (("--sigma", 1), "weight.sigma goes with reconstruction: mse; a Bernoulli likelihood has no sigma."),
        (
            ("--beta", 1, "--reconstruction", "bse"),
            "reconstruction: Unknown reconstruction 'bse'. Did you mean 'mse'? ",
        ),
    ],
)
def test_refused(refused, arguments, sentence):
    assert refused("weight", *FACES, "--z-dim", 256, *arguments).startswith(sentence)


def test_z_dim_0_is_refused(refused):
    assert refused("weight", *FACES, "--z-dim", 0, "--beta", 1).startswith("Invalid value for '--z-dim': ")


def test_a_learned_sigma_leaves_beta_alone(zscape):
    first = forms(zscape, *DIGITS, "--z-dim", 2, "--beta", 0.5, "--reconstruction", "gaussian")
    assert first == {"reconstruction": "gaussian", "beta": 0.5, "sigma": None, "fact_tape": None, "fact_mean": None}
    outcome = zscape("weight", *DIGITS, "--z-dim", 2, "--beta", 0.5, "--reconstruction", "gaussian")
    rows = {line.split()[0]: line.split()[1] for line in outcome.out.splitlines()}
    assert rows == {"beta": "0.5", "sigma": "-", "fact_tape": "-", "fact_mean": "-"}
    assert "standard deviation of the decoder: it is learned" in outcome.out
