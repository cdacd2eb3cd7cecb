"""The tiny run that tests/cli looks at too."""

from pathlib import Path

import pytest

import zscape

TINY = (
    "data.limit=60",
    "data.splits.validation=25",
    "model.filters=[4]",
    "model.strides=2",
    "model.z_dim=3",
    "training.batch_size=20",
    "training.epochs=2",
)


@pytest.fixture(scope="session")
def tiny() -> tuple[str, ...]:
    """What makes `digits` a matter of a second."""
    return TINY


@pytest.fixture(scope="session")
def trained(session_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete run directory; to be copied by whoever changes it."""
    path = tmp_path_factory.getbasetemp() / "tiny-run"
    if not (path / "report.html").exists():
        zscape.run("digits", TINY, out=path, note=lambda sentence: None)
    return path
