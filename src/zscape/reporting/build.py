"""The report of a run, or of several side by side: its figures, its tables, its page."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from zscape.core.errors import InputError
from zscape.core.files import write_bytes, write_text
from zscape.figures.canvas import png
from zscape.figures.files import write_vectors
from zscape.reporting.blocks import Page
from zscape.reporting.codes_numbers import codes_tables, study_table
from zscape.reporting.introduction import introduction
from zscape.reporting.numbers import Table, articles_table, metrics_table
from zscape.reporting.page import Prints, named_figures, print_pictures, render
from zscape.reporting.sections.catalog import sections
from zscape.reporting.sections.summary import summary_table
from zscape.reporting.studied import Studied, read_studied
from zscape.reporting.tables import write_all
from zscape.runs.directory import RunDirectory


def build_report(
    run: RunDirectory,
    *,
    title: str | None = None,
    figures: Sequence[str] = ("png",),
    tables: Sequence[str] = (),
    public: bool | None = None,
) -> Path:
    """Draw a run's figures and write its report.html, which needs no other file and no network.

    Args:
        run: a studied run: recipe, provenance, history, metrics, latents and images are there.
        title: heading of the page; None for the directory's name.
        figures: "svg", "pdf": written beside the PNGs, which there always are.
        tables: "csv", "tex": the numbers as tables/*.csv and *.tex.
        public: whether original images are left out; None: where their source is marked as restricted.

    Raises:
        InputError: when one of these is missing or damaged, or for an unknown format.
    """
    name = run.path.resolve().name
    studied = read_studied(run, name, public)
    page = page_of([studied], title or name)
    return write_report(page, [studied], run.path / "report.html", run.path, figures, tables)


def build_comparison(
    runs: Sequence[RunDirectory],
    path: Path,
    *,
    title: str | None = None,
    figures: Sequence[str] = ("png",),
    tables: Sequence[str] = (),
    public: bool | None = None,
) -> Path:
    """Write one page about several runs, side by side, which needs no other file and no network.

    Args:
        runs: at least two studied runs; no two are the same.
        path: where to write the page. Figures and tables that are asked for go into folders beside it, named after it.
        title: heading of the page; None for the runs' names.
        figures: "svg", "pdf": drawings as such files too.
        tables: "csv", "tex": the numbers as tables.
        public: as in `build_report`; where it is None the restricted runs' images are left out.

    Raises:
        InputError: when a run is given twice, or a file is missing or damaged, or for an unknown format.
    """
    studied = [read_studied(run, name, public) for run, name in zip(runs, short_names(runs), strict=True)]
    page = page_of(studied, title or ", ".join(run.name for run in studied))
    beside = path.parent / path.stem if path.name != "report.html" else path.parent
    wanted = tuple(kind for kind in figures if kind != "png")
    return write_report(page, studied, path, beside, wanted, tables)


def page_of(runs: Sequence[Studied], title: str) -> Page:
    """Return the page about one or several runs."""
    return Page(title, introduction(runs), sections(runs), tuple(run.name for run in runs))


def write_report(
    page: Page, runs: Sequence[Studied], path: Path, folder: Path, figures: Sequence[str], tables: Sequence[str]
) -> Path:
    """Print a page's pictures and write it; return its path.

    Args:
        page: the page.
        runs: what it is about.
        path: the file to write.
        folder: where figures/ and tables/ go.
        figures: "png", "svg", "pdf": in what the pictures are written as files too.
        tables: "csv", "tex".
    """
    prints = print_pictures(page, png)
    text = render(page, prints)
    _write_pictures(page, prints, folder / "figures", figures)
    if tables:
        write_all(tables_of(runs), folder / "tables", tables)
    write_text(path, text)
    return path


def _write_pictures(page: Page, prints: Prints, folder: Path, formats: Sequence[str]) -> None:
    if "png" in formats:
        for name, data in prints.by_name.items():
            write_bytes(folder / f"{name}.png", data)
    pictures: Mapping[str, Figure | Image.Image] = dict(named_figures(page))
    write_vectors(pictures, folder, [kind for kind in formats if kind != "png"])


def tables_of(runs: Sequence[Studied]) -> dict[str, Table]:
    """Return the numbers of a page as tables by name; with several runs the run's name stands in front."""
    if len(runs) == 1:
        return _tables_of(runs[0])
    tables = {"summary": summary_table(runs)}
    for run in runs:
        tables |= {f"{run.name}-{name}".replace("/", "-"): table for name, table in _tables_of(run).items()}
    return tables


def _tables_of(run: Studied) -> dict[str, Table]:
    of_codes = codes_tables(run.codes, run.analysis, grouped=False)
    trained = run.trained
    if trained is None:
        psnr = run.reconstructions.telling_psnr if run.reconstructions else None
        return {"final_numbers": study_table(run.analysis, psnr, grouped=False), **of_codes}
    final = metrics_table(trained.metrics, run.codes.z_dim, run.variational, trained.baseline, grouped=False)
    return {
        "final_numbers": final,
        "final_numbers_articles": articles_table(trained.metrics, grouped=False),
        **of_codes,
    }


def short_names(runs: Sequence[RunDirectory]) -> list[str]:
    """Return for each run as many of the last parts of its path as tell it from the others.

    Args:
        runs: the runs.

    Raises:
        InputError: when a run is given twice.
    """
    paths = [run.path.resolve() for run in runs]
    for path, run in zip(paths, runs, strict=True):
        if paths.count(path) > 1:
            raise InputError(f"The run {run.path} is given twice; give each run once.")
    for parts in range(1, max(len(path.parts) for path in paths) + 1):
        names = ["/".join(path.parts[-parts:]) for path in paths]
        if len(set(names)) == len(names):
            return names
    raise AssertionError("unreachable")
