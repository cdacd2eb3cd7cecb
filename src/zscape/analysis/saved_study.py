"""A study read back from analysis.json, so that a report does not make it again."""

from collections.abc import Mapping
from typing import Any

import pydantic

from zscape.analysis.radius import radii
from zscape.analysis.study import Analysis
from zscape.latent.codes import Codes


def analysis_from_json(values: Mapping[str, Any], codes: Codes) -> Analysis | None:
    """Return the study that `study.analysis_json` wrote, or None where it is not one of these codes.

    That is so for files of another version, for a study with infinite numbers, which JSON cannot carry, and where the
    codes have changed: their number, their dimensions or their mean radius.

    Args:
        values: content of analysis.json.
        codes: those that the study is to be of.
    """
    plain = dict(values)
    log_var, posterior = plain.pop("log_var", None), plain.get("posterior")
    if isinstance(posterior, Mapping):
        plain["posterior"] = {**posterior, "log_var": log_var}
    try:
        analysis = pydantic.TypeAdapter(Analysis).validate_python(plain)
    except pydantic.ValidationError:
        return None
    radius = analysis.radius
    same = (analysis.count, analysis.z_dim, radius.mean) == (*codes.mu.shape, float(radii(codes.mu).mean()))
    return analysis if same else None
