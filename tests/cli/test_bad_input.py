"""What users get wrong: one clear sentence, exit code 2, no traceback, and nothing new, gone or changed on the disk."""

import gzip
import importlib.machinery
import importlib.util
import re
import shutil
import struct
import sys

import numpy as np
import pytest
from PIL import Image

from zscape.core.backend import BACKENDS

# recipes, keys and values


def test_unknown_recipe_names_the_nearest(refused):
    sentence = refused("run", "digts", "--out", "run")
    assert re.fullmatch(
        r"Unknown recipe 'digts'\. Did you mean 'digits'\? Known: celeba, celeba_ae, cifar10, "
        r"cifar10_recolor, digits, .*\. "
        r"A path must lead to an existing \.yaml file, or to images: a folder, or an \.npy, \.npz or idx file\.",
        sentence,
    )


def test_a_recipe_file_that_is_not_there_or_no_yaml(refused, tmp_path):
    assert refused("train", "own.yaml", "--out", "run") == "There is no file or folder own.yaml."
    (tmp_path / "own.yaml").write_text("model: [1\n")
    assert refused("train", "own.yaml", "--out", "run").startswith("own.yaml is not a readable recipe (YAML): while ")


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("model.z_dimm=3", "model.z_dimm: there is no such key; did you mean 'model.z_dim'?"),
        ("z_dim=3", "z_dim: there is no such key; did you mean 'model.z_dim'?"),
        ("trainig.epochs=3", "trainig: there is no such key; did you mean 'training'?"),
        ("model.decoder.filtres=[4,1]", "model.decoder.filtres: there is no such key; did you mean 'model.decoder."),
        ("model.z_dim=0", "model.z_dim: must be at least 1; received 0."),
        ("model.z_dim=2.5", "model.z_dim: must be a whole number; received 2.5."),
        ("model.dropout=1", "model.dropout: must be less than 1"),
        ("model.filters=[32,-1]", "model.filters: must be at least 1 (entry 2); received -1."),
        ("training.learning_rate=0", "training.learning_rate: must be greater than 0"),
        ("training.epochs=many", "training.epochs: must be a whole number; received 'many'."),
        ("model.kind=vea", "model.kind: must be 'ae' or 'vae'; received 'vea'."),
        ("objective.weight.beta=-1", "objective.weight.beta: must be at least 0"),
        (
            "model.strides=[1,2,2]",
            "model.strides: has 3 entries where model.filters has 2: give one entry per layer, or a single one for all",
        ),
        (
            "data.source=mnits",
            "data.source: Unknown source 'mnits'. Did you mean 'mnist'? Known: array, celeba, cifar10, digits, ",
        ),
        ("data=3", "data: must be a group of keys; received 3."),
        ("task.kind=recolor", "task.kind: recolor learns colours, but the images of source 'digits' are grey."),
        ("task.kind=denoise", "task: kind=denoise needs noise, drop or both above 0; received neither."),
        ("task.drop=0.8", "task: drop=0.8 goes with kind=denoise; received kind=reconstruct: set to 0 what"),
        ("task.drop=1", "task.drop: must be less than 1.0; received 1."),
        ("task.noise=-0.1", "task.noise: must be at least 0.0; received -0.1."),
        ("training.epochs", "'training.epochs' is not a setting: write key=value, for example training.epochs=5."),
    ],
)
@pytest.mark.parametrize("verb", ["run", "train", "plan"])
def test_keys_and_values(refused, verb, setting, sentence):
    out = () if verb == "plan" else ("--out", "run")
    assert refused(verb, "digits", setting, *out).startswith(sentence)


def test_all_errors_of_a_recipe_come_together(refused):
    sentence = refused(
        "run", "digits", "training.epochs=0", "model.z_dim=0", "training.lerning_rate=1", "model.kind=vea", "--out", "x"
    )
    assert sentence.splitlines() == [
        "4 problems:",
        "  - model.kind: must be 'ae' or 'vae'; received 'vea'.",
        "  - model.z_dim: must be at least 1; received 0.",
        "  - training.epochs: must be at least 1; received 0.",
        "  - training.lerning_rate: there is no such key; did you mean 'training.learning_rate'?",
    ]


@pytest.mark.parametrize("text", ["objective:\n", "objective: 3\n"])
def test_a_weight_laid_over_a_recipe_whose_objective_is_no_group(zscape, tmp_path, text):
    (tmp_path / "own.yaml").write_text(text)
    outcome = zscape("plan", "own.yaml", "objective.weight.beta=1")
    assert outcome.code in (0, 2) and "Traceback" not in outcome.err


