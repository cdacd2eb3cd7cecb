"""The networks of a run as ONNX files, held against the run itself."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from zscape.core.errors import InputError
from zscape.core.files import write_bytes
from zscape.inference.onnx_networks import onnx_decoder, onnx_encoder, run_network
from zscape.inference.onnx_notes import notes_of
from zscape.inference.storage import load_model
from zscape.latent.priors.normal import Normal
from zscape.networks.latent_model import LatentModel
from zscape.networks.state import part_weights, to_arrays
from zscape.runs.directory import RunDirectory

TOLERANCE = 1e-5
"""Largest difference that an export may have: of a coordinate of mu, and of a pixel (black is 0, white 1)."""

_ROUNDING = 1e-6
"""Largest difference of mu in units of the terms that it is the sum of, where that is more. Float32 rounds by 6e-8; a
folded layer can have terms hundreds of times as large as their sum (docs/decisions/0009 has what was measured)."""

_DRAWN = 128  # points of N(0, I) that are decoded, besides codes


@dataclass(frozen=True)
class Comparison:
    """Exported networks in onnxruntime against the run that they come from.

    Attributes:
        images: images that were encoded.
        points: z-points that were decoded: the codes of these images, and points of N(0, I).
        code_difference: the largest of any coordinate of mu.
        code_tolerance: what it may be.
        pixel_difference: the largest of any pixel; black is 0, white 1.
        pixel_tolerance: what it may be.
    """

    images: int
    points: int
    code_difference: float
    code_tolerance: float
    pixel_difference: float
    pixel_tolerance: float = TOLERANCE

    @property
    def agree(self) -> bool:
        """Whether both differences are small enough; one that is not a number is not."""
        codes, pixels = self.code_difference <= self.code_tolerance, self.pixel_difference <= self.pixel_tolerance
        return codes and pixels


def export_networks(run: RunDirectory, images: np.ndarray, folder: Path, white: bool) -> Comparison:
    """Write encoder.onnx and decoder.onnx and compare what they give with what the run gives.

    Args:
        run: a trained run.
        images: what is encoded to compare, uint8 (n, height, width, channels), as it goes into the networks.
        folder: where to write.
        white: whether the codes were folded to lie as N(0, I) does.

    Raises:
        InputError: when they do not agree; the files are there all the same.
    """
    recipe, name = run.recipe, run.path.resolve().name
    # On the processor: graphics cards may round what goes into a convolution to 10 bits, which differs by 1e-3.
    # Not "cpu:0": with that PyTorch copies variables, and no longer knows which of them are trained.
    with keras.device("cpu"):
        model = load_model(run.path)
        encoder, decoder = (to_arrays(part_weights(part)) for part in (model.encoder, model.decoder))
        notes = [notes_of(recipe, name, network, white) for network in ("encoder", "decoder")]
        made = {
            "encoder": onnx_encoder(recipe.image_shape, recipe.model, encoder, notes[0]),
            "decoder": onnx_decoder(recipe.image_shape, recipe.model, recipe.objective.output, decoder, notes[1]),
        }
        for network, written in made.items():
            write_bytes(folder / f"{network}.onnx", written.SerializeToString())
        comparison = compare(model, images, folder)
    if not comparison.agree:
        raise InputError(
            f"The exported networks do not give what {run.path} gives: codes differ by "
            f"{comparison.code_difference:.1e} ({comparison.code_tolerance:.1e} is allowed), pixels by "
            f"{comparison.pixel_difference:.1e} ({comparison.pixel_tolerance:.1e} is allowed). Nothing was written; "
            "try another version of onnxruntime."
        )
    return comparison


def compare(model: LatentModel, images: np.ndarray, folder: Path) -> Comparison:
    """Return how far encoder.onnx and decoder.onnx in `folder` are from a model.

    Args:
        model: the model that they were made from.
        images: uint8 (n, height, width, channels).
        folder: where they are.
    """
    codes = model.encode(images)
    points = np.concatenate([codes, Normal(model.z_dim).sample(_DRAWN, seed=1).astype(np.float32)])
    unit = images.astype(np.float32) / np.float32(255)
    found_codes = run_network(folder / "encoder.onnx", unit)
    found_pixels = run_network(folder / "decoder.onnx", points)
    return Comparison(
        images=len(images),
        points=len(points),
        code_difference=float(np.abs(found_codes - codes).max()),
        code_tolerance=max(TOLERANCE, _ROUNDING * _largest_terms(model, unit)),
        pixel_difference=float(np.abs(found_pixels - model.decode(points)).max()),
    )


def _largest_terms(model: LatentModel, images: np.ndarray) -> float:
    """Return the largest sum of magnitudes, over images and coordinates, of the terms whose sum is mu.

    Args:
        model: a model of a recipe.
        images: float32, in [0, 1].
    """
    head = model.encoder.get_layer("z" if model.sampling is None else "mu")
    features = keras.Model(model.encoder.input, head.input)(images, training=False)
    kernel, bias = (np.abs(keras.ops.convert_to_numpy(weight)) for weight in head.weights)
    return float((np.abs(keras.ops.convert_to_numpy(features)) @ kernel + bias).max())
