"""Directions of z-space in which an attribute of the images changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from zscape.core.errors import InputError
from zscape.latent.codes import Codes
from zscape.latent.moments import blocks

LEAST = 2
"""Images that must have an attribute, and images that must not: below this there is no mean to speak of."""

_LABEL = "label is "


@dataclass(frozen=True, eq=False)
class Direction:
    """The way from the mean code of images without an attribute to that of images with it.

    Attributes:
        name: the attribute.
        vector: float64 (z_dim,), mean with minus mean without.
        count_with: images with the attribute.
        count_without: images without.
        d_prime: distance of the two groups' means along the vector, in their pooled standard deviation along it;
            infinite where neither group varies. An attribute that means nothing has about
            sqrt(z_dim (1 / count_with + 1 / count_without)), since the same images gave the vector.
    """

    name: str
    vector: np.ndarray
    count_with: int
    count_without: int
    d_prime: float

    @property
    def length(self) -> float:
        """The vector's length, in units of z."""
        return float(np.linalg.norm(self.vector))


def feature_names(codes: Codes) -> tuple[str, ...]:
    """Return the names of all attributes of the codes, and of all labels that occur as "label is NAME"."""
    own = codes.attribute_names or ()
    if codes.labels is None:
        return own
    return own + tuple(f"{_LABEL}{_label_name(codes, int(label))}" for label in np.unique(codes.labels))


def feature(codes: Codes, name: str) -> np.ndarray:
    """Return which images have an attribute: bool (n,).

    Args:
        codes: codes with attributes or labels.
        name: as `Codes.attribute` takes it, or "label is NAME".

    Raises:
        InputError: when the codes have neither, or none of that name; the sentence names the nearest.
    """
    return codes.attribute(name.removeprefix(_LABEL))


def shown_name(codes: Codes, name: str) -> str:
    """Return an attribute's name as `feature_names` has it, for one that `feature` takes."""
    text = name.removeprefix(_LABEL).strip()
    same = [choice for choice in codes.attribute_choices if choice.lower() == text.lower()]
    text = same[0] if len(same) == 1 else text
    if text in (codes.attribute_names or ()):
        return text
    is_number = text not in codes.attribute_choices and text.removeprefix("-").isdecimal()
    return f"{_LABEL}{_label_name(codes, int(text)) if is_number else text}"


def direction(codes: Codes, name: str) -> Direction:
    """Return the direction of an attribute: the mean of the codes with it minus the mean of those without.

    Args:
        codes: usually those of the training images.
        name: as `feature` takes it.

    Raises:
        InputError: for an unknown attribute, and for one that fewer than 2 images have or lack.
    """
    return directions(codes, [name])[0]


def directions(codes: Codes, names: Sequence[str]) -> list[Direction]:
    """Return the directions of several attributes, reading the codes three times for all of them together.

    Args:
        codes: usually those of the training images.
        names: as `feature` takes them.

    Raises:
        InputError: as `direction`.
    """
    masks = np.stack([checked_feature(codes, name) for name in names], axis=1)
    there, count = masks.sum(axis=0), len(masks)
    mean = mean_of(codes.mu)
    sums = np.zeros((len(names), codes.z_dim))
    for rows, block in _with_rows(codes.mu):
        sums += masks[rows].T.astype(np.float64) @ (block - mean)
    # Centred, the sum over the one group is minus the sum over the other.
    vectors = sums / there[:, None] + sums / (count - there)[:, None]
    apart = _separations(codes.mu, masks, vectors, mean)
    return [
        Direction(shown_name(codes, name), vectors[i], int(there[i]), count - int(there[i]), float(apart[i]))
        for i, name in enumerate(names)
    ]


def checked_feature(codes: Codes, name: str) -> np.ndarray:
    """Return `feature`, of which at least 2 images must have the attribute and 2 must not.

    Raises:
        InputError: for an unknown attribute, and when fewer have or lack it.
    """
    mask = feature(codes, name)
    there, absent = int(mask.sum()), int((~mask).sum())
    if min(there, absent) < LEAST:
        raise InputError(
            f"{shown_name(codes, name)!r} has no direction: {there} of {len(mask)} images have it, {absent} have it "
            f"not, and at least {LEAST} of each are needed."
        )
    return mask


