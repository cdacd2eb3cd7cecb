"""The tutorials run, and each notebook is its script, executed."""

import base64
import importlib.util
import io
import json
import runpy
from pathlib import Path

import jupytext
import pytest
from matplotlib.figure import Figure
from PIL import Image

from zscape.figures.canvas import png
from zscape.reporting import build

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
SCRIPTS = sorted(FOLDER.glob("*.py"))
NAMES = [script.stem for script in SCRIPTS]


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("notebooks_tool", FOLDER.parent / "tools" / "notebooks.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(script: Path) -> list[dict]:
    """Return the cells of the notebook beside a script."""
    return json.loads(script.with_suffix(".ipynb").read_text(encoding="utf-8"))["cells"]


def test_there_are_three_and_the_index_names_them():
    assert NAMES == ["first_vae", "latent_report", "own_pictures"]
    index = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"notebooks/{name}.ipynb" not in index] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_script_runs(script, tmp_path, monkeypatch, session_cache):
    """With one epoch each; that the numbers come out as the text says is for those who read the notebooks."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZSCAPE_DOCS_FAST", "1")
    # Figures are drawn but not put on paper, which would take most of the time.
    small = Image.new("L", (9, 9))
    monkeypatch.setattr(build, "png", lambda picture: png(small if isinstance(picture, Figure) else picture))
    names = runpy.run_path(str(script))
    assert names["EPOCHS"] == 1, "the script does not heed ZSCAPE_DOCS_FAST"
    assert list(tmp_path.glob("runs/*/report.html"))


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_notebook_has_the_script_s_cells(script, tool):
    text = script.read_text(encoding="utf-8")
    expected = [(cell.kind, cell.source) for cell in tool.with_badge(tool.cells_of(text), script.stem)]
    assert [(cell["cell_type"], "".join(cell["source"])) for cell in read(script)] == expected


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_notebook_was_executed_without_an_error_and_is_small(script):
    cells = [cell for cell in read(script) if cell["cell_type"] == "code"]
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for output in outputs if output["output_type"] == "error"]
    pictures = [output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    sizes = [len(base64.b64decode(picture)) for picture in pictures]
    assert len(sizes) >= 3 and max(sizes) < 60_000
    for picture in pictures:
        Image.open(io.BytesIO(base64.b64decode(picture))).verify()
    assert script.with_suffix(".ipynb").stat().st_size < 400_000
    text = script.with_suffix(".ipynb").read_text(encoding="utf-8")
    assert "/tmp" not in text and "/home" not in text and "/work" not in text


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_cells_are_those_that_jupytext_reads(script, tool):
    """Jupytext is the oracle for the tool's reader of the percent format."""
    text = script.read_text(encoding="utf-8")
    oracle = [(cell["cell_type"], cell["source"]) for cell in jupytext.reads(text, "py:percent")["cells"]]
    assert [(cell.kind, cell.source) for cell in tool.cells_of(text)] == oracle


def test_the_badge_needs_the_repository_s_address(tool, monkeypatch):
    cells = [tool.Cell("markdown", "# Title")]
    monkeypatch.setattr(tool, "repository", lambda: None)
    assert tool.with_badge(cells, "x") == cells
    monkeypatch.setattr(tool, "repository", lambda: "owner/name")
    badge = tool.with_badge(cells, "x")[0].source
    assert "https://colab.research.google.com/github/owner/name/blob/main/docs/notebooks/x.ipynb" in badge


def test_the_address_is_read_from_pyproject(tool, monkeypatch, tmp_path):
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    for urls, expected in (("", None), ('Source = "https://github.com/a-b/c.d.git"', "a-b/c.d")):
        (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "x"\n[project.urls]\n{urls}\n', encoding="utf-8")
        assert tool.repository() == expected
