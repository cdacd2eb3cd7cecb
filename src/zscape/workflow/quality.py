"""`zscape quality`: how good a run's images are, in numbers with a stated protocol.

RUN/quality.json:

```
{"split": "test",
 "images": 5000,                          all of the split: what the reconstruction is measured on
 "reconstruction": {
     "images": 5000, "window": 11,        the side of SSIM's window, pixels
     "psnr":           {"mean", "sd", "p5", "p50", "p95", "lowest": [ids], "highest": [ids], "edges": [], "counts": []},
     "ssim":           the same, of the structural similarity, at most 1
     "reconstruction": the same, nats per image, at the mean of the posterior},
 "generation": null (see "left_out") or {
     "embedding": {"name", "identity", "dimensions", "accuracy" or null, "trained_on", "fid": false, "details"},
     "n": 2000, "k": 3, "subsets": 50, "subset_size": 1000, "seed": 1,
     "real":   {"precision", "recall", "density", "coverage", "kernel_distance", "kernel_distance_sd", "frechet",
                "fid": null, or frechet where the embedding is FID's Inception},
     "priors": {"normal": the same, "fitted": the same, ...}},
 "log_likelihood": null or {"n", "images", "mean", "sd", "elbo", "effective_draws", "sigma" or null, "binary": true},
 "protocol": "one paragraph that says all of this with its numbers",
 "sentences": {"reconstruction": "...", "generation": "...", "log_likelihood": "..."},    of what was measured
 "left_out": {"generation": "why"}}       {} where nothing was
```

PSNR in decibel; `edges` and `counts` are a histogram over all images; infinite values (equal images) are null. `real`
is the same measurement with other real images in place of random ones: what a perfect generator would get. Numbers of
two runs can be compared where `identity` of the embedding, `n`, `k` and the split are the same.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zscape.analysis.embedding import Embedding
from zscape.analysis.generation import NEIGHBOURS, SUBSETS, generation_scores, subset_size
from zscape.analysis.quality import (
    GenerationRecord,
    LogLikelihoodRecord,
    QualityRecord,
    embedding_record,
    log_likelihood_record,
)
from zscape.analysis.quality_sentences import (
    few_for_fid,
    generation_sentence,
    log_likelihood_sentence,
    protocol,
    reconstruction_sentence,
)
from zscape.analysis.reconstruction import ReconstructionRecord, reconstruction_record
from zscape.core.errors import InputError
from zscape.core.seeds import generator
from zscape.data.store import Split
from zscape.formulas.quality import ssim_window
from zscape.latent.priors.base import Prior
from zscape.latent.priors.parse import parse_prior
from zscape.reporting.numbers import counted
from zscape.runs.directory import RunDirectory
from zscape.workflow.data import store_of_run
from zscape.workflow.embedding import check_stated, choose_embedding
from zscape.workflow.model import open_trained
from zscape.workflow.notes import note_to_stderr
from zscape.workflow.pictures import to_bytes
from zscape.workflow.priors import fits_of_run

DEFAULT_PRIORS = ("normal", "fitted", "mixture")
"""Where random images come from, unless stated otherwise."""

_BLOCK = 1024  # random images decoded at once


def quality(
    directory: Path | str,
    *,
    priors: Sequence[str] | str | None = None,
    n: int = 2000,
    k: int = NEIGHBOURS,
    embedding: str | Path | Callable[[np.ndarray], Any] | None = None,
    log_likelihood: int | None = None,
    log_likelihood_images: int = 500,
    split: str = "test",
    seed: int = 1,
    note: Callable[[str], None] = note_to_stderr,
) -> QualityRecord:
    """Measure a run's reconstructions and random images, and write quality.json into it.

    Random images are compared with real ones as points of an embedding: precision and recall (k-th neighbours),
    density and coverage, a kernel distance and a Fréchet distance, for each prior, and for as many other real images
    in their place. The Fréchet distance is FID in one embedding only: Inception's, whose weights the user supplies.

    Args:
        directory: a run directory.
        priors: texts as `zscape sample --from` takes them; None for normal, fitted and mixture.
        n: random images of each prior, and real ones; at most half of the split's images are used, as said by `note`.
        k: a neighbourhood reaches to the k-th nearest neighbour.
        embedding: "classifier" (trained once on the labels of the same data, then kept in zscape's cache), "pixels"
            (64 principal components), "inception:FILE" (FID's Inception with the weights in FILE,
            pt_inception-2015-12-05-6726825d.pth or a .safetensors of its tensors), a run directory whose encoder is
            taken, or any function from images, uint8 (n, height, width, channels), to numbers (n, d), an attribute
            `name` of which is printed. None takes the classifier where there are labels, else the pixels.
        log_likelihood: draws per image for an estimate of log p(x); None leaves it out.
        log_likelihood_images: images that log p(x) is estimated for, at most; a seeded choice of the split.
        split: "train", "validation" or "test".
        seed: of the random points, the choice of images, and all draws.
        note: told what takes long, and what is used where less is there than was asked for.

    Returns:
        What quality.json holds.

    Raises:
        InputError: for a run, prior, embedding, number or split that cannot be used, or for log p(x) of an autoencoder.
    """
    _check_numbers(n, k, log_likelihood, log_likelihood_images)
    check_stated(embedding)
    run, model = open_trained(directory)
    if log_likelihood is not None and model.sampling is None:
        from zscape.inference.log_likelihood import NOT_FOR_AUTOENCODERS

        raise InputError(NOT_FOR_AUTOENCODERS)
    drawn = _priors(run, model, DEFAULT_PRIORS if priors is None else priors)
    store = store_of_run(run, note=note)
    images = store.split(split)
    count, too_few = _usable(images, n, k, note)
    embed = None if too_few else choose_embedding(embedding, store, note)
    reconstruction, generation, likelihood = _reconstruction(run, model, images), None, None
    if embed is not None:
        if embed.fid:
            _say_of_fid(count, len(drawn), note)
        generation = _generation(model, images, drawn, embed, count, k, seed)
    if log_likelihood is not None:
        number = min(log_likelihood_images, len(images))
        note(f"Estimating log p(x) of {counted(number, 'image')} from {counted(log_likelihood, 'draw')} each")
        likelihood = _log_likelihood(run, model, images, log_likelihood, log_likelihood_images, seed)
    record = QualityRecord(
        split=split,
        images=len(images),
        reconstruction=reconstruction,
        generation=generation,
        log_likelihood=likelihood,
        protocol=protocol(split, reconstruction, generation, likelihood),
        sentences={
            "reconstruction": reconstruction_sentence(reconstruction),
            **({} if generation is None else {"generation": generation_sentence(generation)}),
            **({} if likelihood is None else {"log_likelihood": log_likelihood_sentence(likelihood)}),
        },
        left_out={"generation": too_few} if too_few else {},
    )
    run.write("quality.json", record)
    return record


def _check_numbers(n: int, k: int, draws: int | None, images: int) -> None:
    if k < 1:
        raise InputError(f"--k must be at least 1, received {k}.")
    if n < k + 1:
        raise InputError(
            f"-n must be at least {k + 1}, one more than k, so that every image has k neighbours; received {n}."
        )
    if draws is not None and draws < 1:
        raise InputError(f"--log-likelihood must be at least 1 draw per image, received {draws}.")
    if images < 1:
        raise InputError(f"--images must be at least 1, received {images}.")


def _priors(run: RunDirectory, model: Any, texts: Sequence[str] | str) -> dict[str, Prior]:
    """Return the priors by their names, in the order stated, each once."""
    stated = (texts,) if isinstance(texts, str) else tuple(texts)
    if not stated:
        raise InputError("Name at least one prior with --from, such as normal.")
    fits = fits_of_run(run, model)
    found = [parse_prior(text, model.z_dim, fits) for text in stated]
    # What a mixture is called says how many normals were chosen; the text stated is what a user looks for.
    return {text.strip().lower(): prior for text, prior in zip(stated, found, strict=True)}


def _usable(images: Split, n: int, k: int, note: Callable[[str], None]) -> tuple[int, str]:
    """Return the number of images in each set, n or half of the split's, and why there can be no sets, or ""."""
    half = len(images) // 2
    if not len(images):
        raise InputError(f"The split {images.name!r} of these images is empty; choose another with --split.")
    if half < k + 1:
        reason = (
            f"The split {images.name!r} has {len(images)} images, of which one half is compared with the other; with "
            f"k = {k} random images need at least {2 * (k + 1)}: choose another with --split, or a smaller --k."
        )
        note(f"Random images are not measured. {reason}")
        return half, reason
    if n > half:
        note(
            f"The split {images.name!r} has {len(images):,} images; {half:,} random ones are compared with {half:,} "
            f"real ones, and these with the other half, instead of {n:,}"
        )
    return min(n, half), ""


def _say_of_fid(count: int, priors: int, note: Callable[[str], None]) -> None:
    number = counted((priors + 2) * count, "image")
    note(f"Embedding {number} in Inception, at 3 to 10 a second on each core of a processor")
    if few := few_for_fid(count):
        note(few)


def _reconstruction(run: RunDirectory, model: Any, images: Split) -> ReconstructionRecord:
    from zscape.inference.measures import image_measures

    values = image_measures(model, images, run.recipe.task, run.recipe.training.seed)
    return reconstruction_record(values, images.ids, ssim_window(*model.image_shape[:2]))


def _generation(
    model: Any, images: Split, priors: dict[str, Prior], embed: Embedding, count: int, k: int, seed: int
) -> GenerationRecord:
    chosen = generator(seed, "quality", images.name).permutation(len(images))
    real, others = (embed(images.images(np.sort(part))) for part in (chosen[:count], chosen[count : 2 * count]))
    scores = {}
    for name, prior in priors.items():
        points = prior.sample(count, seed)
        decoded = [to_bytes(model.decode(points[start : start + _BLOCK])) for start in range(0, count, _BLOCK)]
        scores[name] = generation_scores(real, embed(np.concatenate(decoded)), k, seed, embed.fid)
    return GenerationRecord(
        embedding=embedding_record(embed, real),
        n=count,
        k=k,
        subsets=SUBSETS,
        subset_size=subset_size(count),
        seed=seed,
        real=generation_scores(real, others, k, seed, embed.fid),
        priors=scores,
    )


def _log_likelihood(
    run: RunDirectory, model: Any, images: Split, draws: int, most: int, seed: int
) -> LogLikelihoodRecord:
    from zscape.inference.log_likelihood import log_likelihood

    order = generator(seed, "quality", "log-likelihood", images.name).permutation(len(images))
    positions = np.sort(order[:most])
    found = log_likelihood(model, images, draws, positions, run.recipe.task, run.recipe.training.seed, seed)
    values = images.images(positions)
    return log_likelihood_record(
        draws,
        found.values,
        found.elbo,
        found.effective,
        sigma=found.sigma,
        binary=bool(np.isin(values, (0, 255)).all()),
        seed=seed,
    )
