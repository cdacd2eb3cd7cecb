"""What a run says about its KL weight."""

import re

import pytest

from zscape.formulas.likelihoods.registry import LIKELIHOODS
from zscape.reporting.weight import collapse_sentence, forms_sentence, share_sentence, weight_sentences
from zscape.specs.objective import ObjectiveSpec

CELEBA = (96, 96, 3)
NUMBERS = {
    **{"loss": 158.3, "kl": 7.47, "weighted_kl": 1.17, "kl_share": 0.0074, "prior_mismatch": 0.0625},
    **{"reconstruction_at_mean": 155.0, "mean_image": 206.25},
}


def objective(reconstruction, **weight):
    return ObjectiveSpec.model_validate({"reconstruction": reconstruction, "weight": weight})


@pytest.mark.parametrize(
    ("stated", "sigma", "sentence"),
    [
        (
            objective("bce", fact=5, convention="tape"),
            None,
            "The KL weight in every form, each stating the same: beta 15, sigma – (a Bernoulli likelihood has none), "
            "fact 5 (tape convention), fact 0.06944 (mean convention).",
        ),
        (
            objective("mse", fact=2e-2, convention="tape"),
            0.1732,
            "The KL weight in every form, each stating the same: beta 0.03 (at sigma 1), sigma 0.1732 (at beta 1), "
            "fact 0.02 (tape convention), fact 2.78e-04 (mean convention).",
        ),
        # beta 3 at a learned sigma of 0.1 weighs as beta 0.03 at sigma 1.
        (
            objective("gaussian", beta=3.0),
            0.1,
            "The KL weight is beta 3; sigma is learned and came to 0.1: the weight that mse has with beta 0.03 (at "
            "sigma 1), sigma 0.1732 (at beta 1), fact 0.02 (tape convention), fact 2.78e-04 (mean convention).",
        ),
        (objective("gaussian", beta=3.0), None, "The KL weight is beta 3; sigma is learned."),
    ],
)
def test_forms(stated, sigma, sentence):
    assert forms_sentence(stated, CELEBA, 256, sigma) == sentence


@pytest.mark.parametrize("name", list(LIKELIHOODS))
def test_every_likelihood_has_a_sentence(name):
    assert "beta 0.5" in forms_sentence(objective(name, beta=0.5), CELEBA, 256, None)


def test_share():
    assert share_sentence(NUMBERS, 2) == (
        "The weighted KL is 0.74 % of the loss; unweighted it is 3.735 nats per dimension. A rule of thumb "
        "of the articles that zscape goes back to wants a share above 3 % (a good run of their own, E3, has 0.74 %); "
        "zscape judges random points by the prior mismatch, 0.0625 nats per dimension."
    )
    below = share_sentence({**NUMBERS, "kl_share": None}, 2)
    assert below.startswith(
        "The weighted KL has no share in the loss, whose reconstruction is below 0; unweighted it is"
    )


@pytest.mark.parametrize("share", [1e-7, 0.001, 0.0074, 0.03, 0.5, None])
def test_no_share_makes_a_run_speak_of_random_points(share):
    """Only the mismatch does: with one and the same mismatch the words are the same."""

    said = weight_sentences({**NUMBERS, "kl_share": share}, 2, True)
    assert said[0].endswith("zscape judges random points by the prior mismatch, 0.0625 nats per dimension.")
    assert said[1:] == weight_sentences(NUMBERS, 2, True)[1:]
    assert not re.search(r"fail|will not|too (low|small)|collapsed", " ".join(said))


def test_collapsed_is_said_only_when_the_mean_image_is_no_worse():
    assert collapse_sentence(NUMBERS) == (
        "The reconstructions, z at the mean, cost 155.0 nats per image; the mean image alone, whatever the code, costs "
        "206.2."
    )
    for at_mean in (206.25, 300.0):
        no_better = {**NUMBERS, "reconstruction_at_mean": at_mean}
        assert collapse_sentence({**no_better, "active_units": 0}) == (
            f"The model has collapsed: no dimension of its codes is active, and its reconstructions ({at_mean:.1f} "
            "nats per image) are no better than the mean image (206.2). Lower the KL weight, or train longer."
        )
        assert collapse_sentence({**no_better, "active_units": 1}) == (
            f"The reconstructions, z at the mean ({at_mean:.1f} nats per image), are not better than the mean image "
            "(206.2) yet, although the codes differ from image to image: train longer; if that does not help, lower "
            "the KL weight."
        )
    assert collapse_sentence({"reconstruction_at_mean": 1.0}) is None, "a run of an older version"


def test_an_autoencoder_has_no_share():
    assert weight_sentences(NUMBERS, 2, False) == [collapse_sentence(NUMBERS)]
