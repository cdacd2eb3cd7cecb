"""What a report says about the images that went in: data.json and the contact sheet of a run."""

from collections.abc import Mapping
from typing import Any

from zscape.reporting.numbers import counted, exact_psnr, number
from zscape.runs.directory import RunDirectory

MOST_LISTED = 50
"""Skipped files and pairs of near-duplicates that are listed."""


_LITTLE = 0.01  # share of the loss; a KL term below it is not what holds the networks back


def read_data(run: RunDirectory) -> dict[str, Any] | None:
    """Return data.json of a run, or None for a run without it.

    Raises:
        InputError: when it is damaged.
    """
    return run.read("data.json") if (run.path / "data.json").is_file() else None


def data_content(data: Mapping[str, Any], metrics: Mapping[str, Any], variational: bool) -> dict[str, Any]:
    """Return what the section "The data" shows: sentences, and lists for those who want to know more.

    Args:
        data: content of data.json.
        metrics: content of metrics.json.
        variational: whether the model has a KL weight.
    """
    skipped, near = data.get("skipped") or [], data.get("near_duplicates") or {}
    pairs = near.get("pairs") or []
    return {
        "images": images_sentence(data),
        "duplicates": duplicates_sentence(near) if near else None,
        "crossing": bool(near.get("across_splits")),
        "duplicates_rule": near.get("rule"),
        "pairs": [_pair(pair) for pair in pairs[:MOST_LISTED]],
        "more_pairs": max(int(near.get("count") or 0), len(pairs)) - len(pairs[:MOST_LISTED]),
        "skipped": [(str(name), str(reason)) for name, reason in skipped[:MOST_LISTED]],
        "skipped_count": len(skipped),
        "linear": linear_sentence(data.get("linear_baseline"), metrics, variational),
        "linear_rule": (data.get("linear_baseline") or {}).get("rule"),
    }


def images_sentence(data: Mapping[str, Any]) -> str:
    """Say how many images there are, of which size, and in which splits."""
    splits = [f"{number(count)} {name}" for name, count in data["splits"].items() if count]
    size = "×".join(map(str, data["image_shape"]))
    return f"{counted(data['count'], 'image')} of {size}: {', '.join(splits)}."


def duplicates_sentence(near: Mapping[str, Any]) -> str:
    """Say how many pairs of images are nearly equal, and what it means when they lie in different splits."""
    count, across = int(near.get("count") or 0), int(near.get("across_splits") or 0)
    if not count:
        return "No two images are nearly the same."
    pairs = f"{number(count)} pair{'s' if count != 1 else ''} of images {'are' if count != 1 else 'is'} nearly the same"
    if not across:
        return f"{pairs}; no pair lies in two different splits."
    of_them = "all" if across == count else f"{number(across)} of them"
    lie = "it lies" if count == 1 else f"{of_them} {'lies' if across == 1 and across != count else 'lie'}"
    return (
        f"{pairs}, and {lie} in two different splits: numbers measured on validation and test images come out better "
        f"than they would on new images."
    )


def linear_sentence(baseline: Mapping[str, Any] | None, metrics: Mapping[str, Any], variational: bool) -> str | None:
    """Compare the run's PSNR with that of the best linear code of as many numbers; None where either is missing.

    Args:
        baseline: `linear_baseline` of data.json.
        metrics: content of metrics.json.
        variational: whether the model has a KL weight.
    """
    if not baseline:
        return None
    split, linear = str(baseline.get("measured_on")), baseline.get("psnr")
    ours = (metrics.get(split) or {}).get("psnr")
    if ours is None or linear is None:
        return None
    count = baseline["z_dim"]
    text = (
        f"The reconstructions of {split} images reach {ours:.1f} dB (PSNR) where the best linear code of "
        f"{counted(count, 'number')} (PCA) "
    )
    if exact_psnr(baseline.get("mse")):
        return f"{text}gives them back exactly, to 8 bits: so many numbers are all that there is in these images."
    text += f"reaches {linear:.1f} dB: "
    gain = round(round(ours, 1) - round(linear, 1), 1)  # of the numbers shown, so that they add up
    if gain > 0:
        return f"{text}the networks gain {gain:.1f} dB."
    weighs = variational and (metrics.get(split) or {}).get("kl_share", 1.0) > _LITTLE
    remedy = "lower the KL weight" if weighs else "give the networks more filters"
    if gain == 0:
        return f"{text}the networks gain nothing yet: train longer, or {remedy}."
    return f"{text}the networks fall short of it by {-gain:.1f} dB: train longer, or {remedy}."


def _pair(pair: Mapping[str, Any]) -> str:
    one, other = (
        f"{part.get('name') or 'image {}'.format(part.get('id'))} ({part.get('split')})"
        for part in (pair["a"], pair["b"])
    )
    return f"{one} and {other}: {number(pair.get('difference'))} grey levels apart"
