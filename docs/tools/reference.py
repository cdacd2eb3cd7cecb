"""Make docs/reference/*.md from the docstrings of zscape's public names.

    python docs/tools/reference.py

A test holds the committed pages against what this makes.
"""

import inspect
import re
from pathlib import Path
from typing import Any

import zscape

FOLDER = Path(__file__).parents[1] / "reference"
_USING = ("load", "save", "evaluate", "reconstruct", "sample", "encode", "walk", "edit", "whiten", "export")
GROUPS = {
    "data": ("Images", ("prepare", "faces")),
    "runs": ("From a recipe to a run", ("run", "train", "sweep", "plan", "recipes")),
    "using": ("Using a trained run", _USING),
    "studies": ("Studying codes, and reports", ("analyze", "report", "quality")),
    "models": ("Models", ("VariationalAutoencoder", "Autoencoder", "Objective")),
    "helpers": ("Helpers and errors", ("doctor", "weight", "InputError", "TrainingStopped", "ZscapeError")),
}
METHODS = ("encode", "decode", "decode_logits", "reconstruct", "sample")
SECTIONS = ("Args", "Returns", "Raises", "Attributes", "Example", "Yields")


def pages() -> dict[str, str]:
    """Return every page's text by its file's name."""
    listed = [name for _, names in GROUPS.values() for name in names]
    missing = set(zscape.__all__) ^ set(listed)
    assert not missing, f"public names and the groups here differ: {sorted(missing)}"
    made = {f"{stem}.md": _page(title, names) for stem, (title, names) in GROUPS.items()}
    return {"README.md": _index(), **made}


def _index() -> str:
    lines = [
        "# Reference",
        "",
        "Every public name of `zscape`, from its docstring; verbs of the command line are functions.",
    ]
    for stem, (title, names) in GROUPS.items():
        lines += ["", f"## {title}", ""]
        for name in names:
            lines.append(f"- [`{name}`]({stem}.md#{name.lower()}): {_summary(getattr(zscape, name))}")
    lines += ["", "Keys of recipes: [recipes](../recipes.md). Verbs: `zscape --help`, `zscape VERB --help`."]
    return "\n".join(lines) + "\n"


def _page(title: str, names: tuple[str, ...]) -> str:
    parts = [f"# {title}", "Made from the docstrings by `docs/tools/reference.py`. [All names](README.md)."]
    for name in names:
        value = getattr(zscape, name)
        parts += [f"## {name}", _code(_signature(f"zscape.{name}", value)), *_docstring(value)]
        if name == "VariationalAutoencoder":
            for method in METHODS:
                function = getattr(value, method)
                parts += [f"### {method}", _code(_signature(f"model.{method}", function)), *_docstring(function)]
        elif name == "Autoencoder":
            parts.append("Its methods are those of `VariationalAutoencoder`, above; log_var is None.")
    return "\n\n".join(parts) + "\n"


def _summary(value: Any) -> str:
    return " ".join((inspect.getdoc(value) or "").split("\n\n")[0].split())


def _signature(called: str, value: Any) -> str:
    if isinstance(value, type) and issubclass(value, Exception):
        return called
    signature = inspect.signature(value)
    parameters = [item for item in signature.parameters.values() if item.name != "self"]
    bare = signature.replace(parameters=parameters)
    if isinstance(value, type):
        bare = bare.replace(return_annotation=inspect.Signature.empty)
    # What stands for a type or a default, as a reader would write it: no module paths, no addresses in memory.
    text = re.sub(r"<function (\w+) at 0x[0-9a-f]+>", r"\1", str(bare))
    text = called + re.sub(r"\b[a-z_]+(?:\.[\w]+)*\.([A-Za-z_]+)", r"\1", text)
    return text if len(text) <= 100 else _wrapped(text)


def _wrapped(text: str) -> str:
    """Return a long signature with one parameter per line."""
    head, _, rest = text.partition("(")
    depth, start, parameters = 0, 0, []
    for position, letter in enumerate(rest):
        if letter in "([{":
            depth += 1
        elif letter in ")]}":
            if depth == 0:
                parameters.append(rest[start:position])
                return "\n".join([f"{head}(", *(f"    {item.strip()}," for item in parameters), rest[position:]])
            depth -= 1
        elif letter == "," and depth == 0:
            parameters.append(rest[start:position])
            start = position + 1
    raise AssertionError(f"no end of the parameters in {text}")


def _code(text: str) -> str:
    return f"```text\n{text}\n```"


def _docstring(value: Any) -> list[str]:
    """Return the blocks of a docstring as Markdown: sections become lists, diagrams stay as they are."""
    blocks = []
    for name, lines in _sections(inspect.getdoc(value) or ""):
        body = "\n".join(lines).strip("\n")
        if name is None:
            blocks.append(re.sub(r"^```$", "```text", body, count=1, flags=re.MULTILINE) if "```" in body else body)
        elif name == "Example":
            shown = re.sub(r"\s*# doctest:.*", "", inspect.cleandoc(body))
            blocks.append(f"**Example**\n\n{_code(re.sub(r'^>>> ', '', shown, flags=re.MULTILINE))}")
        else:
            blocks.append(f"**{name}**\n\n{_items(inspect.cleandoc(body), name)}")
    return [block for block in blocks if block]


def _sections(text: str) -> list[tuple[str | None, list[str]]]:
    sections: list[tuple[str | None, list[str]]] = [(None, [])]
    for line in text.split("\n"):
        if line.endswith(":") and line[:-1] in SECTIONS:
            sections.append((line[:-1], []))
        elif sections[-1][0] and line and not line.startswith(" "):
            sections.append((None, [line]))
        else:
            sections[-1][1].append(line)
    return sections


def _items(body: str, section: str) -> str:
    """Return "name: text" entries as a list; what is no list stays a paragraph."""
    entries: list[str] = []
    for line in body.split("\n"):
        if line.startswith(" ") and entries:
            entries[-1] += " " + line.strip()
        elif re.match(r"[\w*]+: ", line) or not entries:
            entries.append(line)
        else:
            entries[-1] += " " + line.strip()
    named = [re.match(r"([\w*]+): (.*)", entry) for entry in entries]
    if section != "Returns" and all(named):
        return "\n".join(f"- `{match[1]}`: {match[2]}" for match in named if match)
    return " ".join(entries)


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"reference/{name}")


if __name__ == "__main__":
    main()
