"""Layers that a model has only while it trains: their numbers are carried by every backend, and never saved."""

import keras


def attach(model: keras.Model, name: str, layer: keras.layers.Layer) -> None:
    """Make a layer the attribute `name` of a model, so that its variables are the model's."""
    setattr(model, name, layer)


def detach(model: keras.Model, name: str) -> None:
    """Take a layer that was attached out of what the model is and saves."""
    # Keras has no public way to take a layer out of a model again.
    tracker = model._tracker
    locked = tracker.locked
    tracker.unlock()
    tracker.untrack(getattr(model, name))
    tracker.locked = locked
    delattr(model, name)
    model.train_function = None  # compiled with the layer in it
