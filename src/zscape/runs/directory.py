"""The run directory: the contract between training and everything after it."""

import itertools
import json
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from zscape.core.errors import InputError
from zscape.core.files import read_json, write_json, write_text
from zscape.core.records import to_plain
from zscape.runs.history_table import history_csv
from zscape.specs.compose import read_recipe_file
from zscape.specs.recipe import Recipe, parse_recipe

_TRAINING_FILES = ("recipe.yaml", "chosen.json", "provenance.json", "history.jsonl", "history.csv")
_STUDY_FILES = (
    *("metrics.json", "latents.npz", "analysis.json", "data.json", "images.npz", "maps.npz", "quality.json"),
    "report.html",
)
_FOLDERS = ("checkpoints", "encoder", "decoder", "likelihood", "figures", "tensorboard")
_DRAWN = ("*.png", "*.svg", "*.pdf")


def numbered(base: Path) -> Iterator[Path]:
    """Yield `base`, `base`-2, `base`-3, ... without end: the directories of trainings that name none."""
    yield base
    for number in itertools.count(2):
        yield base.with_name(f"{base.name}-{number}")


@dataclass(frozen=True)
class RunDirectory:
    """Paths and content of a run directory.

    ```
    recipe.yaml       the complete recipe            provenance.json  versions, data, seed, backend, hardware, times
    history.jsonl     one line per epoch             history.csv      the same as a table
    metrics.json      final numbers per split
    checkpoints/      last, previous, best           encoder/ decoder/  config + weights, each loadable alone
    likelihood/       weights, where sigma is learned
    latents.npz       mu, log_var, ids, labels       analysis.json    numbers about the codes
    images.npz        what the report shows          priors/          fitted priors
    data.json         near-duplicates, linear code   chosen.json      why a chosen recipe is as it is
    quality.json      what `zscape quality` measured maps.npz         t-SNE maps, where asked for
    figures/*.png                                    tables/          on demand, CSV and LaTeX
    report.html                                      tensorboard/     event files, where asked for
    ```
    """

    path: Path

    @classmethod
    def open(cls, path: Path | str) -> "RunDirectory":
        """Return the run in `path`.

        Raises:
            InputError: when there is no such directory or it holds no run.
        """
        path = Path(path)
        if not path.is_dir():
            raise InputError(f"There is no run directory {path}.")
        if not (path / "recipe.yaml").is_file():
            raise InputError(f"{path} holds no run: it has no recipe.yaml. `zscape run RECIPE` makes one.")
        return cls(path)

    @classmethod
    def create_next(cls, base: Path) -> "RunDirectory":
        """Make and return a new directory called `base`, or `base`-2, `base`-3, ... where that exists already."""
        base.parent.mkdir(parents=True, exist_ok=True)
        for path in numbered(base):
            try:
                path.mkdir()
            except FileExistsError:
                continue
            return cls(path)
        raise AssertionError("unreachable")

    @cached_property
    def recipe(self) -> Recipe:
        """The run's complete recipe."""
        return parse_recipe(read_recipe_file(self.path / "recipe.yaml"))

    def write_recipe(self, recipe: Recipe) -> None:
        """Write recipe.yaml."""
        write_text(self.path / "recipe.yaml", recipe.to_yaml())
        self.__dict__.pop("recipe", None)  # what was read before is out of date

    def history(self) -> list[dict[str, Any]]:
        """Return the records of history.jsonl, one per epoch.

        Raises:
            InputError: when it is missing or a line of it is damaged.
        """
        path = self.path / "history.jsonl"
        try:
            history = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        except FileNotFoundError:
            raise InputError(f"{self.path} has no history yet: nothing was trained in it.") from None
        except ValueError as error:
            raise InputError(f"{path} is damaged: {error}.") from None
        if not history or not all(isinstance(record, dict) for record in history):
            raise InputError(f"{path} is damaged: it holds no records of epochs.")
        return history

    def write_history(self, history: list[dict[str, Any]]) -> None:
        """Write history.jsonl, one line per record, and the same as history.csv."""
        write_text(self.path / "history.csv", history_csv(history))
        write_text(self.path / "history.jsonl", "".join(json.dumps(record) + "\n" for record in history))

    def read(self, name: str) -> dict[str, Any]:
        """Return the content of one of the run's JSON files.

        Raises:
            InputError: when it is missing or damaged.
        """
        value = read_json(self.path / name)
        if not isinstance(value, dict):
            raise InputError(f"{self.path / name} is damaged: it holds no record.")
        return value

    def write(self, name: str, value: Any) -> None:
        """Write one of the run's JSON files."""
        write_json(self.path / name, to_plain(value))

    def images(self) -> dict[str, np.ndarray]:
        """Return the arrays of images.npz: uint8 (n, height, width, channels) by name.

        Raises:
            InputError: when it is missing or damaged.
        """
        path = self.path / "images.npz"
        try:
            # Opened here: np.load leaves a file open that it cannot read.
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return {name: arrays[name] for name in arrays.files}
        except FileNotFoundError:
            raise InputError(f"There is no file {path}.") from None
        except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise InputError(f"{path} is damaged or cut off ({error}).") from None

    @property
    def trained_epochs(self) -> int | None:
        """Epochs behind the networks in encoder/ and decoder/; None without networks, or when the two differ."""
        configs = [self.path / part / "config.json" for part in ("encoder", "decoder")]
        if not all(config.is_file() for config in configs):
            return None
        encoder, decoder = (read_json(config).get("epochs") for config in configs)
        return encoder if encoder == decoder else None

    @property
    def is_trained(self) -> bool:
        """Whether a training has left its networks here."""
        return self.trained_epochs is not None

    def lost_file(self) -> Path | None:
        """Return a file of the training's results that is missing or cut off, for a run with networks; or None."""
        parts = ("encoder", "decoder", *(("likelihood",) if (self.path / "likelihood").is_dir() else ()))
        for path in (self.path / part / "weights.safetensors" for part in parts):
            try:
                with safe_open(path, framework="numpy"):  # compares the header with the length; no weights are read
                    pass
            except (OSError, SafetensorError):
                return path
        try:
            self.history()
        except InputError:
            return self.path / "history.jsonl"
        return None

    def clear_study(self) -> None:
        """Delete what was made from the networks: codes, numbers, pictures, report."""
        for name in _STUDY_FILES:
            (self.path / name).unlink(missing_ok=True)
        for folder in ("priors", "tables", "onnx"):
            shutil.rmtree(self.path / folder, ignore_errors=True)
        for pattern in _DRAWN:
            for picture in (self.path / "figures").glob(pattern):
                picture.unlink()

    def clear(self) -> None:
        """Delete what a run left here, and nothing else."""
        self.clear_study()
        for name in _TRAINING_FILES:
            (self.path / name).unlink(missing_ok=True)
        for name in _FOLDERS:
            shutil.rmtree(self.path / name, ignore_errors=True)
        self.__dict__.pop("recipe", None)
