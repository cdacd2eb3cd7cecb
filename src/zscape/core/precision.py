"""`training.precision`: which of Keras' dtype policies trains fastest on this hardware without losing anything.

Weights, losses and the latent layers stay in float32 in all of them; only convolutions compute in 16 bits.
"""

import os

from zscape.core.cards import Card
from zscape.core.errors import InputError
from zscape.core.hardware import Machine, Processor
from zscape.core.names import unknown_name

POLICIES = ("float32", "mixed_float16", "mixed_bfloat16")
PRECISIONS = ("auto", *POLICIES)

# Compute capabilities; NVIDIA's CUDA programming guide, table of arithmetic throughput.
_FLOAT16 = (7, 0)  # the first tensor cores; 6.1 computes in float16 at 1/64 of the speed of float32
_BFLOAT16 = (8, 0)
_BFLOAT16_FEATURES = ("avx512_bf16", "amx_bf16")


def choose_precision(
    requested: str, backend: str, machine: Machine, card_in_use: Card | None = None
) -> tuple[str, str]:
    """Return the name of Keras' dtype policy to train with, and the reason in a sentence.

    Args:
        requested: `training.precision`: "auto" chooses; another policy is taken as it is, and the sentence says where
            the hardware is slow with it.
        backend: "tensorflow", "jax" or "torch".
        machine: where it runs.
        card_in_use: the card that the backend trains on; None for the processor. A card that is there but that the
            backend cannot use does not count.

    Raises:
        InputError: when `requested` is none of `PRECISIONS`.
    """
    if requested not in PRECISIONS:
        raise InputError(unknown_name("precision", requested, PRECISIONS))
    if card_in_use is not None:
        return _on_card(requested, card_in_use)
    return _on_processor(requested, backend, machine.processor)


def _on_card(requested: str, card: Card) -> tuple[str, str]:
    if card.capability is None:
        best, why = "float32", f"the compute capability of the {card.name} is not known"
    elif card.capability >= _BFLOAT16:
        best, why = "mixed_bfloat16", f"the {card.name} ({_text(card)}) computes fast in bfloat16"
    elif card.capability >= _FLOAT16:
        best, why = "mixed_float16", f"the {card.name} ({_text(card)}) computes fast in float16, not in bfloat16"
    else:
        best, why = "float32", f"the {card.name} ({_text(card)}) is no faster in 16 bits"
    slow = (
        requested in POLICIES[1:]
        and card.capability is not None
        and card.capability < (_FLOAT16 if requested == "mixed_float16" else _BFLOAT16)
    )
    return _answer(requested, best, why, slow)


def _on_processor(requested: str, backend: str, processor: Processor) -> tuple[str, str]:
    features = [name for name in _BFLOAT16_FEATURES if name in (processor.features or ())]
    if requested == "mixed_float16":
        best, why = "float32", "float16 is made for graphics cards"
    elif not features:
        best, why = "float32", "this processor has no instructions for bfloat16"
    elif backend != "tensorflow":
        best, why = "float32", f"bfloat16 on a processor is known to be faster with tensorflow, not with {backend}"
    elif os.environ.get("TF_ENABLE_ONEDNN_OPTS", "1") == "0":
        best, why = "float32", "oneDNN, which computes in bfloat16, is switched off (TF_ENABLE_ONEDNN_OPTS=0)"
    else:
        # Measured on E11's step, 2 cores with these instructions: 459 against 384 images/s, with a fused BatchNorm 694
        # against 439.
        best, why = "mixed_bfloat16", f"this processor has instructions for bfloat16 ({', '.join(features)})"
    return _answer(requested, best, why, slow=requested in POLICIES[1:] and requested != best)


def _answer(requested: str, best: str, why: str, slow: bool) -> tuple[str, str]:
    if requested == "auto":
        return best, f"{best}, because {why}."
    if slow:
        return requested, f"{requested}, as asked for, but it may be slower than {best}: {why}."
    return requested, f"{requested}, as asked for."


def _text(card: Card) -> str:
    return "compute capability {}.{}".format(*(card.capability or (0, 0)))
