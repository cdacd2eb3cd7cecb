"""Who runs, and which of them are compared."""

from collections.abc import Collection
from dataclasses import dataclass

from benchmarks.networks import NETWORKS
from benchmarks.workers.task import Task


@dataclass(frozen=True)
class Contestant:
    """One way to train.

    Attributes:
        module: of `benchmarks.workers`.
        precision: Keras' dtype policy, or what autocast computes in.
        fused: bare Keras with zscape's batch normalisation.
    """

    module: str
    precision: str = "float32"
    fused: bool = False


@dataclass(frozen=True)
class Setting:
    """How a race is run.

    Attributes:
        backend: of Keras.
        threads: processor threads, the same for all.
        rounds: pieces per contestant.
        steps: timed steps per piece; None takes the network's own number.
        seed: of the order.
        bfloat16: whether the processor has instructions for bfloat16.
        quick: a third of the steps, and nothing that imitates bfloat16.
    """

    backend: str
    threads: int
    rounds: int
    steps: int | None
    seed: int
    bfloat16: bool
    quick: bool = False


CONTESTANTS = {
    "zscape": Contestant("zscape_step"),
    "zscape_bfloat16": Contestant("zscape_step", "mixed_bfloat16"),
    "bare_keras": Contestant("bare_keras"),
    "bare_keras_fused": Contestant("bare_keras", fused=True),
    "bare_keras_bfloat16": Contestant("bare_keras", "mixed_bfloat16"),
    "bare_keras_fused_bfloat16": Contestant("bare_keras", "mixed_bfloat16", fused=True),
    "pytorch_float32": Contestant("pytorch_loop"),
    "pytorch_bfloat16": Contestant("pytorch_loop", "mixed_bfloat16"),
}

_RATIOS = {
    "zscape_over_bare_keras": ("zscape", "bare_keras"),
    "zscape_over_bare_keras_fused": ("zscape", "bare_keras_fused"),
    "zscape_over_pytorch_float32": ("zscape", "pytorch_float32"),
    "zscape_over_pytorch_bfloat16": ("zscape_bfloat16", "pytorch_bfloat16"),
    "fused_over_keras_batch_norm": ("bare_keras_fused", "bare_keras"),
    "fused_over_keras_batch_norm_bfloat16": ("bare_keras_fused_bfloat16", "bare_keras_bfloat16"),
}


def ratio_pairs(names: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return the ratios of speed among contestants, by name: (whose speed, over whose).

    In `zscape_over_pytorch_bfloat16`, zscape runs as `training.precision=auto` chooses: in bfloat16 where the processor
    has instructions for it, else in float32.
    """
    pairs = dict(_RATIOS)
    if "zscape_bfloat16" not in names:
        pairs["zscape_over_pytorch_bfloat16"] = ("zscape", "pytorch_bfloat16")
    return {name: pair for name, pair in pairs.items() if set(pair) <= set(names)}


def contestants_for(network: str, bfloat16: bool, backend: str) -> list[str]:
    """Return who runs on a network.

    Args:
        network: its name.
        bfloat16: whether the processor has instructions for bfloat16; without them only PyTorch's loop runs in it.
        backend: Keras' backend.
    """
    # Without batch normalisation, and on other backends, zscape's layer changes nothing.
    fused = NETWORKS[network].batch_norm and backend == "tensorflow"
    names = ["zscape", "bare_keras", "pytorch_float32", "pytorch_bfloat16"]
    names += ["bare_keras_fused"] if fused else []
    names += ["zscape_bfloat16"] if bfloat16 else []
    return names + (["bare_keras_bfloat16", "bare_keras_fused_bfloat16"] if fused and bfloat16 else [])


def task_of(name: str, network: str, steps: int, setting: Setting) -> Task:
    """Return the task of the contestant `name`."""
    contestant = CONTESTANTS[name]
    untimed = 0 if is_imitated(name, setting.bfloat16) else 1
    precision, fused = contestant.precision, contestant.fused
    return Task(network, steps, setting.threads, setting.backend, precision, fused, untimed)


def is_imitated(name: str, bfloat16: bool) -> bool:
    """Return whether a contestant computes in a bfloat16 that the processor has no instructions for.

    PyTorch's step then takes 35 times as long (measured with AVX2), so it runs once, one step.
    """
    return CONTESTANTS[name].precision == "mixed_bfloat16" and not bfloat16
