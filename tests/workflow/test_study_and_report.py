"""What follows a training is always about the training that is there."""

import json
import shutil

import pytest

import zscape
from zscape.reporting import build


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("verb", ["report", "run"])
def test_numbers_of_a_run_that_was_trained_further_are_not_those_of_before(trained, tmp_path, tiny, monkeypatch, verb):
    monkeypatch.setattr(build, "build_report", lambda run, **options: (run.path / "report.html").write_text("new"))
    run = shutil.copytree(trained, tmp_path / "run")
    before = read(run / "metrics.json")
    settings = [*tiny, "training.epochs=3"]
    if verb == "report":
        zscape.train("digits", settings, out=run)
        zscape.report(run)
    else:
        zscape.run("digits", settings, out=run)
    after = read(run / "metrics.json")
    assert (run / "report.html").read_text() == "new"
    assert after["epochs"] == 3 and after["validation"]["loss"] != before["validation"]["loss"]
    last = json.loads((run / "history.jsonl").read_text().splitlines()[-1])
    assert after["validation"]["loss"] == pytest.approx(last["validation"]["loss"], rel=1e-5)
