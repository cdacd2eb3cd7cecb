"""What the guard costs: E11's training step with it and without it, in turn.

    KERAS_BACKEND=tensorflow python -m benchmarks.guard_cost --batch 16 --rounds 12

Times are of the processor, not of the clock, so that other work on the machine matters less.
"""

import argparse
import sys
import time
from statistics import median

from zscape.core.backend import start_backend
from zscape.core.seeds import generator


def main() -> int:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--steps", type=int, default=3, help="per piece")
    parser.add_argument("--rounds", type=int, default=12)
    options = parser.parse_args()
    backend = start_backend("auto", threads=1)
    pieces = {guarded: _piece(guarded, options.batch, options.steps) for guarded in (False, True)}
    ratios = []
    for number in range(options.rounds):
        order = (False, True) if number % 2 else (True, False)
        seconds = {guarded: pieces[guarded]() for guarded in order}
        ratios.append(seconds[True] / seconds[False])
    low, high = sorted(ratios)[len(ratios) // 4], sorted(ratios)[-1 - len(ratios) // 4]
    print(f"{backend}: with guard {median(ratios):.3f} times the time without ({low:.3f} to {high:.3f}, quartiles)")
    return 0


def _piece(guarded: bool, batch: int, steps: int):
    """Return a function that trains some steps and returns the processor's seconds."""
    import keras

    from zscape.pathways.build import build_model
    from zscape.specs.recipe import parse_recipe
    from zscape.training.guard import install_guard

    recipe = parse_recipe(
        {
            "data": {"size": 96, "channels": 3},
            "model": {"filters": [32, 64, 128, 256], "strides": 2, "z_dim": 256, "batch_norm": True},
        }
    )
    model = build_model(recipe)
    model.compile(optimizer=keras.optimizers.Adam(5e-4, name="adam"))
    if guarded:
        install_guard(model, "stop")
    images = generator(1, "images").integers(0, 256, (batch * steps, 96, 96, 3), dtype="uint8")

    def train() -> float:
        began = time.process_time()
        model.fit(images, batch_size=batch, epochs=1, shuffle=False, verbose=0)
        return time.process_time() - began

    train()  # compiles
    return train


if __name__ == "__main__":
    sys.exit(main())
