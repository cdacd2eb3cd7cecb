"""What is shown while training: losses that add up, time left."""

import io
import math
import re
import sys

import pytest
from rich.console import Console

from zscape.training import progress
from zscape.training.progress import ProgressCallback, fitted, peak_now, stderr_console

LOSS = re.compile(r"loss (\S+) = (\S+) \+ (\S+)")
LOGS = {"loss": 258.90, "reconstruction": 209.01, "kl_mu": 2.0, "kl_log_var": 1.49}


class Clock:
    now = 1000.0

    def perf_counter(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def callback_to(beta=1.0, epochs=10, terminal=False, width=200):
    console = Console(file=io.StringIO(), highlight=False, soft_wrap=True, force_terminal=terminal, width=width)
    callback = ProgressCallback(beta, images_per_epoch=100, epochs=epochs, console=console, memory=lambda: "1.2 GiB")
    callback.set_params({"steps": 10})
    callback.on_train_begin()
    console.file.seek(0)
    console.file.truncate()  # what was said at the beginning has its own test
    return callback, console.file


def unit_in_last_place(number):
    """The worth of one unit of the last digit printed."""
    digits, _, exponent = number.partition("e")
    return 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))


def assert_adds_up(line):
    printed = LOSS.search(line)
    loss, reconstruction, weighted_kl = map(float, printed.groups())
    rounding = sum(unit_in_last_place(number) for number in printed.groups()) / 2
    assert abs(loss - reconstruction - weighted_kl) <= rounding * 1.0001, line


def test_a_training_writes_one_plain_line_per_epoch(straight):
    assert straight.lines[0] == "loss = reconstruction + weighted KL, in nats per image"
    # Where the machine is so busy that a step takes 20 seconds, there are lines within epochs too.
    lines = [line for line in straight.lines if " step " not in line]
    assert len(lines) == 5
    for number, (line, record) in enumerate(zip(lines[1:], straight.result.history, strict=True), start=1):
        assert line.startswith(f"epoch {number}/4  loss ")
        assert "\x1b" not in line
        assert_adds_up(line)
        terms = record["train"]
        printed = [float(number) for number in LOSS.search(line).groups()]
        assert printed == pytest.approx([terms[name] for name in ("loss", "reconstruction", "weighted_kl")], rel=1e-3)
        validation = float(re.search(r"validation (\S+)", line)[1])
        assert validation == pytest.approx(record["validation"]["loss"], rel=1e-3)
        assert re.search(r"  [\d,]+ img/s  [\d.]+ [MG]iB  ", line)
        assert re.search(r"  (\d+ s|\d+:\d\d:\d\d) left$", line)
    assert straight.lines[-1].endswith("  0 s left")


def test_printed_loss_is_the_sum_whatever_keras_says(clock):
    """The articles' display showed 209 + 3.49 beside a total of 258.90: an average of averages."""
    callback, file = callback_to()
    callback.on_epoch_begin(0)
    clock.now += 10
    callback.on_train_batch_end(9)
    callback.on_epoch_end(0, LOGS)
    assert file.getvalue() == "epoch 1/10  loss 212.5 = 209.0 + 3.490  10 img/s  1.2 GiB  0:01:30 left\n"


@pytest.mark.parametrize("scale", [1e-4, 0.1, 1.0, 1e4])
@pytest.mark.parametrize("beta", [1e-5, 0.1568, 15.0])
def test_lines_add_up_at_every_scale(clock, scale, beta):
    callback, file = callback_to(beta)
    for epoch in range(3):
        callback.on_epoch_begin(epoch)
        clock.now += 1
        callback.on_train_batch_end(9)
        callback.on_epoch_end(epoch, {name: value * scale * (epoch + 1) / 3 for name, value in LOGS.items()})
    for line in file.getvalue().splitlines():
        assert_adds_up(line)


def test_without_weight_there_is_nothing_to_add(clock):
    callback, file = callback_to(beta=0.0)
    callback.on_epoch_begin(0)
    clock.now += 10
    callback.on_train_batch_end(9)
    callback.on_epoch_end(0, {**LOGS, "val_loss": 12.3456})
    assert file.getvalue().startswith("epoch 1/10  loss 209.0  validation 12.35  10 img/s")


