"""Every code block of README and docs works.

Blocks of a page are taken in their order, in one temporary folder, where `runs/digits` and its siblings are tiny
trained runs. Python is executed. Of a shell's lines `make` must name targets, and `zscape` is parsed by the command
line's own parser; verbs other than `run`, `train`, `sweep` and `doctor` are executed too where the files they read are
there. A block after the line `<!-- not run -->` is left out.
"""

import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import typer
from matplotlib.figure import Figure
from PIL import Image
from sklearn.datasets import load_digits
from typer.main import get_command

from zscape.cli.main import VERBS, app, main
from zscape.figures.canvas import png
from zscape.reporting import build
from zscape.specs.compose import compose_recipe, compose_values
from zscape.specs.shipped import shipped_recipes
from zscape.workflow import analyze as analyze_module
from zscape.workflow import choose as choose_module
from zscape.workflow.choose import resolve_recipe
from zscape.workflow.sweep_grid import plan_grid

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
SHELLS = ("bash", "console", "sh", "shell")
READ = ("directory", "codes", "data")  # parameters of verbs that name files to read


@dataclass(frozen=True)
class Block:
    """A fenced code block: its language, the number of its first line, its text."""

    language: str
    line: int
    text: str


def blocks_of(text: str) -> list[Block]:
    blocks, inside, previous = [], None, ""
    for number, line in enumerate(text.splitlines(), 1):
        fence = re.match(r"\s*```\s*([\w-]*)", line)
        if inside is None:
            if fence:
                inside = (fence[1].lower(), number + 1, previous == "<!-- not run -->", [])
            elif line.strip():
                previous = line.strip()
        elif fence:
            language, first, left_out, lines = inside
            if not left_out:
                blocks.append(Block(language, first, "\n".join(lines) + "\n"))
            inside, previous = None, ""
        else:
            inside[3].append(line)
    assert inside is None, "a code block is not closed"
    return blocks


def commands_of(block: Block) -> list[list[str]]:
    """Return the commands of a shell block as lists of words."""
    text = block.text.replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    if block.language == "console":
        lines = [line[1:] for line in lines if line.startswith("$")]
    commands = []
    for line in lines:
        words = shlex.split(line, comments=True)
        command: list[str] = []
        for word in [*words, ";"]:
            if word in ("&&", "||", "|", ";"):
                commands.append(command)
                command = []
            elif command or not re.match(r"[A-Z_]+=", word):  # variables set in front of a command
                command.append(word)
    return [command for command in commands if command]


def check_command(words: list[str], targets: set[str]) -> None:
    program, *arguments = words
    if [program.rsplit("/", 1)[-1], *arguments[:2]][:3] in (["python", "-m", "zscape"], ["python3", "-m", "zscape"]):
        program, arguments = "zscape", arguments[2:]
    if program == "make":
        unknown = [word for word in arguments if "=" not in word and not word.startswith("-") and word not in targets]
        assert not unknown, f"make has no target {unknown}"
    if program.rsplit("/", 1)[-1] == "zscape":
        check_zscape(arguments)


def check_zscape(arguments: list[str]) -> None:
    if arguments in (["--help"], ["--version"]):
        return
    verb, *rest = arguments
    known = get_command(app).commands  # pyright: ignore[reportAttributeAccessIssue]
    assert verb in known, f"zscape has no verb {verb}"
    try:
        given = known[verb].make_context(verb, list(rest)).params
    except typer.TyperException as error:
        message = error.format_message()  # pyright: ignore[reportAttributeAccessIssue]
        raise AssertionError(f"zscape {' '.join(arguments)}: {message}") from None
    recipe = given.get("recipe")
    if recipe in shipped_recipes():
        check = plan_grid if verb == "sweep" else compose_recipe
        check(recipe, given["settings"] or ())
    elif recipe is not None and not Path(recipe).is_dir():
        assert recipe.endswith((".yaml", ".yml")), f"zscape has no recipe {recipe}"
        if verb != "sweep":
            compose_values({}, given["settings"] or ())
    elif recipe is not None:
        resolve_recipe(recipe, given["settings"] or ())
    reads = [Path(given[name]) for name in READ if given.get(name) is not None]
    if (
        verb not in ("run", "train", "sweep", "doctor")
        and (recipe in (None, *shipped_recipes()) or Path(recipe).is_dir())
        and all(path.exists() for path in reads)
    ):
        assert main(arguments) == 0, f"zscape {' '.join(arguments)} failed"


