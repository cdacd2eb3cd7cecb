"""What a synthetic face looks like: continuous factors with ranges, and what is there or not; all drawn from a seed."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np

from zscape.core.seeds import generator

Draw = Literal["even", "middle"]
"""How a factor is drawn over its range: evenly, or mostly from the middle (the mean of three even draws)."""


def _factor(low: float, high: float, meaning: str, draw: Draw = "even") -> Any:
    return field(metadata={"low": low, "high": high, "meaning": meaning, "draw": draw})


@dataclass(frozen=True)
class Face:
    """One person in one light before one wall. The floats are the factors; `FACTORS` has their ranges and meanings."""

    yaw: float = _factor(-32.0, 32.0, "degrees the head is turned, to the right of the picture", "middle")
    pitch: float = _factor(-9.0, 9.0, "degrees the head is lifted", "middle")
    roll: float = _factor(-12.0, 12.0, "degrees the head leans, clockwise", "middle")
    face_width: float = _factor(0.86, 1.12, "width of the head, 1 = average", "middle")
    jaw: float = _factor(0.0, 1.0, "0 a pointed chin, 1 a square jaw")
    skin: float = _factor(0.0, 1.0, "0 light, 1 dark")
    age: float = _factor(0.0, 1.0, "0 smooth, 1 lines and folds")
    hair_lightness: float = _factor(0.0, 1.0, "0 black, 0.5 brown, 1 blond")
    hair_redness: float = _factor(0.0, 1.0, "0 ash, 1 red")
    hair_grey: float = _factor(0.0, 1.0, "share of grey; goes with age")
    hair_length: float = _factor(0.0, 1.0, "0 cropped, 0.5 to the chin, 1 over the shoulders")
    hair_volume: float = _factor(0.0, 1.0, "how far it stands off the head")
    hair_curl: float = _factor(0.0, 1.0, "0 straight, 0.5 wavy, 1 curly")
    parting: float = _factor(-1.0, 1.0, "where the hair parts: left, middle, right")
    eye_size: float = _factor(0.82, 1.2, "opening of the eyes, 1 = average", "middle")
    iris: float = _factor(0.0, 1.0, "0 brown, 0.5 green, 1 blue")
    brow: float = _factor(-1.0, 1.0, "-1 lowered, 1 raised", "middle")
    brow_thickness: float = _factor(0.0, 1.0, "0 thin, 1 bushy")
    nose_width: float = _factor(0.8, 1.25, "1 = average", "middle")
    lips: float = _factor(0.0, 1.0, "0 thin, 1 full")
    smile: float = _factor(-0.4, 1.0, "-0.4 corners down, 1 a broad smile")
    mouth_open: float = _factor(0.0, 1.0, "0 closed, 1 open; goes with the smile")
    light_angle: float = _factor(-70.0, 70.0, "degrees the light stands to the right of the picture")
    light_strength: float = _factor(0.0, 1.0, "0 all around, 1 one lamp")
    background_hue: float = _factor(0.0, 0.7, "hue: 0 red, 0.33 green, 0.67 blue")
    background_lightness: float = _factor(0.12, 0.8, "0 black, 1 white")
    background_contrast: float = _factor(0.0, 1.0, "how far the wall's tones are apart")
    clothes_hue: float = _factor(0.0, 0.7, "hue, as the background's")
    clothes_lightness: float = _factor(0.08, 0.75, "0 black, 1 white")
    bald: bool = False
    fringe: bool = False
    hat: str = "none"
    glasses: str = "none"
    beard: str = "none"
    wall: str = "gradient"
    collar: str = "round"
    grain: int = 0
    """Seed of what has no name: strands of hair, spots of light on the wall."""


@dataclass(frozen=True)
class Factor:
    """A continuous property of the faces, and the range it is drawn from."""

    name: str
    low: float
    high: float
    meaning: str
    draw: Draw


FACTORS = tuple(Factor(entry.name, **entry.metadata) for entry in fields(Face) if entry.metadata)

HATS = ("beanie", "cap", "brim")
GLASSES = ("round", "square", "dark")
BEARDS = ("moustache", "goatee", "full")
WALLS = ("gradient", "two-tone", "spots", "studio")
COLLARS = ("round", "v", "high")

ATTRIBUTES: dict[str, Callable[[Face], bool]] = {
    "Bald": lambda face: face.bald,
    "Bangs": lambda face: face.fringe,
    "Black_Hair": lambda face: _coloured(face) and face.hair_lightness < 0.25,
    "Blond_Hair": lambda face: _coloured(face) and face.hair_lightness >= 0.65,
    "Brown_Hair": lambda face: _coloured(face) and 0.25 <= face.hair_lightness < 0.65,
    "Eyeglasses": lambda face: face.glasses != "none",
    "Goatee": lambda face: face.beard == "goatee",
    "Gray_Hair": lambda face: not face.bald and face.hair_grey >= 0.5,
    "Mouth_Slightly_Open": lambda face: face.mouth_open >= 0.35,
    "Mustache": lambda face: face.beard == "moustache",
    "No_Beard": lambda face: face.beard == "none",
    "Smiling": lambda face: face.smile >= 0.4,
    "Wavy_Hair": lambda face: not face.bald and face.hair_curl >= 0.4,
    "Wearing_Hat": lambda face: face.hat != "none",
    "Young": lambda face: face.age < 0.5,
}
"""Attributes by CelebA's name, in the order of its file, each what the drawing shows."""


