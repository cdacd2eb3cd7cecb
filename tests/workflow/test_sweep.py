"""`zscape.sweep` without training: what runs, where, with what, what is left out, what is refused, what is written.

The function that runs recipes in processes is replaced by one that leaves the files of a finished run.
"""

import csv
import json
import math

import numpy as np
import pytest
from PIL import Image

import zscape
from zscape.analysis.sweep import QUANTITIES
from zscape.core.errors import InputError, TrainingStopped
from zscape.core.hardware import read_processor
from zscape.data.prepare import open_store
from zscape.runs.directory import RunDirectory
from zscape.workflow import sweep as module
from zscape.workflow import sweep_runs
from zscape.workflow.choose import resolve_recipe
from zscape.workflow.data import with_absolute_path
from zscape.workflow.sweep_runs import SweepTask, do_run

BETA, SEED = "objective.weight.beta", "training.seed"
SMALL = ("data.limit=60", "training.epochs=3")


def finish(task: SweepTask) -> float:
    """Leave what a finished run leaves; its loss is 10 beta + seed."""
    recipe = with_absolute_path(resolve_recipe(task.recipe, task.overrides).recipe)
    recipe = recipe.for_images(open_store(recipe.data).image_shape)
    run = RunDirectory(task.directory)
    run.write_recipe(recipe)
    stages = {"prepare": 1.0, "train": 2.0, "study": 1.5} | ({"report": 1.5} if task.report else {})
    run.write("provenance.json", {"seconds": stages})
    for part in ("encoder", "decoder"):
        run.write(f"{part}/config.json", {"epochs": recipe.training.epochs})
    beta = recipe.objective.weight.beta or 0.0
    numbers = {**dict.fromkeys(QUANTITIES, 1.0), "loss": 10 * beta + recipe.training.seed, "kl": 5.0 - beta}
    if task.report:
        (task.directory / "report.html").write_text("there")
    run.write("metrics.json", {"test": numbers})
    return 7.4


class Sweeper:
    """Calls `zscape.sweep` into one directory; keeps what was run and said."""

    def __init__(self, out):
        self.out, self.jobs, self.fails = out, 0, {}
        self.tasks: list[SweepTask] = []
        self.notes: list[str] = []

    def __call__(self, *overrides, **options):
        self.tasks.clear()
        self.notes.clear()
        options = {"out": "out", "note": self.notes.append} | options
        return zscape.sweep("digits", [*SMALL, *overrides], **options)

    def each(self, work, tasks, jobs, done):
        assert work is do_run
        self.jobs = jobs
        for task in tasks:
            self.tasks.append(task)
            done(task, self.fails.get(task.directory.name) or finish(task))


@pytest.fixture
def sweep(monkeypatch, tmp_path) -> Sweeper:
    monkeypatch.chdir(tmp_path)
    sweeper = Sweeper(tmp_path / "out")
    monkeypatch.setattr(module, "each_in_process", sweeper.each)
    return sweeper


def names(sweep):
    return [task.directory.name for task in sweep.tasks]


def test_runs_notes_record_and_files(sweep):
    record = sweep(f"{BETA}=0.5,1", f"{SEED}=1,2", jobs=1)
    assert names(sweep) == ["beta-0.5_seed-1", "beta-0.5_seed-2", "beta-1_seed-1", "beta-1_seed-2"]
    assert sweep.tasks[0].overrides == (*SMALL, f"{BETA}=0.5", f"{SEED}=1")
    assert sweep.notes == [
        "4 runs in out; 1 at a time",
        "1/4 beta-0.5_seed-1: test loss 6 (reconstruction 1, KL 4.5), 7 s",
        "2/4 beta-0.5_seed-2: test loss 7 (reconstruction 1, KL 4.5), 7 s",
        "3/4 beta-1_seed-1: test loss 11 (reconstruction 1, KL 4), 7 s",
        "4/4 beta-1_seed-2: test loss 12 (reconstruction 1, KL 4), 7 s",
    ]
    assert [group.mean["loss"] for group in record.groups] == [6.5, 11.5]
    assert [run.seconds for run in record.runs] == [6.0] * 4 and record.failed == ()
    written = json.loads((sweep.out / "sweep.json").read_text())
    assert written["swept"] == {BETA: [0.5, 1.0], SEED: [1, 2]} and written["fixed"] == list(SMALL)
    assert written["split"] == "test" and written["units"]["kl"] == "nats per image, unweighted"
    assert [run["numbers"]["loss"] for run in written["runs"]] == [6.0, 7.0, 11.0, 12.0]
    assert written["groups"][0]["sd"]["loss"] == pytest.approx(math.sqrt(0.5))
    rows = list(csv.DictReader((sweep.out / "sweep.csv").read_text().splitlines()))
    assert [(row[BETA], row["n"], row["loss_mean"]) for row in rows] == [("0.5", "2", "6.5"), ("1", "2", "11.5")]
    assert r"6.50 $\pm$ 0.71" in (sweep.out / "sweep.tex").read_text()
    assert (sweep.out / "rate_distortion.png").read_bytes().startswith(b"\x89PNG")


