"""One sentence per picture, computed from the run's numbers."""

from typing import Any

from zscape.reporting.numbers import number


def curves_sentence(history: list[dict[str, Any]]) -> str:
    """Say how far the loss fell, and whether training still helps the validation images."""
    part = "validation" if history[-1]["validation"] else "train"
    losses = [record[part]["loss"] for record in history]
    best = min(range(len(losses)), key=losses.__getitem__)
    fell = (
        f"The {part} loss went from {number(losses[0])} to {number(losses[-1])} nats per image in {len(losses)} epochs"
    )
    if len(losses) == 1:
        return f"The {part} loss after one epoch is {number(losses[0])} nats per image."
    if best == len(losses) - 1:
        return f"{fell} and was lowest at the end: more epochs may still help."
    return f"{fell}; it was lowest in epoch {history[best]['epoch']} ({number(losses[best])})."


def reconstruction_sentence(numbers: dict[str, Any]) -> str:
    """Say how near the reconstructions are."""
    text = (
        f"The reconstructions are {number(numbers['psnr'])} dB (PSNR) from images the networks never trained on; "
        f"they cost {number(numbers['reconstruction_at_mean'])} nats per image"
    )
    floor = numbers["entropy_floor"]
    if not floor:  # mse has none, and black or white costs nothing
        return f"{text}."
    return f"{text}, of which {number(floor)} cannot be saved: so much bce charges for values between black and white."