def test_networks_that_do_not_fit_the_images(refused):
    sentence = refused("run", "digits", "model.padding=valid", "model.kernels=9", "--out", "run")
    assert "8x8" in sentence or "kernel" in sentence


# backends


@pytest.fixture
def keras_not_started(monkeypatch):
    """As in a process that has not imported Keras yet."""
    monkeypatch.delitem(sys.modules, "keras", raising=False)


@pytest.fixture
def installed(monkeypatch):
    """Pretend that these backends, and no others, are installed."""
    find_spec = importlib.util.find_spec

    def call(*names):
        def pretend(name, *rest):
            if name in BACKENDS:
                return importlib.machinery.ModuleSpec(name, None, origin=name) if name in names else None
            return find_spec(name, *rest)

        monkeypatch.setattr(importlib.util, "find_spec", pretend)

    return call


@pytest.mark.usefixtures("keras_not_started")
def test_no_backend_at_all(refused, installed, monkeypatch):
    installed()
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    assert refused("run", "digits", "--out", "run") == (
        "No backend for Keras is installed: zscape needs TensorFlow, JAX or PyTorch. "
        'Install one, for example: pip install "zscape[tensorflow]".'
    )


@pytest.mark.usefixtures("keras_not_started")
def test_the_backend_asked_for_is_not_installed(refused, installed):
    installed("tensorflow")
    sentence = "The backend 'jax' is not installed: pip install \"zscape[jax]\"."
    assert refused("run", "digits", "training.backend=jax", "--out", "run") == sentence


@pytest.mark.usefixtures("keras_not_started")
def test_keras_backend_names_one_that_is_not_installed(refused, installed, monkeypatch):
    installed("tensorflow")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert refused("train", "digits") == "The backend 'torch' is not installed: pip install \"zscape[torch]\"."


@pytest.mark.usefixtures("keras_not_started")
def test_keras_backend_names_nonsense(refused, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "theano")
    sentence = "KERAS_BACKEND is 'theano'; expected one of tensorflow, jax, torch."
    assert refused("run", "digits", "--out", "run") == sentence


def test_keras_runs_on_another_backend_already(refused, installed):
    import keras

    running = keras.backend.backend()
    other = next(name for name in BACKENDS if name != running)
    installed(*BACKENDS)
    assert refused("run", "digits", f"training.backend={other}", "--out", "run") == (
        f"Keras already runs on '{running}' in this process and cannot change to '{other}': "
        "start a new process, or ask for the same backend."
    )


# data files


def write_idx(path, values):
    header = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
    path.write_bytes(gzip.compress(header + values.tobytes()))


@pytest.fixture
def mnist_folder(tmp_path):
    folder = tmp_path / "mnist"
    folder.mkdir()
    for name, count in (("train", 30), ("t10k", 10)):
        write_idx(folder / f"{name}-images-idx3-ubyte.gz", np.zeros((count, 28, 28), np.uint8))
        write_idx(folder / f"{name}-labels-idx1-ubyte.gz", np.zeros(count, np.uint8))
    return folder


def test_mnist_folder_lacks_a_file(refused, mnist_folder):
    (mnist_folder / "t10k-labels-idx1-ubyte.gz").unlink()
    sentence = refused("run", "mnist", "data.path=mnist", "--out", "run")
    assert "mnist holds neither t10k-labels-idx1-ubyte.gz nor t10k-labels-idx1-ubyte; for source 'mnist'" in sentence
    assert "data.path must be the folder of the four official files (train-images-idx3-ubyte, " in sentence


def test_mnist_file_is_cut_off(refused, mnist_folder):
    path = mnist_folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-15])
    sentence = refused("run", "mnist", "data.path=mnist", "--out", "run")
    assert re.search(
        r"train-images-idx3-ubyte\.gz is damaged: gzip cannot unpack it \(.+\); fetch the file again\.$", sentence
    )


def test_mnist_file_holds_less_than_its_header_promises(refused, mnist_folder):
    path = mnist_folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:-1]))
    sentence = refused("run", "mnist", "data.path=mnist", "--out", "run")
    assert sentence.endswith("ubyte.gz is truncated: its header promises 23536 bytes, the file has 23535.")


ARRAY = ("run", "digits", "data.source=array", "data.path=images.npz", "--out", "run")


def test_npz_is_cut_off(refused, tmp_path):
    np.savez(tmp_path / "images.npz", images=np.zeros((30, 8, 8), np.uint8))
    (tmp_path / "images.npz").write_bytes((tmp_path / "images.npz").read_bytes()[:-30])
    assert "images.npz is damaged or cut off and cannot be read (" in refused(*ARRAY)


