"""How long each analysis of codes takes, beside scikit-learn's or SciPy's plain way, and how much memory all need.

    python -m benchmarks.analyses                               # 170,000 x 256, as many as the articles' CelebA codes
    python -m benchmarks.analyses --points 20000 --dims 64 --no-plain

The codes are made up: an off-centre, correlated cloud with some skewness, float32, with log_var and ten labels.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from zscape.analysis.clusters import clusters_record
from zscape.analysis.coordinates import coordinates_record
from zscape.analysis.drawn import drawn_points, drawn_record
from zscape.analysis.mismatch import mismatch_record
from zscape.analysis.normality import normality_record
from zscape.analysis.posterior import posterior_record
from zscape.analysis.radius import radius_record
from zscape.analysis.spectrum import spectrum_record
from zscape.analysis.study import analyze
from zscape.core.errors import InputError
from zscape.core.files import write_json
from zscape.core.hardware import read_machine
from zscape.core.records import to_plain
from zscape.core.seeds import generator
from zscape.latent.codes import Codes

_GIB = 2.0**30


def main(arguments: Sequence[str] | None = None) -> int:
    """Time the analyses, print a table and write the numbers; return the exit code: 0 done, 2 wrong input."""
    given = _parser().parse_args(arguments)
    try:
        for name, least in (("points", 100), ("dims", 2)):
            if getattr(given, name) < least:
                raise InputError(f"--{name} is {getattr(given, name)}; give a whole number of at least {least}.")
    except InputError as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return InputError.exit_code
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    codes = made_up_codes(given.points, given.dims)
    before = peak_memory()
    whole = _timed(lambda: analyze(codes))
    peak = peak_memory()
    rows: dict[str, dict[str, Any]] = {name: _timed(run) for name, run in _analyses(codes).items()}
    for (name, plain), run in {} if given.no_plain else _plain_ways(codes).items():
        rows[name] |= {"plain": plain, **{f"plain_{what}": seconds for what, seconds in _timed(run).items()}}
    record = {
        "points": given.points,
        "dims": given.dims,
        "analyses": rows,
        "study": whole,
        "peak_memory_gib": peak,
        "memory_with_codes_gib": before,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {**to_plain(read_machine()), "load_before": load},
    }
    write_json(given.out, record)
    _print(record)
    print(given.out)
    return 0


def made_up_codes(points: int, dims: int) -> Codes:
    """Return codes with log_var and ten labels, the same on every machine: float32 (points, dims)."""
    source = generator(0, "benchmark codes")
    turn = (source.standard_normal((dims, dims)) / np.sqrt(dims)).astype(np.float32)
    mu = source.standard_normal((points, dims), dtype=np.float32)
    mu[:, ::4] += 0.3 * np.square(mu[:, ::4])
    mu = mu @ turn + source.standard_normal(dims, dtype=np.float32)
    log_var = source.standard_normal((points, dims), dtype=np.float32)
    log_var -= np.float32(3.0)
    numbers = np.arange(points)
    return Codes(mu, log_var, numbers, np.zeros(points, np.uint8), numbers % 10)


def peak_memory() -> float | None:
    """Return the most memory that this process ever held, GiB; None on systems that do not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    # Linux counts KiB, macOS bytes.
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held * (1 if sys.platform == "darwin" else 1024) / _GIB


def _analyses(codes: Codes) -> dict[str, Callable[[], Any]]:
    return {
        "radius": lambda: radius_record(codes.mu),
        "mean, covariance, mismatch": lambda: mismatch_record(*codes.moments()),
        "spectrum": lambda: spectrum_record(codes.mu),
        "coordinates": lambda: coordinates_record(codes.mu),
        "posterior": lambda: posterior_record(codes),
        "drawn": lambda: drawn_record(codes),
        "normality of mu": lambda: normality_record(codes.mu),
        "normality of drawn z": lambda: normality_record(drawn_points(codes), drawn=True),
        "clusters": lambda: clusters_record(codes.mu, codes.labels),
    }


def _plain_ways(codes: Codes) -> dict[tuple[str, str], Callable[[], Any]]:
    """Return, by analysis and name, what one would write for the same numbers without zscape."""
    from scipy import stats
    from sklearn.covariance import EmpiricalCovariance
    from sklearn.decomposition import PCA

    mu, log_var = codes.mu, codes.log_var
    assert log_var is not None

    def column_by_column() -> None:
        for column in mu.T:
            stats.skew(column), stats.kurtosis(column), stats.kstest(column, "norm")

    def distances() -> np.ndarray:
        return EmpiricalCovariance().fit(mu).mahalanobis(mu)

    return {
        ("radius", "numpy.linalg.norm"): lambda: np.linalg.norm(mu, axis=1),
        ("mean, covariance, mismatch", "numpy.cov"): lambda: np.cov(mu, rowvar=False),
        ("spectrum", "sklearn PCA"): lambda: PCA().fit(mu),
        ("coordinates", "scipy kstest, skew, kurtosis"): column_by_column,
        ("posterior", "numpy, all at once"): lambda: 0.5 * (mu**2 + np.exp(log_var) - 1 - log_var).mean(axis=0),
        ("normality of mu", "sklearn EmpiricalCovariance"): distances,
    }


def _timed(run: Callable[[], Any]) -> dict[str, float]:
    """Return seconds by the clock, and of the processor, which other programs on the machine disturb less."""
    start, worked = time.perf_counter(), time.process_time()
    run()
    return {"seconds": time.perf_counter() - start, "processor_seconds": time.process_time() - worked}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.analyses", description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=170_000, help="z-points (default 170000)")
    parser.add_argument("--dims", type=int, default=256, help="dimensions of z (default 256)")
    parser.add_argument("--no-plain", action="store_true", help="leave out the plain ways")
    parser.add_argument(
        "--out", type=Path, default=Path("build/bench/analyses.json"), help="where to write the numbers"
    )
    return parser


def _print(record: dict[str, Any]) -> None:
    console = Console(width=120, highlight=False)
    title = f"{record['points']:,} x {record['dims']}, one run each"
    table = Table("analysis", "zscape, s", "processor, s", "plain way", "its s", "processor, s", title=title)
    for name, row in record["analyses"].items():
        table.add_row(name, *_pair(row, ""), row.get("plain", ""), *_pair(row, "plain_"))
    table.add_row("the whole study", *_pair(record["study"], ""), style="bold")
    console.print(table)
    if record["peak_memory_gib"] is not None:
        console.print(
            f"Memory: {record['peak_memory_gib']:.2f} GiB at most during the study, "
            f"{record['memory_with_codes_gib']:.2f} GiB of it before, with the codes."
        )


def _pair(row: dict[str, Any], prefix: str) -> list[str]:
    return [f"{row[key]:.2f}" if (key := prefix + what) in row else "" for what in ("seconds", "processor_seconds")]


if __name__ == "__main__":
    sys.exit(main())
