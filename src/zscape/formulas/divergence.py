"""The Kullback-Leibler divergence of the encoder's normal from N(0, I), in nats."""

from typing import Any

from zscape.formulas.arrays import Array, float32


def kl_parts_per_dimension(mu: Array, log_var: Array, xp: Any) -> tuple[Array, Array]:
    """Return the two parts of KL(N(mu, diag exp log_var) || N(0, I)) per dimension.

    Args:
        mu: (batch, z_dim).
        log_var: (batch, z_dim), the log of the variances.
        xp: `numpy` or `keras.ops`; with `keras.ops` the sums are taken in float32 whatever the precision policy.

    Returns:
        (batch, z_dim) twice: 1/2 mu^2, and -1/2 (1 + log_var - exp(log_var)). Both are >= 0; their sum is the KL.
    """
    # A product with 1 gives mu and log_var a single consumer here, so that each gets exactly two gradient
    # contributions (sampling and KL) whatever carries the KL into the loss: the order of summation is then the same.
    mu, log_var = float32(mu, xp) * 1.0, float32(log_var, xp) * 1.0
    return 0.5 * mu * mu, -0.5 * (1.0 + log_var - xp.exp(log_var))


def kl_parts(mu: Array, log_var: Array, xp: Any) -> tuple[Array, Array]:
    """Return (kl_mu, kl_log_var), each (batch,), nats per image: `kl_parts_per_dimension` summed over z."""
    part_mu, part_log_var = kl_parts_per_dimension(mu, log_var, xp)
    return xp.sum(part_mu, axis=-1), xp.sum(part_log_var, axis=-1)
