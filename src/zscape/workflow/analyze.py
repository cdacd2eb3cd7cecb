"""`zscape analyze`: numbers and figures about codes, anyone's."""

from pathlib import Path

from zscape.analysis.study import Analysis, analysis_json
from zscape.analysis.study import analyze as analyze_codes
from zscape.core.errors import InputError
from zscape.core.files import write_bytes, write_json
from zscape.figures.canvas import png
from zscape.figures.study import draw_study
from zscape.latent.codes import Codes


def analyze(codes_file: Path | str, out: Path | str) -> Analysis:
    """Study the codes in a file and write analysis.json and figures/*.png; no backend is needed.

    Args:
        codes_file: .npz with `mu` or `z` (n, z_dim) and on demand `log_var`, `labels`; or .npy with the codes alone.
        out: directory to write into; made where it does not exist.

    Raises:
        InputError: when the file has no usable codes, or `out` is a file.
    """
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file; --out needs a directory.")
    codes = Codes.load(Path(codes_file))
    analysis = analyze_codes(codes)
    write_json(out / "analysis.json", analysis_json(analysis))
    for name, figure in draw_study(codes, analysis).items():
        write_bytes(out / "figures" / f"{name}.png", png(figure))
    return analysis
