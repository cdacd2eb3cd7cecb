"""The study of all attributes and labels of a set of codes."""

import numpy as np
import pytest

from zscape.analysis.attributes import attributes_record, attributes_sentence, cosines, strength_sentence
from zscape.core.errors import InputError
from zscape.latent.attributes import Direction, direction
from zscape.latent.codes import Codes
from zscape.latent.probe import Probe


@pytest.fixture(scope="module")
def codes():
    """Smiling shifts z 0, Young z 1; Happy is Smiling but for a few; Odd means nothing; Rare is nearly nobody."""
    rng = np.random.default_rng(0)
    smiling, young, odd = (rng.random(3000) < share for share in (0.5, 0.3, 0.5))
    happy, rare = smiling ^ (rng.random(3000) < 0.02), np.arange(3000) == 5
    mu = rng.normal(size=(3000, 3)) + 3 * np.outer(smiling, [1, 0, 0]) + 3 * np.outer(young, [0, 1, 0])
    return Codes(
        mu.astype(np.float32),
        None,
        np.arange(3000),
        np.where(np.arange(3000) < 2000, 0, 2).astype(np.uint8),
        attributes=np.stack([smiling, young, happy, odd, rare], axis=1),
        attribute_names=("Smiling", "Young", "Happy", "Odd", "Rare"),
    )


def test_the_record(codes):
    record = attributes_record(codes)
    assert record.names == ("Smiling", "Young", "Happy", "Odd") and list(record.left_out) == ["Rare"]
    assert "1 of 2000 images have it, 1999 have it not" in record.left_out["Rare"]
    train = codes.of_split("train")
    assert record.count_with == tuple(train.attributes[:, :4].sum(axis=0)) and record.held_out
    assert (record.probed_on, record.probe_trained_on) == (1000, 2000)
    assert record.length[0] == pytest.approx(3, abs=0.15) and record.d_prime[1] == pytest.approx(3, abs=0.15)
    assert min(record.auc[:2]) > 0.97 and abs(record.auc[3] - 0.5) < 0.06
    matrix = np.array(record.cosines)
    assert matrix[0, 2] > 0.99 and abs(matrix[0, 1]) < 0.1
    np.testing.assert_allclose(matrix, matrix.T)
    np.testing.assert_allclose(np.diag(matrix), 1)


def test_its_sentence(codes):
    sentence = attributes_sentence(attributes_record(codes))
    assert sentence.startswith(
        "A linear probe on the codes tells 3 of 4 attributes with an area under the ROC curve of"
    )
    assert "on 1,000 images not trained on (0.5 is chance): best " in sentence and "worst 'Odd' with 0." in sentence
    assert "'Smiling' and 'Happy' point much the same way (cosine 1.00): to change one without the other" in sentence


def test_sentences_of_directions_that_go_apart_and_of_one_alone(codes):
    two = Codes(codes.mu, None, codes.ids, codes.splits, attributes=codes.attributes[:, :2], attribute_names=("A", "B"))
    assert "No two directions have a cosine beyond 0.0" in attributes_sentence(attributes_record(two))
    one = Codes(codes.mu, None, codes.ids, codes.splits, attributes=codes.attributes[:, :1], attribute_names=("A",))
    record = attributes_record(one)
    assert attributes_sentence(record).endswith(f"(0.5 is chance): best 'A' with {record.auc[0]:.3f}.")
    labels = Codes(codes.mu, None, codes.ids, codes.splits, codes.attributes[:, 0].astype(int), ("no", "yes"))
    assert "point opposite ways (cosine -1.00)" in attributes_sentence(attributes_record(labels))


def test_what_cannot_be_studied(codes):
    plain = Codes(codes.mu, None, codes.ids, codes.splits)
    with pytest.raises(InputError, match=r"These codes have neither attributes nor labels\."):
        attributes_record(plain)
    with pytest.raises(InputError, match=r"There are 3000 attributes and labels; up to 100 are studied one by one\."):
        attributes_record(Codes(codes.mu, None, codes.ids, codes.splits, np.arange(3000)))
    with pytest.raises(InputError, match="None of the 1 attributes and labels can be studied: 'label is 0' has no dir"):
        attributes_record(Codes(codes.mu, None, codes.ids, codes.splits, np.zeros(3000, int)))


def test_cosines_by_hand():
    assert cosines(np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 0.0]])) == pytest.approx(
        np.array([[1, 0.5**0.5, 0], [0.5**0.5, 1, 0], [0, 0, 0]])
    )


@pytest.mark.parametrize(
    ("auc", "meaning"),
    [
        (0.95, "the codes tell it clearly."),
        (0.7, "the codes tell it in part."),
        (0.55, "the codes hardly tell it, so its direction changes whatever differs by chance between the groups."),
    ],
)
def test_the_strength_of_one_attribute_in_words(auc, meaning):
    sentence = strength_sentence(
        Direction("Smiling", np.array([3.0, 4.0]), 40, 1160, 1.5), Probe(auc, 0.9, 0.9, 1200, 100, 0, True)
    )
    assert sentence == (
        f"'Smiling': 40 of 1,200 images have it; the means of both groups are 5 apart, 1.50 pooled standard deviations "
        f"along the direction. A linear probe tells it with an area under the ROC curve of {auc:.3f} on 100 images not "
        f"trained on (the direction alone: 0.900; 0.5 is chance): {meaning}"
    )


def test_the_direction_is_that_of_training_images(codes):
    own = direction(codes.of_split("train"), "Young")
    assert attributes_record(codes).length[1] == pytest.approx(own.length, rel=1e-12)
