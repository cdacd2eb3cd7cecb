"""`zscape.export`: files that give what the run gives, whole or not at all."""

import json
import shutil
import sys

import numpy as np
import onnx
import onnxruntime
import pytest

import zscape
from zscape.core.errors import InputError
from zscape.inference import onnx_export
from zscape.runs.directory import RunDirectory
from zscape.workflow import export as module


@pytest.fixture(scope="module")
def exported(trained, tmp_path_factory):
    """The record of an export, and the run that it is from."""
    run = tmp_path_factory.mktemp("exported") / "run"
    shutil.copytree(trained, run)
    return zscape.export(run), run


def given(path, **inputs):
    (output,) = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, inputs)
    return output


def test_files_give_what_the_run_gives(exported):
    _, run = exported
    model, folder = zscape.load(run), run / "onnx"
    assert sorted(path.name for path in folder.iterdir()) == ["decoder.onnx", "encoder.onnx"]
    images = RunDirectory(run).images()["originals"]
    codes = given(folder / "encoder.onnx", image=images.astype(np.float32) / 255)
    np.testing.assert_allclose(codes, model.encode(images), atol=1e-5)
    np.testing.assert_allclose(given(folder / "decoder.onnx", z=codes), model.reconstruct(images), atol=1e-5)


def test_the_record(exported):
    record, run = exported
    assert (record.directory, record.source, record.format, record.opset) == (str(run / "onnx"), "run", "onnx", 17)
    assert (record.image_shape, record.z_dim) == ((8, 8, 1), 3)
    sizes = tuple((run / "onnx" / f"{network}.onnx").stat().st_size for network in ("encoder", "decoder"))
    assert (record.encoder_bytes, record.decoder_bytes) == sizes
    assert (record.images, record.points) == (6, 134)  # the test images, their codes and 128 points
    assert 0 < record.code_difference <= 1e-5 <= record.code_tolerance
    assert 0 < record.pixel_difference <= 1e-5 == record.pixel_tolerance


def test_metadata(exported):
    _, run = exported
    notes = {prop.key: prop.value for prop in onnx.load(run / "onnx" / "decoder.onnx").metadata_props}
    assert (notes["run"], notes["network"], notes["z_dim"]) == ("run", "decoder", "3")
    assert "draw z from N(0, I)" in notes["use"] and str(run.parent) not in json.dumps(notes)


def test_what_exists_stays(exported):
    _, run = exported
    before = (run / "onnx" / "encoder.onnx").read_bytes()
    with pytest.raises(InputError, match="onnx exists already: choose another --out, or delete it"):
        zscape.export(run)
    assert (run / "onnx" / "encoder.onnx").read_bytes() == before


def test_networks_that_differ_leave_nothing(exported, tmp_path, monkeypatch):
    _, run = exported
    monkeypatch.setattr(onnx_export, "run_network", lambda path, inputs: np.float32(2))
    with pytest.raises(InputError, match=r"do not give what .*run gives: codes differ by .* Nothing was written"):
        zscape.export(run, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", ["onnx", "onnxruntime"])
def test_without_the_libraries(exported, tmp_path, monkeypatch, missing):
    _, run = exported
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(InputError, match="Export needs onnx and onnxruntime, which cannot be used here") as refused:
        zscape.export(run, tmp_path / "new")
    assert str(refused.value).endswith('`pip install "zscape[onnx]"`.')


def test_runs_that_cannot_be_exported(exported, tmp_path):
    with pytest.raises(InputError, match="There is no run directory nowhere"):
        zscape.export("nowhere")
    with pytest.raises(InputError, match=r"Unknown format 'tflite'\. Known: onnx\."):
        zscape.export(exported[1], format="tflite")
    (tmp_path / "model.json").write_text("{}")
    with pytest.raises(InputError, match="holds networks of your own, whose layers zscape does not know: export them"):
        zscape.export(tmp_path)
    unfinished = tmp_path / "unfinished"
    unfinished.mkdir()
    shutil.copy(exported[1] / "recipe.yaml", unfinished)
    with pytest.raises(InputError, match="unfinished holds no finished networks yet: `zscape train` makes them"):
        zscape.export(unfinished)


def test_images_to_compare_with(exported, monkeypatch):
    """Those of the data where it is at hand, else those in images.npz, which a run brings along."""
    run = RunDirectory(exported[1])
    assert len(module._images(run)) == 6
    monkeypatch.setattr(module, "is_prepared", lambda spec: False)
    np.testing.assert_array_equal(module._images(run), run.images()["originals"])


@pytest.mark.parametrize(("folded", "white"), [([], False), ([0.5], False), ([1.0], True), ([1.0, 0.5], True)])
def test_white_codes(tmp_path, folded, white):
    run = RunDirectory(tmp_path)
    run.write("provenance.json", {"folded": [{"t": t} for t in folded]} if folded else {})
    assert module._is_white(run) is white