def make_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return {name for line in re.findall(r"^([\w .-]+):(?!=)", text, flags=re.MULTILINE) for name in line.split()}


@pytest.fixture
def folder(tmp_path, monkeypatch, trained):
    """A working directory with a tiny trained run for every recipe, and a FOLDER of 24 pictures.

    Trainings of `digits` see 60 images.
    """
    for name in shipped_recipes():
        shutil.copytree(trained, tmp_path / "runs" / name)
    (tmp_path / "FOLDER").mkdir()
    for number, image in enumerate(load_digits().images[:24]):
        Image.fromarray(np.uint8(image * 15)).save(tmp_path / "FOLDER" / f"{number}.png")
    monkeypatch.chdir(tmp_path)

    def compose(name, settings=()):
        return compose_recipe(name, [*settings, "data.limit=60"])

    monkeypatch.setattr(choose_module, "compose_recipe", compose)
    # Figures are drawn but not put on paper, which would take most of the time.
    for module in (build, analyze_module):
        monkeypatch.setattr(
            module, "png", lambda picture: png(Image.new("L", (9, 9)) if isinstance(picture, Figure) else picture)
        )
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_blocks_of(page, folder):
    namespace: dict[str, object] = {"__name__": "__page__"}
    targets = make_targets()
    for block in blocks_of(page.read_text(encoding="utf-8")):
        where = f"{page.name}:{block.line}"
        if block.language == "python":
            exec(compile("\n" * (block.line - 1) + block.text, str(page), "exec"), namespace)
        elif block.language in SHELLS:
            for words in commands_of(block):
                try:
                    check_command(words, targets)
                except Exception as error:
                    raise AssertionError(f"{where}: {' '.join(words)}: {error}") from error
        else:
            assert block.language in ("", "text", "yaml", "json", "toml"), f"{where}: who runs {block.language!r}?"


def test_readme_shows_the_two_commands_and_every_verb():
    commands = [
        words
        for block in blocks_of((ROOT / "README.md").read_text(encoding="utf-8"))
        if block.language in SHELLS
        for words in commands_of(block)
    ]
    assert ["make", "demo"] in commands and ["make", "test"] in commands
    shown = {words[1] for words in commands if words[0] == "zscape"}
    assert shown >= {verb.__name__ for verb in VERBS}


# the check itself


PAGE = """
```bash
make demo  # comment
KERAS_BACKEND=jax zscape plan digits \\
    model.z_dim=3 && zscape recipes | head
```
<!-- not run -->
```bash
zscape nonsense
```
```console
$ zscape --version
zscape 1.0
```
```python
x = 1
```
"""


def test_blocks_and_commands_are_found():
    blocks = blocks_of(PAGE)
    assert [(block.language, block.line) for block in blocks] == [("bash", 3), ("console", 12), ("python", 16)]
    assert commands_of(blocks[0]) == [
        ["make", "demo"],
        ["zscape", "plan", "digits", "model.z_dim=3"],
        ["zscape", "recipes"],
        ["head"],
    ]
    assert commands_of(blocks[1]) == [["zscape", "--version"]]
    assert {"demo", "test", "install"} <= make_targets() and "PIP" not in make_targets()


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("make demmo", "make has no target"),
        ("zscape nosuch", "zscape has no verb nosuch"),
        ("zscape run digits --nosuch", "No such option"),
        ("zscape sample runs/digits", "Missing option"),
        ("zscape run nosuch", "zscape has no recipe nosuch"),
        ("zscape train digits model.zdim=2", "there is no such key"),
        ("zscape train own.yaml model.zdim=2", "there is no such key"),
        ("zscape run FOLDER model.zdim=2", "there is no such key"),
        ("zscape sweep digits training.sed=1,2 --out x", "there is no such key"),
        ("zscape weight --image 8x8x1 --z-dim 2", "failed"),
        (".venv/bin/zscape evaluate runs/digits --split nosuch", "failed"),
        ("python -m zscape plan digits --jsn", "No such option"),
    ],
)
def test_a_wrong_command_is_found(folder, command, problem):
    with pytest.raises(Exception, match=problem):
        check_command(shlex.split(command), make_targets())
