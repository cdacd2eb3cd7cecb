"""The tiny run that tests/cli looks at too."""

from pathlib import Path

import pytest

import zscape


@pytest.fixture(scope="session")
def trained(session_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete run directory; to be copied by whoever changes it."""
    path = tmp_path_factory.getbasetemp() / "tiny-run"
    if not (path / "report.html").exists():
        settings = ["data.limit=60", "data.splits.validation=25", "model.filters=[4]", "model.strides=2"]
        settings += ["model.z_dim=3", "training.batch_size=20", "training.epochs=2"]
        zscape.run("digits", settings, out=path, note=lambda sentence: None)
    return path
