"""`import zscape`: its names, and what importing it does not do."""

import json
import os
import subprocess
import sys

import pytest

import zscape
from zscape.cli.main import VERBS


@pytest.mark.parametrize("name", zscape.__all__)
def test_every_public_name_is_there_under_that_name(name):
    assert getattr(zscape, name).__name__ == name


def test_every_verb_of_the_command_line_is_a_function():
    assert {verb.__name__ for verb in VERBS} <= set(zscape.__all__)
    assert {"load", "Autoencoder", "VariationalAutoencoder", "Objective", "InputError"} <= set(zscape.__all__)
    assert dir(zscape) == zscape.__all__


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="module 'zscape' has no attribute 'nonsense'"):
        zscape.nonsense  # noqa: B018 - looking it up is the test
    assert not hasattr(zscape, "_hidden")


IMPORT = """
import json, os, sys
before = dict(os.environ)
import zscape
zscape.plan("celeba"), zscape.recipes(), zscape.InputError, zscape.run, zscape.load
print(json.dumps({
    "loaded": sorted(set(sys.modules) & {"keras", "tensorflow", "jax", "torch"}),
    "changed": sorted(name for name in {**before, **os.environ} if before.get(name) != os.environ.get(name)),
}))
"""


def test_importing_zscape_loads_no_backend_and_changes_no_environment():
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KERAS", "TF_", "OMP"))}
    environment["KERAS_BACKEND"] = "nonsense"  # whoever looks at it fails
    command = [sys.executable, "-c", IMPORT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"loaded": [], "changed": []}