def test_the_same_again_runs_nothing_and_writes_the_same(sweep):
    sweep(f"{SEED}=1,2")
    before = {path.name: path.read_bytes() for path in sweep.out.glob("*.*")}
    sweep(f"{SEED}=1,2")
    assert sweep.tasks == [] and sweep.notes == ["All 2 runs in out are finished: nothing had to be run"]
    assert {path.name: path.read_bytes() for path in sweep.out.glob("*.*")} == before


def test_quiet_leaves_warnings_only(sweep):
    record = sweep(f"{SEED}=1,2", quiet=True)
    assert sweep.notes == [] and names(sweep) == ["seed-1", "seed-2"] and record.failed == ()
    sweep(f"{SEED}=1,2", quiet=True)
    assert sweep.notes == [] and sweep.tasks == []
    sweep(f"{SEED}=1,2", "model.kind=ae", f"{BETA}=2", quiet=True, out="of an autoencoder")
    warning = "Note: model.kind is ae: objective.weight has no effect, an autoencoder has no KL term."
    assert sweep.notes == [warning] and len(sweep.tasks) == 2


def test_a_larger_grid_reuses_what_is_there_also_under_an_earlier_name(sweep):
    sweep(f"{BETA}=0.5,1")
    record = sweep(f"{BETA}=0.5,1,2", f"{SEED}=1,2")
    assert names(sweep) == ["beta-0.5_seed-2", "beta-1_seed-2", "beta-2_seed-1", "beta-2_seed-2"]
    assert [run.name for run in record.runs][:2] == ["beta-0.5", "beta-0.5_seed-2"]
    assert sweep.notes[0] == f"6 runs in out, 2 of them finished already; {sweep.jobs} at a time"
    assert sweep.notes[1].startswith("3/6 beta-0.5_seed-2: ") and [group.n for group in record.groups] == [2, 2, 2]


def test_more_epochs_go_on_and_fewer_are_refused(sweep):
    sweep(f"{SEED}=1,2")
    sweep(f"{SEED}=1,2", "training.epochs=5")
    assert names(sweep) == ["seed-1", "seed-2"]
    with pytest.raises(InputError) as caught:
        sweep(f"{SEED}=1,2", "training.epochs=4")
    assert str(caught.value) == (
        "out/seed-1 holds another run: its recipe differs in training.epochs (5 there, 4 here). "
        "Choose another --out, or delete that folder."
    )


@pytest.mark.parametrize("lost", ["train", "report", "report.html", "decoder/config.json"])
def test_a_run_that_is_not_finished_is_taken_up(sweep, lost):
    sweep(f"{SEED}=1,2")
    run = sweep.out / "seed-2"
    if lost in ("train", "report"):
        provenance = json.loads((run / "provenance.json").read_text())
        del provenance["seconds"][lost]
        (run / "provenance.json").write_text(json.dumps(provenance))
    else:
        (run / lost).unlink()
    sweep(f"{SEED}=1,2")
    assert names(sweep) == ["seed-2"]


def test_without_reports_and_then_with(sweep):
    sweep(f"{SEED}=1,2", reports=False)
    assert not any(task.report for task in sweep.tasks)
    sweep(f"{SEED}=1,2", reports=False)
    assert sweep.tasks == []
    (sweep.out / "seed-1" / "metrics.json").unlink()
    sweep(f"{SEED}=1,2", reports=False)
    assert names(sweep) == ["seed-1"]
    sweep(f"{SEED}=1,2")
    assert names(sweep) == ["seed-1", "seed-2"] and all(task.report for task in sweep.tasks)


