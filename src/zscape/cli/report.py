"""`zscape report`."""

from zscape.cli.arguments import RunArgument


def report(directory: RunArgument) -> None:
    """Write a run's report.html, one page that needs no other file."""
    from zscape.workflow.report import report as report_run

    print(f"report: {report_run(directory)}")
