"""Who is drawn: ranges, shares, what is correlated on purpose and what is not."""

from dataclasses import replace

import numpy as np
import pytest

from zscape.data.faces.face import (
    ATTRIBUTES,
    BEARDS,
    COLLARS,
    FACTORS,
    GLASSES,
    HATS,
    WALLS,
    Face,
    attribute_values,
    draw_face,
    factor_values,
)

COUNT = 1500


@pytest.fixture(scope="module")
def faces() -> list[Face]:
    return [draw_face(1, number) for number in range(1, COUNT + 1)]


@pytest.fixture(scope="module")
def factors(faces: list[Face]) -> dict[str, np.ndarray]:
    values = np.stack([factor_values(face) for face in faces])
    return {factor.name: values[:, i] for i, factor in enumerate(FACTORS)}


@pytest.fixture(scope="module")
def attributes(faces: list[Face]) -> dict[str, np.ndarray]:
    values = np.stack([attribute_values(face) for face in faces])
    return {name: values[:, i] for i, name in enumerate(ATTRIBUTES)}


def test_a_face_depends_on_seed_and_number_alone():
    assert draw_face(1, 7) == draw_face(1, 7)
    assert draw_face(1, 7) != draw_face(1, 8)
    assert draw_face(1, 7) != draw_face(2, 7)


@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.name)
def test_factors_fill_their_ranges(factors, factor):
    values, span = factors[factor.name], factor.high - factor.low
    assert factor.low <= values.min() and values.max() <= factor.high
    reach = 0.3 if factor.draw == "middle" else 0.06
    assert values.min() < factor.low + reach * span and values.max() > factor.high - reach * span


def test_factors_drawn_from_the_middle_have_the_spread_of_a_mean_of_three(factors):
    for factor in FACTORS:
        if factor.draw == "middle":
            # An even draw over 1 has variance 1/12, the mean of three a third of it.
            spread = factors[factor.name].std() / (factor.high - factor.low)
            assert spread == pytest.approx((1 / 36) ** 0.5, rel=0.08)


def test_what_is_correlated_is_what_is_said(factors, attributes):
    long = factors["hair_length"] > 0.35
    for name in ("Wearing_Hat", "Bald"):
        assert attributes[name][long].mean() < 0.5 * attributes[name][~long].mean()
    assert (~attributes["No_Beard"])[long].mean() < 0.2 * (~attributes["No_Beard"])[~long].mean()
    assert np.corrcoef(factors["age"], factors["hair_grey"])[0, 1] > 0.6
    assert np.corrcoef(factors["smile"], factors["mouth_open"])[0, 1] > 0.2
    assert np.corrcoef(factors["age"], attributes["Eyeglasses"])[0, 1] > 0.1
    assert not (attributes["Bangs"] & (attributes["Bald"] | attributes["Wearing_Hat"])).any()


def test_all_other_factors_are_independent(factors):
    names = [name for name in factors if name not in ("hair_grey", "mouth_open")]
    correlations = np.corrcoef([factors[name] for name in names]) - np.eye(len(names))
    assert np.abs(correlations).max() < 5 / COUNT**0.5  # five standard errors


def test_every_attribute_and_every_kind_occurs(faces, attributes):
    for name, values in attributes.items():
        assert 0.01 < values.mean() < 0.95, name
    for field, kinds in (("hat", HATS), ("glasses", GLASSES), ("beard", BEARDS)):
        assert {getattr(face, field) for face in faces} == {"none", *kinds}
    assert {face.wall for face in faces} == set(WALLS) and {face.collar for face in faces} == set(COLLARS)


def test_hair_has_one_colour_at_most_and_a_bald_head_none(attributes):
    colours = sum(attributes[name].astype(int) for name in ("Black_Hair", "Brown_Hair", "Blond_Hair", "Gray_Hair"))
    np.testing.assert_array_equal(colours, (~attributes["Bald"]).astype(int))


def test_attributes_follow_the_factors():
    face = draw_face(1, 1)
    shown = dict(zip(ATTRIBUTES, attribute_values(replace(face, smile=0.9, mouth_open=0.0, age=0.2)), strict=True))
    assert shown["Smiling"] and shown["Young"] and not shown["Mouth_Slightly_Open"]
    shown = dict(zip(ATTRIBUTES, attribute_values(replace(face, smile=0.0, mouth_open=0.8, age=0.9)), strict=True))
    assert not shown["Smiling"] and not shown["Young"] and shown["Mouth_Slightly_Open"]


def test_attributes_are_in_the_order_of_celebas_file():
    assert list(ATTRIBUTES) == sorted(ATTRIBUTES)
