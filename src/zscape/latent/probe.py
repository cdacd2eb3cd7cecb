"""How clearly codes show an attribute: a linear classifier, tried on codes that it has not learned from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from threadpoolctl import threadpool_limits

from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.latent.attributes import LEAST, direction, feature, mean_of, project_on
from zscape.latent.codes import Codes

MOST_PROBED = 10_000
"""Codes that a probe learns from, and codes that it is tried on; of more, a seeded random choice."""


_FEW = 50  # where a random choice has fewer of one group, so many of it are taken, or all that there are


@dataclass(frozen=True)
class Probe:
    """How well a linear classifier tells from codes whether an attribute is there.

    Attributes:
        auc: area under the ROC curve on codes it has not learned from: 0.5 is chance, 1 always right.
        balanced_accuracy: mean of the shares of right answers among images with and without; 0.5 is chance.
        auc_direction: the area for the projection on the direction (mean with - mean without) alone.
        trained_on: codes that it learned from.
        tested_on: codes that it was tried on.
        seed: fixes which, where there are more than `MOST_PROBED`.
        held_out: whether the codes it was tried on are of images the run was not trained on either.
    """

    auc: float
    balanced_accuracy: float
    auc_direction: float
    trained_on: int
    tested_on: int
    seed: int
    held_out: bool


class Prober:
    """Tries attributes of the same codes one after the other; what they share is made once.

    Args:
        codes: all codes of a run.
        seed: fixes the choices.
    """

    def __init__(self, codes: Codes, seed: int = 0) -> None:
        self._codes = codes
        self._seed = seed
        self._own = np.flatnonzero(codes.splits == 0), np.flatnonzero(codes.splits != 0)

    def probe(self, name: str) -> Probe:
        """Return how well logistic regression on standardised codes recognises an attribute.

        It learns from the training images' codes and is tried on those of validation and test; where there are none of
        those, or they all agree, half of all images is kept back. Both groups weigh the same.

        Args:
            name: as `latent.attributes.feature` takes it.

        Raises:
            InputError: for an unknown attribute, and where too few images have it or lack it.
        """
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import balanced_accuracy_score, roc_auc_score

        mask = feature(self._codes, name)
        rest = self._own[1]
        held_out = len(self._own[0]) > 0 and len(rest) > 0 and 0 < int(mask[rest].sum()) < len(rest)
        parts = self._own if held_out else _halves(mask, self._seed)
        _check(mask, parts)
        tables = self._tables if held_out else _Tables(self._codes, parts, self._seed)
        if any(len(rows) == MOST_PROBED and _rarer(mask[rows]) < _FEW for rows in (tables.learned, tables.tried)):
            first, second = (_with_all_rare(mask, rows, self._seed) for rows in parts)
            tables = _Tables(self._codes, (first, second), self._seed)
        model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=1000)
        with threadpool_limits(1, "blas"):  # many small products: a second thread takes longer than it saves
            model.fit(tables.to_learn, mask[tables.learned])
        score, truth = model.decision_function(tables.to_try), mask[tables.tried]
        vector = direction(tables.learned_codes, name).vector
        return Probe(
            auc=float(roc_auc_score(truth, score)),
            balanced_accuracy=float(balanced_accuracy_score(truth, score > 0)),
            auc_direction=float(roc_auc_score(truth, project_on(self._codes.mu[tables.tried], vector))),
            trained_on=len(tables.learned),
            tested_on=len(tables.tried),
            seed=self._seed,
            held_out=held_out,
        )

    @cached_property
    def _tables(self) -> "_Tables":
        return _Tables(self._codes, self._own, self._seed)


def probe(codes: Codes, name: str, seed: int = 0) -> Probe:
    """Return how clearly the codes show one attribute, as `Prober.probe`.

    Args:
        codes: all codes of a run.
        name: as `latent.attributes.feature` takes it.
        seed: fixes the choices.

    Raises:
        InputError: for an unknown attribute, and where too few images have it or lack it.
    """
    return Prober(codes, seed).probe(name)


class _Tables:
    """The rows that are learned from and tried on, and their codes, standardised by those learned from."""

    def __init__(self, codes: Codes, parts: tuple[np.ndarray, np.ndarray], seed: int) -> None:
        streams = ("probe train", "probe test")
        self.learned, self.tried = (_choice(rows, seed, name) for rows, name in zip(parts, streams, strict=True))
        self.learned_codes = codes.take(self.learned)
        own = self.learned_codes.mu
        mean, sd = mean_of(own), own.std(axis=0, dtype=np.float64)
        scale = np.where(sd > 1e-6 * (sd.max() or 1.0), sd, np.inf)  # constant coordinates tell nothing
        self.to_learn = (own - mean) / scale
        self.to_try = (codes.mu[self.tried] - mean) / scale


def _halves(mask: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows to learn from and to be tried on, with as many of each group in both."""
    first, second = [], []
    for rows in (np.flatnonzero(mask), np.flatnonzero(~mask)):
        order = generator(seed, "probe halves").permutation(rows)
        first.append(order[: (len(rows) + 1) // 2])
        second.append(order[(len(rows) + 1) // 2 :])
    return np.sort(np.concatenate(first)), np.sort(np.concatenate(second))


def _check(mask: np.ndarray, parts: tuple[np.ndarray, np.ndarray]) -> None:
    for rows, least in zip(parts, (LEAST, 1), strict=True):
        if _rarer(mask[rows]) < least:
            raise InputError(
                f"Too few images have or lack the attribute for a probe: {int(mask.sum())} of {len(mask)}."
            )


def _rarer(mask: np.ndarray) -> int:
    return min(int(mask.sum()), len(mask) - int(mask.sum()))


def _with_all_rare(mask: np.ndarray, rows: np.ndarray, seed: int) -> np.ndarray:
    """Return at most as many rows as are probed: up to 50 of the smaller group, and of the other."""
    if len(rows) <= MOST_PROBED:
        return rows
    rare = 2 * mask[rows].sum() <= len(rows)
    few, many = rows[mask[rows] == rare], rows[mask[rows] != rare]
    if len(few) > _FEW:
        few = generator(seed, "probe few").choice(few, _FEW, replace=False)
    room = MOST_PROBED - len(few)
    if len(many) > room:
        many = generator(seed, "probe many").choice(many, room, replace=False)
    return np.sort(np.concatenate([few, many]))


def _choice(rows: np.ndarray, seed: int, stream: str) -> np.ndarray:
    if len(rows) <= MOST_PROBED:
        return rows
    return np.sort(generator(seed, stream).choice(rows, MOST_PROBED, replace=False))
