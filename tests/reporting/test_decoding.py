"""A decoder that zscape did not make: batches, checks, and what it raises itself."""

import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.latent.codes import Codes
from zscape.reporting.decoding import PAIRS, Decoder, random_images, reconstruct


def codes_of(count=250, splits=0) -> Codes:
    mu = np.random.default_rng(0).uniform(0, 1, size=(count, 2)).astype(np.float32)
    return Codes(mu, None, np.arange(count), np.broadcast_to(np.uint8(splits), count))


def squares(z):
    """Return images of 4x4 whose halves are as bright as the two coordinates."""
    return np.repeat(np.repeat(z[:, :, np.newaxis], 2, axis=1), 4, axis=2).clip(0, 1)


def test_points_come_in_batches_of_their_own_and_images_come_back_in_order():
    sizes = []

    def decode(z):
        assert z.dtype == np.float32 and z.shape[1] == 2
        sizes.append(len(z))
        images = squares(z.copy())
        z[:] = -1  # whoever writes into his argument changes nothing here
        return images

    codes = codes_of()
    images = Decoder(decode)(codes.mu)
    assert sizes == [100, 100, 50] and images.shape == (250, 4, 4, 1) and images.dtype == np.float32
    np.testing.assert_array_equal(images[..., 0], squares(codes_of().mu))
    np.testing.assert_array_equal(codes.mu, codes_of().mu)


@pytest.mark.parametrize("channels", [(), (1,), (3,)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float32, np.float64])
def test_shapes_and_types(channels, dtype):
    value = 51 if dtype == np.uint8 else 0.2
    images = Decoder(lambda z: np.full((len(z), 5, 4, *channels), value, dtype))(np.zeros((7, 2)))
    assert images.shape == (7, 5, 4, *(channels or (1,)))
    np.testing.assert_allclose(images, 0.2, atol=1e-4)


def test_a_hair_outside_is_rounding():
    images = Decoder(lambda z: np.tile(np.float32([[1.0005], [-0.0005]]), (len(z), 1, 1)))(np.zeros((1, 2)))
    assert images.ravel().tolist() == [1, 0]


@pytest.mark.parametrize(
    ("decode", "sentence"),
    [
        (
            lambda z: np.zeros((len(z), 64)),
            r"What decode returned has shape \(9, 64\); expected \(n, height, width\) or",
        ),
        (
            lambda z: np.zeros((len(z), 3, 8, 8)),
            r"shape \(9, 3, 8, 8\); .*; the channels come first here: move them with",
        ),
        (lambda z: np.zeros((len(z), 8, 8, 2)), r"has shape \(9, 8, 8, 2\); expected .* 1 or 3 channels\)\.$"),
        (lambda z: np.zeros((1, 8, 8)), r"decode returned 1 image for 9 z-points; expected one for each\."),
        (
            lambda z: np.zeros((len(z), 8, 8)) + 7.5,
            r"decode returned images from 7\.5 to 7\.5; .*\(divide by 255, or put",
        ),
        (lambda z: np.zeros((len(z), 8, 8)) - 1, r"decode returned images from -1 to -1"),
        (lambda z: np.full((len(z), 8, 8), np.nan), r"decode returned 576 values of 576 that are NaN or infinite\."),
        (lambda z: np.zeros((len(z), 8, 8), int), r"images of type int64; expected uint8, or floats in \[0, 1\]"),
        (lambda z: np.zeros((len(z), 8, 8), complex), r"images of type complex128; expected uint8"),
        (lambda z: None, r"What decode returned has shape \(\); expected \(n, height, width\)"),
        (lambda z: [[1], [2, 3]], r"What decode returned cannot be turned into a NumPy array \("),
    ],
)
def test_what_a_decoder_may_not_return(decode, sentence):
    with pytest.raises(InputError, match=sentence):
        Decoder(decode)(np.zeros((9, 2)))


def test_a_decoder_is_a_function_and_its_images_have_one_size():
    with pytest.raises(InputError, match=r"decode must be a function .* into images; received str\."):
        Decoder("decoder.h5")  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match=r"different sizes: \(4, 4, 1\), \(9, 9, 1\)\."):
        Decoder(lambda z: np.zeros((len(z), 4, 4) if len(z) == 100 else (len(z), 9, 9)))(np.zeros((101, 2)))


def test_what_the_decoder_raises_comes_through_with_a_note():
    def decode(z):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match=r"^mine") as caught:
        Decoder(decode)(np.zeros((9, 2)))
    assert caught.value.__notes__ == ["zscape called decode with z-points, a float32 array of shape (9, 2)."]


def test_random_images_are_those_of_the_points():
    points = {"random_normal": np.random.default_rng(0).random((7, 2)), "random_uniform_2": np.full((3, 2), 0.5)}
    images = random_images(Decoder(squares), points)
    assert list(images) == list(points)
    for name, z in points.items():
        assert images[name].shape == (len(z), 4, 4, 1) and images[name].dtype == np.uint8
        np.testing.assert_array_equal(images[name][..., 0], np.rint(squares(z) * 255))


def test_reconstructions_and_their_psnr():
    codes = codes_of()
    truth = squares(codes.mu)
    originals = (truth + 0.1 * (truth < 0.5) - 0.1 * (truth >= 0.5))[:220]  # everywhere 0.1 away: 20 dB
    done = reconstruct(Decoder(squares), codes, originals)
    assert done.count == 220 and done.psnr == pytest.approx(20.0, abs=0.05)
    assert done.originals.shape == done.images.shape == (PAIRS, 4, 4, 1)
    np.testing.assert_array_equal(done.images[..., 0], np.rint(truth[:PAIRS] * 255))
    np.testing.assert_array_equal(done.originals[..., 0], np.rint(originals[:PAIRS] * 255))
    assert reconstruct(Decoder(squares), codes, originals[:1]).count == 1 and not done.exact


def test_what_comes_back_but_for_rounding_is_exact():
    codes = codes_of()
    truth = squares(codes.mu)[:150]
    done = reconstruct(Decoder(squares), codes, truth)
    assert done.exact and 54 < done.psnr < 70  # the PSNR of 8-bit rounding, which says nothing
    assert reconstruct(Decoder(squares), codes, np.rint(truth * 255).astype(np.uint8)).exact
    last = truth.copy()
    last[149, 0, 0] += 0.5 if last[149, 0, 0] < 0.5 else -0.5
    assert not reconstruct(Decoder(squares), codes, last).exact


@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        (np.zeros((251, 4, 4)), r"There are 251 images for 250 codes; expected the images of the first codes"),
        (np.zeros((0, 4, 4)), r"There are 0 images for 250 codes"),
        (np.zeros((9, 16)), r"images has shape \(9, 16\); expected \(n, height, width\)"),
        (np.full((9, 4, 4), np.nan), r"images of type float64 holds NaN or infinite numbers"),
        (np.zeros((9, 4, 4)) + 200.0, r"images of type float64 ranges from 200 to 200; floats must lie in \[0, 1\]"),
        (np.zeros((9, 4, 4, 3)), r"decode returns images of \(4, 4, 1\), but images are \(4, 4, 3\)\."),
        ("digits.npz", r"images has shape \(\); expected"),
    ],
)
def test_images_that_do_not_go_with_the_codes(images, sentence):
    with pytest.raises(InputError, match=sentence):
        reconstruct(Decoder(squares), codes_of(), images)
