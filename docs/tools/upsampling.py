"""Make the pictures and numbers of docs/upsampling.md.

    python docs/tools/upsampling.py FASHION_MNIST_FOLDER WORK_FOLDER [--threads 1]

Three decoders that differ in one thing each are compared: transposed convolutions with kernels of 3 pixels and strides
of 2, as the recipes have them; the same with kernels of 4, which a stride of 2 divides; and pixels repeated, then a
convolution with kernels of 3. They are trained on Fashion-MNIST, where the decoder's last layer does not enlarge, and
on pictures of discs and rings, where it does. Runs are kept in WORK_FOLDER, so that the script can be given again.
"""

import argparse
import colorsys
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image, ImageDraw

import zscape
from zscape.core.files import write_bytes, write_json
from zscape.figures.canvas import new_panels, png, styled
from zscape.runs.directory import RunDirectory
from zscape.specs.compose import compose_recipe
from zscape.workflow.data import store_of_run

PICTURES = Path(__file__).parents[1] / "pictures"
DECODERS = {  # name: settings for Fashion-MNIST, settings for discs and rings
    "transpose, kernel 3": ([], []),
    "transpose, kernel 4": (
        ["model.decoder={filters: [64,32,1], kernels: [4,4,3], strides: [2,2,1]}"],
        ["model.decoder={filters: [32,3], kernels: 4, strides: 2}"],
    ),
    "resize, kernel 3": (["model.upsampling=resize"], ["model.upsampling=resize"]),
}
FASHION = ["data.limit=7000", "training.epochs=5", "training.learning_rate=1e-3"]
DISCS = ["model.z_dim=8", "objective.reconstruction=mse", "objective.weight.sigma=0.1", "training.epochs=40"]
SHOWN = (1, 6, -1, -2)  # test images: two discs, two rings
Runs = dict[str, RunDirectory]


