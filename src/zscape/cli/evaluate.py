"""`zscape evaluate`."""

from zscape.cli.arguments import DataOption, JsonOption, RunArgument, SplitOption
from zscape.cli.numbers import print_metrics
from zscape.cli.output import print_json


def evaluate(
    directory: RunArgument, data: DataOption = None, split: SplitOption = "test", json: JsonOption = False
) -> None:
    """Print the numbers of a split; the same run and images give the same bytes."""
    from zscape.workflow.evaluate import evaluate as evaluate_run

    numbers = evaluate_run(directory, split=split, data=data)
    print_json(numbers) if json else print_metrics({split: numbers})
