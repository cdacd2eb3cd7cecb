"""The pages of docs/reference are what the tool makes of today's docstrings."""

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def reference():
    spec = importlib.util.spec_from_file_location("reference_tool", DOCS / "tools" / "reference.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_are_up_to_date(reference):
    made = reference.pages()
    committed = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "reference").glob("*.md")}
    assert sorted(made) == sorted(committed)
    stale = [name for name, text in made.items() if committed[name] != text]
    assert not stale, f"{stale} differ from the docstrings: python docs/tools/reference.py makes them anew"


def test_every_argument_is_described(reference):
    """What the tool lists as arguments are the signature's: a renamed argument cannot keep its old description."""
    import inspect

    import zscape

    undescribed = []
    for _, names in reference.GROUPS.values():
        for name in names:
            value = getattr(zscape, name)
            if isinstance(value, type) and issubclass(value, Exception):
                continue
            page = "\n".join(reference._docstring(value))
            parameters = [parameter for parameter in inspect.signature(value).parameters if parameter != "self"]
            undescribed += [f"{name}({item})" for item in parameters if f"- `{item}`: " not in page]
    assert undescribed == []


def test_sections_and_lists(reference):
    def function(first: int, second: "str | None" = None) -> int:
        """Do a thing.

        Args:
            first: one line, and
                another.
            second: more.

        Returns:
            A number: the answer.
        """
        return first

    assert reference._docstring(function) == [
        "Do a thing.",
        "**Args**\n\n- `first`: one line, and another.\n- `second`: more.",
        "**Returns**\n\nA number: the answer.",
    ]
    assert reference._signature("f", function) == "f(first: int, second: 'str | None' = None) -> int"
    assert reference._wrapped("f(a: dict[str, int] = {}, b=(1, 2)) -> int") == (
        "f(\n    a: dict[str, int] = {},\n    b=(1, 2),\n) -> int"
    )
