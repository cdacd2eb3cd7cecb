"""One sentence per picture, computed from the run's numbers."""

import math
from typing import Any

from zscape.reporting.decoding import PAIRS, Reconstructions
from zscape.reporting.numbers import number
from zscape.specs.task import TaskSpec


def curves_sentence(history: list[dict[str, Any]]) -> str:
    """Say how far the loss fell, and whether training still helps the validation images.

    Across a warm-up of the KL weight losses are those at the last epoch's weight; others could not be compared.
    """
    part = "validation" if history[-1]["validation"] else "train"
    beta = history[-1][part].get("beta")
    grows = any(record[part].get("beta") != beta for record in history)
    losses = [
        record[part]["reconstruction"] + beta * record[part]["kl"] if grows else record[part]["loss"]
        for record in history
    ]
    weight = f" (all at the KL weight of the last, {number(beta)})" if grows else ""
    best = min(range(len(losses)), key=losses.__getitem__)
    fell = (
        f"The {part} loss went from {number(losses[0])} to {number(losses[-1])} nats per image in {len(losses)} epochs"
        f"{weight}"
    )
    if len(losses) == 1:
        return f"The {part} loss after one epoch is {number(losses[0])} nats per image."
    if best == len(losses) - 1:
        return f"{fell} and was lowest at the end: more epochs may still help."
    return f"{fell}; it was lowest in epoch {history[best]['epoch']} ({number(losses[best])})."


def task_sentence(task: TaskSpec) -> str | None:
    """Say what goes into the networks and what is to come out; None where that is the same."""
    if not task.has_target:
        return None
    if task.kind == "recolor":
        return "Its task is to recolor: the grey versions of the images go in, their colours are to come out."
    noise = f"Gaussian noise of standard deviation {task.noise:g} (black is 0, white is 1)" if task.noise else None
    drop = f"{100 * task.drop:g} % of the pixels black" if task.drop else None
    worse = " and ".join(part for part in (noise, drop) if part)
    return f"Its task is to denoise: the images go in with {worse}, the clean images are to come out."


def reconstruction_sentence(numbers: dict[str, Any]) -> str:
    """Say how near the reconstructions are, and with a task how near what went in was."""
    if "psnr_input" in numbers:
        text = (
            f"What comes out is {number(numbers['psnr'])} dB (PSNR) from clean images the networks never trained on, "
            f"what went in {number(numbers['psnr_input'])} dB; it costs "
            f"{number(numbers['reconstruction_at_mean'])} nats per image"
        )
    else:
        text = (
            f"The reconstructions are {number(numbers['psnr'])} dB (PSNR) from images the networks never trained on; "
            f"they cost {number(numbers['reconstruction_at_mean'])} nats per image"
        )
    floor = numbers["entropy_floor"]
    if not floor:  # mse has none, and black or white costs nothing
        return f"{text}."
    return f"{text}, of which {number(floor)} cannot be saved: so much bce charges for values between black and white."


def handed_over_sentence(reconstructions: Reconstructions, pictures: bool = True) -> str:
    """Say how near the reconstructions of images that were handed over are, and how many there are.

    Args:
        reconstructions: them.
        pictures: whether they are shown.
    """
    count, psnr = reconstructions.count, reconstructions.psnr
    shown = f"; the first {PAIRS} are shown" if pictures and count > PAIRS else ""
    come = "the image handed over comes" if count == 1 else f"the {number(count)} images handed over come"
    if reconstructions.exact:
        return f"Decoded at mu, {come} back exactly, to 8 bits{shown}."
    if not math.isfinite(psnr):  # some are exact, others not
        return f"Decoded at mu, some of the {number(count)} images handed over come back exactly, others do not{shown}."
    mean = "" if count == 1 else " (mean over the images)"
    return f"Decoded at mu, {come} back at a PSNR of {psnr:.2f} dB{mean}{shown}."
