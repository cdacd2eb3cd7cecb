"""What an autoencoder and a variational autoencoder have in common: the way of an image through both networks."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import ops

from zscape.core.errors import InputError
from zscape.formulas.bounds import bound_log_var
from zscape.formulas.objective import Objective
from zscape.latent.priors.normal import Normal
from zscape.networks.given_images import check_given, check_target
from zscape.networks.learned_sigma import LearnedSigma
from zscape.networks.pair import check_pair, posterior_of
from zscape.networks.sampling import Sampling

_INFERENCE_BATCH = 256


def as_unit_images(images: Any) -> Any:
    """Return images as float32 in [0, 1]: integers are divided by 255 (on the device), floats are taken as they are."""
    if keras.backend.is_float_dtype(keras.backend.standardize_dtype(images.dtype)):
        return ops.cast(images, "float32")
    return ops.cast(images, "float32") / 255.0


class LatentModel(keras.Model):
    """Base of `Autoencoder` and `VariationalAutoencoder`: both networks and the objective; no training loss here.

    ```
    images ─► encoder ─► posterior (mu, log_var) ─► sampling ─► z ─► decoder ─► logits       VAE
    images ─► encoder ─► z ─────────────────────────────────────────► decoder ─► logits       AE
    ```

    Call arguments:
        inputs: images (batch, height, width, channels), uint8 or float in [0, 1]; or a dict with "images" and, on
            demand, "epsilon" (batch, z_dim), the draws to use.
        training: whether layers are in training mode and z is drawn.

    Returns of a call: a dict with "mu" (an AE's z), "logits", and for a VAE "log_var" (bounded) and "raw_log_var" (as
    the encoder gives it).

    Args:
        encoder: image -> [mu, log_var] (or a dict of these names) with `sampling`, image -> z without.
        decoder: z -> logits.
        objective: likelihood and weight.
        sampling: draws z for a VAE; None for an AE.
        log_var_bounds: smooth bounds of log_var; without effect for an AE.
        name: name of the Keras model.
        image_shape: (height, width, channels); None takes the encoder's input shape.

    Raises:
        InputError: when the two networks do not fit each other, as `networks.pair.check_pair` says.
    """

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        objective: Objective,
        sampling: Sampling | None,
        log_var_bounds: tuple[float, float],
        name: str,
        image_shape: tuple[int, int, int] | None = None,
    ) -> None:
        # autocast would turn the draws of an evaluation, which come as inputs, into 16 bits with mixed precision.
        super().__init__(name=name, autocast=False)
        if objective.sigma != 1.0 and objective.likelihood.sigma != "stated":
            raise InputError(
                f"The objective states sigma={objective.sigma:g}, which has no effect: {objective.likelihood.no_sigma}."
            )
        self._shapes = check_pair(encoder, decoder, sampling is not None, objective.output == "sigmoid", image_shape)
        self.encoder = encoder
        self.decoder = decoder
        self.objective = objective
        self.sampling = sampling
        self.log_var_bounds = (float(log_var_bounds[0]), float(log_var_bounds[1]))
        self.learned_sigma = LearnedSigma() if objective.likelihood.sigma == "learned" else None

    @property
    def z_dim(self) -> int:
        """Dimensions of the latent space."""
        return self._shapes.z_dim

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of the images."""
        return self._shapes.image_shape

    def build(self, input_shape: Any = None) -> None:
        """Do nothing: both networks come built."""
        self.built = True

    def call(self, inputs: Any, training: bool | None = None) -> dict[str, Any]:
        images, epsilon = (inputs["images"], inputs.get("epsilon")) if isinstance(inputs, dict) else (inputs, None)
        codes = self.encoder(as_unit_images(images), training=training)
        if self.sampling is None:
            return {"mu": codes, "logits": self.decoder(codes, training=training)}
        mu, log_var, raw = self.posterior(codes)
        z = self.sampling(mu, log_var, epsilon=epsilon, training=training)
        return {"mu": mu, "log_var": log_var, "raw_log_var": raw, "logits": self.decoder(z, training=training)}

    def posterior(self, codes: Any) -> tuple[Any, Any, Any]:
        """Return mu, the bounded log_var, and log_var as the encoder gives it, from the encoder's outputs."""
        mu, raw = posterior_of(codes)
        return mu, bound_log_var(raw, *self.log_var_bounds, xp=ops), raw

    def nll(self, target: Any, logits: Any) -> Any:
        """Return the reconstruction term per image, (batch,), nats per image.

        Args:
            target: (batch, height, width, channels), float in [0, 1].
            logits: the decoder's output, same shape.
        """
        check_target(target, logits)
        sigma = None if self.learned_sigma is None else self.learned_sigma.value()
        return self.objective.nll(target, logits, ops, sigma)

    @property
    def fitted_objective(self) -> Objective:
        """The objective with the sigma that has been learned, where one is learned."""
        if self.learned_sigma is None:
            return self.objective
        return dataclasses.replace(self.objective, sigma=float(ops.convert_to_numpy(self.learned_sigma.value())))

    def fit(self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Train, as Keras' `fit`; images and targets that are NumPy arrays are looked at first.

        Raises:
            InputError: when they do not have the model's shape, or floats are not in [0, 1] where they must be.
        """
        for what, images in (("images", x), ("targets", y)):
            check_given(what, images, self.image_shape, self.objective.output == "sigmoid")
        return super().fit(x, y, *args, **kwargs)

    def encode(self, images: np.ndarray, return_log_var: bool = False) -> Any:
        """Return the codes of images: the means, deterministic.

        Args:
            images: (n, height, width, channels), uint8 or float in [0, 1].
            return_log_var: also return log_var (None for an autoencoder).

        Returns:
            mu, float32 (n, z_dim); with `return_log_var` the pair (mu, log_var).

        Raises:
            InputError: when the images do not have the model's shape.
        """
        images = np.asarray(images)
        if images.shape[1:] != self.image_shape:
            raise InputError(f"Expected images of shape (n, {_join(self.image_shape)}), received {images.shape}.")
        if not len(images):
            raise InputError("Expected at least one image, received none.")
        parts = [self._encode_batch(_unit_array(batch)) for batch in _batches(images)]
        mu, log_var = (np.concatenate(arrays) if arrays[0] is not None else None for arrays in zip(*parts, strict=True))
        return (mu, log_var) if return_log_var else mu

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Return the mean images of z-points: float32 (n, height, width, channels), in [0, 1].

        Args:
            z: (n, z_dim).

        Raises:
            InputError: when the points do not have the model's z_dim.
        """
        return self.objective.mean_image(self.decode_logits(z), np).clip(0.0, 1.0)

    def decode_logits(self, z: np.ndarray) -> np.ndarray:
        """Return the decoder's output before the likelihood's sigmoid: float32 (n, height, width, channels).

        Raises:
            InputError: when the points do not have the model's z_dim.
        """
        z = np.asarray(z, dtype=np.float32)
        if z.ndim != 2 or z.shape[1] != self.z_dim:
            raise InputError(f"Expected z-points of shape (n, {self.z_dim}), received {z.shape}.")
        if not len(z):
            raise InputError("Expected at least one z-point, received none.")
        return np.concatenate([np.asarray(self.decoder.predict_on_batch(batch)) for batch in _batches(z)])

    def reconstruct(self, images: np.ndarray) -> np.ndarray:
        """Return the reconstructions at the mean: float32, same shape as `images`, in [0, 1]."""
        return self.decode(self.encode(images))

    def sample(self, n: int, seed: int = 0) -> np.ndarray:
        """Return n images decoded from points of N(0, I): float32 (n, height, width, channels), in [0, 1].

        `zscape.sample` draws from other priors.
        """
        return self.decode(Normal(self.z_dim).sample(n, seed))

    def _encode_batch(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        codes = self.encoder.predict_on_batch(images)
        if self.sampling is None:
            return np.asarray(codes), None
        mu, raw = posterior_of(codes)
        return np.asarray(mu), bound_log_var(np.asarray(raw), *self.log_var_bounds, xp=np)


def _batches(array: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(array), _INFERENCE_BATCH):
        yield array[start : start + _INFERENCE_BATCH]


def _unit_array(images: np.ndarray) -> np.ndarray:
    integers = images.dtype.kind in "ui"
    highest = 255 if integers else 1
    if not (images.min() >= 0 and images.max() <= highest):  # written so that NaN is refused too
        raise InputError(
            f"Expected integer images in [0, 255] or floats in [0, 1], received {images.dtype} "
            f"from {images.min():.4g} to {images.max():.4g}."
        )
    return images.astype(np.float32) / np.float32(highest)


def _join(shape: tuple[int, ...]) -> str:
    return ", ".join(str(size) for size in shape)
