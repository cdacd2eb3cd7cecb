"""The log-likelihood of images under a VAE, by importance sampling.

Burda, Grosse & Salakhutdinov, "Importance weighted autoencoders" (2016): with z_1 ... z_n drawn from the encoder's
normal q(z|x),

    log p(x) ~ log 1/n sum of p(x|z_i) p(z_i) / q(z_i|x).

On average the estimate is too low, at n = 1 by the KL of q from the true posterior (it is the ELBO then), and it rises
to log p(x) with n.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from zscape.core.errors import InputError
from zscape.core.seeds import row_normals
from zscape.data.corrupt import inputs_of
from zscape.data.store import Split
from zscape.formulas.objective import Objective
from zscape.networks.latent_model import LatentModel
from zscape.specs.task import RECONSTRUCT, TaskSpec

NOT_FOR_AUTOENCODERS = (
    "An autoencoder has no log-likelihood: its encoder gives a point for each image, not a distribution, and nothing "
    "says how codes are spread; leave --log-likelihood out."
)
"""Why there is none, as a sentence."""

_CHUNK = 500  # draws of an image that share a random stream: a part of what a seed means, not a matter of memory
_VALUES = 2**21  # values of decoded images in memory at once
_LOG_2_PI = math.log(2 * math.pi)


@dataclass(frozen=True, eq=False)
class LogLikelihood:
    """Importance-sampled log p(x), image by image.

    For bce it is the logarithm of a probability, of black-or-white images only; for mse and gaussian that of a density
    over values in units of the range from black to white, with all its constants, and can be above 0.

    Attributes:
        n: draws per image.
        values: float64 (images,), nats per image.
        elbo: float64 (images,), the mean of the log weights: the ELBO at beta 1, nats per image.
        effective: float64 (images,), effective number of draws, (sum w)^2 / sum w^2: from 1, where one draw outweighs
            all others and more draws would raise the estimate, to n, where the encoder's normal is the true posterior.
        sigma: the likelihood's standard deviation; None for bce.
    """

    n: int
    values: np.ndarray
    elbo: np.ndarray
    effective: np.ndarray
    sigma: float | None


def log_likelihood(
    model: LatentModel,
    split: Split,
    n: int,
    positions: np.ndarray | None = None,
    task: TaskSpec = RECONSTRUCT,
    task_seed: int = 0,
    seed: int = 1,
) -> LogLikelihood:
    """Estimate log p(x) of images.

    Draws are normal without the limit that holds in training (|eps| <= 5), so that the estimate has no bias from it.
    Each image has streams of its own: more draws begin with fewer, and other images do not matter.

    Args:
        model: a VAE.
        split: the images.
        n: draws per image, at least 1; honoured exactly.
        positions: which images, counted within the split; None for all.
        task: what goes into the encoder; p(x) is always that of the clean image.
        task_seed: the run's seed, which fixes what a task does to the images.
        seed: of the draws.

    Raises:
        InputError: for an autoencoder, no images, or n below 1.
    """
    if model.sampling is None:
        raise InputError(NOT_FOR_AUTOENCODERS)
    if n < 1:
        raise InputError(f"The log-likelihood needs at least 1 draw per image, received {n}.")
    positions = np.arange(len(split)) if positions is None else positions
    if not len(positions):
        raise InputError(f"The split {split.name!r} of these images is empty; choose another with --split.")
    objective = likelihood_objective(model.fitted_objective)
    values = math.prod(model.image_shape)
    step = max(1, _VALUES // (values * min(n, _CHUNK)))
    parts = []
    for start in range(0, len(positions), step):
        chosen = positions[start : start + step]
        mu, log_var = model.encode(inputs_of(split, chosen, task, task_seed), return_log_var=True)
        target, ids = split.images(chosen) / 255.0, split.ids[chosen]
        weights = [
            _log_weights(model, objective, target, mu, log_var, epsilon)
            for epsilon in _draws(seed, split.name, ids, n, model.z_dim)
        ]
        parts.append(_summary(np.concatenate(weights, axis=1)))
    found = np.concatenate(parts, axis=1)
    kind = objective.likelihood.sigma
    return LogLikelihood(n, found[0], found[1], found[2], None if kind == "none" else objective.sigma)


def likelihood_objective(objective: Objective) -> Objective:
    """Return the objective whose likelihood is that of the model, at weight 1.

    A squared error at sigma s with the weight beta is, but for a constant factor of the loss, one at sigma
    s beta^(1/2) with the weight 1; it is this model whose ELBO was trained, and whose p(x|z) is meant. The other
    likelihoods have no such freedom and stay as they are.

    Args:
        objective: the model's, with the sigma that was learned where one is.
    """
    if objective.likelihood.sigma != "stated" or objective.beta == 0:
        return objective
    sigma = objective.sigma * math.sqrt(objective.beta)
    return Objective(objective.reconstruction, objective.output, 1.0, sigma)


def left_out(objective: Objective, values: int) -> float:
    """Return the constant that `Objective.nll` leaves out of -log p(x|z), nats per image.

    Args:
        objective: the objective.
        values: how many values an image has.
    """
    kind = objective.likelihood.sigma
    if kind == "none":
        return 0.0
    own = math.log(objective.sigma) if kind == "stated" else 0.0  # a learned sigma's is in the loss
    return values * (0.5 * _LOG_2_PI + own)


def _draws(seed: int, split_name: str, ids: np.ndarray, n: int, z_dim: int) -> Iterator[np.ndarray]:
    """Yield standard normal draws, float32 (images, some, z_dim), n for each image in all."""
    for chunk, start in enumerate(range(0, n, _CHUNK)):
        some = min(_CHUNK, n - start)
        flat = row_normals(seed, ("importance weights", split_name, chunk), ids, some * z_dim)
        yield flat.reshape(len(ids), some, z_dim)


def _log_weights(
    model: LatentModel,
    objective: Objective,
    target: np.ndarray,
    mu: np.ndarray,
    log_var: np.ndarray,
    epsilon: np.ndarray,
) -> np.ndarray:
    """Return log p(x|z) + log p(z) - log q(z|x) of each draw: float64 (images, draws)."""
    images, draws, z_dim = epsilon.shape
    epsilon, log_var = epsilon.astype(np.float64), log_var.astype(np.float64)
    z = mu[:, None] + np.exp(log_var / 2)[:, None] * epsilon
    # Both densities have -z_dim/2 log(2 pi), which drops out.
    log_prior = -0.5 * (z * z).sum(axis=2)
    log_posterior = -0.5 * ((epsilon * epsilon).sum(axis=2) + log_var.sum(axis=1)[:, None])
    flat, owners = z.reshape(-1, z_dim), np.repeat(np.arange(images), draws)
    nll = np.empty(len(flat))
    step = max(1, _VALUES // target[0].size)
    for start in range(0, len(flat), step):
        rows = slice(start, start + step)
        logits = model.decode_logits(flat[rows]).astype(np.float64)
        nll[rows] = objective.nll(target[owners[rows]], logits, np)
    nll += left_out(objective, target[0].size)
    return log_prior - log_posterior - nll.reshape(images, draws)


def _summary(log_weights: np.ndarray) -> np.ndarray:
    """Return log of the mean weight, mean log weight, effective number of draws: float64 (3, images)."""
    total = logsumexp(log_weights, axis=1)
    effective = np.exp(2 * total - logsumexp(2 * log_weights, axis=1))
    return np.stack([total - math.log(log_weights.shape[1]), log_weights.mean(axis=1), effective])
