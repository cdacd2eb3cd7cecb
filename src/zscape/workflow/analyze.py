"""`zscape analyze`: numbers and figures about codes, anyone's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zscape.analysis.study import Analysis, analysis_json
from zscape.analysis.study import analyze as analyze_codes
from zscape.core.errors import InputError
from zscape.core.files import write_bytes, write_json
from zscape.figures.canvas import png
from zscape.figures.files import vector_formats, write_vectors
from zscape.figures.study import draw_study
from zscape.latent.codes import Codes
from zscape.latent.given import codes_of
from zscape.reporting.codes_numbers import codes_tables, study_table
from zscape.reporting.tables import table_formats, write_all


def analyze(
    codes: Any,
    out: Path | str | None = None,
    *,
    log_var: Any = None,
    labels: Any = None,
    label_names: Sequence[str] | None = None,
    figures: Sequence[str] = ("png",),
    tables: Sequence[str] = (),
) -> Analysis:
    """Study codes and, with `out`, write analysis.json and figures/*.png; no backend is needed.

    Args:
        codes: the path of an .npz with `mu` or `z` (n, z_dim) and on demand `log_var`, `labels`, or of an .npy with the
            codes alone; or the same as arrays or tensors of any library: mu, a pair (mu, log_var), a mapping, `Codes`.
        out: directory to write into, made where it does not exist; None writes nothing.
        log_var: (n, z_dim), logs of the posteriors' variances, where `codes` has none.
        labels: (n,), whole numbers or texts, where `codes` has none.
        label_names: the name of label i at position i.
        figures: "svg", "pdf": written beside the PNGs, which there always are.
        tables: "csv", "tex": the numbers as tables/*.csv and *.tex.

    Raises:
        InputError: when the codes cannot be used, `out` is a file, or for an unknown format.
    """
    vectors, table_kinds = vector_formats(figures), table_formats(tables)
    if out is None and (vectors or table_kinds):
        raise InputError("Figures and tables are files: name the directory for them as `out`.")
    if out is not None and Path(out).exists() and not Path(out).is_dir():
        raise InputError(f"{out} is a file; --out needs a directory.")
    checked = codes_of(codes, log_var=log_var, labels=labels, label_names=label_names)
    analysis = analyze_codes(checked)
    if out is not None:
        _write(Path(out), checked, analysis, vectors, table_kinds)
    return analysis


def _write(out: Path, codes: Codes, analysis: Analysis, vectors: Sequence[str], tables: Sequence[str]) -> None:
    write_json(out / "analysis.json", analysis_json(analysis))
    drawn = draw_study(codes, analysis)
    for name, figure in drawn.items():
        write_bytes(out / "figures" / f"{name}.png", png(figure))
    write_vectors(drawn, out / "figures", vectors)
    if tables:
        final = {"final_numbers": study_table(analysis, grouped=False)}
        write_all({**final, **codes_tables(codes, analysis, grouped=False)}, out / "tables", tables)