def test_npz_is_missing(refused, tmp_path):
    assert refused(*ARRAY) == f"There is no file {tmp_path / 'images.npz'}."


def test_npz_holds_pickled_objects(refused, tmp_path):
    np.savez(tmp_path / "images.npz", images=np.array([{}, {}], object))
    assert "holds Python objects (pickle), which zscape never loads because they can run code" in refused(*ARRAY)


MIXED = re.compile(
    r"The images have 2 different sizes, such as 8x8 \(20 of 30 images\) and 9x7 \(height x width\); "
    r"state the size to bring them to, say data\.size=96\."
)


def test_mixed_sizes_in_an_npz_without_a_size(refused, tmp_path):
    np.savez(tmp_path / "images.npz", *(np.zeros((8, 8) if i % 3 else (9, 7), np.uint8) for i in range(30)))
    assert MIXED.fullmatch(refused(*ARRAY))


def test_mixed_sizes_in_a_folder_without_a_size(refused, tmp_path):
    (tmp_path / "faces").mkdir()
    for i in range(30):
        Image.new("L", (8, 8) if i % 3 else (7, 9)).save(tmp_path / "faces" / f"{i}.png")
    assert MIXED.fullmatch(refused("run", "digits", "data.source=folder", "data.path=faces", "--out", "run"))


def test_a_source_that_needs_a_path_and_one_that_takes_none(refused):
    assert refused("run", "celeba", "--out", "run") == (
        "data.path is needed for source 'celeba': give the folder or .zip of the aligned faces (img_align_celeba), or "
        "the folder that holds it as data.path=..."
    )
    assert refused("run", "celeba", "data.path=gone", "--out", "run").endswith("gone.")
    assert refused("run", "digits", "data.path=x", "--out", "run").startswith("Source 'digits' takes no data.path ")


# directories


def test_out_holds_another_run(refused, in_reach, tiny):
    sentence = refused("run", "digits", *tiny, "model.z_dim=5", "training.seed=7", "--out", in_reach)
    assert sentence == (
        "run holds another run: its recipe differs in model.z_dim (3 there, 5 here), training.seed (1 there, 7 here). "
        "Choose another --out, or --fresh to delete that run."
    )


def test_out_holds_a_longer_run(refused, in_reach, tiny):
    sentence = refused("train", "digits", *tiny, "training.epochs=1", "--out", in_reach)
    assert "its recipe differs in training.epochs (2 there, 1 here)." in sentence


@pytest.mark.parametrize("fresh", [(), ("--fresh",)])
@pytest.mark.parametrize("verb", ["run", "train"])
def test_out_holds_foreign_files(refused, tmp_path, verb, fresh):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").write_text("years of work")
    sentence = refused(verb, "digits", "--out", "thesis", *fresh)
    assert sentence == "thesis is not empty and holds no run: choose another --out."


def test_out_is_a_file(refused, tmp_path):
    (tmp_path / "run").write_text("not a folder")
    assert refused("run", "digits", "--out", "run") == "run is a file; --out needs a directory."


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "digits", "--out", "file/run"),
        ("analyze", "run/latents.npz", "--out", "file/analysis"),
        ("sample", "run", "--out", "file/x.png"),
        ("reconstruct", "run", "--out", "file/x.png"),
        ("encode", "run", "--out", "file/x.npz"),
    ],
)
def test_out_lies_below_a_file(refused, in_reach, tmp_path, arguments):
    (tmp_path / "file").write_text("not a folder")
    assert "file" in refused(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("sample", "run", "--out", "x.png"),
        ("reconstruct", "run", "--out", "x.png"),
        ("encode", "run", "--out", "x.npz"),
    ],
)
def test_out_is_a_folder_where_a_file_is_needed(refused, in_reach, tmp_path, arguments):
    (tmp_path / arguments[-1]).mkdir()
    assert arguments[-1] in refused(*arguments)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("sample", "run", "--out", "x.jpg"), "--out must be a .png file; received x.jpg."),
        (("reconstruct", "run", "--out", "x"), "--out must be a .png file; received x."),
        (("encode", "run", "--out", "x.npy"), "--out must be an .npz file; received x.npy."),
        (("sample", "run", "--out", "x.png", "-n", 0), "-n must be at least 1, received 0."),
        (("reconstruct", "run", "--out", "x.png", "-n", -2), "-n must be at least 1, received -2."),
        (("sample", "run", "--out", "x.png", "--columns", 0), "A grid needs at least 1 column, got 0."),
        (
            ("sample", "run", "--out", "x.png", "--sharpen", -1),
            "The sharpening factor must be 0 (blurred), 1 (as is) or",
        ),
        (
            ("sample", "run", "--out", "x.png", "--from", "unifrm:1"),
            "Unknown prior 'unifrm:1'. Did you mean 'uniform:1'?",
        ),
        (
            ("sample", "run", "--out", "x.png", "--from", "uniform:2:1"),
            "The prior 'uniform:2:1' cannot be used: the low ",
        ),
        (("evaluate", "run", "--split", "tst"), "Unknown split 'tst'. Did you mean 'test'? Known: test, train, "),
        (("evaluate", "run", "--data", "gone.npz"), "There is no file or folder gone.npz."),
        (("analyze", "gone.npz", "--out", "x"), "There is no file gone.npz."),
        (
            ("analyze", "run/latents.npz", "--out", "run/recipe.yaml"),
            "run/recipe.yaml is a file; --out needs a directory.",
        ),
    ],
)
def test_arguments_of_the_verbs_that_work_on_a_run(refused, in_reach, arguments, sentence):
    assert refused(*arguments).startswith(sentence)


