"""`zscape report`: the page that shows a run, or the codes of any other model."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from zscape.core.errors import InputError
from zscape.runs.directory import RunDirectory
from zscape.workflow.study import study

_NEEDED = ("metrics.json", "latents.npz", "images.npz")


def report(
    target: Any,
    *,
    decode: Callable[[Any], Any] | None = None,
    images: Any = None,
    log_var: Any = None,
    labels: Any = None,
    label_names: Sequence[str] | None = None,
    out: Path | str | None = None,
    title: str | None = None,
    figures: Sequence[str] = ("png",),
    tables: Sequence[str] = (),
) -> Path:
    """Write figures and report.html about a run, or about codes of any model, and return the page's path.

    A run that was only trained is encoded, evaluated and analysed first. For codes no backend is needed.

    Args:
        target: a run directory; or codes as `zscape.analyze` takes them: the path of an .npz or .npy file, an array, a
            pair (mu, log_var), a mapping, `Codes`. The arguments up to `out` are for codes only.
        decode: from z-points, float32 (n, z_dim), to images, (n, height, width) or (n, height, width, 1 or 3), uint8
            or floats in [0, 1]. With it the page shows images of random points.
        images: those that the first codes belong to, in their order: shown above their reconstructions.
        log_var: (n, z_dim), logs of the posteriors' variances, where the codes have none.
        labels: (n,), whole numbers or texts, where the codes have none.
        label_names: the name of label i at position i.
        out: the directory to write into; needed for codes, while a run's report goes into the run.
        title: heading of the page; None for the name of the directory or file.
        figures: "svg", "pdf": written beside the PNGs, which there always are.
        tables: "csv", "tex": the numbers as tables/*.csv and *.tex.

    Raises:
        InputError: when there is no trained run, files are damaged, or an argument cannot be used.
    """
    from zscape.figures.files import vector_formats  # matplotlib and scikit-learn take a second to start
    from zscape.reporting.tables import table_formats

    formats = {"figures": ("png", *vector_formats(figures)), "tables": table_formats(tables)}
    of_codes = {"decode": decode, "images": images, "log_var": log_var, "labels": labels, "label_names": label_names}
    if _is_run(target):
        given = [name for name, value in {**of_codes, "out": out}.items() if value is not None]
        return _report_run(target, given, title, formats)
    if out is None:
        raise InputError("A report about codes needs a directory to write into: --out DIR, in Python out=DIR.")
    return _report_codes(target, Path(out), of_codes, title, formats)


def _is_run(target: Any) -> bool:
    if not isinstance(target, (str, Path)):
        return isinstance(target, RunDirectory)
    return not Path(target).is_file() and Path(target).suffix not in (".npz", ".npy")


def _report_run(target: Any, given: list[str], title: str | None, formats: dict[str, Any]) -> Path:
    from zscape.reporting.build import build_report

    run = RunDirectory.open(target.path if isinstance(target, RunDirectory) else target)
    if given:
        raise InputError(
            f"{', '.join(given)} {'go' if len(given) > 1 else 'goes'} with codes, but {run.path} is a run directory, "
            f"which has its own and holds its own report; leave that out, or give {run.path / 'latents.npz'} instead."
        )
    if not all((run.path / name).is_file() for name in _NEEDED):
        run = study(run.path)
    return build_report(run, title=title, **formats)


def _report_codes(target: Any, out: Path, of_codes: dict[str, Any], title: str | None, formats: dict[str, Any]) -> Path:
    from zscape.latent.given import codes_of
    from zscape.reporting.codes_report import build_codes_report

    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file; --out needs a directory.")
    decode, images = of_codes.pop("decode"), of_codes.pop("images")
    if images is not None and decode is None:
        raise InputError("images are shown beside their reconstructions, which need a decode function too.")
    heading = title or (Path(target).stem if isinstance(target, (str, Path)) else "Codes")
    return build_codes_report(codes_of(target, **of_codes), out, title=heading, decode=decode, images=images, **formats)