def mean_of(points: np.ndarray) -> np.ndarray:
    """Return the mean of points (n, z_dim), summed in double precision: float64 (z_dim,)."""
    return sum((block.sum(axis=0) for block in blocks(points)), np.zeros(points.shape[1])) / len(points)


def separation(points: np.ndarray, mask: np.ndarray, vector: np.ndarray) -> float:
    """Return d': how far the means of two groups lie apart along a vector, in the groups' pooled standard deviation.

    For two normals with equal covariance the area under the ROC curve of the projection is Phi(d' / sqrt(2)).

    Args:
        points: (n, z_dim).
        mask: bool (n,), the first group; both groups with at least 2 points.
        vector: (z_dim,), not all zeros.
    """
    return float(_separations(points, mask[:, None], np.asarray(vector)[None], mean_of(points))[0])


def project_on(points: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """Return the coordinate of points (n, z_dim) along a vector (z_dim,) of any length: float64 (n,), in units of z."""
    unit = vector / (np.linalg.norm(vector) or 1.0)
    return np.concatenate([block @ unit for block in blocks(points)])


def orthogonal_to(vector: np.ndarray, others: Sequence[np.ndarray]) -> np.ndarray:
    """Return what is left of a vector when the parts along all the others are taken out.

    Args:
        vector: (z_dim,).
        others: vectors (z_dim,), in any relation to each other.

    Returns:
        float64 (z_dim,), orthogonal to every one of `others`.

    Raises:
        InputError: when nothing is left: the vector lies in the space of the others.
    """
    own = np.asarray(vector, dtype=np.float64)
    if not len(others):
        return own.copy()
    # The singular vectors span what the others span, also where these are nearly or wholly the same.
    _, sizes, rows = np.linalg.svd(np.stack(others).astype(np.float64), full_matrices=False)
    basis = rows[sizes > 1e-10 * (sizes[0] or 1.0)]
    left = own - basis.T @ (basis @ own)
    left -= basis.T @ (basis @ left)  # again: the first pass leaves rounding errors of the size of what it took away
    if np.linalg.norm(left) <= 1e-6 * np.linalg.norm(own):
        raise InputError("Nothing is left of the direction once the parts along the others are taken out.")
    return left


def shifted(points: np.ndarray, vector: np.ndarray, factors: Sequence[float]) -> np.ndarray:
    """Return points moved along a vector: float32 (n, factors, z_dim), each point plus each factor times the vector."""
    steps = np.asarray(factors, dtype=np.float64)[:, None] * np.asarray(vector, dtype=np.float64)
    return (points.astype(np.float64)[:, None] + steps).astype(np.float32)


def arithmetic(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Return a - b + c of codes, in double precision, as float32: "what b is to a, so is c to the result"."""
    return (a.astype(np.float64) - b.astype(np.float64) + c.astype(np.float64)).astype(np.float32)


def _separations(points: np.ndarray, masks: np.ndarray, vectors: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Return d' of each group (n, k) against the others along its vector (k, z_dim): float64 (k,)."""
    lengths = np.linalg.norm(vectors, axis=1)
    units = vectors / np.where(lengths > 0, lengths, 1.0)[:, None]
    there, count = masks.sum(axis=0), len(masks)
    sums = np.zeros((2, len(vectors)))
    for rows, block in _with_rows(points):
        along = (block - mean) @ units.T
        sums += [(along * masks[rows]).sum(axis=0), (along * ~masks[rows]).sum(axis=0)]
    means = sums / [there, count - there]
    squares = np.zeros(len(vectors))
    for rows, block in _with_rows(points):
        along = (block - mean) @ units.T
        squares += ((along - np.where(masks[rows], means[0], means[1])) ** 2).sum(axis=0)
    pooled = np.sqrt(squares / max(1, count - 2))
    difference = means[0] - means[1]
    nowhere = np.where(difference > 0, np.inf, np.nan)
    # Of groups that do not vary only rounding is left.
    flat = pooled <= 1e-7 * np.abs(difference)
    return np.where(flat, nowhere, difference / np.where(flat, 1.0, pooled))


def _with_rows(points: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    start = 0
    for block in blocks(points):
        yield slice(start, start + len(block)), block
        start += len(block)


def _label_name(codes: Codes, label: int) -> str:
    names = codes.label_names
    return names[label] if names is not None and 0 <= label < len(names) else str(label)
