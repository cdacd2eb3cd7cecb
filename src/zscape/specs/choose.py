"""A recipe for images that nobody has written one for: every number by a rule that a sentence can state."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log2, prod
from typing import Any

SIZES = (8, 16, 28, 32, 48, 64)
"""Sizes that images are brought to; what trains in minutes without a graphics card ends at 64."""

_SIZE_SHARE = 0.9  # of the images are at least as large as the size chosen
_LEAST_Z = 4  # numbers in a code, however few the images
_LAST_MAP = 6.0  # pixels on a side of the encoder's last map, about
_FILTERS = (32, 64, 128, 256, 256, 256)
_ENOUGH_FOR_BATCH_NORM = 4_000  # measured with 300 images: without it less error and a better prior mismatch
_SECONDS = 100.0
_IMAGES_PER_SECOND = 200.0  # measured: 64x64x3, filters 32, 64, 128, two busy cores; resize trains at 0.7 of 260
_FASTEST = 2_000.0


@dataclass(frozen=True)
class Choice:
    """One key of a recipe that was chosen, its value, and why, in a sentence."""

    key: str
    value: Any
    why: str


@dataclass(frozen=True)
class Facts:
    """What the choice depends on.

    Attributes:
        count: number of images.
        shapes: (height, width, channels) of some or all, at least one.
        grey: whether none that was looked at shows a colour.
        opened: how many were looked at.
    """

    count: int
    shapes: Sequence[tuple[int, int, int]]
    grey: bool
    opened: int


def choose_data(facts: Facts) -> Iterator[Choice]:
    """Yield `data.size` and `data.channels`."""
    yield _size(facts)
    channels = {shape[2] for shape in facts.shapes}
    looked_at = "the one image looked at is" if facts.opened == 1 else f"the {facts.opened} images looked at are"
    all_of_them = "all images are" if facts.opened >= facts.count else looked_at
    if channels <= {1, 3} and facts.grey:
        yield Choice("data.channels", 1, f"{all_of_them} grey")
    elif channels <= {1, 3}:
        yield Choice("data.channels", 3, "there are colours" + (", grey images among them" if 1 in channels else ""))
    elif len(channels) == 1:
        yield Choice("data.channels", min(channels), f"{all_of_them} so")


def choose_networks(count: int, image_shape: tuple[int, int, int], stated: dict[str, Any]) -> Iterator[Choice]:
    """Yield `model.*`.

    Args:
        count: number of images.
        image_shape: (height, width, channels) after preparation.
        stated: what the user states below `model`, unchecked.
    """
    side = min(image_shape[:2])
    halvings = max(1, round(log2(side / _LAST_MAP)))
    layers = max(2, halvings)
    if isinstance(stated.get("filters"), (list, tuple)):
        layers = len(stated["filters"])
    elif isinstance(stated.get("strides"), (list, tuple)):
        layers = len(stated["strides"])
    halvings = min(halvings, layers)
    filters = [_FILTERS[min(i, len(_FILTERS) - 1)] for i in range(layers)]
    yield Choice("model.filters", filters, "the usual doubling, layer by layer")
    last = " x ".join(str(-(-size // 2**halvings)) for size in image_shape[:2])
    strides = [1] * (layers - halvings) + [2] * halvings
    yield Choice("model.strides", strides, f"the encoder's last map is then {last} pixels")
    if "valid" not in (stated.get("padding") or ()):  # which resize has no mirror for
        why = "transposed convolutions that double the size leave a grid in smooth areas (docs/upsampling.md)"
        yield Choice("model.upsampling", "resize", why)
    yield _z_dim(count, image_shape)
    if count >= _ENOUGH_FOR_BATCH_NORM:
        yield Choice("model.batch_norm", True, "training is faster with it")
    else:
        why = f"with fewer than {_ENOUGH_FOR_BATCH_NORM:,} images its averages are too rough"
        yield Choice("model.batch_norm", False, why)


def choose_weight(image_shape: tuple[int, int, int]) -> Choice:
    """Return the KL weight: 1 for 28x28 grey, 15 for 96x96 colour (the articles' fact 5), a power law between."""
    values = prod(image_shape)
    beta = float(f"{(values / 784) ** 0.76:.2g}")
    why = f"for {values:,} values per image, between 1 for 28x28 grey and the articles' 15 for 96x96 colour"
    return Choice("objective.weight.beta", beta, why)


def choose_training(
    train: int, image_shape: tuple[int, int, int], stated: dict[str, Any], about: bool = False
) -> Iterator[Choice]:
    """Yield `training.*`.

    Args:
        train: number of training images.
        image_shape: (height, width, channels) after preparation.
        stated: what the user states below `training`, unchecked.
        about: whether some of them may turn out to be damaged.
    """
    batch = next((size for size, most in ((16, 1_000), (32, 4_000), (64, 20_000)) if train < most), 128)
    counted = f"{'about ' if about else ''}{train:,} training image{'s' if train != 1 else ''}"
    yield Choice("training.batch_size", batch, f"for {counted}")
    yield Choice("training.learning_rate", 1e-3, "the usual one of Adam")
    speed = min(_FASTEST, _IMAGES_PER_SECOND * 64 * 64 / prod(image_shape[:2]))
    epochs = min(200, max(10, round(_SECONDS * speed / train)))
    if isinstance(stated.get("epochs"), int):
        epochs = stated["epochs"]
    minutes = epochs * train / speed / 60
    time = "about a minute" if minutes < 1.5 else f"about {minutes:.0f} minutes"
    yield Choice("training.epochs", epochs, f"{time} on two processor cores, at most")
    patience = max(5, round(epochs / 5))
    why = f"training ends after {patience} epochs in which images not trained on gain nothing; the best epoch is kept"
    yield Choice("training.early_stopping.patience", patience, why)


def _size(facts: Facts) -> Choice:
    sizes = [shape[:2] for shape in facts.shapes]
    if len(set(sizes)) == 1 and max(sizes[0]) <= SIZES[-1]:
        height, width = sizes[0]
        return Choice("data.size", [height, width], f"all images are {height}x{width} pixels; they stay as they are")
    shorter = sorted(min(size) for size in sizes)
    typical = shorter[int((1 - _SIZE_SHARE) * len(shorter))]
    chosen = next((size for size in reversed(SIZES) if size <= typical), typical)
    measure = f"{shorter[0]}" if shorter[0] == shorter[-1] else f"{shorter[0]} to {shorter[-1]}"
    why = f"the images' shorter sides are {measure} pixels; the largest centred square is cut out and made smaller"
    if typical >= SIZES[-1]:
        why += "; larger ones, such as data.size=96, take longer"
    return Choice("data.size", [chosen, chosen], why)


def _z_dim(count: int, image_shape: tuple[int, int, int]) -> Choice:
    values = prod(image_shape)
    by_size = next((z for z, most in ((8, 256), (16, 1_024), (64, 8_192), (128, 16_384)) if values <= most), 256)
    if by_size <= count / 8:
        return Choice("model.z_dim", by_size, f"for {values:,} values per image")
    if count / 8 < _LEAST_Z:
        return Choice("model.z_dim", _LEAST_Z, f"the least that is chosen, as there are only {count:,} images")
    by_count = 2 ** int(log2(count / 8))
    return Choice("model.z_dim", by_count, f"no more than a number for every eight of the {count:,} images")