@pytest.mark.parametrize(
    ("seconds", "text"), [(1, "9 s"), (6, "54 s"), (7, "0:01:03"), (400, "1:00:00"), (4321, "10:48:09")]
)
def test_time_left(clock, seconds, text):
    callback, file = callback_to()
    callback.on_epoch_begin(0)
    clock.now += seconds
    callback.on_train_batch_end(9)
    callback.on_epoch_end(0, LOGS)
    assert file.getvalue().endswith(f"  {text} left\n")


def run_epoch(callback, clock, epoch, steps, first=1.0, between=0.0):
    callback.on_epoch_begin(epoch)
    for batch in range(steps):
        clock.now += first if batch == 0 else 1.0
        callback.on_train_batch_end(batch)
    clock.now += between
    callback.on_epoch_end(epoch, LOGS)


def left(file):
    return file.getvalue().splitlines()[-1].rpartition("  ")[2]


def test_compilation_in_the_first_step_and_the_first_validation_does_not_count(clock):
    callback, file = callback_to(epochs=4)
    run_epoch(callback, clock, 0, 10, first=60.0, between=50.0)
    assert left(file) == "30 s left"
    run_epoch(callback, clock, 1, 10, between=2.0)
    assert left(file) == "20 s left"  # what lies between epochs is known when the next begins
    run_epoch(callback, clock, 2, 10, between=2.0)
    assert left(file) == "12 s left"
    run_epoch(callback, clock, 3, 10, between=2.0)
    assert left(file) == "0 s left"


def test_after_the_very_first_step_nothing_is_known(clock):
    callback, file = callback_to(terminal=True)
    callback.on_epoch_begin(0)
    clock.now += 60
    callback.on_train_batch_end(0, LOGS)
    assert "step 1/10" in file.getvalue() and "left" not in file.getvalue()
    clock.now += 1
    callback.on_train_batch_end(1, LOGS)
    assert "0:01:38 left" in file.getvalue()
    callback.close()


def test_epochs_of_one_step(clock):
    callback, file = callback_to(epochs=4)
    callback.set_params({"steps": 1})
    run_epoch(callback, clock, 0, 1, first=60.0)
    run_epoch(callback, clock, 1, 1)
    assert left(file) == "2 s left"


def test_resumed_training_counts_only_its_own_time(clock):
    callback, file = callback_to()
    callback.on_epoch_begin(7)
    clock.now += 5
    callback.on_train_batch_end(9)
    callback.on_epoch_end(7, LOGS)
    assert file.getvalue().startswith("epoch 8/10 ") and file.getvalue().endswith("  10 s left\n")


def test_long_epochs_write_plain_lines_now_and_then(clock):
    callback, file = callback_to()
    callback.on_epoch_begin(0)
    for batch in range(9):
        clock.now += 7
        callback.on_train_batch_end(batch, LOGS)
    lines = file.getvalue().splitlines()
    assert [line.split()[3] for line in lines] == ["3/10", "6/10", "9/10"]
    assert lines[0].startswith("epoch 1/10 step 3/10  loss 212.5 = ") and lines[0].endswith("1 img/s  0:11:19 left")
    for line in lines:
        assert_adds_up(line)


def test_terminal_shows_a_live_line_and_leaves_the_epochs(clock):
    callback, file = callback_to(terminal=True)
    callback.on_epoch_begin(0)
    for batch in range(3):
        clock.now += 1
        callback.on_train_batch_end(batch, LOGS)
    assert "step 3/10" in file.getvalue() and "\x1b[" in file.getvalue()
    callback.on_train_batch_end(9)
    callback.on_epoch_end(0, LOGS)
    callback.say("First picture: x.png")
    callback.close()
    assert "First picture: x.png" in file.getvalue() and "epoch 1/10  loss" in file.getvalue()


def test_sentences_are_printed_as_they_are(clock):
    callback, file = callback_to()
    callback.say("First picture: runs/[bold]x[/bold].png")
    assert file.getvalue() == "First picture: runs/[bold]x[/bold].png\n"


def test_a_loss_that_is_not_a_number_is_shown(clock):
    """The history's callback comes after this one and stops the training in words."""
    callback, file = callback_to()
    callback.on_epoch_begin(0)
    clock.now += 30
    callback.on_train_batch_end(3, {**LOGS, "reconstruction": math.nan})
    callback.on_train_batch_end(9)
    callback.on_epoch_end(0, {**LOGS, "kl_mu": math.inf})
    assert "loss nan = nan + 3.490" in file.getvalue() and "loss inf = 209.0 + inf" in file.getvalue()


