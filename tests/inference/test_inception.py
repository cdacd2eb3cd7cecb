"""FID's Inception against pytorch-fid, whose features of random weights are written down here.

The numbers below were computed by pytorch-fid 0.3.0 (FIDInceptionA, C, E_1, E_2 on torchvision 0.28.0's blocks, PyTorch
2.13.0, `InceptionV3([3])(images / 255)`) with the weights and images that are made here. NumPy keeps the streams of
RandomState as they are. Without the real weights nothing else can be compared; with these, a wrong pool, epsilon, order
or resize changes the numbers by a hundred times the tolerance or more.
"""

import keras
import numpy as np
import pytest
from safetensors.numpy import save_file

from zscape.core.errors import InputError
from zscape.inference import inception as module
from zscape.inference.inception import InceptionEmbedding, build_inception, tensor_shapes

PARTS = [
    [3.9191677, 3.8586107, 4.0421031, 3.7800863, 4.4736200, 4.2856838, 3.9649751, 4.9830500],
    [3.2905114, 3.2365391, 3.4508767, 3.2435868, 3.6884960, 3.6534788, 3.3922050, 4.1551643],
    [3.6007457, 3.5551096, 3.6930204, 3.4859238, 4.1448806, 3.9873742, 3.7213115, 4.5808906],
]
SINGLE = {319: 5.5121255, 703: 8.0076885, 1088: 3.4624324, 1471: 4.5781035, 1472: 2.5920377, 1856: 0.2184626}


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """All tensors in the order of their names, from one stream: 87 MB."""
    stream, tensors = np.random.RandomState(0), {}
    for name, shape in sorted(tensor_shapes(build_inception((40, 36, 3))).items()):
        values = stream.random_sample(shape)
        if name.endswith("conv.weight"):
            values = (2 * values - 1) * (6 / np.prod(shape[1:])) ** 0.5
        else:
            values += 0.5 if name.endswith(("running_var", "bn.weight")) else -0.5
        tensors[name] = values.astype(np.float32)
    assert len(tensors) == 5 * 94
    path = tmp_path_factory.mktemp("inception") / "random.safetensors"
    save_file(tensors, path)
    yield path
    path.unlink()


def test_the_features_are_those_of_pytorch_fid(weights, monkeypatch):
    monkeypatch.setattr(module, "_BATCH", 2)  # the third image makes a batch that has to be filled up
    images = np.random.RandomState(1).randint(0, 256, (3, 40, 36, 3)).astype(np.uint8)
    images[1] //= 4
    images[2, :20] = 255
    embed = InceptionEmbedding(weights, (40, 36, 3))
    found = embed(images)
    assert found.shape == (3, 2048) and found.dtype == np.float32
    np.testing.assert_allclose(found.reshape(3, 8, 256).mean(axis=2), PARTS, rtol=2e-5)
    np.testing.assert_allclose(found[0, list(SINGLE)], list(SINGLE.values()), rtol=1e-4)

    assert embed.fid and (embed.accuracy, embed.trained_on) == (None, None)
    checksum = embed.identity.removeprefix("inception-")
    assert (
        len(checksum) == 16
        and embed.name == f"FID's Inception v3, weights {checksum[:8]} (not verified), 2,048 numbers"
    )
    backend = keras.backend.backend()
    for part in (
        "resized to 299 x 299 (bilinear, align_corners off, no antialiasing, as pytorch-fid does), scaled to [-1, 1];",
        f"by Keras {keras.__version__} on {backend} ",
        "weights of random.safetensors, which is not the published file pt_inception-2015-12-05-6726825d.pth to the",
    ):
        assert part in embed.details


def test_grey_images_are_colour_images_of_one_colour():
    grey = np.random.default_rng(0).integers(0, 256, (2, 5, 8, 1)).astype(np.float32)
    found, colour = (
        np.asarray(keras.ops.convert_to_numpy(module._Prepared((5, 8, channels))(np.repeat(grey, channels, axis=3))))
        for channels in (1, 3)
    )
    np.testing.assert_allclose(found, colour, atol=1e-6)
    assert found.shape == (2, 299, 299, 3)
    # The corners are the image's own values.
    np.testing.assert_allclose(found[:, ::298, ::298, 0], grey[:, ::4, ::7, 0] / 127.5 - 1, atol=1e-6)


def test_what_is_said_of_grey_images_and_of_the_published_file():
    found = module.InceptionTensors({}, "w.pth", published=True)
    assert ", as pytorch-fid does), grey ones repeated in three channels, scaled to" in module._details(found, 1)
    assert module._details(found, 3).endswith(
        "; weights of w.pth, which is the published file pt_inception-2015-12-05-6726825d.pth."
    )


def test_published_weights_are_called_nothing_else(weights, monkeypatch):
    found = module.read_tensors(weights, tensor_shapes(build_inception((8, 8, 1))))
    monkeypatch.setattr(module, "read_tensors", lambda *_: module.InceptionTensors(found.tensors, "w.pth", True))
    embed = InceptionEmbedding(weights, (8, 8, 1))
    assert embed.name == f"FID's Inception v3, weights {found.checksum[:8]}, 2,048 numbers"


def test_channels_that_are_no_colours(tmp_path):
    with pytest.raises(InputError, match=r"^Inception takes images of 1 or 3 channels; these have 4\.$"):
        InceptionEmbedding(tmp_path / "none.pth", (8, 8, 4))
