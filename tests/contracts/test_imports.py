"""What may be imported where: in processes of their own, because this one has Keras."""

import subprocess
import sys
from pathlib import Path

import zscape

PACKAGE = Path(next(iter(zscape.__path__)))
KERAS_FREE = ("core", "specs", "formulas", "data", "runs", "latent", "analysis", "figures", "reporting", "cli")

IMPORT_WITHOUT = """
import importlib, sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("keras", "tensorflow", "jax", "torch"):
            raise ImportError(f"{name} is blocked here")
sys.meta_path.insert(0, Blocked())
try:
    import keras
except ImportError:
    pass
else:
    sys.exit("the block does not work")
failed = []
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ImportError as error:
        failed.append(f"{name}: {error}")
sys.exit("\\n".join(failed) or 0)
"""


def modules(packages):
    files = [path for package in packages for path in (PACKAGE / package).rglob("*.py")]
    names = [".".join(("zscape", *path.relative_to(PACKAGE).with_suffix("").parts)) for path in sorted(files)]
    return [name.removesuffix(".__init__") for name in names]


def run(*arguments):
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_keras_free_packages_import_without_keras():
    names = modules(KERAS_FREE)
    for package in KERAS_FREE:
        assert f"zscape.{package}" in names, "a package was renamed: this test would stop covering without failing"
    run("-c", IMPORT_WITHOUT, *names)


def test_workflow_imports_keras_only_when_it_works():
    # `previews` is a Keras callback, imported only when training begins.
    run("-c", IMPORT_WITHOUT, *(name for name in modules(["workflow"]) if name != "zscape.workflow.previews"))


def test_importing_zscape_imports_no_backend_and_changes_nothing():
    text = """
import os, sys
before = dict(os.environ)
import zscape
assert dict(os.environ) == before
print(*sorted(name for name in ("keras", "tensorflow", "jax", "torch", "numpy", "matplotlib") if name in sys.modules))
"""
    assert run("-c", text).split() in ([], ["numpy"])
