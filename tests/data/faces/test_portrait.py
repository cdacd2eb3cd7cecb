"""The picture: what each factor changes in it, and where."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zscape.data.faces.face import BEARDS, COLLARS, FACTORS, GLASSES, HATS, WALLS, Face, draw_face
from zscape.data.faces.portrait import SIZE, paint


@pytest.fixture(scope="module")
def plain() -> Face:
    """A face in which all can be seen: from the front, medium hair, nothing worn."""
    middles = {factor.name: (factor.low + factor.high) / 2 for factor in FACTORS}
    return Face(**middles | {"hair_grey": 0.0, "light_strength": 0.6, "light_angle": 25.0, "parting": 0.3}, grain=3)


REGIONS = {  # rows and columns of 218x178 where a change must be seen, for a face from the front
    "eyes": (slice(100, 122), slice(52, 126)),
    "brows": (slice(86, 104), slice(50, 128)),
    "nose": (slice(118, 146), slice(74, 104)),
    "mouth": (slice(142, 172), slice(64, 114)),
    "chin": (slice(150, 190), slice(45, 133)),
    "skin": (slice(120, 150), slice(55, 122)),
    "hair": (slice(25, 70), slice(40, 140)),
    "beside": (slice(95, 200), slice(20, 157)),
    "head": (slice(60, 185), slice(35, 142)),
    "wall": (slice(0, 60), slice(0, 20)),
    "clothes": (slice(203, 218), slice(60, 118)),
}
WHERE = {
    "yaw": "head",
    "pitch": "head",
    "roll": "head",
    "face_width": "chin",
    "jaw": "chin",
    "skin": "skin",
    "age": "head",
    "hair_lightness": "hair",
    "hair_redness": "hair",
    "hair_grey": "hair",
    "hair_length": "beside",
    "hair_volume": "hair",
    "hair_curl": "beside",
    "parting": "hair",
    "eye_size": "eyes",
    "iris": "eyes",
    "brow": "brows",
    "brow_thickness": "brows",
    "nose_width": "nose",
    "lips": "mouth",
    "smile": "mouth",
    "mouth_open": "mouth",
    "light_angle": "skin",
    "light_strength": "skin",
    "background_hue": "wall",
    "background_lightness": "wall",
    "background_contrast": "wall",
    "clothes_hue": "clothes",
    "clothes_lightness": "clothes",
}
LOCAL = ("eyes", "brows", "nose", "mouth", "clothes")
"""Regions outside of which a factor of theirs changes next to nothing."""


@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.name)
def test_each_factor_changes_the_picture_where_it_should(plain, factor):
    region = WHERE[factor.name]
    low, high = (paint(replace(plain, **{factor.name: value})).astype(float) for value in (factor.low, factor.high))
    change = np.abs(high - low).max(axis=2)
    assert change[REGIONS[region]].max() > 12
    assert change[REGIONS[region]].mean() > 0.4
    if region in LOCAL and factor.name != "smile":  # which lifts cheeks and narrows eyes
        elsewhere = change.copy()
        elsewhere[REGIONS[region]] = 0
        if region == "clothes":
            elsewhere[186:] = 0
        if region == "brows":
            elsewhere[REGIONS["eyes"]] = 0
        assert elsewhere.mean() < 0.05 * change[REGIONS[region]].mean() + 0.02


def test_the_picture_of_a_face_is_always_the_same():
    face = draw_face(1, 5)
    np.testing.assert_array_equal(paint(face), paint(face))


@pytest.mark.parametrize("size", [SIZE, (64, 64), (33, 57), (436, 356), (8, 8)])
def test_any_size(size):
    picture = paint(draw_face(1, 3), size)
    assert picture.shape == (*size, 3) and picture.dtype == np.uint8


def test_another_size_shows_the_same_face():
    face = draw_face(1, 12)
    small, large = paint(face), paint(face, (436, 356))
    halved = large.reshape(218, 2, 178, 2, 3).mean(axis=(1, 3))
    assert np.abs(halved - small).mean() < 4


def test_eyes_stand_where_they_do_in_celeba(plain):
    # The pupils are the darkest spots beside the bridge of the nose.
    picture = paint(replace(plain, skin=0.1, iris=0.0, light_strength=0.0)).astype(float).sum(axis=2)
    for column in (69, 108):
        around = picture[104:120, column - 9 : column + 10]
        row, at = np.argwhere(around < around.min() + 30).mean(axis=0)
        assert abs(104 + row - 111) < 2.5 and abs(column - 9 + at - column) < 2.5


def test_light_from_the_right_makes_the_right_cheek_bright(plain):
    left, right = (slice(125, 150), slice(55, 72)), (slice(125, 150), slice(105, 122))
    for angle, bright, dark in ((60.0, right, left), (-60.0, left, right)):
        picture = paint(replace(plain, light_angle=angle, light_strength=1.0)).astype(float)
        assert picture[bright].mean() > picture[dark].mean() + 25


def test_a_turned_head_shows_more_of_one_side(plain):
    # Turned to the right, the nose stands further to the right, the eyes stay where they are.
    turned = [paint(replace(plain, yaw=yaw, light_strength=0.0)).astype(float).sum(axis=2) for yaw in (-25.0, 25.0)]
    nostrils = [
        np.average(np.arange(60, 118), weights=(view[136:146, 60:118].max() - view[136:146, 60:118]).sum(0) ** 4)
        for view in turned
    ]
    assert nostrils[1] > nostrils[0] + 4


@pytest.mark.parametrize(
    ("field", "kinds", "where"),
    [
        ("hat", ("beanie", "cap", "brim"), "hair"),
        ("glasses", ("round", "square", "dark"), "eyes"),
        ("beard", ("moustache", "goatee", "full"), "mouth"),
        ("collar", ("v", "high"), "clothes"),
        ("wall", ("two-tone", "spots", "studio"), "wall"),
    ],
)
def test_what_is_worn_is_seen(plain, field, kinds, where):
    base = replace(plain, background_contrast=1.0, skin=0.1)
    pictures = [paint(base), *(paint(replace(base, **{field: kind})) for kind in kinds)]
    for i, picture in enumerate(pictures):
        for other in pictures[i + 1 :]:
            assert np.abs(picture[REGIONS[where]].astype(float) - other[REGIONS[where]]).mean() > 0.5


def test_a_bald_head_has_no_hair_and_a_fringe_covers_the_forehead(plain):
    dark = replace(plain, hair_lightness=0.0, hair_redness=0.0, skin=0.1)
    crown, forehead = (slice(46, 56), slice(75, 102)), (slice(72, 80), slice(75, 102))
    assert paint(replace(dark, bald=True))[crown].mean() > paint(dark)[crown].mean() + 50
    assert paint(dark)[forehead].mean() > paint(replace(dark, fringe=True))[forehead].mean() + 50


@st.composite
def extreme_faces(draw: st.DrawFn) -> Face:
    """A face whose factors stand at the ends of their ranges, or anywhere between."""
    ends = {f.name: draw(st.one_of(st.sampled_from((f.low, f.high)), st.floats(f.low, f.high))) for f in FACTORS}
    kinds = {"hat": ("none", *HATS), "glasses": ("none", *GLASSES), "beard": ("none", *BEARDS)}
    kinds |= {"wall": WALLS, "collar": COLLARS, "bald": (False, True), "fringe": (False, True)}
    return Face(**ends, **{field: draw(st.sampled_from(names)) for field, names in kinds.items()}, grain=draw(GRAINS))


GRAINS = st.integers(0, 2**31 - 1)


@settings(max_examples=25)
@given(extreme_faces())
def test_every_face_can_be_painted(face):
    # Warnings are errors: no square root of less than nothing, nothing divided by 0.
    picture = paint(face, (109, 89))
    assert 5 < picture.mean() < 250 and picture.std() > 5
