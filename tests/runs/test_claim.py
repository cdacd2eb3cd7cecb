"""Whether a directory can take a run."""

import pytest

from zscape.core.errors import InputError
from zscape.runs.claim import claim_directory, differing_keys, unfinished
from zscape.runs.directory import RunDirectory


@pytest.fixture
def held(tmp_path, tiny_recipe):
    """A directory that holds a run of the tiny recipe, and a file of the user's."""
    run = RunDirectory(tmp_path / "held")
    run.write_recipe(tiny_recipe())
    run.write("metrics.json", {"loss": 1})
    (run.path / "notes.txt").write_text("mine")
    return run.path


def test_new_directory_is_made(tmp_path, tiny_recipe):
    run = claim_directory(tmp_path / "a" / "b", tiny_recipe())
    assert run.path.is_dir() and not any(run.path.iterdir())


def test_empty_directory_is_taken_hidden_files_do_not_count(tmp_path, tiny_recipe):
    (tmp_path / ".DS_Store").write_text("")
    assert claim_directory(tmp_path, tiny_recipe()).path == tmp_path


def test_file_is_refused(tmp_path, tiny_recipe):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="file is a file; --out needs a directory"):
        claim_directory(tmp_path / "file", tiny_recipe())


def test_directory_below_a_file_is_refused(tmp_path, tiny_recipe):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="file"):
        claim_directory(tmp_path / "file" / "run", tiny_recipe())


@pytest.mark.parametrize("fresh", [False, True])
def test_anything_else_is_refused_and_left_alone(tmp_path, tiny_recipe, fresh):
    (tmp_path / "thesis.tex").write_text("x")
    (tmp_path / "figures").mkdir()
    with pytest.raises(InputError, match="is not empty and holds no run: choose another --out"):
        claim_directory(tmp_path, tiny_recipe(), fresh)
    assert (tmp_path / "figures").is_dir() and (tmp_path / "thesis.tex").is_file()


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"training.epochs": 20},
        {"training.threads": 2, "training.backend": "jax", "training.jit": True},
        {"training.checkpoint_every": "5min", "training.guard": "back_off"},
        {"training.device": "cpu", "training.memory_limit": "2GiB"},
    ],
)
def test_same_run_is_taken_up(held, tiny_recipe, settings):
    run = claim_directory(held, tiny_recipe(settings))
    assert run.path == held and run.recipe == tiny_recipe()
    assert (held / "metrics.json").is_file()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"model.z_dim": 4}, r"its recipe differs in model\.z_dim \(3 there, 4 here\)\."),
        ({"training.clip_norm": 5}, r"differs in training\.clip_norm \(none there, 5\.0 here\)"),
        ({"training.epochs": 1}, r"differs in training\.epochs \(2 there, 1 here\)"),
        ({"training.accumulate": 2}, r"differs in training\.accumulate \(1 there, 2 here\)\."),
        (
            {"training.schedule": {"kind": "cosine"}},
            r"differs in training\.schedule\.kind \(constant there, cosine here\), "
            r"training\.schedule\.final_fraction \(none there, 0\.0 here\)\.",
        ),
        ({"training.seed": 2, "training.epochs": 5}, r"differs in training\.seed \(1 there, 2 here\)\."),
        (
            {"model.kind": "ae", "training.learning_rate": 0.5},
            r"model\.kind \(vae there, ae here\), training\.learning_rate \(0\.002 there, 0\.5 here\)",
        ),
    ],
)
def test_another_run_is_refused_by_its_keys(held, tiny_recipe, settings, sentence):
    with pytest.raises(InputError, match=f"held holds another run: .*{sentence}.* --fresh to delete that run"):
        claim_directory(held, tiny_recipe(settings))
    assert (held / "metrics.json").is_file()


def test_fresh_deletes_the_run_and_nothing_else(held, tiny_recipe):
    claim_directory(held, tiny_recipe({"model.z_dim": 4}), fresh=True)
    assert [path.name for path in held.iterdir()] == ["notes.txt"]


def test_differing_keys_of_a_weight(tiny_recipe):
    one = tiny_recipe({"objective.weight": {"beta": 1.0}})
    other = tiny_recipe({"objective.weight": {"fact": 1e-3, "convention": "tape"}})
    assert differing_keys(one, other) == [
        "objective.weight.beta (1.0 there, none here)",
        "objective.weight.fact (none there, 0.001 here)",
        "objective.weight.convention (none there, tape here)",
    ]
    assert differing_keys(one, one) == []


def test_a_cosine_is_not_made_longer(tiny_recipe):
    """Its rates depend on the number of epochs from the first step; those of other schedules do not."""
    for schedule, expected in (
        (
            {"kind": "cosine"},
            ["training.epochs (2 there, 3 here, over which the cosine of training.schedule is stretched)"],
        ),
        ({"kind": "plateau", "warm_up": {"steps": 3}}, []),
        ({"kind": "step", "milestones": [1]}, []),
    ):
        one, other = (tiny_recipe({"training.schedule": schedule, "training.epochs": epochs}) for epochs in (2, 3))
        assert differing_keys(one, other) == expected
        assert differing_keys(one, one) == []


def test_an_unfinished_run_of_the_same_recipe_is_found(tmp_path, tiny_recipe):
    """The newest of runs/digits, runs/digits-2, ...: with a checkpoint, without networks, and the same run."""
    base = tmp_path / "digits"
    assert unfinished(base, tiny_recipe()) is None
    for name in ("digits", "digits-2"):
        (tmp_path / name).mkdir()
        assert unfinished(base, tiny_recipe()) is None, "nothing in it"
        run = RunDirectory(tmp_path / name)
        run.write_recipe(tiny_recipe())
        (run.path / "checkpoints").mkdir()
        (run.path / "checkpoints" / "last.safetensors").write_bytes(b"x")
        assert unfinished(base, tiny_recipe()) == run.path
    assert unfinished(base, tiny_recipe({"model.z_dim": 4})) is None
    for part in ("encoder", "decoder"):
        run.write(f"{part}/config.json", {"epochs": 2})
    assert unfinished(base, tiny_recipe()) is None, "finished"
