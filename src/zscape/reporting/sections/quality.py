"""What `zscape quality` measured, with its protocol."""

from collections.abc import Callable, Sequence

from zscape.analysis.quality import GenerationRecord, QualityRecord
from zscape.reporting.blocks import Block, Details, Numbers, Section, Text
from zscape.reporting.numbers import Table, aligned
from zscape.reporting.panels import all_there, drawn
from zscape.reporting.studied import Studied

_SCORES = {"precision": 3, "recall": 3, "density": 3, "coverage": 3, "kernel_distance": None}  # with their decimals
_NAMES = {"kernel_distance": "kernel distance", "fid": "FID"}

Compared = tuple[str, GenerationRecord]
"""Name of a run, how its random images were measured."""


def section(runs: Sequence[Studied]) -> Section | None:
    """Return the section; None where no run was measured."""
    measured = [(run.name, run.trained.quality) for run in runs if run.trained and run.trained.quality]
    if not measured:
        return None
    reconstruction = drawn(
        runs,
        "quality_reconstruction",
        "Histograms of PSNR, SSIM and reconstruction over the images",
        sentence=_said("reconstruction"),
        missing=_unmeasured("reconstruction"),
        title="Reconstruction, image by image",
    )
    generation = drawn(
        runs,
        "quality_generation",
        "Precision, recall, density, coverage and kernel distance of random images of each prior",
        sentence=_said("generation"),
        missing=_unmeasured("generation"),
        title="Random images against real ones",
    )
    compared = [(name, record.generation) for name, record in measured if record.generation is not None]
    table = Numbers(generation_table(compared, named=len(runs) > 1)) if compared else None
    likelihood = [_log_likelihood(name, record, len(runs) > 1) for name, record in measured]
    protocols = dict.fromkeys(record.protocol for _, record in measured)
    how = Details("How this was measured", tuple(Text(text) for text in protocols))
    blocks = all_there(reconstruction, generation, table, _apart(compared), *likelihood, how)
    return Section("quality", "How good is it, in numbers?", blocks)


def generation_table(compared: Sequence[Compared], named: bool, grouped: bool = True) -> Table:
    """Return one row per run and prior, real images last, with what `GenerationScores` knows of them.

    Args:
        compared: at least one.
        named: whether the run's name stands in a first column.
        grouped: as in `numbers.aligned`.
    """
    rows = [
        (name, prior, scores)
        for name, record in compared
        for prior, scores in (*record.priors.items(), ("real images", record.real))
    ]
    decimals = {**_SCORES, **({"fid": None} if any(scores.fid is not None for _, _, scores in rows) else {})}
    columns = [
        aligned([getattr(scores, key) for _, _, scores in rows], places, grouped) for key, places in decimals.items()
    ]
    first = [[name, prior] if named else [prior] for name, prior, _ in rows]
    header = [*(["run"] if named else []), "points from", *(_NAMES.get(key, key) for key in decimals)]
    return header, [[*start, *cells] for start, cells in zip(first, zip(*columns, strict=True), strict=True)]


def _said(part: str) -> Callable[[Studied], str | None]:
    def said(run: Studied) -> str | None:
        return run.trained.quality.sentences.get(part) if run.trained and run.trained.quality else None

    return said


def _unmeasured(part: str) -> Callable[[Studied], str | None]:
    def unmeasured(run: Studied) -> str | None:
        if run.trained is None or run.trained.quality is None:
            return f"Not measured: `zscape quality` on {run.name} does it."
        return run.trained.quality.left_out.get(part)

    return unmeasured


def _log_likelihood(name: str, record: QualityRecord, named: bool) -> Block | None:
    said = record.sentences.get("log_likelihood") or record.left_out.get("log_likelihood")
    return Text(f"{name}: {said}" if named else said) if said else None


def _apart(compared: Sequence[Compared]) -> Block | None:
    """Return what keeps the numbers of the runs from being compared; None where nothing does."""
    if len({(record.embedding.identity, record.n, record.k) for _, record in compared}) < 2:
        return None
    listed = "; ".join(
        f"{name}: {record.embedding.name}, {record.n:,} images, k {record.k}" for name, record in compared
    )
    return Text(f"These runs were not measured in the same way ({listed}): compare within each run only.", "warning")
