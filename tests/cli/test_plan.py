"""`zscape plan`: the parameter counts of the articles' networks, without a backend."""

import json
import subprocess
import sys

import pytest

BLOCKED = """
import sys
for name in ("keras", "tensorflow", "jax", "torch"):
    sys.modules[name] = None  # importing it is an ImportError from here on
from zscape.cli.main import main
for arguments in (["celeba"], ["celeba", "model.z_dim=512"], ["celeba", "model.bottleneck=384"]):
    code = main(["plan", *arguments, "--json"])
    assert code == 0, code
    print("---")
assert not set(sys.modules) & {"tensorflow.python", "keras.src", "jaxlib"}
"""


@pytest.fixture(scope="module")
def plans():
    done = subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return [json.loads(text) for text in done.stdout.split("---\n")[:-1]]


def test_counts_of_the_articles_networks_in_a_process_without_any_backend(plans):
    counts = [(plan["encoder"]["parameters"], plan["decoder"]["parameters"]) for plan in plans]
    assert counts[0] == (5_109_440, 2_757_571)
    assert counts[1] == (9_828_544, 5_116_867)
    assert counts[2][0] == 4_126_784


def test_json_has_layers_that_add_up_and_a_total(plans):
    for plan in plans:
        assert plan["total"] == plan["encoder"]["parameters"] + plan["decoder"]["parameters"]
        for network in ("encoder", "decoder"):
            assert sum(layer["parameters"] for layer in plan[network]["layers"]) == plan[network]["parameters"]
            assert all(
                set(layer) == {"name", "kind", "output_shape", "parameters"} for layer in plan[network]["layers"]
            )
        assert plan["image_shape"] == plan["decoder"]["layers"][-1]["output_shape"] == [96, 96, 3]
        assert plan["memory"]["total"] == sum(
            plan["memory"][part] for part in ("parameters", "gradients", "optimizer", "activations")
        )


def test_table(zscape):
    outcome = zscape("plan", "celeba")
    lines = outcome.out.splitlines()
    assert outcome.code == 0 and lines[0] == "images of 96x96x3, 256 latent dimensions"
    assert "encoder: 5,109,440 parameters, 5,108,480 of them trained" in lines
    assert "total: 7,867,011 parameters" in lines
    assert any(line.split() == ["mu", "dense", "256", "2,359,552"] for line in lines)
    assert lines[-1].startswith("memory for training at batch size 128, by arithmetic: 543 MiB (weights 30, ")


def test_size_of_the_images_must_be_known(refused, tmp_path):
    (tmp_path / "own.yaml").write_text("data: {source: array, path: images.npz}\n")
    assert refused("plan", "own.yaml") == (
        "The size of the images is not known before the data are read (source 'array'): state it, for example "
        "data.size=96 data.channels=3."
    )
