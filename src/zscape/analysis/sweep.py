"""A sweep: the numbers of every run of a grid of settings, and their means over seeds."""

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

SEED = "training.seed"
"""The setting over which means are taken."""

QUANTITIES = (
    "loss",
    "reconstruction",
    "kl",
    "weighted_kl",
    "negative_elbo",
    "kl_share",
    "beta",
    "psnr",
    "active_units",
    "prior_mismatch",
)
"""What is kept of a run: names of numbers in metrics.json, and `negative_elbo`, see `negative_elbo`."""

FACTOR = "r2_"
"""How the names of further numbers begin, of runs on images with true factors: R^2 of each factor read from codes."""

ALL_FACTORS = "r2_of_all_factors"
"""The mean of these."""


@dataclass(frozen=True)
class SweepRun:
    """One run of a sweep.

    Attributes:
        name: its folder in the sweep's directory.
        settings: the swept settings by dotted key.
        state: "waiting", "finished" or "failed".
        numbers: `QUANTITIES` of the sweep's split, and R^2 of true factors where there are some; None unless finished.
        seconds: what it took, by its provenance; None unless finished.
        error: why it failed; None otherwise.
        variational: whether it is a VAE.
        likelihood: what its reconstruction is measured by; numbers of different likelihoods cannot be compared.
    """

    name: str
    settings: dict[str, Any]
    state: str
    numbers: dict[str, float | None] | None
    seconds: float | None
    error: str | None
    variational: bool
    likelihood: str


@dataclass(frozen=True)
class SweepGroup:
    """The finished runs that differ in nothing but the seed.

    Attributes:
        settings: the swept settings by dotted key, without the seed.
        n: number of finished runs.
        mean: of each of the runs' numbers; None without a run, or where one of them has no such number.
        sd: standard deviation with n - 1; None where n < 2 too.
    """

    settings: dict[str, Any]
    n: int
    mean: dict[str, float | None]
    sd: dict[str, float | None]


@dataclass(frozen=True)
class SweepRecord:
    """sweep.json.

    Attributes:
        recipe: as it was named.
        swept: the values of each swept setting, in the order given.
        fixed: the other settings, as they were written.
        split: the images that the numbers are about.
        runs: in the order of the grid.
        groups: the same without the seed.
        no_picture: why there is no rate-distortion picture; None where there is one.
    """

    recipe: str
    swept: dict[str, tuple[Any, ...]]
    fixed: tuple[str, ...]
    split: str
    runs: tuple[SweepRun, ...]
    groups: tuple[SweepGroup, ...]
    no_picture: str | None

    @property
    def only_elbo_compares(self) -> bool:
        """Whether finished runs weigh the KL differently: `negative_elbo` then compares them, the loss does not."""
        finished = [run for run in self.runs if run.numbers is not None and run.variational]
        betas = {run.numbers["beta"] for run in finished if run.numbers is not None}
        return len(betas) > 1 and len({run.likelihood for run in finished}) == 1

    @property
    def has_means(self) -> bool:
        """Whether any group has more than one finished run, and so a standard deviation."""
        return any(group.n > 1 for group in self.groups)

    @property
    def failed(self) -> tuple[SweepRun, ...]:
        """The runs that failed."""
        return tuple(run for run in self.runs if run.state == "failed")


def factor_numbers(study: dict[str, Any]) -> dict[str, float | None]:
    """Return R^2 of each true factor of a run and their mean, by name; nothing where it has no factors.

    Args:
        study: content of analysis.json.
    """
    found = study.get("factors")
    if not found:
        return {}
    r2 = {f"{FACTOR}{name}": value for name, value in zip(found["names"], found["r2"], strict=True)}
    return {ALL_FACTORS: statistics.fmean(found["r2"]), **r2}


def quantities(groups: Iterable["SweepGroup"]) -> tuple[str, ...]:
    """Return the names of all numbers that groups have, `QUANTITIES` first."""
    return tuple(dict.fromkeys((*QUANTITIES, *(name for group in groups for name in group.mean))))


def negative_elbo(numbers: dict[str, Any], variational: bool) -> float | None:
    """Return reconstruction + KL of a run, nats per image: the loss it would have with beta 1.

    Runs with different KL weights can be compared by it, not by their losses. (For mse the constant of the Gaussian is
    left out, as in the reconstruction.)

    Args:
        numbers: of one split, as in metrics.json.
        variational: whether it is a VAE; an autoencoder has no ELBO.
    """
    if not variational:
        return None
    reconstruction, kl = numbers.get("reconstruction"), numbers.get("kl")
    return None if reconstruction is None or kl is None else reconstruction + kl


def sweep_groups(runs: Iterable[SweepRun]) -> tuple[SweepGroup, ...]:
    """Return one group per combination of settings without the seed, in the order of the runs."""
    members: dict[str, list[SweepRun]] = {}
    for run in runs:
        members.setdefault(json.dumps(without_seed(run.settings)), []).append(run)
    return tuple(_group(group) for group in members.values())


def without_seed(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings but for the seed."""
    return {key: value for key, value in settings.items() if key != SEED}


def _group(runs: list[SweepRun]) -> SweepGroup:
    finished = [run.numbers for run in runs if run.numbers is not None]
    names = dict.fromkeys((*QUANTITIES, *(name for numbers in finished for name in numbers)))
    columns = {name: [numbers.get(name) for numbers in finished] for name in names}
    return SweepGroup(
        settings=without_seed(runs[0].settings),
        n=len(finished),
        mean={name: _mean(values) for name, values in columns.items()},
        sd={name: _sd(values) for name, values in columns.items()},
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return statistics.fmean(known) if known and len(known) == len(values) else None


def _sd(values: Sequence[float | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return statistics.stdev(known) if len(known) > 1 and len(known) == len(values) else None


def why_no_picture(runs: Sequence[SweepRun]) -> str | None:
    """Return why rate and distortion of these runs make no picture, in a sentence; None where they do."""
    finished = [run for run in runs if run.numbers is not None]
    if not finished:
        return "There is no rate-distortion picture: no run has finished."
    if not all(run.variational for run in finished):
        which = "some of these runs" if any(run.variational for run in finished) else "these runs"
        return f"There is no rate-distortion picture: {which} are autoencoders, which have no KL and so no rate."
    likelihoods = list(dict.fromkeys(run.likelihood for run in finished))
    if len(likelihoods) > 1:
        return (
            "There is no rate-distortion picture: the reconstructions are measured in different ways "
            f"({'; '.join(likelihoods)}), so they cannot stand on one axis."
        )
    return None


def short_names(keys: Sequence[str]) -> dict[str, str]:
    """Return a short name for each dotted key: its last part, or the whole where two end in the same."""
    lasts = [key.rsplit(".", 1)[-1] for key in keys]
    return {key: last if lasts.count(last) == 1 else key for key, last in zip(keys, lasts, strict=True)}


def value_text(value: Any) -> str:
    """Return a setting's value as a user would write it: 0.5, [32,64], vae, none."""
    if isinstance(value, (list, tuple)):
        return f"[{','.join(map(value_text, value))}]"
    if isinstance(value, dict):
        return ",".join(f"{key}={value_text(entry)}" for key, entry in value.items())
    if value is None or isinstance(value, bool):
        return str(value).lower()
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
