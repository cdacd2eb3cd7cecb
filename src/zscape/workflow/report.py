"""`zscape report`: the page that shows a run."""

from pathlib import Path

from zscape.runs.directory import RunDirectory
from zscape.workflow.study import study

_NEEDED = ("metrics.json", "latents.npz", "images.npz")


def report(directory: Path | str) -> Path:
    """Write a run's figures and its report.html, and return the page's path.

    A run that was only trained is encoded, evaluated and analysed first.

    Args:
        directory: a run directory.

    Raises:
        InputError: when it holds no trained run, or files of it are damaged.
    """
    from zscape.reporting.build import build_report  # matplotlib and scikit-learn take a second to start

    run = RunDirectory.open(directory)
    if not all((run.path / name).is_file() for name in _NEEDED):
        run = study(run.path)
    return build_report(run)
