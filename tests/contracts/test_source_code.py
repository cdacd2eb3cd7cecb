"""Rules for the text of the package, checked by reading it."""

import ast
import re
from pathlib import Path

import pytest

import zscape

PACKAGE = Path(next(iter(zscape.__path__)))
TEXTS = {str(path.relative_to(PACKAGE)): path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
FORBIDDEN = {
    "pickle": r"^\s*(import|from)\s+(pickle|cPickle|dill|cloudpickle|joblib|marshal|shelve)\b",
    "eval or exec": r"(?<![\w.])(eval|exec)\(",
    "pickled arrays": r"allow_pickle\s*=\s*True",
    "unsafe YAML": r"yaml\.(unsafe_load|full_load|UnsafeLoader|FullLoader|Loader\b)",
    "Keras' loaders, which may run code": r"safe_mode\s*=\s*False|enable_unsafe_deserialization",
    "path of a machine": r"[\"'](/home/|/Users/|/work/|/root/|[A-Z]:\\\\)",
    "global random state": r"np\.random\.(seed|rand|randn|randint|normal|uniform|choice|shuffle|permutation)\(",
}
CALLED_BY_KERAS = re.compile(r"on_\w+|call|build|compute_loss|get_metrics_result|update_state|result|reset_state")


def test_there_is_something_to_read():
    assert len(TEXTS) > 80


def test_no_file_is_long():
    assert [name for name, text in TEXTS.items() if len(text.splitlines()) > 300] == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_forbidden(what):
    pattern = re.compile(FORBIDDEN[what], re.MULTILINE)
    assert [name for name, text in TEXTS.items() if pattern.search(text)] == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("pickle", "import numpy\nfrom pickle import load"),
        ("eval or exec", "x = eval(text)"),
        ("pickled arrays", "np.load(path, allow_pickle=True)"),
        ("unsafe YAML", "yaml.unsafe_load(text)"),
        ("Keras' loaders, which may run code", "keras.saving.load_model(path, safe_mode=False)"),
        ("global random state", "np.random.seed(1)"),
        ("path of a machine", 'open("/home/someone/x")'),
    ],
)
def test_forbidden_patterns_find_what_they_are_for(what, text):
    assert re.search(FORBIDDEN[what], text, re.MULTILINE)


def test_package_files_are_empty():
    inits = {name: text for name, text in TEXTS.items() if name.endswith("/__init__.py")}
    assert len(inits) > 10 and [name for name, text in inits.items() if text] == []


def public_without_docstring(tree):
    """Yield what is public at module level, and public methods that Keras does not call by itself."""
    if ast.get_docstring(tree) is None:
        yield "the module"
    for node in tree.body:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None:
            yield node.name
        for method in node.body if isinstance(node, ast.ClassDef) else []:
            documented = not isinstance(method, ast.FunctionDef) or ast.get_docstring(method)
            if not documented and not method.name.startswith("_") and not CALLED_BY_KERAS.fullmatch(method.name):
                yield f"{node.name}.{method.name}"


def test_everything_public_has_a_docstring():
    trees = {name: ast.parse(text) for name, text in TEXTS.items() if not name.endswith("/__init__.py")}
    assert [f"{name}: {what}" for name, tree in trees.items() for what in public_without_docstring(tree)] == []


def test_what_lacks_a_docstring_is_found():
    tree = ast.parse("def f(): ...\nclass A:\n  def g(self): ...\n  def call(self): ...\ndef _h(): ...")
    assert list(public_without_docstring(tree)) == ["the module", "f", "A", "A.g"]
