"""`zscape analyze`: numbers and figures about codes, anyone's."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from zscape.analysis.cluster_sentences import maps_sentence
from zscape.analysis.projection import FEWEST
from zscape.analysis.study import Analysis, analysis_json
from zscape.analysis.study import analyze as analyze_codes
from zscape.core.errors import InputError
from zscape.core.files import write_bytes, write_json
from zscape.figures.canvas import png
from zscape.figures.files import vector_formats, write_vectors
from zscape.figures.maps import draw_maps
from zscape.figures.study import draw_study
from zscape.latent.codes import Codes
from zscape.latent.given import codes_of
from zscape.reporting.codes_numbers import codes_tables, study_table
from zscape.reporting.tables import table_formats, write_all
from zscape.workflow.maps import POINTS, maps_of
from zscape.workflow.notes import note_to_stderr


def analyze(
    codes: Any,
    out: Path | str | None = None,
    *,
    log_var: Any = None,
    labels: Any = None,
    label_names: Sequence[str] | None = None,
    attributes: Any = None,
    attribute_names: Sequence[str] | None = None,
    factors: Any = None,
    factor_names: Sequence[str] | None = None,
    figures: Sequence[str] = ("png",),
    tables: Sequence[str] = (),
    tsne: bool = False,
    points: int = POINTS,
    seed: int = 0,
    note: Callable[[str], None] = note_to_stderr,
) -> Analysis:
    """Study codes and, with `out`, write analysis.json and figures/*.png; no backend is needed.

    Args:
        codes: the path of an .npz with `mu` or `z` (n, z_dim) and on demand `log_var`, `labels`, or of an .npy with the
            codes alone; or the same as arrays or tensors of any library: mu, a pair (mu, log_var), a mapping, `Codes`.
        out: directory to write into, made where it does not exist; None writes nothing.
        log_var: (n, z_dim), logs of the posteriors' variances, where `codes` has none.
        labels: (n,), whole numbers or texts, where `codes` has none.
        label_names: the name of label i at position i.
        attributes: (n, k), whether each point has each of k attributes, where `codes` has none.
        attribute_names: their names, k texts.
        factors: (n, f), the numbers that each image was made from, where `codes` has none.
        factor_names: their names, f texts.
        figures: "svg", "pdf": written beside the PNGs, which there always are.
        tables: "csv", "tex": the numbers as tables/*.csv and *.tex.
        tsne: whether t-SNE maps are made too, into maps.npz and figures/maps.png; not unless asked for in Python,
            because it takes minutes (`zscape analyze` makes them unless told not to).
        points: of more points the maps show a seeded random choice of so many, at least 50.
        seed: fixes that choice, the maps' start, what is drawn around mu and the starts of the clusters.
        note: told what takes long, and why there are no maps where none can be made.

    Raises:
        InputError: when the codes cannot be used, `out` is a file, or for an unknown format or too few `points`.
    """
    vectors, table_kinds = vector_formats(figures), table_formats(tables)
    if out is None and (vectors or table_kinds):
        raise InputError("Figures and tables are files: name the directory for them as `out`.")
    if out is not None and Path(out).exists() and not Path(out).is_dir():
        raise InputError(f"{out} is a file; --out needs a directory.")
    if tsne and out is None:
        raise InputError("Maps by t-SNE are files: name the directory for them as `out`.")
    if tsne and points < FEWEST:
        raise InputError(f"Maps by t-SNE need at least {FEWEST} points, got {points} as the most to use.")
    checked = codes_of(
        codes,
        log_var=log_var,
        labels=labels,
        label_names=label_names,
        attributes=attributes,
        attribute_names=attribute_names,
        factors=factors,
        factor_names=factor_names,
    )
    analysis = analyze_codes(checked, seed=seed)
    if out is None:
        return analysis
    drawn = draw_study(checked, analysis)
    if tsne:
        analysis = _mapped(checked, analysis, Path(out) / "maps.npz", seed, points, drawn, note)
    _write(Path(out), checked, analysis, drawn, vectors, table_kinds)
    return analysis


def _mapped(
    codes: Codes,
    analysis: Analysis,
    path: Path,
    seed: int,
    points: int,
    drawn: dict[str, Figure],
    note: Callable[[str], None],
) -> Analysis:
    """Return the study with the maps' sentence, or why there are none, and put their figure among the others."""
    try:
        records = maps_of(codes, path, seed, points, note)
    except InputError as error:
        note(f"No maps by t-SNE: {error}")
        return replace(analysis, left_out={**analysis.left_out, "maps": str(error)})
    drawn["maps"] = draw_maps(records, codes.labels, codes.label_names)
    return replace(analysis, sentences={**analysis.sentences, "maps": maps_sentence(records)})


def _write(
    out: Path,
    codes: Codes,
    analysis: Analysis,
    drawn: dict[str, Figure],
    vectors: Sequence[str],
    tables: Sequence[str],
) -> None:
    write_json(out / "analysis.json", analysis_json(analysis))
    for name, figure in drawn.items():
        write_bytes(out / "figures" / f"{name}.png", png(figure))
    write_vectors(drawn, out / "figures", vectors)
    if tables:
        final = {"final_numbers": study_table(analysis, grouped=False)}
        write_all({**final, **codes_tables(codes, analysis, grouped=False)}, out / "tables", tables)
