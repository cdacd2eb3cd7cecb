"""What the backends share whose variables are changed where they are: TensorFlow and PyTorch, not JAX."""

from typing import Any


def rated_step(model: Any, table: Any, step: Any, data: Any) -> dict[str, Any]:
    """Do a training step with the learning rate that the table has for it.

    Args:
        model: compiled.
        table: a `learning_rate.RateTable`, the model's.
        step: the training step.
        data: as `fit` hands it over.
    """
    model.optimizer.learning_rate.assign(table.take())
    return step(data)
