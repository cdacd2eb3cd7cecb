"""What the codes know of attributes and labels: directions, their strength, and how far they go together."""

import math
from dataclasses import dataclass

import numpy as np

from zscape.core.errors import InputError
from zscape.latent.attributes import Direction, checked_feature, directions, feature_names
from zscape.latent.codes import Codes
from zscape.latent.probe import Probe, Prober

_CHANCE, _CLEAR = 0.6, 0.9  # areas under the ROC curve: up to here next to nothing, from here on clearly told
_TOGETHER = 0.5  # cosine from which two directions are said to go together
_MOST = 100  # attributes and labels studied; more classes than that make no matrix that anyone reads


@dataclass(frozen=True)
class AttributesRecord:
    """Every attribute and label of a set of codes; lists are in the order of `names`.

    Attributes:
        names: attributes, then labels as "label is NAME".
        count_with: images with it among those of the training set (all, where no part is marked as training).
        count_without: images without.
        length: |mean with - mean without|, in units of z.
        d_prime: distance of the two groups' means along the direction, in pooled standard deviations along it; chance
            alone gives about sqrt(z_dim (1 / count_with + 1 / count_without)).
        auc: area under the ROC curve of a logistic regression on codes it has not learned from; 0.5 is chance.
        balanced_accuracy: its mean share of right answers among images with and without; 0.5 is chance.
        auc_direction: the area for the projection on the direction alone.
        cosines: cosine between each two directions.
        probed_on: codes that the probes were tried on.
        probe_trained_on: codes that they learned from.
        seed: fixes the random choice of these, where there were more.
        held_out: whether no probe was tried on images that the run was trained on.
        left_out: why others are missing, by name.
    """

    names: tuple[str, ...]
    count_with: tuple[int, ...]
    count_without: tuple[int, ...]
    length: tuple[float, ...]
    d_prime: tuple[float, ...]
    auc: tuple[float, ...]
    balanced_accuracy: tuple[float, ...]
    auc_direction: tuple[float, ...]
    cosines: tuple[tuple[float, ...], ...]
    probed_on: int
    probe_trained_on: int
    seed: int
    held_out: bool
    left_out: dict[str, str]


def attributes_record(codes: Codes, seed: int = 0) -> AttributesRecord:
    """Return the study of all attributes and labels of the codes.

    Directions are those of the training images; probes learn from these too and are tried on the others.

    Args:
        codes: all codes of a run, or anyone's with labels or attributes.
        seed: fixes the random choices.

    Raises:
        InputError: when there are neither labels nor attributes, more than 100 of them, or none can be studied.
    """
    names = feature_names(codes)
    if not names:
        raise InputError("These codes have neither attributes nor labels.")
    if len(names) > _MOST:
        raise InputError(f"There are {len(names)} attributes and labels; up to {_MOST} are studied one by one.")
    train = codes.of_split("train")
    train = train if len(train) else codes
    prober, probes = Prober(codes, seed), dict[str, Probe]()
    left_out: dict[str, str] = {}
    for name in names:
        try:
            checked_feature(train, name)
            probes[name] = prober.probe(name)
        except InputError as error:
            left_out[name] = str(error)
    if not probes:
        raise InputError(f"None of the {len(names)} attributes and labels can be studied: {left_out[names[0]]}")
    found = directions(train, list(probes))
    return AttributesRecord(
        names=tuple(one.name for one in found),
        count_with=tuple(one.count_with for one in found),
        count_without=tuple(one.count_without for one in found),
        length=tuple(one.length for one in found),
        d_prime=tuple(one.d_prime for one in found),
        auc=tuple(one.auc for one in probes.values()),
        balanced_accuracy=tuple(one.balanced_accuracy for one in probes.values()),
        auc_direction=tuple(one.auc_direction for one in probes.values()),
        cosines=cosines(np.stack([one.vector for one in found])),
        probed_on=max(one.tested_on for one in probes.values()),
        probe_trained_on=max(one.trained_on for one in probes.values()),
        seed=seed,
        held_out=all(one.held_out for one in probes.values()),
        left_out=left_out,
    )


def cosines(vectors: np.ndarray) -> tuple[tuple[float, ...], ...]:
    """Return the cosine between each two of the vectors (n, z_dim); 0 where one of them is zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = vectors / np.where(lengths > 0, lengths, 1.0)
    return tuple(tuple(row) for row in np.clip(units @ units.T, -1.0, 1.0).tolist())


def attributes_sentence(record: AttributesRecord) -> str:
    """Say how well codes tell the attributes, which best and worst, and which two directions go together."""
    order = np.argsort(record.auc)
    best, worst = int(order[-1]), int(order[0])
    clear = sum(auc >= _CLEAR for auc in record.auc)
    images = "images not trained on" if record.held_out else "images kept back from the probe"
    text = (
        f"A linear probe on the codes tells {clear} of {len(record.names)} attributes with an area under the ROC curve "
        f"of at least {_CLEAR:g}, on {record.probed_on:,} {images} (0.5 is chance): best "
        f"{record.names[best]!r} with {record.auc[best]:.3f}"
    )
    if worst != best:
        text += f", worst {record.names[worst]!r} with {record.auc[worst]:.3f}"
    return f"{text}.{_pair(record)}"


def _pair(record: AttributesRecord) -> str:
    if len(record.names) < 2:
        return ""
    matrix = np.array(record.cosines)
    np.fill_diagonal(matrix, 0.0)
    i, j = (int(k) for k in np.unravel_index(np.abs(matrix).argmax(), matrix.shape))
    cosine, names = float(matrix[i, j]), (repr(record.names[i]), repr(record.names[j]))
    if abs(cosine) < _TOGETHER:
        return f" No two directions have a cosine beyond {abs(cosine):.2f}: each can be changed nearly by itself."
    how = "much the same way" if cosine > 0 else "opposite ways"
    return (
        f" {names[0]} and {names[1]} point {how} (cosine {cosine:.2f}): to change one without the other, take its "
        f"direction orthogonal to the other's."
    )


def strength_sentence(one: Direction, strength: Probe) -> str:
    """Say how clearly codes show one attribute, and so what its direction can be expected to do."""
    groups = "pooled standard deviations" if math.isfinite(one.d_prime) else "(the groups do not vary along it)"
    images = "images not trained on" if strength.held_out else "images kept back from the probe"
    if strength.auc >= _CLEAR:
        meaning = "the codes tell it clearly"
    elif strength.auc >= _CHANCE:
        meaning = "the codes tell it in part"
    else:
        meaning = "the codes hardly tell it, so its direction changes whatever differs by chance between the groups"
    return (
        f"{one.name!r}: {one.count_with:,} of {one.count_with + one.count_without:,} images have it; the means of both "
        f"groups are {one.length:.3g} apart, {one.d_prime:.2f} {groups} along the direction. A linear probe tells it "
        f"with an area under the ROC curve of {strength.auc:.3f} on {strength.tested_on:,} {images} "
        f"(the direction alone: {strength.auc_direction:.3f}; 0.5 is chance): {meaning}."
    )
