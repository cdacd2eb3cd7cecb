"""`zscape plan`: the parameter counts of the articles' networks, without a backend."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

BLOCKED = """
import sys
class Blocker:  # not None in sys.modules: scipy looks there for torch's classes
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("keras", "tensorflow", "jax", "torch"):
            raise ImportError(name)
sys.meta_path.insert(0, Blocker())
from zscape.cli.main import main
for arguments in (["celeba"], ["celeba", "model.z_dim=512"], ["celeba", "model.bottleneck=384"], ["digits"]):
    code = main(["plan", *arguments, "--json"])
    assert code == 0, code
    print("---")
assert not set(sys.modules) & {"keras", "tensorflow", "jax", "jaxlib", "torch"}
"""


@pytest.fixture(scope="module")
def plans():
    done = subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return [json.loads(text) for text in done.stdout.split("---\n")[:-1]]


def test_counts_of_the_articles_networks_in_a_process_without_any_backend(plans):
    counts = [(plan["encoder"]["parameters"], plan["decoder"]["parameters"]) for plan in plans[:3]]
    assert counts[0] == (5_109_440, 2_757_571)
    assert counts[1] == (9_828_544, 5_116_867)
    assert counts[2][0] == 4_126_784


def test_json_has_layers_that_add_up_and_a_total(plans):
    for plan in plans[:3]:
        assert plan["total"] == plan["encoder"]["parameters"] + plan["decoder"]["parameters"]
        for network in ("encoder", "decoder"):
            assert sum(layer["parameters"] for layer in plan[network]["layers"]) == plan[network]["parameters"]
            assert all(
                set(layer) == {"name", "kind", "output_shape", "parameters"} for layer in plan[network]["layers"]
            )
        assert plan["image_shape"] == plan["decoder"]["layers"][-1]["output_shape"] == [96, 96, 3]
        memory = plan["memory"]
        at_step = memory["gradients"] + memory["activations"] + memory["work_space"]
        held = memory["parameters"] + memory["optimizer"] + memory["framework"]
        assert memory["peak"] == held + max(at_step, memory["checkpoint"])
        assert (memory["backend"], memory["precision"], plan["memory_fit"]) == ("tensorflow", "float32", None)


def test_linear_baseline_where_the_images_are_at_hand_without_a_backend(plans):
    assert [plan["linear_baseline"] for plan in plans[:3]] == [None] * 3
    baseline = plans[3]["linear_baseline"]
    assert (baseline["z_dim"], baseline["fitted_on"], baseline["measured_on"]) == (4, 1437, "test")
    assert baseline["psnr"] == pytest.approx(14.66, abs=0.02)  # numpy.linalg.svd of the same images, by hand


def test_table(zscape):
    outcome = zscape("plan", "celeba", "training.device=cpu")
    lines = outcome.out.splitlines()
    assert outcome.code == 0 and lines[0] == "images of 96x96x3, 256 latent dimensions"
    assert "encoder: 5,109,440 parameters, 5,108,480 of them trained" in lines
    assert "total: 7,867,011 parameters" in lines
    assert any(line.split() == ["mu", "dense", "256", "2,359,552"] for line in lines)
    assert lines[-4].startswith("memory for training at batch size 128 with ")
    assert re.fullmatch(r".* in float32, predicted on a (processor|graphics card.*): [\d,]+ MiB", lines[-4])
    assert lines[-3].startswith("  weights 30 MiB, Adam's slots 60 MiB, gradients 30 MiB, activations ")
    assert re.fullmatch(r"  that is [\d,]+ MiB on top of a process of [\d,]+ MiB", lines[-2])
    assert lines[-1] == "linear baseline: known after preparation, the images are not at hand"


ON_CARD = ("plan", "celeba", "training.device=gpu", "training.backend=tensorflow")


def test_memory_that_is_enough(zscape):
    outcome = zscape(*ON_CARD, "--memory", "8 GiB")
    lines = outcome.out.splitlines()
    assert outcome.code == 0 and lines[-2] == "It fits into 8,192 MiB."
    assert "on a graphics card, with constants measured on a processor: " in lines[-4]


def test_memory_that_is_too_little_brings_settings_to_paste(zscape):
    outcome = zscape(*ON_CARD, "--memory", "700MiB", "--json")
    fit = json.loads(outcome.out)["memory_fit"]
    assert outcome.code == 0 and not fit["fits"] and fit["memory"] == 700 * 2**20
    first = fit["changes"][0]
    assert first["fits"] and first["settings"][0].startswith("training.batch_size=")
    pasted = json.loads(zscape(*ON_CARD, *first["settings"], "--memory", "700MiB", "--json").out)
    assert pasted["memory_fit"]["fits"] and pasted["memory"]["needs"] == first["needs"] == pasted["memory_fit"]["needs"]
    shown = zscape(*ON_CARD, "--memory", "700MiB").out.splitlines()
    start = shown.index("It does not fit into 700 MiB; what would:")
    assert shown[start + 1].split()[: len(first["settings"])] == first["settings"]
    assert shown[start + 1].endswith(first["meaning"])


def test_memory_that_nothing_fits_into_is_one_sentence(zscape):
    lines = zscape(*ON_CARD, "--memory", "50MB").out.splitlines()
    assert lines[-2].startswith(
        "It does not fit into 48 MiB, and nothing makes it fit: with smaller batches, 16 bits, "
    )
    assert lines[-1].startswith("linear baseline: ")


def test_a_network_of_many_weights_is_largest_while_a_checkpoint_is_written(zscape):
    many = ("model.z_dim=2048", "training.batch_size=1", "training.device=cpu", "training.backend=torch")
    out = zscape("plan", "celeba", *many).out
    assert "with PyTorch in float32" in out and ", copies while a checkpoint is written " in out
    assert "gradients" not in out


def test_an_amount_of_memory_needs_its_unit(refused):
    assert refused("plan", "celeba", "--memory", "2") == (
        'memory must be a positive amount of memory with its unit ("2GiB", "1500MB"); received \'2\'.'
    )


def test_size_of_the_images_must_be_known(refused, tmp_path):
    (tmp_path / "own.yaml").write_text("data: {source: array, path: images.npz}\n")
    assert refused("plan", "own.yaml") == (
        "The size of the images is not known before the data are read (source 'array'): state it, for example "
        "data.size=96 data.channels=3."
    )


def test_a_folder_of_pictures(zscape, tmp_path):
    (tmp_path / "photos").mkdir()
    for i in range(10):
        Image.fromarray(np.random.default_rng(i).integers(0, 256, (30, 40, 3), np.uint8)).save(
            tmp_path / f"photos/{i}.png"
        )
    (tmp_path / "photos" / "broken.gif").write_bytes(b"no image")
    outcome = zscape("plan", "photos", "data.size=16")
    assert outcome.err.splitlines()[0].startswith("10 images in photos: ")
    assert outcome.err.endswith("\n1 file left out: broken.gif (not an image in a format that Pillow knows)\n")
    assert outcome.code == 0 and outcome.out.startswith("images of 16x16x3, 4 latent dimensions\n")
    assert outcome.err.startswith("10 images in photos: a recipe is chosen, key=value changes it\n  data.channels=3: ")
    assert outcome.out.splitlines()[-1].startswith("linear baseline: the best linear code of 4 numbers reaches PSNR ")
    assert "(PCA of 8 training images, test images)" in outcome.out
    as_json = zscape("plan", "photos", "data.size=16", "--json")
    assert json.loads(as_json.out)["linear_baseline"]["fitted_on"] == 8


def test_a_linear_code_that_gives_everything_back_has_no_absurd_psnr(zscape):
    last = zscape("plan", "digits", "model.z_dim=64").out.splitlines()[-1]
    assert last.startswith(
        "linear baseline: the best linear code of 64 numbers is exact to 8 bits, at a reconstruction "
    )
    assert "PSNR" not in last
