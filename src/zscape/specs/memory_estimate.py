"""How much memory a training takes: arithmetic from the layers, and a few constants that were measured.

`benchmarks/memory.py` holds the prediction against what processes took, and fits the constants.
"""

from dataclasses import dataclass
from math import prod

from zscape.specs.layer_layout import LayerLayout
from zscape.specs.layout import IMAGE, Z_POINT, decoder_layout, encoder_layout
from zscape.specs.recipe import Recipe

_FLOAT = 4  # bytes
_MIB = 2**20
_ADAM_SLOTS = 2
_VIEWS = ("flatten", "reshape")  # their output is their input's memory
_ON_CARD = 400 * _MIB  # CUDA's context and the libraries' handles: an allowance, not measured


@dataclass(frozen=True)
class Calibration:
    """What was measured of a backend in a precision.

    Attributes:
        framework: bytes that it takes for itself in a training: traced and compiled steps, thread pools, buffers.
        activations: memory for activations, as a multiple of `Sizes.activations`: backends keep intermediate results of
            a layer too, or compute some of them again.
        norms: the same for what batch normalisation keeps beyond its output, as a multiple of `Sizes.norms`: 0 where it
            is one fused kernel.
        widest: work space, as a multiple of `Sizes.widest`.
        convolution: bytes per convolution of the networks, for the code that is compiled for it; 0 where it is a
            library's.
        checkpoint: copies of weights and slots while a checkpoint is written, in the machine's memory.
        process: resident bytes of a process before it trains, with this backend and zscape loaded.
    """

    framework: int
    activations: float
    norms: float
    widest: float
    convolution: int
    checkpoint: float
    process: int


@dataclass(frozen=True)
class Memory:
    """What a training is predicted to take: bytes.

    Attributes:
        backend: that it is predicted for.
        precision: likewise.
        on_card: whether it is a graphics card's memory; the machine's otherwise.
        batch_size: images per step.
        parameters: weights.
        gradients: of the trained weights.
        optimizer: Adam's slots.
        accumulation: sums of gradients, with `training.accumulate` above 1.
        activations: what backpropagation keeps of one batch.
        work_space: intermediate results and gradients at the widest layer.
        checkpoint: copies that are made to write a checkpoint; they come when gradients and activations are gone.
        framework: what the backend takes for itself.
        peak: the most of all this that is there at once.
        process: what a process with this backend holds before; 0 on a card.
        needs: peak and process.
    """

    backend: str
    precision: str
    on_card: bool
    batch_size: int
    parameters: int
    gradients: int
    optimizer: int
    accumulation: int
    activations: int
    work_space: int
    checkpoint: int
    framework: int
    peak: int
    process: int
    needs: int


CALIBRATIONS = {
    ("tensorflow", "float32"): Calibration(112 * _MIB, 0.85, 0.16, 1.56, 0, 1.5, 768 * _MIB),
    ("tensorflow", "mixed"): Calibration(112 * _MIB, 1.08, 0.03, 1.56, 0, 1.5, 768 * _MIB),
    ("jax", "float32"): Calibration(119 * _MIB, 0.83, 0.15, 4.54, 32 * _MIB, 1.5, 512 * _MIB),
    ("jax", "mixed"): Calibration(119 * _MIB, 2.38, 1.22, 4.54, 32 * _MIB, 1.5, 512 * _MIB),
    ("torch", "float32"): Calibration(27 * _MIB, 1.43, 1.25, 1.48, 0, 1.5, 606 * _MIB),
    ("torch", "mixed"): Calibration(27 * _MIB, 2.46, 1.35, 1.48, 0, 1.5, 606 * _MIB),
}
"""By backend and kind of precision, on a processor; `python -m benchmarks.memory --fit` makes them."""


