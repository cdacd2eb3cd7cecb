"""Codes: where an encoder puts the images of a data set in z-space."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from zscape.core.errors import InputError
from zscape.core.names import unknown_name
from zscape.latent.arrays import checked_integers, checked_log_var, checked_points, read_arrays, write_arrays
from zscape.latent.attribute_arrays import checked_attributes
from zscape.latent.factor_arrays import checked_factors
from zscape.latent.moments import blocks, mean_and_covariance
from zscape.specs.base import SPLITS

KEYS = (
    *("mu", "z", "log_var", "ids", "splits", "split_names"),
    *("labels", "label_names", "attributes", "attribute_names", "factors", "factor_names"),
)
"""The arrays of a file of codes, or of a mapping of them; only `mu` (or `z`) must be there."""

PER_POINT = ("mu", "log_var", "ids", "splits", "labels", "attributes", "factors")
"""The fields of `Codes` that hold a row per point; all but mu, ids and splits may be None."""


@dataclass(frozen=True, eq=False)
class Codes:
    """The encoder's output for n images.

    Attributes:
        mu: float32 (n, z_dim), the means of the posteriors (VAE) or the codes themselves (AE).
        log_var: float32 (n, z_dim), logs of the posteriors' variances; None for an AE.
        ids: int64 (n,), the numbers of the images in their store.
        splits: uint8 (n,), positions in `specs.base.SPLITS`: 0 train, 1 validation, 2 test.
        labels: int64 (n,), or None.
        label_names: the name of label i at position i, or None.
        attributes: bool (n, k), whether a point has each of k attributes; None where none are known.
        attribute_names: their names, (k,), each once; None where there are no attributes.
        factors: float32 (n, f), the numbers that each image was made from, such as the pose of a synthetic face; None
            where they are not known.
        factor_names: their names, (f,), each once; None where there are no factors.
    """

    mu: np.ndarray
    log_var: np.ndarray | None
    ids: np.ndarray
    splits: np.ndarray
    labels: np.ndarray | None = None
    label_names: tuple[str, ...] | None = None
    attributes: np.ndarray | None = None
    attribute_names: tuple[str, ...] | None = None
    factors: np.ndarray | None = None
    factor_names: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.mu)

    @property
    def z_dim(self) -> int:
        """The number of dimensions of the latent space."""
        return self.mu.shape[1]

    @property
    def variance(self) -> np.ndarray:
        """The posterior variance of each dimension, averaged over the points: float64 (z_dim,); zeros for an AE."""
        if self.log_var is None or len(self) == 0:
            return np.zeros(self.z_dim)
        return sum((np.exp(block).sum(axis=0) for block in blocks(self.log_var)), np.zeros(self.z_dim)) / len(self)

    def of_split(self, name: str) -> "Codes":
        """Return the codes of one split, in their order; there may be none.

        Raises:
            InputError: when there is no split of that name.
        """
        if name not in SPLITS:
            raise InputError(unknown_name("split", name, SPLITS))
        return self.take(np.flatnonzero(self.splits == SPLITS.index(name)))

    def take(self, rows: np.ndarray) -> "Codes":
        """Return the codes at these positions.

        Args:
            rows: integer (m,).
        """
        whole = {name: getattr(self, name) for name in PER_POINT}
        return replace(self, **{name: None if array is None else array[rows] for name, array in whole.items()})

    @property
    def attribute_choices(self) -> tuple[str, ...]:
        """The names that `attribute` takes: the attributes', then the labels' (numbers where these have no names)."""
        labels = () if self.labels is None else np.unique(self.labels).tolist()
        of_labels = tuple(map(str, labels)) if self.label_names is None else self.label_names
        return tuple(dict.fromkeys((*(self.attribute_names or ()), *of_labels)))

    def attribute(self, name: str | int) -> np.ndarray:
        """Return which points have an attribute; "has this label" is one too.

        Args:
            name: of an attribute; else of a label, or its number. Capital letters are told apart only where they must.

        Returns:
            bool (n,).

        Raises:
            InputError: when there is none of that name; the sentence names the nearest.
        """
        text = str(name).strip()
        choices = self.attribute_choices
        if not choices:
            raise InputError(f"These codes have neither attributes nor labels, so there is no attribute {text!r}.")
        same = [choice for choice in choices if choice.lower() == text.lower()]
        text = same[0] if len(same) == 1 else text
        if self.attributes is not None and text in (self.attribute_names or ()):
            return self.attributes[:, (self.attribute_names or ()).index(text)]
        if self.labels is not None and text in (self.label_names or ()):
            return self.labels == (self.label_names or ()).index(text)
        if self.labels is not None and text.removeprefix("-").isdecimal() and int(text) in self.labels:
            return self.labels == int(text)
        raise InputError(unknown_name("attribute", text, choices))

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and covariance of the aggregated posterior, the mixture of all the points' own normals.

        S = cov(mu) + diag(mean over the points of exp(log_var)), by the law of total variance.

        Returns:
            float64 (z_dim,) and float64 (z_dim, z_dim).

        Raises:
            InputError: when there are fewer than 2 points.
        """
        if len(self) < 2:
            raise InputError(f"Mean and covariance need at least 2 points, got {len(self)}.")
        mean, covariance = mean_and_covariance(self.mu)
        return mean, covariance + np.diag(self.variance)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return the codes as arrays by name, without those that are None; `split_names` says what `splits` means."""
        arrays = {
            "mu": self.mu,
            "log_var": self.log_var,
            "ids": self.ids,
            "splits": self.splits,
            "split_names": np.array(SPLITS, dtype=np.str_),
            "labels": self.labels,
            "label_names": None if self.label_names is None else np.array(self.label_names, dtype=np.str_),
            "attributes": self.attributes,
            "attribute_names": None if self.attribute_names is None else np.array(self.attribute_names, dtype=np.str_),
            "factors": self.factors,
            "factor_names": None if self.factor_names is None else np.array(self.factor_names, dtype=np.str_),
        }
        return {name: array for name, array in arrays.items() if array is not None}

    def save(self, path: Path | str) -> None:
        """Write the codes as .npz, whole or not at all, without pickle."""
        write_arrays(Path(path), self.to_arrays())

    @classmethod
    def load(cls, path: Path | str) -> "Codes":
        """Read codes from an .npz with `mu` or `z` (and, if present, the other fields), or from an .npy of points.

        Raises:
            InputError: when the file cannot be read or does not hold usable codes; the sentence says what is wrong.
        """
        path = Path(path)
        arrays, found = read_arrays(path, KEYS, single="mu")
        if not {"mu", "z"} & arrays.keys():
            raise InputError(f"{path} has no array 'mu' or 'z'; it has: {', '.join(found) or 'none'}.")
        return cls.from_arrays(arrays, str(path))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], place: str | None = None) -> "Codes":
        """Return checked codes made of arrays by name (`KEYS`), of which `mu` or `z` must be there.

        Without `ids` the points are numbered from 0; without `splits` all belong to train; without `split_names` the
        splits are 0 (train), 1 (validation), 2 (test); labels may be texts; attributes may be 0 and 1 or, as CelebA has
        them, -1 and 1, and without `attribute_names` they are called "attribute 0", "attribute 1", ...; so are factors
        without `factor_names`.

        Args:
            arrays: the arrays.
            place: the file they come from, for error messages; None where they come from none.

        Raises:
            InputError: when they are no usable codes; the sentence says what is wrong.
        """

        def at(name: str) -> str:
            return name if place is None else f"{name} in {place}"

        name = "mu" if "mu" in arrays else "z"
        mu = checked_points(at(name), arrays[name])
        log_var = checked_log_var(at("log_var"), arrays["log_var"], mu) if "log_var" in arrays else None
        ids = checked_integers(at("ids"), arrays.get("ids", np.arange(len(mu))), len(mu))
        splits = _splits(arrays, len(mu), at("splits"))
        labels = _labels(arrays, len(mu), at("labels"))
        attributes = checked_attributes(arrays, len(mu), at("attributes"))
        return cls(mu, log_var, ids, splits, *labels, *attributes, *checked_factors(arrays, len(mu), at("factors")))


def _splits(arrays: Mapping[str, np.ndarray], count: int, what: str) -> np.ndarray:
    splits = checked_integers(what, arrays.get("splits", np.zeros(count, dtype=np.uint8)), count)
    names = tuple(str(name) for name in arrays.get("split_names", np.array(SPLITS)).ravel())
    unknown = [name for name in names if name not in SPLITS]
    if unknown:
        raise InputError(f"{what} is named with {', '.join(map(repr, unknown))}; expected {', '.join(SPLITS)}.")
    if splits.min() < 0 or splits.max() >= len(names):
        meaning = ", ".join(f"{code} ({name})" for code, name in enumerate(names))
        raise InputError(f"{what} runs from {splits.min()} to {splits.max()}; expected {meaning}.")
    return np.array([SPLITS.index(name) for name in names], np.uint8)[splits]


def _labels(
    arrays: Mapping[str, np.ndarray], count: int, what: str
) -> tuple[np.ndarray | None, tuple[str, ...] | None]:
    if "labels" not in arrays:
        return None, None
    labels = arrays["labels"]
    if labels.dtype.kind == "U" and labels.shape == (count,):
        texts, numbers = np.unique(labels, return_inverse=True)
        return numbers.astype(np.int64), tuple(texts.tolist())
    labels = checked_integers(what, labels, count)
    if "label_names" not in arrays:
        return labels, None
    names = tuple(str(name) for name in arrays["label_names"].ravel())
    if labels.min() < 0 or labels.max() >= len(names):
        raise InputError(f"{what} runs from {labels.min()} to {labels.max()}, but there are {len(names)} label_names.")
    return labels, names
