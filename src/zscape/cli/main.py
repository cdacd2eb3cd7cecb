"""The command line: `zscape VERB ...`.

Verbs parse, call one function of `zscape.workflow` and print. Wrong input becomes one sentence and exit code 2.
"""

import errno
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.main import get_command

from zscape.cli.analyze import analyze
from zscape.cli.doctor import doctor
from zscape.cli.edit import edit
from zscape.cli.encode import encode
from zscape.cli.evaluate import evaluate
from zscape.cli.export import export
from zscape.cli.faces import faces
from zscape.cli.plan import plan
from zscape.cli.prepare import prepare
from zscape.cli.quality import quality
from zscape.cli.recipes import recipes
from zscape.cli.reconstruct import reconstruct
from zscape.cli.report import report
from zscape.cli.run import run
from zscape.cli.sample import sample
from zscape.cli.sweep import sweep
from zscape.cli.train import train
from zscape.cli.walk import walk
from zscape.cli.weight import weight
from zscape.cli.whiten import whiten
from zscape.core.errors import InputError, ZscapeError

VERBS = (
    run,
    prepare,
    faces,
    train,
    sweep,
    evaluate,
    reconstruct,
    sample,
    whiten,
    walk,
    edit,
    encode,
    export,
    analyze,
    quality,
    report,
    plan,
    weight,
    recipes,
    doctor,
)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Train autoencoders and variational autoencoders on images, and understand their latent space.",
)
for verb in VERBS:
    app.command(verb.__name__)(verb)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib import metadata

        print(f"zscape {metadata.version('zscape')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 2 wrong input, 1 stopped or failed, 130 interrupted."""
    try:
        code = get_command(app).main(args=list(arguments), prog_name="zscape", standalone_mode=False)
    except ZscapeError as error:
        return _fail(str(error), error.exit_code)
    except typer.TyperException as error:
        return _fail(_usage_sentence(error), InputError.exit_code)
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if error.errno not in _DISK_SENTENCES:
            raise
        where = f" while writing {error.filename}" if error.filename else ""
        return _fail(_DISK_SENTENCES[error.errno].format(where=where), InputError.exit_code)
    except KeyboardInterrupt:
        code = _INTERRUPTED
    if code == _INTERRUPTED:  # also how Typer reports Ctrl-C
        return _fail("Interrupted.", code)
    return code if isinstance(code, int) else 0


_INTERRUPTED = 130
_DISK_SENTENCES = {
    errno.ENOSPC: "The disk is full{where}: free some space and give the same command again. Nothing was left half.",
    errno.EDQUOT: "The disk quota is used up{where}: free some space and give the same command again.",
    errno.EACCES: "No permission{where}: choose another --out, or change the folder's permissions.",
    errno.ENOTDIR: "A part of the path is a file, not a folder{where}: choose another --out.",
    errno.EEXIST: "A file stands where a folder is needed{where}: choose another --out.",
    errno.EISDIR: "A folder stands where a file is to be written{where}: choose another --out.",
    errno.EROFS: "The file system is read-only{where}: choose another --out.",
}


def _usage_sentence(error: typer.TyperException) -> str:
    message = error.format_message() if hasattr(error, "format_message") else str(error)  # pyright: ignore
    if not message:  # no verb given: the help was shown already
        return ""
    end = "" if message.endswith((".", "?", "!", ")")) else "."
    return f"{message}{end} `zscape --help` and `zscape VERB --help` show what there is."


def _fail(sentence: str, code: int) -> int:
    if sentence:
        print(f"zscape: {sentence}", file=sys.stderr, flush=True)
    return code
