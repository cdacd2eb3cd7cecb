"""The units of the numbers in metrics.json."""

UNITS = {
    "loss": "nats per image",
    "reconstruction": "nats per image, z drawn once per image",
    "reconstruction_at_mean": "nats per image, z at the mean",
    "entropy_floor": "nats per image, the least reconstruction possible with bce",
    "kl": "nats per image, unweighted",
    "kl_mu": "nats per image",
    "kl_log_var": "nats per image",
    "weighted_kl": "nats per image",
    "kl_share": "weighted_kl / loss",
    "beta": "factor of kl in loss",
    "active_units": "dimensions",
    "prior_mismatch": "nats per dimension",
    "psnr": "decibel, mean over images",
    "images_per_second": "training images per second, first epoch left out",
    "articles": "tape: sums over height and width, means over channels; mean: means over all values; kl weighted",
}