def test_one_failure_stops_no_other_and_is_tried_again(sweep):
    sweep.fails["seed-1"] = TrainingStopped("The loss is not finite.")
    record = sweep(f"{SEED}=1,2")
    assert sweep.notes[1] == "1/2 seed-1: failed: The loss is not finite."
    assert [(run.name, run.error) for run in record.failed] == [("seed-1", "The loss is not finite.")]
    assert [run.state for run in record.runs] == ["failed", "finished"] and record.groups[0].n == 1
    sweep.fails.clear()
    assert sweep(f"{SEED}=1,2").failed == () and names(sweep) == ["seed-1"]


def test_threads_are_shared_out_unless_stated(sweep):
    sweep(f"{SEED}=1,2", jobs=2)
    share = max(1, read_processor().cores // 2)
    assert {task.overrides[-1] for task in sweep.tasks} == {f"training.threads={share}"}
    sweep(f"{SEED}=1,2", jobs=2, out="stated", *["training.threads=1"])  # noqa: B026
    assert all(task.overrides.count("training.threads=1") == 1 for task in sweep.tasks)
    sweep(f"{SEED}=1,2", jobs=1)
    assert sweep.tasks == [], "a number of threads is not another run"


def test_no_more_jobs_than_runs(sweep):
    sweep(f"{SEED}=1,2", jobs=99)
    assert sweep.jobs == 2


@pytest.mark.parametrize(("cores", "card", "jobs"), [(1, False, 1), (2, False, 1), (16, False, 8), (16, True, 1)])
def test_default_jobs(monkeypatch, cores, card, jobs):
    class Processor:
        def __init__(self):
            self.cores = cores

    monkeypatch.setattr(module, "read_processor", Processor)
    monkeypatch.setattr(module.os.path, "exists", lambda path: card)
    assert module.default_jobs() == jobs


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        (("model.kind=ae", f"{SEED}=1,2"), "There is no rate-distortion picture: these runs are autoencoders, "),
        (("model.kind=ae,vae",), "There is no rate-distortion picture: some of these runs are autoencoders, "),
        (("objective.reconstruction=bce,mse",), "There is no rate-distortion picture: the reconstructions are "
         "measured in different ways (bce of 8x8x1 images; mse at sigma 1 of 8x8x1 images), "),
        (("objective.reconstruction=mse", "objective.weight.sigma=0.1,0.2"), "There is no rate-distortion picture: "
         "the reconstructions are measured in different ways (mse at sigma 0.1 of 8x8x1 images; mse at sigma 0.2 "),
    ],
)  # fmt: skip
def test_no_picture_where_it_would_be_nonsense(sweep, overrides, sentence):
    sweep.out.mkdir()
    (sweep.out / ".hidden").touch()
    record = sweep(*overrides)
    assert record.no_picture is not None and record.no_picture.startswith(sentence)
    assert not (sweep.out / "rate_distortion.png").exists()


def test_the_negative_elbo_is_that_of_variational_runs(sweep):
    record = sweep(f"{BETA}=0.5,2")
    assert [run.numbers and run.numbers["negative_elbo"] for run in record.runs] == [1.0 + 4.5, 1.0 + 3.0]
    assert record.groups[0].mean["negative_elbo"] == 5.5
    written = json.loads((sweep.out / "sweep.json").read_text())
    assert written["units"]["negative_elbo"] == "nats per image, reconstruction + kl: comparable between different beta"
    record = sweep("model.kind=ae", f"{SEED}=1,2", out="ae")
    assert [run.numbers and run.numbers["negative_elbo"] for run in record.runs] == [None, None]


def test_files_that_are_left_out_are_said_once(sweep, tmp_path):
    (tmp_path / "own").mkdir()
    for i in range(8):
        Image.new("L", (8, 8), 20 * i).save(tmp_path / "own" / f"{i}.png")
    (tmp_path / "own" / "broken.png").write_bytes(b"no image")
    notes: list[str] = []
    zscape.sweep("own", [f"{SEED}=1,2", "training.epochs=2"], out="out", note=notes.append)
    left_out = "1 file left out: broken.png (not an image in a format that Pillow knows)"
    assert notes.count(left_out) == 1 and notes[0].startswith("8 images in own: ")


def test_notes_of_recipes_are_said_once(sweep):
    sweep("model.kind=ae", f"{SEED}=1,2")
    assert [note for note in sweep.notes if note.startswith("Note: ")] == [
        "Note: model.kind is ae: objective.weight has no effect, an autoencoder has no KL term."
    ]


