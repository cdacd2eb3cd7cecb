"""The command line in this process, and one tiny run that most tests look at and none changes."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from zscape.cli.main import main


@dataclass(frozen=True)
class Outcome:
    """Exit code, stdout and stderr of one command."""

    code: int
    out: str
    err: str

    @property
    def last_line(self) -> str:
        """The last line of stderr: where an error's sentence stands, after the notes."""
        return self.err.splitlines()[-1] if self.err else ""


@pytest.fixture
def zscape(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    """Run commands as a shell would, in a working directory of the test's own."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Outcome:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return call


@pytest.fixture
def refused(zscape: Callable[..., Outcome], tmp_path: Path) -> Callable[..., str]:
    """Run a command that must be refused: exit code 2, a sentence, no traceback, no file new, gone or changed."""

    def call(*arguments: object) -> str:
        before = _snapshot(tmp_path)
        outcome = zscape(*arguments)
        assert outcome.code == 2, outcome
        assert outcome.out == "" and "Traceback" not in outcome.err
        assert _snapshot(tmp_path) == before
        sentence = outcome.err[outcome.err.index("zscape: ") :].removeprefix("zscape: ")
        assert sentence.endswith("\n") and ".." not in sentence.replace("...", "")
        return sentence.removesuffix("\n")

    return call


def _snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return content and time of change of every file below a folder, hidden ones included."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


@pytest.fixture
def snapshot() -> Callable[[Path], dict[str, tuple[bytes, int]]]:
    """What a folder holds, to compare with what it holds later."""
    return _snapshot


# 29 images for training and 25 for validation: batches of 20 leave short last ones in both.
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
    """A complete run directory; to be copied by whoever changes it. Shared with tests/workflow and tests/docs."""
    path = tmp_path_factory.getbasetemp() / "tiny-run"
    if not (path / "report.html").exists():
        assert main(["run", "digits", *TINY, "--out", str(path)]) == 0
    return path


@pytest.fixture
def in_reach(trained: Path, tmp_path: Path) -> Path:
    """The trained run as `run` in the test's working directory, a copy."""
    shutil.copytree(trained, tmp_path / "run")
    return Path("run")
