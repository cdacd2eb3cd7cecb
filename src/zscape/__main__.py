"""`python -m zscape`."""

from zscape.cli.main import entry_point

entry_point()
