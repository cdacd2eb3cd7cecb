"""Trainings whose memory is measured: those that the constants of `specs.memory_estimate` were fitted on, and others.

All of them are `celeba` (96x96x3, filters 32, 64, 128, 256, batch norm, z of 256 dimensions) with some changes.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Configuration:
    """One training.

    Attributes:
        name: short, for tables.
        settings: what differs from the recipe celeba, as `zscape plan` takes it.
        precision: `training.precision`.
    """

    name: str
    settings: tuple[str, ...]
    precision: str = "float32"


def _wide(*filters: int) -> str:
    return f"model.filters=[{','.join(map(str, filters))}]"


_MNIST = ("data.source=mnist", "data.size=28", "data.channels=1", "data.crop=null")

CALIBRATION = (
    Configuration("batch 64", ("training.batch_size=64",)),
    Configuration("batch 256", ("training.batch_size=256",)),
    Configuration("many weights", ("training.batch_size=16", "model.dense=[2048]", "model.z_dim=512")),
    Configuration("no batch norm", ("training.batch_size=160", "model.batch_norm=false")),
    Configuration("residual", ("training.batch_size=48", "model.block=residual")),
    Configuration("resize", ("training.batch_size=64", "model.upsampling=resize")),
    Configuration("bfloat16 128", ("training.batch_size=128",), "mixed_bfloat16"),
)
"""The constants were fitted on these."""

CHECK = (
    Configuration("batch 128", ("training.batch_size=128",)),
    Configuration("64 pixels", ("training.batch_size=256", "data.size=64")),
    Configuration("128 pixels", ("training.batch_size=64", "data.size=128", _wide(64, 128, 256, 256))),
    Configuration(
        "article's AE",
        (
            *("training.batch_size=96", "model.kind=ae", _wide(64, 64, 128, 128), "model.kernels=[5,5,3,3]"),
            *("model.z_dim=1600", "model.batch_norm=false"),
        ),
    ),
    Configuration("28 pixels", (*_MNIST, "training.batch_size=1024", _wide(32, 64, 128), "model.strides=[1,2,2]")),
    Configuration("z 2048", ("training.batch_size=32", "model.z_dim=2048")),
    Configuration("dropout, wide", ("training.batch_size=96", _wide(64, 96, 128), "model.dropout=0.1")),
    Configuration("bfloat16 256", ("training.batch_size=256", "data.size=64"), "mixed_bfloat16"),
    Configuration("residual, resize", ("training.batch_size=24", "model.block=residual", "model.upsampling=resize")),
)
"""Nothing was fitted on these."""
