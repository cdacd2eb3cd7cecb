"""What was run, or what was handed over."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from zscape.reporting.blocks import Block, Details, Numbers, Section, Verbatim
from zscape.reporting.numbers import NONE, counted
from zscape.reporting.studied import Studied, Trained

_WHAT = ("zscape", "Backend", "Seed", "Data", "Started", "Time", "Machine", "Versions")


def section(runs: Sequence[Studied]) -> Section:
    """Return the section."""
    if all(run.trained is None for run in runs):
        return Section("provenance", "What was handed over", tuple(_handed_over(run, len(runs)) for run in runs))
    cells = [_cells(run.trained.provenance) if run.trained else {} for run in runs]
    rows = [[name, *(cell.get(name, NONE) for cell in cells)] for name in _WHAT]
    header = ["", *(run.name for run in runs)] if len(runs) > 1 else []
    recipes = tuple(
        Details("The complete recipe" if len(runs) == 1 else f"{run.name}: the complete recipe", (_recipe(run),))
        for run in runs
        if run.trained
    )
    return Section("provenance", "What was run", (Numbers((header, rows), words=True), *recipes))


def _cells(provenance: Mapping[str, Any]) -> dict[str, str]:
    data, hardware, git = provenance["data"], provenance["hardware"], provenance["git"]
    commit = f" ({git[:12]}{'+changes' if git.endswith('+changes') else ''})" if git else ""
    images = ", ".join(f"{count:,} {split}" for split, count in data["images"].items())
    return {
        "zscape": f"{provenance['zscape']}{commit}",
        "Backend": str(provenance["backend"]),
        "Seed": str(provenance["seed"]),
        "Data": f"{data['origin']} {images}{_crop(data.get('crop'))}; sha256 {data['checksum'][:16]}…",
        "Started": str(provenance["started"]),
        "Time": ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in provenance["seconds"].items()),
        "Machine": f"{hardware['processor']}, {hardware['cores']} cores, {hardware['memory_gib']} GiB",
        "Versions": ", ".join(
            [f"Python {provenance['python']}", *(f"{name} {v}" for name, v in provenance["packages"].items())]
        ),
    }


def _crop(rule: str | None) -> str:
    """Return the crop rule of the store's manifest; nothing where no pixel was cut or resized, or none is known."""
    return "" if rule is None or rule.startswith("none: all images") else f"; crop: {rule}"


def _recipe(run: Studied) -> Verbatim:
    assert run.trained is not None
    return Verbatim(_recipe_text(run.trained, shorten=run.withheld is not None))


def _recipe_text(trained: Trained, shorten: bool) -> str:
    path = trained.recipe.data.path
    if not shorten or path is None:
        return trained.recipe.to_yaml()
    # A page for others names no folders of this machine.
    values = yaml.safe_load(trained.recipe.to_yaml())
    values["data"]["path"] = path.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return yaml.safe_dump(values, sort_keys=False, default_flow_style=None, width=100)


def _handed_over(run: Studied, count: int) -> Block:
    codes, given = run.codes, run.reconstructions
    classes = "no" if codes.labels is None else counted(len(set(codes.labels.tolist())), "class", "classes")
    size = "×".join(map(str, given.originals.shape[1:])) if given else ""
    rows = [
        ["z-points", f"{len(codes):,} in {counted(codes.z_dim, 'dimension')}"],
        ["log_var", "no" if codes.log_var is None else "yes"],
        ["labels", classes],
        ["decode", "no" if not run.images and given is None else "yes"],
        ["images", f"{given.count:,} of {size}" if given else "no"],
    ]
    return Numbers(([], rows), run.name if count > 1 else None)
