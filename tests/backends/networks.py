"""Networks that between them have everything that a recipe's `model` can say; each is one row of the contracts."""

NETWORKS = {
    # name: (image shape, model)
    "plain": ((8, 8, 1), {"filters": [3, 4], "strides": [1, 2]}),
    "autoencoder": ((8, 8, 1), {"kind": "ae", "filters": [3, 4], "activation": "relu"}),
    "odd sizes, colour": ((9, 7, 3), {"filters": [3, 4], "strides": 2, "batch_norm": True, "dropout": 0.2}),
    "even kernels": ((11, 8, 1), {"filters": [3], "kernels": 4, "strides": 2, "activation": "gelu"}),
    "valid padding": ((11, 9, 1), {"filters": [3, 4], "kernels": [3, 2], "strides": [1, 2], "padding": "valid"}),
    "bottleneck": ((8, 8, 1), {"filters": [3], "bottleneck": 5, "bottleneck_activation": "silu"}),
    "selu": ((8, 8, 1), {"filters": [3], "activation": "selu", "dropout": 0.1, "bottleneck_activation": "selu"}),
    "residual": ((9, 8, 1), {"filters": [3, 3], "strides": [2, 1], "block": "residual", "batch_norm": True}),
    "resize": ((9, 10, 1), {"filters": [3, 4], "strides": 2, "upsampling": "resize", "activation": "silu"}),
    "residual, resize": (
        (7, 9, 3),
        {"filters": [3, 4], "strides": 2, "block": "residual", "upsampling": "resize", "batch_norm": True},
    ),
    "own decoder": (
        (11, 12, 1),
        {"filters": [4, 6], "strides": 2, "decoder": {"filters": [5, 1], "strides": 2, "dense_activation": "relu"}},
    ),
    "dense": ((7, 6, 1), {"filters": [], "dense": [6, 5], "batch_norm": True, "dropout": 0.2}),
    "linear": ((6, 6, 1), {"filters": [], "kind": "ae"}),
    "Keras example": (
        (28, 28, 1),
        {
            "filters": [3, 4],
            "bottleneck": 5,
            "bottleneck_activation": "relu",
            "decoder": {"filters": [4, 3, 1], "strides": [2, 2, 1], "dense_activation": "relu"},
        },
    ),
    "kernels of experiment E15": (
        (16, 16, 3),
        {
            "kind": "ae",
            "filters": [2, 2, 3, 3],
            "kernels": [5, 5, 3, 3],
            "decoder": {"filters": [3, 2, 2, 3], "kernels": [3, 3, 5, 5], "strides": 2},
        },
    ),
}
