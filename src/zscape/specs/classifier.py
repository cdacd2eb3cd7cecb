"""The classifier that embeds images for `zscape quality`: its settings are in classifier.yaml beside this file."""

from pathlib import Path

import yaml
from pydantic import Field

from zscape.specs.base import Spec

_FILE = Path(__file__).with_name("classifier.yaml")


class ClassifierSpec(Spec):
    """A small network that tells the labels of images.

    Attributes:
        filters: of the 3x3 convolutions with stride 2.
        dense: size of the layer that gives the embedding.
        dropout: rate after that layer, in training.
        steps: steps of Adam.
        batch_size: images per step.
        learning_rate: at the first step; it falls to 0 along a cosine.
        most_images: training images used, at most.
        seed: of weights, dropout and batches.
    """

    filters: tuple[int, ...] = Field(min_length=2)
    dense: int = Field(ge=2)
    dropout: float = Field(ge=0, lt=1)
    steps: int = Field(ge=1)
    batch_size: int = Field(ge=1)
    learning_rate: float = Field(gt=0)
    most_images: int = Field(ge=2)
    seed: int = Field(ge=0)

    def filters_for(self, height: int, width: int) -> tuple[int, ...]:
        """Return the convolutions for images of this size: as many as bring it to 7 pixels, at least two."""
        number, side = 0, max(height, width)
        while side > 7:
            number, side = number + 1, (side + 1) // 2
        return self.filters[: max(2, number)]


def shipped_classifier() -> ClassifierSpec:
    """Return the classifier as it is shipped."""
    return ClassifierSpec.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
