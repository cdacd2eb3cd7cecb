"""The frame of the command line: version, help, usage errors, exit codes."""

import errno
import importlib
import re
import sys
from importlib import metadata

import pytest

from zscape.__main__ import entry_point
from zscape.cli import main as module
from zscape.core.errors import InputError, TrainingStopped

HINT = " `zscape --help` and `zscape VERB --help` show what there is."


def test_version(zscape):
    outcome = zscape("--version")
    assert (outcome.code, outcome.out, outcome.err) == (0, f"zscape {metadata.version('zscape')}\n", "")


def test_help_lists_every_verb_and_no_arguments_shows_it_too(zscape):
    outcome = zscape("--help")
    assert outcome.code == 0
    for verb in module.VERBS:
        assert re.search(rf"^\W*{verb.__name__}\s+[A-Z]", outcome.out, re.MULTILINE)
    bare = zscape()
    assert bare.code == 2 and bare.out.rstrip() == outcome.out.rstrip() and bare.err == ""


@pytest.mark.parametrize("verb", [verb.__name__ for verb in module.VERBS])
def test_every_verb_has_help(zscape, verb):
    outcome = zscape(verb, "--help")
    assert outcome.code == 0 and f"zscape {verb}" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nosuch"], "No such command 'nosuch'."),
        (["rn", "digits"], "No such command 'rn'. Did you mean 'run'?"),
        (["run"], "Missing argument 'RECIPE'."),
        (["evaluate"], "Missing argument 'DIR'."),
        (["weight"], "Missing option '--image'."),
        (["run", "digits", "--ot", "x"], "No such option: --ot (Possible options: --json, --out)"),
        (["sample", "run", "--out"], "Option '--out' requires an argument."),
        (["sample", "run"], "Missing option '--out'."),
        (["recipes", "digits", "mnist"], "Got unexpected extra argument(s) (mnist)"),
    ],
)
def test_usage_errors_are_one_sentence(refused, arguments, sentence):
    assert refused(*arguments) == sentence + HINT


@pytest.mark.parametrize("number", ["many", "1.5"])
def test_an_option_that_is_no_number(refused, number):
    sentence = refused("sample", "run", "--out", "x.png", "-n", number)
    assert sentence.startswith("Invalid value for '-n': ") and "valid integer" in sentence


class Raising:
    """Stands in for a verb's function."""

    def __init__(self, error):
        self.error = error

    def __call__(self, *_, **__):
        raise self.error


@pytest.fixture
def plan_raises(monkeypatch, zscape):
    def call(error):
        # By its module: `zscape.workflow.plan` is looked up when the verb runs.
        monkeypatch.setattr(importlib.import_module("zscape.workflow.plan"), "plan", Raising(error))
        return zscape("plan", "digits")

    return call


@pytest.mark.parametrize("error", [InputError("Received a pear."), TrainingStopped("No longer finite.")])
def test_exit_codes_of_zscape_s_own_errors(plan_raises, error):
    outcome = plan_raises(error)
    assert outcome.code == (2 if isinstance(error, InputError) else 1)
    assert (outcome.out, outcome.err) == ("", f"zscape: {error}\n")


def test_interruption_is_130(plan_raises):
    outcome = plan_raises(KeyboardInterrupt())
    assert outcome.code == 130
    assert outcome.last_line == "zscape: Interrupted."


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "The disk is full while writing a.png: free some space and give the same command again."),
        (errno.EDQUOT, "The disk quota is used up while writing a.png: free some space and give the same"),
        (errno.EACCES, "No permission while writing a.png: choose another --out, or change the folder's permissions."),
        (errno.EROFS, "The file system is read-only while writing a.png: choose another --out."),
    ],
)
def test_what_a_disk_refuses(plan_raises, number, sentence):
    outcome = plan_raises(OSError(number, "refused", "a.png"))
    assert outcome.code == 2 and outcome.err.startswith(f"zscape: {sentence}")


@pytest.mark.parametrize("error", [OSError(errno.EIO, "bad disk"), RuntimeError("a bug")])
def test_an_error_that_nobody_foresaw_keeps_its_traceback(plan_raises, error):
    with pytest.raises(type(error)) as raised:
        plan_raises(error)
    assert raised.value is error


def test_entry_point_takes_the_process_arguments_and_exits_with_the_code(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["zscape", "plan", "digts"])
    with pytest.raises(SystemExit) as ended:
        entry_point()
    assert ended.value.code == 2 and "Did you mean 'digits'?" in capsys.readouterr().err


def test_ctrl_c_while_the_command_line_is_imported_is_no_traceback(monkeypatch, capsys):
    def interrupted(arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "main", interrupted)
    with pytest.raises(SystemExit) as ended:
        entry_point()
    assert ended.value.code == 130 and capsys.readouterr().err == "zscape: Interrupted.\n"