def test_the_live_line_fits_a_terminal_of_80_columns(clock):
    """The time left stands at its end."""
    callback, file = callback_to(terminal=True, width=80)
    callback._epochs, callback._images = 100, 60_000
    callback.set_params({"steps": 469})
    callback.on_epoch_begin(98)
    clock.now += 99.0
    callback.on_train_batch_end(467, {"reconstruction": 166.14159, "kl_mu": 1.0, "kl_log_var": 0.16449})
    callback.close()
    assert "epoch 99/100 step 468/469  loss 167.3 = 166.1 + 1.164  605 img/s  0:01:39 left" in file.getvalue()


LONG = {"reconstruction": 166.14159, "kl_mu": 1.0, "kl_log_var": 0.16449, "val_loss": 167.31}


@pytest.mark.parametrize(
    ("terminal", "width", "line"),
    [
        (True, 100, "epoch 99/100  loss 167.3 = 166.1 + 1.164  validation 167.3  605 img/s  1.2 GiB  0:01:40 left"),
        (True, 90, "epoch 99/100  loss 167.3 = 166.1 + 1.164  val 167.3  605 img/s  1.2 GiB  0:01:40 left"),
        (True, 80, "99/100  loss 167.3 = 166.1 + 1.164  val 167.3  605 img/s  1.2 GiB  0:01:40 left"),
        (True, 76, "99/100  loss 167.3 = 166.1 + 1.164  val 167.3  605/s  1.2 GiB  0:01:40 left"),
        (True, 70, "99/100  loss 167.3 = 166.1 + 1.164  val 167.3  1.2 GiB  0:01:40 left"),
        (True, 20, "99/100  loss 167.3 = 166.1 + 1.164  val 167.3  1.2 GiB  0:01:40 left"),
        (False, 20, "epoch 99/100  loss 167.3 = 166.1 + 1.164  validation 167.3  605 img/s  1.2 GiB  0:01:40 left"),
    ],
)
def test_the_line_of_an_epoch_is_shortened_for_a_narrow_terminal(clock, terminal, width, line):
    """A log file has it in full."""
    callback, file = callback_to(terminal=terminal, width=width)
    callback._epochs, callback._images = 100, 60_000
    callback.set_params({"steps": 469})
    callback.on_epoch_begin(97)
    clock.now += 90.0
    callback.on_train_batch_end(468)
    callback.on_epoch_end(97, LONG)
    callback.on_epoch_begin(98)
    clock.now += 99.2
    callback.on_train_batch_end(468)
    callback.on_epoch_end(98, LONG)
    callback.close()
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", file.getvalue()).splitlines()
    assert [text.strip() for text in shown if "99/100" in text] == [line.replace("0:01:40", "0:01:39")]


def test_in_a_warm_up_the_weight_gives_way_first():
    parts = ["epoch 3/9", "loss 1.000 = 1.000 + 0.0000", "beta 0.25", "validation 1.000", "9,605 img/s", "1 s left"]
    assert fitted(parts, 90) == "  ".join(parts)
    assert fitted(parts, 70) == "3/9  loss 1.000 = 1.000 + 0.0000  val 1.000  9,605/s  1 s left"


def test_where_nobody_tells_how_much_memory_there_is(clock):
    callback, file = callback_to()
    callback._memory = lambda: ""
    callback.on_epoch_begin(0)
    clock.now += 10
    callback.on_train_batch_end(9)
    callback.on_epoch_end(0, LOGS)
    assert file.getvalue() == "epoch 1/10  loss 212.5 = 209.0 + 3.490  10 img/s  0:01:30 left\n"
    assert re.fullmatch(r"\d+ MiB|\d+\.\d GiB", peak_now())


def test_an_autoencoder_has_no_parts_to_explain():
    console = Console(file=io.StringIO(), width=80)
    ProgressCallback(0.0, images_per_epoch=1, epochs=1, console=console).on_train_begin()
    assert console.file.getvalue() == "loss in nats per image\n"


def test_a_notebook_is_no_terminal(monkeypatch):
    class Stream(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stderr", Stream())
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert stderr_console().is_terminal
    Stream.__module__ = "ipykernel.iostream"
    assert not stderr_console().is_terminal
