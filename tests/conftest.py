"""What all tests share: the backend's environment, a cache of their own, small recipes and stores."""

import copy
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest

# As `zscape.core.backend.start_backend` sets it for a deterministic run, but without importing the backend, which takes
# seconds that most test files do not need. A KERAS_BACKEND that is set already stays. One thread, because tests run
# beside each other.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
os.environ["TF_NUM_INTEROP_THREADS"] = "1"
os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = os.environ["NPROC"] = "1"
if os.environ["KERAS_BACKEND"] == "jax":
    # Most of the time of a JAX test is XLA's compiler: without its optimisations it takes half as long, and with its
    # former code generator and no splitting of small programs a third of that. What users have, with all of it, is
    # tried by tests/backends/test_across.py, whose JAX processes get none of these flags.
    os.environ.setdefault(
        "XLA_FLAGS",
        "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
        " --xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1",
    )
    # What one test has compiled, another one does not have to compile again.
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(__file__).parents[1] / ".pytest_cache" / "jax"))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")

from zscape.core import install
from zscape.data.prepare import write_store
from zscape.data.raw import RawImages
from zscape.data.store import Store
from zscape.specs.data import DataSpec, SplitSpec
from zscape.specs.recipe import Recipe, parse_recipe

hypothesis.settings.register_profile("local", deadline=None, max_examples=40)
hypothesis.settings.register_profile("ci", deadline=None, max_examples=40, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_configure(config: pytest.Config) -> None:
    # Keras' convert_to_numpy calls np.array on TensorFlow's tensors, whose __array__ does not know NumPy 2's `copy`.
    config.addinivalue_line(
        "filterwarnings", "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
    )


@pytest.fixture(autouse=True, scope="session")
def session_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep every test away from the user's caches."""
    with pytest.MonkeyPatch.context() as patch:
        cache = tmp_path_factory.mktemp("cache")
        patch.setenv("ZSCAPE_CACHE", str(cache))
        yield cache


@pytest.fixture(autouse=True, scope="session")
def from_an_index() -> Iterator[None]:
    """Let messages name pip's commands as where zscape was installed by its name, not from this clone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(install, "_source", lambda: None)
        yield


@pytest.fixture(scope="session")
def tiny_recipe() -> Callable[..., Recipe]:
    """Return a maker of recipes for 8x8 grey images with two small convolutions; settings by dotted name."""

    def make(settings: dict[str, Any] | None = None) -> Recipe:
        values: dict[str, Any] = {
            "data": {"size": 8, "channels": 1},
            "model": {"filters": [3, 4], "strides": [1, 2], "z_dim": 3},
            "training": {"epochs": 2, "batch_size": 8, "learning_rate": 2e-3},
        }
        for dotted, value in (settings or {}).items():
            *groups, last = dotted.split(".")
            inner = values
            for group in groups:
                inner = inner.setdefault(group, {})
            inner[last] = copy.deepcopy(value)  # settings are shared by tests
        return parse_recipe(values)

    return make


@pytest.fixture(scope="session")
def tiny_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store of 28 training, 9 validation and 7 test images of 8x8x1, so that batches of 8 leave short last ones."""
    rng = np.random.default_rng(0)
    bars = np.zeros((44, 8, 8, 1))
    bars[np.arange(44), :, np.arange(44) % 8] = 200
    images = np.clip(bars + rng.integers(0, 56, bars.shape), 0, 255).astype(np.uint8)
    raw = RawImages(images, np.arange(44) % 8, tuple("abcdefgh"), None, None, "Made for a test.")
    spec = DataSpec(splits=SplitSpec(validation=9, test=7))
    return write_store(raw, spec, tmp_path_factory.mktemp("stores") / "tiny")
