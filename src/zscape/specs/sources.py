"""Facts about the sources of images that are known before anything is read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SourceFacts:
    """What is known of a source without opening it.

    Attributes:
        description: what it is, in a phrase.
        shape: (height, width, channels) of its images, None where only the data can tell.
        needs_path: whether `data.path` must be given.
        official_test: whether the source comes with a test set of its own.
        restricted: whether its terms forbid passing its images on, so that reports leave them out by default.
        crop: what `data.crop` is where a recipe does not state it.
        channels: of its images, where they are known though the shape is not.
        edition: raised where the same request gives other images than before, so that old stores are not taken.
    """

    description: str
    shape: tuple[int, int, int] | None
    needs_path: bool
    official_test: bool
    restricted: bool = False
    crop: str = "center"
    channels: int | None = None
    edition: int = 1


SOURCES = {
    "digits": SourceFacts("1,797 handwritten digits of 8x8 pixels, part of scikit-learn", (8, 8, 1), False, False),
    "mnist": SourceFacts("MNIST: 70,000 handwritten digits of 28x28 pixels", (28, 28, 1), False, True),
    "fashion_mnist": SourceFacts("Fashion-MNIST: 70,000 pieces of clothing, 28x28 pixels", (28, 28, 1), False, True),
    "cifar10": SourceFacts("CIFAR-10: 60,000 colour photographs of 32x32 pixels", (32, 32, 3), False, True),
    "array": SourceFacts("images in one .npy, .npz or idx file", None, True, False),
    "folder": SourceFacts("a folder of image files, or a .zip or .tar of them", None, True, False),
    "celeba": SourceFacts(
        "CelebA's aligned faces, a copy of your own (research only)", None, True, False, True, "celeba-face", 3
    ),
    "faces": SourceFacts(
        "synthetic faces with known factors, painted when they are wanted",
        (218, 178, 3),
        needs_path=False,
        official_test=False,
        crop="celeba-face",
    ),
}
"""Every source by name; `data.sources` holds a reader for each (a contract test compares the two)."""