def estimate_memory(
    recipe: Recipe, backend: str = "tensorflow", precision: str = "float32", on_card: bool = False
) -> Memory:
    """Return the memory that a training of a recipe is predicted to take.

    Args:
        recipe: with the size of its images.
        backend: "tensorflow", "jax" or "torch".
        precision: Keras' dtype policy.
        on_card: whether it is trained on a graphics card. The constants were measured on a processor; no card was at
            hand. There checkpoints take none of the card's memory.

    Raises:
        InputError: when the size of the images is not known before the data are read.
    """
    sizes = sizes_of(recipe, precision)
    measured = CALIBRATIONS[backend, "float32" if precision == "float32" else "mixed"]
    slots = _ADAM_SLOTS * sizes.trained
    accumulation = sizes.trained if recipe.training.accumulate > 1 else 0
    activations = round(measured.activations * sizes.activations + measured.norms * sizes.norms)
    work_space = round(measured.widest * sizes.widest)
    held = sizes.parameters + slots + accumulation
    checkpoint = 0 if on_card else round(measured.checkpoint * held)
    framework = _ON_CARD if on_card else measured.framework + sizes.convolutions * measured.convolution
    peak = held + framework + max(sizes.trained + activations + work_space, checkpoint)
    process = 0 if on_card else measured.process
    return Memory(
        backend=backend,
        precision=precision,
        on_card=on_card,
        batch_size=recipe.training.batch_size,
        parameters=sizes.parameters,
        gradients=sizes.trained,
        optimizer=slots,
        accumulation=accumulation,
        activations=activations,
        work_space=work_space,
        checkpoint=checkpoint,
        framework=framework,
        peak=peak,
        process=process,
        needs=peak + process,
    )


@dataclass(frozen=True)
class Sizes:
    """What follows from the recipe alone: bytes, but for the last.

    Attributes:
        parameters: all weights, moving statistics included.
        trained: those that are trained; a gradient is as large.
        activations: outputs of all layers for one batch, which backpropagation keeps.
        norms: outputs of batch normalisation, which are among them.
        widest: the output and the inputs of the layer with the most of them, for one batch: while backpropagation is
            at this layer, the gradients of all of them are there.
        convolutions: how many there are, transposed ones included; not bytes.
    """

    parameters: int
    trained: int
    activations: int
    norms: int
    widest: int
    convolutions: int


def sizes_of(recipe: Recipe, precision: str) -> Sizes:
    """Return the sizes that a training has to do with.

    Args:
        recipe: with the size of its images.
        precision: Keras' dtype policy. Weights are float32 in all of them; of the layers the heads and the logits are.

    Raises:
        InputError: when the size of the images is not known before the data are read.
    """
    shape, batch = recipe.image_shape, recipe.training.batch_size
    networks = (
        _Network(encoder_layout(shape, recipe.model), IMAGE, prod(shape)),
        _Network(decoder_layout(shape, recipe.model), Z_POINT, recipe.model.z_dim),
    )
    learned = 1 if recipe.objective.likelihood.sigma == "learned" else 0
    layers = [layer for network in networks for layer in network.layers]
    return Sizes(
        parameters=_FLOAT * (sum(layer.parameters for layer in layers) + learned),
        trained=_FLOAT * (sum(layer.trainable for layer in layers) + learned),
        activations=batch * (_FLOAT * prod(shape) + sum(network.kept(precision) for network in networks)),
        norms=batch * sum(_bytes_of(layer, precision) for layer in layers if layer.kind == "batch_norm"),
        widest=batch * max(network.widest(precision) for network in networks),
        convolutions=sum(layer.kind.startswith("conv") for layer in layers),
    )


@dataclass(frozen=True)
class _Network:
    """A network's layers, and the name and values of what goes in."""

    layers: list[LayerLayout]
    start: str
    values: int

    def kept(self, precision: str) -> int:
        """Return the bytes of all outputs, for one image."""
        return sum(_bytes_of(layer, precision) for layer in self.layers if layer.kind not in _VIEWS)

    def widest(self, precision: str) -> int:
        """Return the most bytes that a layer's inputs and output have together, for one image."""
        bytes_of = {self.start: _FLOAT * self.values}
        before, widest = self.start, 0
        for layer in self.layers:
            bytes_of[layer.name] = _bytes_of(layer, precision)
            inputs = sum(bytes_of[name] for name in layer.inputs or (before,))
            widest, before = max(widest, bytes_of[layer.name] + inputs), layer.name
        return widest


def _bytes_of(layer: LayerLayout, precision: str) -> int:
    half = precision.startswith("mixed_") and not layer.options.get("float32")
    return prod(layer.output_shape) * (2 if half else _FLOAT)
