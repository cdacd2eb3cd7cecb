"""The harness with workers that only speak, and one short race with the real ones."""

import json
import subprocess
import sys
import textwrap
from importlib import util
from pathlib import Path

import pytest

from benchmarks import race as race_module
from benchmarks.contestants import CONTESTANTS
from benchmarks.step import main
from benchmarks.worker_process import WorkerEnded, WorkerProcess
from benchmarks.workers.task import Task

needs_torch = pytest.mark.skipif(util.find_spec("torch") is None, reason="PyTorch is not installed")
TASK = Task("E3", steps=2, threads=1)
WORKER = """
    import sys
    from benchmarks.workers.task import Line, Task
    task, line = Task.from_arguments(), Line()
    print("a library says something")
    line.say(parameters=task.network.z_dim, loss=1.0)
    while line.wait():
        line.say(seconds=0.5 * task.steps, processor_seconds=task.steps / 4)
"""


@pytest.fixture
def speaking(tmp_path, monkeypatch):
    """The name of a module that speaks as a worker does and computes nothing."""
    (tmp_path / "speaking.py").write_text(textwrap.dedent(WORKER))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "speaking"


def test_a_worker_answers_and_ends(tmp_path, speaking):
    with WorkerProcess("one", speaking, TASK, tmp_path) as worker:
        assert worker.answer() == {"parameters": 2, "loss": 1.0}
        assert worker.run() == worker.run() == {"seconds": 1.0, "processor_seconds": 0.5}
    assert worker._process.returncode == 0


def test_a_worker_that_fails_is_reported_with_its_last_words(tmp_path, monkeypatch, speaking):
    (tmp_path / "failing.py").write_text("import sys; print('no backend', file=sys.stderr); sys.exit(3)")
    with WorkerProcess("two", "failing", TASK, tmp_path) as worker:
        with pytest.raises(WorkerEnded, match=r"The worker two ended with code 3:\nno backend"):
            worker.answer()
        with pytest.raises(WorkerEnded, match="ended with code 3"):
            worker.run()


def test_wrong_arguments_are_named(capsys, tmp_path):
    assert main(["--rounds", "0", "--out", str(tmp_path / "x.json")]) == 2
    assert capsys.readouterr().err == "benchmark: --rounds is 0; give a whole number of at least 1.\n"
    with pytest.raises(SystemExit):
        main(["--network", "E5"])
    assert "invalid choice: 'E5'" in capsys.readouterr().err


@needs_torch
def test_what_a_benchmark_writes(capsys, tmp_path, monkeypatch, speaking):
    monkeypatch.setattr(race_module, "_worker_module", lambda name: speaking)
    out = tmp_path / "step.json"
    assert main(["--rounds", "3", "--steps", "4", "--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-1] == str(out)
    assert "E11: round 3 of 3" in printed.err
    written = json.loads(out.read_text())
    assert set(written["ratios"]) >= {
        "zscape_over_bare_keras",
        "zscape_over_bare_keras_fused",
        "zscape_over_pytorch_float32",
        "zscape_over_pytorch_bfloat16",
        "fused_over_keras_batch_norm",
    }
    assert written["ratios"]["zscape_over_bare_keras"]["E3"] == {
        **dict.fromkeys(("median", "lower_quartile", "upper_quartile", "min", "max", "of_fastest"), 1.0),
        "rounds": 3,
    }
    assert written["images_per_second"]["E11"]["zscape"]["median"] == 256.0  # 128 images in half a second
    assert written["machine"]["processor"]["cores"] >= 1 and "keras" in written["machine"]["versions"]
    assert written["settings"]["steps"]["E3"]["zscape"] == 4
    assert len(written["seconds_per_step"]["E3"]) == 3


@pytest.mark.parametrize("name", ["zscape", "bare_keras", pytest.param("pytorch_float32", marks=needs_torch)])
def test_real_workers_train_the_same_network(name, tmp_path):
    module = f"benchmarks.workers.{CONTESTANTS[name].module}"
    with WorkerProcess(name, module, Task("E3", steps=1, threads=1), tmp_path) as worker:
        ready, taken = worker.answer(), worker.run()
    assert ready["parameters"] == 229125
    assert ready["loss"] == pytest.approx(543.43, abs=0.1)  # nearly 784 log 2: the first logits are nearly 0
    assert taken["processor_seconds"] > 0 and 0 < taken["seconds"] < 60


def test_the_line_keeps_what_libraries_print_out_of_the_answers():
    code = "import benchmarks.workers.task as t; line = t.Line(); print('noise'); line.say(a=1)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[2], check=True
    )
    assert (done.stdout, done.stderr) == ('{"a": 1}\n', "noise\n")
