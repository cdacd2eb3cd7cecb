"""What the learning rate is multiplied by in the course of a training; plain arithmetic in double precision."""

from collections.abc import Sequence

import numpy as np

from zscape.formulas.schedules import linear_warmup


def warm_up(step: np.ndarray, steps: int, initial_fraction: float) -> np.ndarray:
    """Return the shares of a warm-up: from `initial_fraction` to 1 in equal steps, and 1 from then on.

    Args:
        step: numbers of training steps already made, >= 0.
        steps: its length, >= 1: the step number `steps` is the first with the full rate.
        initial_fraction: share in the first step, in [0, 1).
    """
    return initial_fraction + (1.0 - initial_fraction) * linear_warmup(step, steps, np)


def cosine_decay(step: np.ndarray, first: int, end: int, final_fraction: float) -> np.ndarray:
    """Return the shares of a cosine decay: 1 up to `first`, `final_fraction` from `end` on, half a cosine between.

    Source: Loshchilov & Hutter 2017, SGDR (arXiv 1608.03983), equation 5, without restarts.

    Args:
        step: numbers of training steps already made, >= 0.
        first: where the decay begins.
        end: where it ends, > `first`.
        final_fraction: in [0, 1).
    """
    progress = np.clip((step - first) / (end - first), 0.0, 1.0)
    return final_fraction + (1.0 - final_fraction) * 0.5 * (1.0 + np.cos(np.pi * progress))


def steps_down(epochs: int, step_size: int | None, milestones: Sequence[int] | None) -> int:
    """Return how many steps down lie behind after a number of finished epochs.

    Args:
        epochs: finished, >= 0.
        step_size: one after each so many epochs; or None, with
        milestones: one after each of these epochs.
    """
    if step_size is not None:
        return epochs // step_size
    return sum(milestone <= epochs for milestone in milestones or ())


def plateaus(improved: Sequence[bool], patience: int, begin: int = 0) -> int:
    """Return how many plateaus a training has met: `patience` epochs in a row without improvement, each counted once.

    Args:
        improved: for each finished epoch whether it was the best so far.
        patience: epochs, >= 1.
        begin: epochs at the beginning that are not waited for.
    """
    met, waited_from = 0, begin
    for epoch, better in enumerate(improved, start=1):
        if better:
            waited_from = max(begin, epoch)
        elif epoch - waited_from >= patience:
            met, waited_from = met + 1, epoch
    return met