def main() -> None:
    """Measure, draw, write."""
    arguments = _arguments()
    fashion = _train("fashion_mnist", 0, [f"data.path={arguments.data}", *FASHION], arguments)
    discs = _train(str(_discs(arguments.work)), 1, DISCS, arguments)
    untrained = {name: _untrained(settings) for name, (settings, _) in DECODERS.items()}
    numbers = {
        "untrained": {name: _grid(images) for name, images in untrained.items()},
        "fashion": _numbers(fashion, arguments.rounds),
        "discs": _numbers(discs, arguments.rounds),
    }
    write_json(arguments.work / "upsampling.json", numbers)
    print(json.dumps(numbers, indent=1))
    write_bytes(PICTURES / "upsampling_untrained.png", png(_draw_untrained(untrained)))
    write_bytes(PICTURES / "upsampling_trained.png", png(_draw_trained(discs)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of Fashion-MNIST's four idx files")
    parser.add_argument("work", type=Path, help="folder for the runs")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=6, help="of the measurement of speed")
    return parser.parse_args()


def _train(recipe: str, which: int, settings: list[str], arguments: argparse.Namespace) -> Runs:
    runs = {}
    for name, own in DECODERS.items():
        out = arguments.work / f"{Path(recipe).stem}-{name.replace(', ', '-').replace(' ', '')}"
        runs[name] = zscape.run(recipe, [f"training.threads={arguments.threads}", *settings, *own[which]], out=out)
    return runs


def _discs(work: Path) -> Path:
    """Write 600 pictures of discs and rings as work/discs.npz and return its path."""
    random, pictures = np.random.default_rng(1), []
    for number in range(600):
        picture = Image.new("RGB", (128, 128), (24, 26, 34))
        x, y, radius = random.uniform(44, 84), random.uniform(44, 84), random.uniform(20, 38)
        colour = tuple(int(255 * part) for part in colorsys.hsv_to_rgb(random.uniform(0, 0.7), 0.65, 0.9))
        filled: dict[str, Any] = {"fill": colour} if number < 300 else {"outline": colour, "width": 14}
        ImageDraw.Draw(picture).ellipse((x - radius, y - radius, x + radius, y + radius), **filled)
        pictures.append(np.asarray(picture.resize((32, 32), Image.Resampling.LANCZOS)))
    work.mkdir(parents=True, exist_ok=True)
    np.savez(work / "discs.npz", images=np.stack(pictures))
    return work / "discs.npz"


def _untrained(settings: list[str]) -> np.ndarray:
    """Return 1,000 logits of decoders nobody has trained, 100 of each of ten seeds."""
    from zscape.pathways.build import build_model

    images = []
    for seed in range(10):
        model = build_model(compose_recipe("fashion_mnist", [*settings, f"training.seed={seed}"]))
        points = np.random.default_rng(seed).normal(size=(100, model.z_dim)).astype(np.float32)
        images.append(model.decode_logits(points))
    return np.concatenate(images)


def _numbers(runs: Runs, rounds: int) -> dict[str, Any]:
    images = _images(next(iter(runs.values())), "test")
    models = {name: zscape.load(run.path) for name, run in runs.items()}
    speed = _speed(models, _images(next(iter(runs.values())), "train"), rounds)
    numbers: dict[str, Any] = {"images": {"grid": _grid(images), "sharpness": _sharpness(images)}}
    for name, model in models.items():
        again, metrics = model.reconstruct(images), runs[name].read("metrics.json")["test"]
        numbers[name] = {
            "grid_random": _grid(model.sample(500, seed=1)),
            "grid_reconstructed": _grid(again),
            "sharpness": _sharpness(again),
            **{key: metrics[key] for key in ("loss", "reconstruction", "kl", "psnr")},
            **speed[name],
            "decoder_parameters": int(model.decoder.count_params()),
        }
    return numbers


def _images(run: RunDirectory, split: str) -> np.ndarray:
    """Return a split's images as float32 in [0, 1]."""
    return np.asarray(store_of_run(run).split(split).images(slice(None)), dtype=np.float32) / np.float32(255)


def _power(images: np.ndarray) -> np.ndarray:
    """Return the mean power spectrum (height, width) of images, over all channels, frequency 0 first."""
    return (np.abs(np.fft.fft2(images - images.mean(), axes=(1, 2))) ** 2).mean((0, 3))


def _grid(images: np.ndarray) -> float:
    """Return the power at period 2 (stripes either way, checkerboard) over the power at the frequencies around.

    Pictures without a grid have about 1, whatever their own spectrum.
    """
    power = _power(images)
    height, width = power.shape
    spots = [(0, width // 2), (height // 2, 0), (height // 2, width // 2)]
    steps = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b]
    around = [power[(y + a) % height, (x + b) % width] for y, x in spots for a, b in steps]
    return float(np.mean([power[spot] for spot in spots]) / np.mean(around))


def _sharpness(images: np.ndarray) -> float:
    """Return the mean absolute difference between neighbouring pixels, of a range of 1."""
    return float((np.abs(np.diff(images, axis=1)).mean() + np.abs(np.diff(images, axis=2)).mean()) / 2)


def _speed(models: dict[str, Any], images: np.ndarray, rounds: int) -> dict[str, dict[str, float]]:
    """Return speeds as ratios to the first model's: medians over rounds in which all take turns.

    Whatever else the machine does meets all alike that way.
    """
    images = images[:1024]
    seconds: dict[str, dict[str, list[float]]] = {name: {"train": [], "decode": []} for name in models}
    trained = {name: model.get_weights() for name, model in models.items()}
    for model in models.values():
        model.compile(optimizer="adam")
        model.fit(images, batch_size=128, verbose=0)
        model.sample(1024)
    for _ in range(rounds):
        for name, model in models.items():
            started = time.perf_counter()
            model.fit(images, batch_size=128, verbose=0)
            between = time.perf_counter()
            model.sample(1024)
            seconds[name]["train"].append(between - started)
            seconds[name]["decode"].append(time.perf_counter() - between)
    for name, model in models.items():
        model.set_weights(trained[name])
    first = next(iter(seconds.values()))
    return {
        name: {f"{what}_speed": float(np.median(np.divide(first[what], times))) for what, times in of.items()}
        for name, of in seconds.items()
    }


def _panels(rows: int, columns: int, height: float) -> tuple[Figure, np.ndarray]:
    figure, axes = new_panels(7.2, height, 1)
    axes[0].remove()
    panels = figure.subplots(rows, columns)
    for axis in panels.flat:
        axis.grid(visible=False)
        axis.set_xticks([])
        axis.set_yticks([])
    return figure, panels


def _show_spectrum(axis: Axes, images: np.ndarray, decades: float) -> None:
    """Draw the mean power spectrum, logarithmic, frequency 0 in the middle."""
    power = np.log10(np.fft.fftshift(_power(images)))
    half = power.shape[0] // 2
    edges = (-half - 0.5, half - 0.5, half - 0.5, -half - 0.5)
    axis.imshow(power - power.max(), cmap="magma", vmin=-decades, vmax=0, extent=edges, interpolation="nearest")
    axis.set_xticks([-half, -half // 2, 0, half // 2], ["1/2", "1/4", "0", "1/4"])
    axis.set_xlabel("cycles per pixel")


@styled
def _draw_untrained(columns: dict[str, np.ndarray]) -> Figure:
    figure, panels = _panels(2, 3, 4.9)
    for column, (name, images) in enumerate(columns.items()):
        panels[0, column].imshow(images[0, ..., 0], cmap="gray", interpolation="nearest")
        panels[0, column].set_title(name)
        _show_spectrum(panels[1, column], images, 4)
    panels[0, 0].set_ylabel("one image")
    panels[1, 0].set_ylabel("mean spectrum")
    return figure


@styled
def _draw_trained(runs: Runs) -> Figure:
    originals = _images(next(iter(runs.values())), "test")
    columns = {"original": originals}
    columns |= {name: zscape.load(run.path).reconstruct(originals) for name, run in runs.items()}
    figure, panels = _panels(len(SHOWN) + 1, len(columns), 9.2)
    for column, (name, images) in enumerate(columns.items()):
        for row, position in enumerate(SHOWN):
            panels[row, column].imshow(images[position], interpolation="nearest")
        panels[0, column].set_title(name)
        _show_spectrum(panels[-1, column], images, 6)
    panels[-1, 0].set_ylabel("mean spectrum")
    return figure


if __name__ == "__main__":
    main()
