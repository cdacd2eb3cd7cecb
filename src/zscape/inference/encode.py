"""The codes of images."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from zscape.data.corrupt import inputs_of
from zscape.data.store import Split, Store
from zscape.latent.codes import PER_POINT, Codes
from zscape.networks.latent_model import LatentModel
from zscape.specs.base import SPLITS
from zscape.specs.task import RECONSTRUCT, TaskSpec

_BLOCK = 4096  # images in memory at once


def encode_split(model: LatentModel, split: Split, task: TaskSpec = RECONSTRUCT, seed: int = 0) -> Codes:
    """Return the codes of a split: the means and log_vars, deterministic, in the split's order.

    With them goes what the store knows of each image: label, attributes, factors.

    Args:
        model: the model.
        split: the images.
        task: what goes into the encoder; a model that learned to see noisy images has no codes of clean ones.
        seed: the run's seed; with the split's name and an image's id it fixes what a task does to the image.
    """
    blocks = [
        model.encode(inputs_of(split, slice(start, start + _BLOCK), task, seed), return_log_var=True)
        for start in range(0, len(split), _BLOCK)
    ]
    mu = np.concatenate([block[0] for block in blocks])
    log_var = None if blocks[0][1] is None else np.concatenate([block[1] for block in blocks])
    splits = np.full(len(split), SPLITS.index(split.name), np.uint8)
    store = split.store
    return Codes(
        mu=mu,
        log_var=log_var,
        ids=split.ids,
        splits=splits,
        labels=split.labels(),
        label_names=store.label_names,
        attributes=split.attributes(),
        attribute_names=store.attribute_names,
        factors=split.factors(),
        factor_names=store.factor_names,
    )


def encode_store(model: LatentModel, store: Store, task: TaskSpec = RECONSTRUCT, seed: int = 0) -> Codes:
    """Return the codes of all images of a store, split after split; `Codes.splits` tells them apart."""
    splits = [store.split(name) for name in SPLITS]
    return _join([encode_split(model, split, task, seed) for split in splits if len(split)])


def _join(parts: Sequence[Codes]) -> Codes:
    arrays = {name: [getattr(part, name) for part in parts] for name in PER_POINT}
    # Of one store: what one part has not, none has.
    joined = {name: None if own[0] is None else np.concatenate(own) for name, own in arrays.items()}
    return replace(parts[0], **joined)
