"""`python -m zscape`, and the command `zscape`."""

import sys


def entry_point() -> None:
    """Run the command that this process was started with.

    The command line is imported here: that takes a second or more, in which Ctrl-C must not show a traceback.
    """
    try:
        from zscape.cli.main import main

        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("zscape: Interrupted.", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    entry_point()
