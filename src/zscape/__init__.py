"""zscape: train autoencoders and variational autoencoders on images, and understand their latent space.

Every verb of the command line is a function here. Importing zscape imports no backend and changes no global state:
names are looked up when they are first used.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zscape.core.errors import InputError as InputError
    from zscape.core.errors import TrainingStopped as TrainingStopped
    from zscape.core.errors import ZscapeError as ZscapeError
    from zscape.formulas.objective import Objective as Objective
    from zscape.pathways.model import Autoencoder as Autoencoder
    from zscape.pathways.model import VariationalAutoencoder as VariationalAutoencoder
    from zscape.workflow.analyze import analyze as analyze
    from zscape.workflow.doctor import doctor as doctor
    from zscape.workflow.edit import edit as edit
    from zscape.workflow.encode import encode as encode
    from zscape.workflow.evaluate import evaluate as evaluate
    from zscape.workflow.export import export as export
    from zscape.workflow.faces import faces as faces
    from zscape.workflow.model import load as load
    from zscape.workflow.model import save as save
    from zscape.workflow.plan import plan as plan
    from zscape.workflow.prepare import prepare as prepare
    from zscape.workflow.quality import quality as quality
    from zscape.workflow.recipes import recipes as recipes
    from zscape.workflow.reconstruct import reconstruct as reconstruct
    from zscape.workflow.report import report as report
    from zscape.workflow.run import run as run
    from zscape.workflow.sample import sample as sample
    from zscape.workflow.sweep import sweep as sweep
    from zscape.workflow.train import train as train
    from zscape.workflow.walk import walk as walk
    from zscape.workflow.weight import weight as weight
    from zscape.workflow.whiten import whiten as whiten

_HOMES = {
    **dict.fromkeys(("InputError", "TrainingStopped", "ZscapeError"), "zscape.core.errors"),
    "Objective": "zscape.formulas.objective",
    **dict.fromkeys(("Autoencoder", "VariationalAutoencoder"), "zscape.pathways.model"),
    **dict.fromkeys(("load", "save"), "zscape.workflow.model"),
    **{
        verb: f"zscape.workflow.{verb}"
        for verb in ("analyze", "encode", "evaluate", "plan", "recipes", "reconstruct", "report", "run", "sample")
    },
    **{verb: f"zscape.workflow.{verb}" for verb in ("sweep", "train", "weight", "doctor")},
    **{verb: f"zscape.workflow.{verb}" for verb in ("export", "faces")},
    "prepare": "zscape.workflow.prepare",
    "quality": "zscape.workflow.quality",
    **{verb: f"zscape.workflow.{verb}" for verb in ("edit", "walk")},
    "whiten": "zscape.workflow.whiten",
}
_NEEDS_BACKEND = ("Autoencoder", "VariationalAutoencoder")

__all__ = sorted(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'zscape' has no attribute {name!r}")
    if name in _NEEDS_BACKEND:
        from zscape.core.backend import start_backend

        start_backend()
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