@pytest.mark.parametrize(
    "arguments", [("evaluate",), ("report",), ("sample", "--out", "x.png"), ("encode", "--out", "x.npz")]
)
def test_there_is_no_run(refused, tmp_path, arguments):
    verb, *rest = arguments
    assert refused(verb, "gone", *rest) == "There is no run directory gone."
    (tmp_path / "empty").mkdir()
    assert refused(verb, "empty", *rest) == (
        "empty holds no run: it has no recipe.yaml. `zscape run RECIPE` makes one."
    )


def test_the_run_has_no_networks_yet(refused, in_reach):
    shutil.rmtree(in_reach / "encoder")
    assert refused("evaluate", in_reach) == "run holds no finished networks yet: `zscape train` makes them."


def cut(path):
    path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("recipe.yaml", ("evaluate", "run"), "run/recipe.yaml is not a readable recipe (YAML): "),
        ("encoder/weights.safetensors", ("evaluate", "run"), "run/encoder/weights.safetensors is damaged or cut off ("),
        ("decoder/weights.safetensors", ("evaluate", "run"), "run/decoder/weights.safetensors is damaged or cut off ("),
        ("history.jsonl", ("report", "run"), "run/history.jsonl is damaged: "),
        ("latents.npz", ("report", "run"), "run/latents.npz cannot be read as an .npz or .npy file of numbers ("),
        ("images.npz", ("report", "run"), "run/images.npz "),
        (
            "priors/fitted_normal.npz",
            ("sample", "run", "--from", "fitted", "--out", "x.png"),
            "run/priors/fitted_normal.",
        ),
    ],
)
def test_a_file_of_the_run_is_cut_off(refused, in_reach, name, arguments, sentence):
    cut(in_reach / name)
    assert refused(*arguments).startswith(sentence)


@pytest.mark.parametrize("name", ["encoder", "decoder"])
def test_weights_of_another_network(refused, in_reach, name):
    other = "decoder" if name == "encoder" else "encoder"
    shutil.copy(in_reach / other / "weights.safetensors", in_reach / name / "weights.safetensors")
    assert f"run/{name}/weights.safetensors" in refused("evaluate", in_reach)


def test_a_checkpoint_that_is_cut_off_is_not_taken_up(zscape, in_reach, tiny):
    for checkpoint in (in_reach / "checkpoints").iterdir():
        cut(checkpoint)
    before = (in_reach / "encoder" / "weights.safetensors").read_bytes()
    outcome = zscape("train", "digits", *tiny, "training.epochs=3", "--out", in_reach)
    assert outcome.code == 2 and outcome.out == ""
    assert outcome.last_line.endswith("No older one can be read either: --fresh begins anew.")
    assert (in_reach / "encoder" / "weights.safetensors").read_bytes() == before


def test_a_loss_that_is_no_longer_finite_stops_with_exit_code_1(zscape, tiny, tmp_path):
    outcome = zscape("run", "digits", *tiny, "training.learning_rate=1e38", "--out", "run")
    assert outcome.code == 1 and outcome.out == "" and "Traceback" not in outcome.err
    assert re.search(r"^zscape: Epoch \d.*: .+ not .*finite.*raining stopped.* Try a lower ", outcome.last_line)
    assert not (tmp_path / "run" / "encoder").exists() and not (tmp_path / "run" / "report.html").exists()
