"""The file of Inception's weights; a few small tensors stand for its 470."""

import importlib.util
import os
import sys

import numpy as np
import pytest
from safetensors.numpy import save_file

from zscape.core.errors import InputError
from zscape.inference import inception_file as module
from zscape.inference.inception_file import check_file, read_tensors

SHAPES = {"a.conv.weight": (2, 3, 1, 1), "a.bn.weight": (2,), "a.bn.running_var": (2,)}


def tensors(**others):
    stream = np.random.default_rng(0)
    made = {name: stream.random(shape, np.float32) for name, shape in SHAPES.items()}
    return {**made, **{name.replace("__", "."): value for name, value in others.items()}}


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.fixture
def write(tmp_path):
    """Write tensors as a .safetensors; return the path."""

    def call(values):
        save_file(values, tmp_path / "inception.safetensors")
        return tmp_path / "inception.safetensors"

    return call


@pytest.fixture
def write_torch(torch, tmp_path):
    """Write tensors, or anything else, as a .pth; return the path."""

    def call(values):
        if isinstance(values, dict):
            values = {k: torch.tensor(v) if isinstance(v, np.ndarray) else v for k, v in values.items()}
        torch.save(values, tmp_path / "inception.pth")
        return tmp_path / "inception.pth"

    return call


def test_what_is_read(write):
    found = read_tensors(write(tensors()), SHAPES)
    assert list(found.tensors) == list(SHAPES) and (found.file, found.published) == ("inception.safetensors", False)
    for name, value in tensors().items():
        np.testing.assert_array_equal(found.tensors[name], value)


def test_what_the_features_do_not_need_is_left(write):
    more = tensors(fc__weight=np.zeros((1008, 2048), np.float32), a__bn__num_batches_tracked=np.array(7))
    found, without = read_tensors(write(more), SHAPES), read_tensors(write(tensors()), SHAPES)
    assert list(found.tensors) == list(SHAPES) and found.checksum == without.checksum


def test_the_checksum_is_that_of_the_tensors_in_any_kind_of_file(write, write_torch):
    plain, pickled = read_tensors(write(tensors()), SHAPES), read_tensors(write_torch(tensors()), SHAPES)
    assert plain.checksum == pickled.checksum and len(plain.checksum) == 64
    changed = tensors()
    changed["a.bn.weight"][0] += 1
    swapped = tensors(a__bn__weight=tensors()["a.bn.running_var"], a__bn__running_var=tensors()["a.bn.weight"])
    checksums = {read_tensors(write(values), SHAPES).checksum for values in (changed, swapped)}
    assert len(checksums | {plain.checksum}) == 3


def test_the_published_file_is_known_by_its_hash(write, write_torch, monkeypatch):
    path = write_torch(tensors())
    assert not read_tensors(path, SHAPES).published
    monkeypatch.setattr(module, "_PUBLISHED_SHA256", module.hashlib.sha256(path.read_bytes()).hexdigest()[:8])
    assert read_tensors(path, SHAPES).published
    assert module.PUBLISHED.endswith("-6726825d.pth"), "PyTorch's hub names files by the start of their SHA-256"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, r": missing a\.conv\.weight, a\.bn\.weight, a\.bn\.running_var, not expected nothing\.$"),
        (
            {**tensors(), **{f"AuxLogits.{i}": np.zeros(1, np.float32) for i in range(5)}},
            r": missing nothing, not expected AuxLogits\.0, AuxLogits\.1, AuxLogits\.2 and 2 more\.$",
        ),
        (tensors(a__bn__weight=np.zeros(3, np.float32)), r": a\.bn\.weight has shape \(3,\), expected \(2,\)\.$"),
        (
            tensors(fc__weight=np.zeros((1000, 2048), np.float32)),
            r": fc\.weight has shape \(1000, 2048\), expected \(1008, 2048\)\.$",
        ),
        (tensors(a__bn__weight=np.zeros(2, np.float16)), r": a\.bn\.weight is float16, expected float32\.$"),
    ],
)
def test_another_network(write, values, sentence):
    start = r"^inception\.safetensors is not FID's Inception \(pt_inception-2015-12-05-6726825d\.pth\)"
    with pytest.raises(InputError, match=start + sentence):
        read_tensors(write(values), SHAPES)


def test_values_that_are_none(write):
    sentence = r"^inception\.safetensors is damaged: a\.bn\.weight has values that are NaN or infinite\.$"
    with pytest.raises(InputError, match=sentence):
        read_tensors(write(tensors(a__bn__weight=np.array([1, np.nan], np.float32))), SHAPES)


def test_no_safetensors(tmp_path):
    path = tmp_path / "inception.safetensors"
    path.write_bytes(b"nonsense")
    with pytest.raises(InputError, match=r"^inception\.safetensors is damaged, or no file of safetensors \(.+\)\.$"):
        read_tensors(path, SHAPES)


class Runs:
    """What a pickle can do: run something where it is read."""

    def __reduce__(self):
        return os.mkdir, ("it-ran",)


def test_nothing_in_a_file_is_run(write_torch, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = write_torch({"a": Runs()})
    with pytest.raises(InputError, match=r"^inception\.pth is no file that PyTorch reads tensors from without"):
        read_tensors(path, SHAPES)
    assert not (tmp_path / "it-ran").exists()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04"])
def test_no_file_of_torch(torch, tmp_path, content):
    path = tmp_path / "inception.pth"
    path.write_bytes(content)
    sentence = (
        r"^inception\.pth is no file that PyTorch reads tensors from without running code: it is damaged, cut off, or "
        r"something else\.$"
    )
    with pytest.raises(InputError, match=sentence):
        read_tensors(path, SHAPES)


@pytest.mark.parametrize("values", [[1, 2], {"state_dict": {}, "epoch": 3}])
def test_something_else_of_torch(write_torch, values):
    with pytest.raises(InputError, match=r"^inception\.pth must hold tensors by name, as state_dict\(\) gives them; "):
        read_tensors(write_torch(values), SHAPES)


def test_numbers_that_numpy_lacks(torch, write_torch, tmp_path):
    half = {"a.bn.weight": torch.zeros(2, dtype=torch.bfloat16)}
    with pytest.raises(InputError, match=r"^inception\.pth has tensors that are no plain float32 \(.+\)\.$"):
        read_tensors(write_torch(half), SHAPES)
    safetensors_torch = importlib.import_module("safetensors.torch")
    safetensors_torch.save_file(half, tmp_path / "half.safetensors")
    with pytest.raises(InputError, match=r"^half\.safetensors is (damaged|not FID's)"):
        read_tensors(tmp_path / "half.safetensors", SHAPES)


def test_what_is_seen_without_reading(tmp_path, monkeypatch):
    missing = tmp_path / "none.pth"
    with pytest.raises(InputError, match=r"^There is no file .*none\.pth with Inception's weights \(pt_inception-"):
        check_file(missing)
    for name in ("inception.pth", "inception.onnx", "inception.safetensors"):
        (tmp_path / name).touch()
    with pytest.raises(InputError, match=r"^Inception's weights are a \.pth or a \.safetensors; received inception\.o"):
        check_file(tmp_path / "inception.onnx")
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    check_file(tmp_path / "inception.safetensors")
    sentence = (
        r"^inception\.pth is read by PyTorch, which is not installed here: pip install \"zscape\[torch\]\", or give "
        r"the same tensors as \.safetensors\.$"
    )
    with pytest.raises(InputError, match=sentence):
        check_file(tmp_path / "inception.pth")