def test_directories_that_hold_something_else_are_refused(sweep, tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("x")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "sweep.json").write_text("{}")
    for out, sentence in [
        ("file", "file is a file; --out needs a directory."),
        ("file/below", "file/below cannot be made: a part of this path is a file."),
        ("full", "full is not empty and holds no sweep: choose another --out."),
        ("other", "other/sweep.json is not the record of a sweep of this version: choose another --out."),
    ]:
        with pytest.raises(InputError) as caught:
            sweep(f"{SEED}=1,2", out=out)
        assert str(caught.value) == sentence
    assert sweep.tasks == []


def test_a_folder_in_the_way_of_a_run_is_refused(sweep):
    sweep(f"{SEED}=1,2")
    (sweep.out / "seed-3").mkdir()
    sweep(f"{SEED}=1,2,3")
    (sweep.out / "seed-4").mkdir()
    (sweep.out / "seed-4" / "notes.txt").write_text("x")
    with pytest.raises(
        InputError, match=r"^out/seed-4 is in the way of a run, and holds none: choose another --out\.$"
    ):
        sweep(f"{SEED}=1,2,3,4")


def test_jobs_must_be_at_least_one(sweep):
    with pytest.raises(InputError, match=r"^--jobs must be at least 1, received 0\.$"):
        sweep(f"{SEED}=1,2", jobs=0)


def test_networks_that_do_not_fit_the_images_are_found_before_anything_runs(sweep, tmp_path):
    np.save(tmp_path / "images.npy", np.zeros((20, 4, 4, 1), np.uint8))
    with pytest.raises(InputError, match=r"^convolution 1 of the encoder has a kernel of 5 .* does not fit"):
        sweep("data.source=array", "data.path=images.npy", "model.kernels=5", "model.padding=valid", f"{SEED}=1,2")
    assert not sweep.out.exists()


def test_images_in_place_of_a_recipe(sweep, tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (40, 32, 32, 3), dtype=np.uint8)
    np.save(tmp_path / "mine.npy", images)
    notes: list[str] = []
    record = zscape.sweep("mine.npy", [f"{SEED}=1,2", "training.epochs=2"], out="out", note=notes.append)
    assert [run.state for run in record.runs] == ["finished"] * 2
    assert notes.count("40 images in mine: a recipe is chosen, key=value changes it") == 1
    written = RunDirectory.open(sweep.out / "seed-1").recipe
    assert written.data.path == str(tmp_path / "mine.npy") and written.training.epochs == 2


# one run, in its process


def task(tmp_path, report=True) -> SweepTask:
    return SweepTask("digits", (*SMALL, f"{SEED}=1"), tmp_path / "seed-1", report, tmp_path / "logs" / "seed-1.log")


def test_do_run_runs_or_trains_and_studies(tmp_path, monkeypatch):
    calls = []
    trained = RunDirectory(tmp_path / "seed-1")
    trained.write("provenance.json", {"seconds": {"train": 2.0}})
    monkeypatch.setattr(sweep_runs, "_speak_into", lambda log: calls.append(log))
    for name in ("run", "train", "study"):
        monkeypatch.setattr(
            sweep_runs, name, lambda *given, name=name, **named: calls.append((name, given, named)) or trained
        )
    given, named = ("digits", (*SMALL, f"{SEED}=1")), {"out": tmp_path / "seed-1"}
    log = tmp_path / "logs" / "seed-1.log"
    assert 0 <= do_run(task(tmp_path)) < 5
    assert calls == [log, ("run", given, named)]
    assert do_run(task(tmp_path, report=False)) >= 0
    assert calls[2:] == [log, ("train", given, named), ("study", (tmp_path / "seed-1",), {})]
    assert set(trained.read("provenance.json")["seconds"]) == {"train", "study"}


def test_errors_are_told_in_a_sentence_and_in_full_in_the_log(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sweep_runs, "_speak_into", lambda log: None)

    def fail(*given, **named):
        raise errors.pop()

    errors = [ValueError("odd"), InputError("Wrong.")]
    monkeypatch.setattr(sweep_runs, "run", fail)
    with pytest.raises(InputError, match=r"^Wrong\.$"):
        do_run(task(tmp_path))
    assert capsys.readouterr().out == "Wrong.\n"
    with pytest.raises(zscape.ZscapeError, match=r"^ValueError: odd \(the whole story: .*seed-1\.log\)$"):
        do_run(task(tmp_path))
    assert "Traceback" in capsys.readouterr().err
