"""What two networks must not bring along."""

import keras
import pytest

from zscape.core.errors import InputError
from zscape.pathways.model import VariationalAutoencoder


def networks(regularizer=None):
    image, z = keras.Input((4, 4, 1)), keras.Input((2,))
    x = keras.layers.Flatten()(image)
    encoder = keras.Model(image, [keras.layers.Dense(2)(x), keras.layers.Dense(2)(x)])
    decoder = keras.layers.Dense(16, kernel_regularizer=regularizer)(z)
    return encoder, keras.Model(z, keras.layers.Reshape((4, 4, 1))(decoder))


def test_a_regulariser_is_refused():
    VariationalAutoencoder(*networks())
    with pytest.raises(InputError, match=r"The decoder has a regulariser, but zscape's loss .* leave it out; weight"):
        VariationalAutoencoder(*networks(regularizer="l2"))