CORRELATED = (
    "hats, beards and bald heads go with short hair",
    "grey hair and glasses go with age",
    "an open mouth goes with a smile",
    "a fringe goes with neither a hat nor a bald head",
)
"""What is correlated, so that directions of attributes have something to find; all else is drawn independently."""


def _coloured(face: Face) -> bool:
    return not face.bald and face.hair_grey < 0.5


def draw_face(seed: int, number: int) -> Face:
    """Return face `number` of the set `seed`; it depends on nothing else.

    What is correlated on purpose is in `CORRELATED`; all else is independent.
    """
    rng = generator(seed, "faces", number)
    values = _drawn(rng)
    short = values["hair_length"] < 0.35
    values["hair_grey"] = min(max(1.7 * values["age"] - 1.0 + 0.45 * rng.uniform(-1, 1), 0.0), 1.0)
    values["mouth_open"] *= 0.35 + 0.65 * max(values["smile"], 0.0)
    bald = bool(short and rng.random() < 0.16)
    hat = _one(HATS, 0.28 if short else 0.08, rng)
    return Face(
        **values,
        bald=bald,
        fringe=bool(rng.random() < 0.3) and not bald and hat == "none",
        hat=hat,
        glasses=_one(GLASSES, 0.08 + 0.28 * values["age"], rng),
        beard=_one(BEARDS, 0.42 if short else 0.02, rng),
        wall=WALLS[rng.integers(len(WALLS))],
        collar=COLLARS[rng.integers(len(COLLARS))],
        grain=int(rng.integers(2**31)),
    )


def _drawn(rng: np.random.Generator) -> dict[str, float]:
    shares = rng.random((len(FACTORS), 3))
    first, mean = shares[:, 0].tolist(), shares.mean(axis=1).tolist()
    return {
        factor.name: factor.low + (factor.high - factor.low) * (mean[i] if factor.draw == "middle" else first[i])
        for i, factor in enumerate(FACTORS)
    }


def _one(names: tuple[str, ...], chance: float, rng: np.random.Generator) -> str:
    present, which = rng.random(), rng.integers(len(names))
    return names[which] if present < chance else "none"


def factor_values(face: Face) -> np.ndarray:
    """Return the factors, float32 (number of factors,), in the order of `FACTORS`."""
    return np.array([getattr(face, factor.name) for factor in FACTORS], np.float32)


def attribute_values(face: Face) -> np.ndarray:
    """Return the attributes, bool (number of attributes,), in the order of `ATTRIBUTES`."""
    return np.array([shown(face) for shown in ATTRIBUTES.values()], bool)
