"""Make docs/notebooks/*.ipynb, executed, from the scripts beside them.

    pip install nbclient nbformat ipykernel
    python docs/tools/notebooks.py [NAME ...]

The scripts are in the percent format that editors and jupytext know: `# %%` begins a cell of code, `# %% [markdown]`
one of text, whose lines begin with `#`. A test holds each notebook's cells against its script's.
"""

import json
import os
import re
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "notebooks"
MOST_BYTES = 400_000


@dataclass(frozen=True)
class Cell:
    """A cell: "code" or "markdown", and its source."""

    kind: str
    source: str


def cells_of(script: str) -> list[Cell]:
    """Return the cells of a script in the percent format."""
    parts = re.split(r"^# %%( \[markdown\])?\n", script, flags=re.MULTILINE)
    assert not parts[0].strip(), "a script begins with a cell"
    cells = []
    for marker, body in zip(parts[1::2], parts[2::2], strict=True):
        kind = "markdown" if marker else "code"
        lines = body.strip("\n").split("\n")
        if kind == "markdown":
            assert all(line.startswith("#") for line in lines if line), f"not a comment in {body!r}"
            lines = [line.removeprefix("#").removeprefix(" ") for line in lines]
        cells.append(Cell(kind, "\n".join(lines).strip("\n")))
    return cells


def with_badge(cells: list[Cell], name: str) -> list[Cell]:
    """Return the cells with a badge that opens the notebook in Colab, where the repository's address is known."""
    address = repository()
    if address is None:
        return cells
    link = f"https://colab.research.google.com/github/{address}/blob/main/docs/notebooks/{name}.ipynb"
    badge = f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({link})"
    return [Cell("markdown", badge), *cells]


def repository() -> str | None:
    """Return "owner/name" on GitHub, from pyproject's project.urls; None where it names no such place."""
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"].get("urls", {})
    found = (re.match(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?$", url) for url in urls.values())
    return next((match[1] for match in found if match), None)


def execute(cells: list[Cell], folder: Path) -> dict[str, Any]:
    """Return the notebook of these cells as JSON, with the outputs of running them in `folder`."""
    import nbformat
    from nbclient import NotebookClient

    new = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    notebook = nbformat.v4.new_notebook(cells=[new[cell.kind](cell.source) for cell in cells])
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"  # else at random
    NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(folder)}}).execute()
    return json.loads(nbformat.writes(notebook))


def tidy(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook without what differs from machine to machine, and with each stream in one piece."""
    notebook["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        if "outputs" in cell:
            silenced = "redirect_stderr" in "".join(cell["source"])
            outputs = _joined(cell["outputs"])
            cell["outputs"] = [output for output in outputs if not (silenced and output.get("name") == "stderr")]
    return notebook


def _joined(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return outputs with neighbouring pieces of a stream joined; images come as PNG alone."""
    joined: list[dict[str, Any]] = []
    for output in outputs:
        output = _as_stream(output)
        if "image/png" in output.get("data", {}):
            output["data"] = {"image/png": output["data"]["image/png"]}  # Pillow offers JPEG and a text too
        if joined and output["output_type"] == "stream" and joined[-1].get("name") == output["name"]:
            joined[-1]["text"] = [*joined[-1]["text"], *output["text"]]
        else:
            joined.append(output)
    return joined


def _as_stream(output: dict[str, Any]) -> dict[str, Any]:
    """Return a line that rich displays as HTML in notebooks as the line on stderr that it is elsewhere."""
    if output["output_type"] != "display_data" or "text/html" not in output["data"]:
        return output
    return {"output_type": "stream", "name": "stderr", "text": output["data"]["text/plain"]}


def main(names: list[str]) -> None:
    """Execute the scripts and write the notebooks; without names, all."""
    os.environ.pop("ZSCAPE_DOCS_FAST", None)
    for script in sorted(FOLDER.glob("*.py")):
        if names and script.stem not in names:
            continue
        cells = with_badge(cells_of(script.read_text(encoding="utf-8")), script.stem)
        with tempfile.TemporaryDirectory() as folder:
            text = json.dumps(tidy(execute(cells, Path(folder))), indent=1, ensure_ascii=False) + "\n"
            text = text.replace(folder + "/", "")
        size = len(text.encode())
        assert size < MOST_BYTES, f"{script.stem}.ipynb would have {size:,} bytes"
        script.with_suffix(".ipynb").write_text(text, encoding="utf-8")
        print(f"{script.stem}.ipynb: {len(cells)} cells, {size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
