"""`zscape report`: the page that shows a run, several runs side by side, or the codes of any other model."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from zscape.core.errors import InputError
from zscape.runs.directory import RunDirectory
from zscape.workflow.notes import note_to_stderr
from zscape.workflow.study import study

_NEEDED = ("metrics.json", "latents.npz", "images.npz")
_LONGEST_NAME = 80  # letters of the names of runs in that of their page


def report(
    target: Any,
    *more: Any,
    decode: Callable[[Any], Any] | None = None,
    images: Any = None,
    log_var: Any = None,
    labels: Any = None,
    label_names: Sequence[str] | None = None,
    out: Path | str | None = None,
    title: str | None = None,
    figures: Sequence[str] = ("png",),
    tables: Sequence[str] = (),
    public: bool | None = None,
    tsne: bool = False,
    note: Callable[[str], None] = note_to_stderr,
) -> Path:
    """Write one page about a run, about several runs side by side, or about codes of any model; return its path.

    A run that was only trained is encoded, evaluated and analysed first. For codes no backend is needed.

    Args:
        target: a run directory; or codes as `zscape.analyze` takes them: the path of an .npz or .npy file, an array, a
            pair (mu, log_var), a mapping, `Codes`. The arguments up to `label_names` are for codes only.
        more: further run directories, shown beside the first.
        decode: from z-points, float32 (n, z_dim), to images, (n, height, width) or (n, height, width, 1 or 3), uint8
            or floats in [0, 1]. With it the page shows images of random points.
        images: those that the first codes belong to, in their order: shown above their reconstructions.
        log_var: (n, z_dim), logs of the posteriors' variances, where the codes have none.
        labels: (n,), whole numbers or texts, where the codes have none.
        label_names: the name of label i at position i.
        out: where to write: the directory, needed for codes; for runs a directory or an .html file. By default one
            run's report goes into the run, that of several is `report-NAMES.html` beside the first.
        title: heading of the page; None for the names of the directories or the file.
        figures: "svg", "pdf": drawings as such files too. For one run and for codes there always are PNGs.
        tables: "csv", "tex": the numbers as tables/*.csv and *.tex.
        public: True leaves original images and their reconstructions out; None: where their source is marked as
            restricted.
        tsne: whether maps by t-SNE are made of runs that have none yet (maps.npz), which takes about two minutes each.
        note: told what takes long.

    Raises:
        InputError: when there is no trained run, files are damaged, or an argument cannot be used.
    """
    from zscape.figures.files import vector_formats  # matplotlib and scikit-learn take a second to start
    from zscape.reporting.restricted import check_public
    from zscape.reporting.tables import table_formats

    check_public(public)
    options = {
        "title": title,
        "figures": ("png", *vector_formats(figures)),
        "tables": table_formats(tables),
        "public": public,
    }
    of_codes = {"decode": decode, "images": images, "log_var": log_var, "labels": labels, "label_names": label_names}
    if more:
        _check_runs((target, *more), of_codes)
        return _report_runs((target, *more), out, options, note if tsne else None)
    if _is_run(target):
        given = [name for name, value in of_codes.items() if value is not None]
        return _report_run(target, out, given, options, note if tsne else None)
    if out is None:
        raise InputError("A report about codes needs a directory to write into: --out DIR, in Python out=DIR.")
    if tsne:
        raise InputError("Maps of codes are made by `zscape analyze`; --tsne goes with run directories.")
    return _report_codes(target, Path(out), of_codes, options)


def _is_run(target: Any) -> bool:
    if not isinstance(target, (str, Path)):
        return isinstance(target, RunDirectory)
    return not Path(target).is_file() and Path(target).suffix not in (".npz", ".npy")


def _report_run(
    target: Any, out: Path | str | None, given: list[str], options: dict[str, Any], note: Callable[[str], None] | None
) -> Path:
    from zscape.reporting.build import build_report

    run = _opened(target)
    if given:
        raise InputError(
            f"{', '.join(given)} {'go' if len(given) > 1 else 'goes'} with codes, but {run.path} is a run directory, "
            f"whose own are taken; leave that out, or give {run.path / 'latents.npz'} instead."
        )
    if out is not None:
        return _report_runs((run,), out, options, note)
    return build_report(_studied(run, note), **options)


def _check_runs(targets: Sequence[Any], of_codes: dict[str, Any]) -> None:
    given = [name for name, value in of_codes.items() if value is not None]
    if given:
        raise InputError(
            f"{', '.join(given)} {'go' if len(given) > 1 else 'goes'} with codes; a page about several runs takes "
            "nothing but run directories."
        )
    for target in targets:
        if not _is_run(target):
            named = f"{target} is" if isinstance(target, (str, Path)) else "there are also"
            raise InputError(
                f"A page about several runs takes run directories; {named} codes: give codes alone, with --out DIR."
            )


def _report_runs(
    targets: Sequence[Any], out: Path | str | None, options: dict[str, Any], note: Callable[[str], None] | None
) -> Path:
    from zscape.reporting.build import build_comparison, short_names

    runs = [_opened(target) for target in targets]
    path = _page_path(out, runs[0], short_names(runs))
    return build_comparison([_studied(run, note) for run in runs], path, **options)


def _page_path(out: Path | str | None, first: RunDirectory, names: Sequence[str]) -> Path:
    """Return where a page about several runs goes."""
    if out is None:
        joined = "-".join(name.replace("/", "-") for name in names)
        stem = joined if len(joined) <= _LONGEST_NAME else f"{joined[:_LONGEST_NAME]}-and-more"
        beside = first.path / ".." if first.path.name in ("", "..") else first.path.parent
        return beside / f"report-{stem}.html"
    path = Path(out)
    if path.suffix.lower() in (".html", ".htm"):
        if path.is_dir():
            raise InputError(f"{path} is a directory; --out needs an .html file or a directory to write into.")
        return path
    if path.exists() and not path.is_dir():
        raise InputError(f"{path} is a file; --out needs a directory or an .html file.")
    if (path / "recipe.yaml").is_file():
        raise InputError(f"{path} is a run, whose report.html is its own; name another directory or an .html file.")
    return path / "report.html"


def _opened(target: Any) -> RunDirectory:
    return RunDirectory.open(target.path if isinstance(target, RunDirectory) else target)


def _studied(run: RunDirectory, note: Callable[[str], None] | None) -> RunDirectory:
    """Return the run with every file that its report is made of; `note` asks for its maps, too."""
    if not all((run.path / name).is_file() for name in _NEEDED):
        run = study(run.path)
    if note is not None:
        _make_maps(run, note)
    return run


def _report_codes(target: Any, out: Path, of_codes: dict[str, Any], options: dict[str, Any]) -> Path:
    from zscape.latent.given import codes_of
    from zscape.reporting.codes_report import build_codes_report

    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file; --out needs a directory.")
    decode, images = of_codes.pop("decode"), of_codes.pop("images")
    if images is not None and decode is None:
        raise InputError("images are shown beside their reconstructions, which need a decode function too.")
    heading = options.pop("title") or (Path(target).stem if isinstance(target, (str, Path)) else "Codes")
    return build_codes_report(codes_of(target, **of_codes), out, title=heading, decode=decode, images=images, **options)


def _make_maps(run: RunDirectory, note: Callable[[str], None]) -> None:
    from zscape.latent.codes import Codes
    from zscape.workflow.maps import maps_of

    codes = Codes.load(run.path / "latents.npz")
    try:
        maps_of(codes, run.path / "maps.npz", note=note)
    except InputError as error:
        note(f"{run.path}: no maps are made. {error}")
