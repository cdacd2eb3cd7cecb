"""What a training displays adds up and is one pass over everything.

Article VIII printed 209.01 + 3.49 beside a total of 258.90: a mean over batches of what were means already. The data
here have a short last batch of other images than the batches before, so that each of the usual faults would show: the
loss of the last batch, the mean of the batches' means, and the mean of the running means.
"""

import json
import re

import numpy as np
import pytest

from zscape.cli.main import main
from zscape.core.seeds import row_normals
from zscape.data.store import Store
from zscape.inference.storage import load_model
from zscape.workflow.data import store_of_run

BATCH, BETA = 8, 0.3
SETTINGS = [
    "data.source=array",
    "data.splits.validation=19",
    "data.splits.test=11",
    "model.filters=[]",
    "model.z_dim=2",
    # Hardly any noise in training, so that its losses can be computed again from outside.
    "model.log_var_bounds=[-25,-24]",
    "objective.reconstruction=mse",
    f"objective.weight.beta={BETA}",
    "training.epochs=2",
    f"training.batch_size={BATCH}",
    "training.learning_rate=1e-12",  # the networks stay what they are: every batch sees the same ones
]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run through the command line: (folder, what it said on stderr and stdout)."""
    folder = tmp_path_factory.mktemp("display")
    rng = np.random.default_rng(5)
    # From plain grey, which is what untrained networks give, to black and white: losses from 0 to 32 nats.
    contrast = rng.permutation(np.linspace(0, 1, 65))[:, None, None] ** 3
    signs = rng.choice([-1, 1], (65, 16, 16))
    np.save(folder / "images.npy", (127.5 + 127.5 * contrast * signs).round().astype(np.uint8))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        said = {}
        for name, arguments in (
            ("run", ["run", "own.yaml", "--out", "run"]),
            *((split, ["evaluate", "run", "--split", split]) for split in ("train", "validation", "test")),
            ("json", ["evaluate", "run", "--json"]),
        ):
            (folder / "own.yaml").write_text("{}\n")
            said[name] = printed([*arguments, *(["data.path=images.npy", *SETTINGS] if name == "run" else [])])
        yield folder / "run", said


def printed(arguments):
    """Return (stdout, stderr) of a command that succeeds."""
    import contextlib
    import io

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as stop:
            assert stop.code in (0, None), err.getvalue()
    return out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def truth(run):
    """By split: (reconstruction, weighted KL) per image, in float64 from the networks' own outputs."""
    from zscape.runs.directory import RunDirectory

    folder, _ = run
    directory = RunDirectory.open(folder)
    model, store = load_model(folder), store_of_run(directory)
    assert isinstance(store, Store)
    return {name: losses_of(model, store.split(name)) for name in ("train", "validation", "test")}


def losses_of(model, split):
    target = split.images() / 255.0
    mu, log_var = (array.astype(np.float64) for array in model.encode(split.images(), return_log_var=True))
    z = mu + np.exp(log_var / 2) * row_normals(1, ("evaluation noise", split.name), split.ids, 2)
    logits = model.decode_logits(z).astype(np.float64)
    p = 1 / (1 + np.exp(-logits))
    reconstruction = ((target - p) ** 2).sum(axis=(1, 2, 3)) / 2
    return reconstruction, BETA * 0.5 * (mu**2 - 1 - log_var + np.exp(log_var)).sum(axis=1)


def faults_of(per_image):
    """Return what wrong displays would show: the last batch's mean, the mean of batch means, of running means."""
    means = [per_image[start : start + BATCH].mean() for start in range(0, len(per_image), BATCH)]
    running = [per_image[: min(start + BATCH, len(per_image))].mean() for start in range(0, len(per_image), BATCH)]
    return means[-1], np.mean(means), np.mean(running)


def agrees(text, value):
    """Whether a printed number is `value`, to the digits printed and the rounding of float32."""
    digits = len(text.split("e")[0].replace("-", "").replace(".", "").lstrip("0"))
    step = 10.0 ** (np.floor(np.log10(abs(value))) + 1 - digits)
    return abs(float(text) - value) <= 0.5 * step + 2e-6 * abs(value)


@pytest.mark.parametrize("name", ["validation", "test"])
def test_the_faults_would_show_in_these_data(truth, name):
    per_image = sum(truth[name])
    for wrong in faults_of(per_image):
        assert abs(wrong / per_image.mean() - 1) > 2e-3, "beyond the four digits of a line"
        assert not agrees(f"{wrong:.4g}", per_image.mean())


def test_progress_lines(run, truth):
    _, said = run
    # Where the machine is so busy that a step takes 20 seconds, there are lines within epochs too.
    lines = [line for line in said["run"][1].splitlines() if re.match(r"epoch \d/2  ", line)]
    assert len(lines) == 2
    for line in lines:
        found = re.match(r"epoch \d/2  loss (\S+) = (\S+) \+ (\S+)  validation (\S+)  ", line)
        assert found, line
        loss, reconstruction, weighted_kl, validation = found.groups()
        for text, per_image in zip((reconstruction, weighted_kl), truth["train"], strict=True):
            assert agrees(text, per_image.mean()), (text, per_image.mean())
        assert agrees(loss, sum(truth["train"]).mean())
        assert agrees(validation, sum(truth["validation"]).mean())
        last_digits = [10.0 ** -len(text.partition(".")[2]) for text in (loss, reconstruction, weighted_kl)]
        assert abs(float(loss) - float(reconstruction) - float(weighted_kl)) <= sum(last_digits) / 2 + 1e-9


def test_history(run, truth):
    folder, _ = run
    records = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    assert len(records) == 2
    for record in records:
        for name in ("train", "validation"):
            assert_are(record[name], truth[name], rel=1e-5)


def test_metrics(run, truth):
    folder, _ = run
    metrics = json.loads((folder / "metrics.json").read_text())
    for name in ("train", "validation", "test"):
        assert_are(metrics[name], truth[name], rel=1e-6)


def test_evaluate(run, truth):
    _, said = run
    assert_are(json.loads(said["json"][0]), truth["test"], rel=1e-6)
    for name in ("train", "validation", "test"):
        shown = {line.split()[0]: line.split()[1] for line in said[name][0].splitlines()[1:]}
        reconstruction, weighted_kl = truth[name]
        assert agrees(shown["reconstruction"], reconstruction.mean())
        assert agrees(shown["weighted_kl"], weighted_kl.mean())
        assert agrees(shown["loss"], (reconstruction + weighted_kl).mean())


def assert_are(terms, per_image, rel):
    """The terms add up, and are one pass over everything at once."""
    reconstruction, weighted_kl = per_image
    assert terms["loss"] == pytest.approx(terms["reconstruction"] + terms["weighted_kl"], rel=1e-12)
    assert terms["weighted_kl"] == pytest.approx(terms["beta"] * terms["kl"], rel=1e-12)
    assert terms["reconstruction"] == pytest.approx(reconstruction.mean(), rel=rel)
    assert terms["weighted_kl"] == pytest.approx(weighted_kl.mean(), rel=rel)
    assert terms["loss"] == pytest.approx((reconstruction + weighted_kl).mean(), rel=rel)
