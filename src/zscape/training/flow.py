"""`data.Batches` in the form that Keras' `fit` and `evaluate` take."""

from typing import Any

import keras
import numpy as np

from zscape.core.seeds import row_normals
from zscape.data.batches import Batches
from zscape.data.corrupt import corrupt_batch, corrupt_fixed
from zscape.specs.task import RECONSTRUCT, TaskSpec


class TrainingFlow(keras.utils.PyDataset):
    """An endless sequence of batches, counted by the global step.

    Epochs are made by `fit(steps_per_epoch=...)`. As every batch is a function of its number alone, Keras may read
    ahead, and a resumed run begins at any step.

    Args:
        batches: the training images.
        first_step: the number of the first batch.
        task: what goes in. Where that is not the image itself, a batch is (what goes in, the clean images).
    """

    def __init__(self, batches: Batches, first_step: int = 0, task: TaskSpec = RECONSTRUCT) -> None:
        super().__init__(workers=1, use_multiprocessing=False)
        self._batches = batches
        self._first_step = first_step
        self._task = task

    @property
    def num_batches(self) -> None:
        """None: endless."""
        return None

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        step = self._first_step + index
        images = self._batches.batch(step).images
        if not self._task.has_target:
            return (images,)
        return corrupt_batch(images, self._task, self._batches.seed, step), images


class EvaluationFlow(keras.utils.PyDataset):
    """One pass over a split in its own order, each image with its own fixed draw.

    The draw depends on (seed, split, image id) only, so that evaluations are repeatable and comparable with training,
    where z is drawn too. The same goes for what a task does to the images.

    Args:
        batches: the images, not shuffled.
        seed: the run's seed.
        z_dim: draws per image; 0 for an autoencoder, which draws nothing.
        task: as in `TrainingFlow`.
    """

    def __init__(self, batches: Batches, seed: int, z_dim: int, task: TaskSpec = RECONSTRUCT) -> None:
        super().__init__(workers=1, use_multiprocessing=False)
        self._batches = batches
        self._seed = seed
        self._z_dim = z_dim
        self._task = task

    @property
    def num_batches(self) -> int:
        """Batches in one pass."""
        return self._batches.steps_per_epoch

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        batch = self._batches.batch(index)
        images = corrupt_fixed(batch.images, self._task, self._seed, self._batches.split.name, batch.ids)
        inputs = {"images": images, "epsilon": self._epsilon(batch.ids)} if self._z_dim else images
        return (inputs, batch.images) if self._task.has_target else (inputs,)

    def _epsilon(self, ids: np.ndarray) -> np.ndarray:
        return row_normals(self._seed, ("evaluation noise", self._batches.split.name), ids, self._z_dim)
