"""What the numbers of `zscape quality` say, and how they were measured, in words made from the numbers."""

from zscape.analysis.generation import GenerationScores
from zscape.analysis.quality import EmbeddingRecord, GenerationRecord, LogLikelihoodRecord
from zscape.analysis.reconstruction import ReconstructionRecord
from zscape.formulas.quality import SSIM_WINDOW

NEEDED_FOR_FID = 2_048 + 1
"""Images below which the covariance of Inception's 2,048 features is singular."""

_FEW_DRAWS = 2.0  # effective draws below which single ones decide


def reconstruction_sentence(record: ReconstructionRecord) -> str:
    """Return how well images come out again."""
    worst, best = record.psnr.lowest[0], record.psnr.highest[0]
    return (
        f"Half of the {record.images:,} images come back with at least {_decibel(record.psnr.p50)} and a structural "
        f"similarity of at least {record.ssim.p50:.3f}; one in twenty stays below {_decibel(record.psnr.p5)} or "
        f"{record.ssim.p5:.3f}. By PSNR image {worst} of the store comes back worst, image {best} best."
    )


def generation_sentence(record: GenerationRecord) -> str:
    """Return how much random images are like real ones, and of which prior most."""
    name, scores = min(record.priors.items(), key=lambda entry: entry[1].kernel_distance)
    which = (
        f"Random images of {name}" if len(record.priors) == 1 else f"Of the priors, {name} comes nearest: its images"
    )
    real = record.real
    return (
        f"{which} have precision {scores.precision:.2f} and recall {scores.recall:.2f}, where other real images have "
        f"{real.precision:.2f} and {real.recall:.2f}; their kernel distance is {scores.kernel_distance:.3g}, that of "
        f"real images {real.kernel_distance:.3g}. {_fid(scores, record)}{_reading(scores, real)}"
    )


def _fid(scores: GenerationScores, record: GenerationRecord) -> str:
    if scores.fid is None or record.real.fid is None:
        return ""
    few = f", fewer than the {NEEDED_FOR_FID:,} that it needs at least" if record.n < NEEDED_FOR_FID else ""
    return (
        f"Their FID is {scores.fid:.4g}, that of real images {record.real.fid:.4g}, from {record.n:,} images of each "
        f"set{few}. "
    )


def few_for_fid(n: int) -> str:
    """Return the sentence on what FID means from so few images of each set; "" where they are enough for a covariance.

    Args:
        n: images of each set.
    """
    if n >= NEEDED_FOR_FID:
        return ""
    return (
        f"FID from {n:,} images of each set is none to publish: with fewer than {NEEDED_FOR_FID:,} the covariances of "
        "its 2,048 features are singular, and it is biased upward (Chong & Forsyth 2020); it needs thousands of "
        "images (-n, where the split has twice as many)."
    )


def _reading(scores: GenerationScores, real: GenerationScores) -> str:
    """Return what is lost against real images: quality, variety, both or neither."""
    good, wide = scores.precision / max(real.precision, 1e-9), scores.recall / max(real.recall, 1e-9)
    if min(good, wide) > 0.9:
        return "Both come within a tenth of real images."
    if good < 0.75 * wide:
        return "More is lost in how good single images are than in their variety."
    if wide < 0.75 * good:
        return "More is lost in variety than in how good single images are."
    return "Single images and their variety lose about the same share."


def log_likelihood_sentence(record: LogLikelihoodRecord) -> str:
    """Return log p(x), what it is the logarithm of, and whether there were draws enough."""
    gain = record.mean - record.elbo
    kind = (
        f"a density at sigma {record.sigma:.4g}"
        if record.sigma is not None
        else "a probability of black-or-white images"
        if record.binary
        else "no probability, because the images are grey and bce is one of black or white only (data.binarize)"
    )
    enough = (
        f" A single draw outweighs the others (effective number {record.effective_draws:.1f} of {record.n:,}), so more "
        "draws would raise it."
        if record.n > 1 and record.effective_draws < _FEW_DRAWS
        else ""
    )
    return (
        f"log p(x) is {record.mean:.2f} nats per image (standard error {record.standard_error:.2g} over "
        f"{record.images:,} images), {gain:.2f} above the ELBO, from {record.n:,} draws each: {kind}.{enough}"
    )


def protocol(
    split: str,
    reconstruction: ReconstructionRecord,
    generation: GenerationRecord | None,
    likelihood: LogLikelihoodRecord | None,
) -> str:
    """Return how everything was measured, in words.

    Args:
        split: the split's name.
        reconstruction: the record of the reconstructions.
        generation: the record of the random images, or None.
        likelihood: that of the log-likelihood, or None.
    """
    whole = reconstruction.window == SSIM_WINDOW
    smaller = "" if whole else f", because the images are smaller than {SSIM_WINDOW}"
    texts = [
        f"PSNR, SSIM (window of {reconstruction.window} pixels{smaller}, normal weights of 1.5 pixels, mean over the "
        f"channels) and reconstruction: all {reconstruction.images:,} images of the split {split}, decoded at the "
        "mean.",
    ]
    if generation is not None:
        texts.append(_generation_protocol(split, generation))
    if likelihood is not None:
        texts.append(
            f"log p(x): {likelihood.n:,} draws from the encoder's normal for each of {likelihood.images:,} images of "
            f"the split (seed {likelihood.seed})."
        )
    return " ".join(texts)


def _generation_protocol(split: str, record: GenerationRecord) -> str:
    n, embedding = f"{record.n:,}", record.embedding
    said = (
        f"Random images: {n} of each prior, rounded to 8 bits, against {n} real ones of the split {split} chosen by a "
        f"fixed draw (seed {record.seed}), in the embedding {_embedding(embedding)}; {n} others of the split "
        f"are the row of real images. Precision, recall, density and coverage with k = {record.k}; kernel distance "
        f"(polynomial, unbiased): mean over {record.subsets} pairs of subsets of {record.subset_size:,}; Fréchet "
        "distance in the same embedding"
    )
    if not embedding.fid:
        return f"{said}. None of this is FID."
    fid = f", which is FID from {n} random and {n} real images: compare it with FIDs of as many images on each side."
    return " ".join(filter(None, (f"{said}{fid}", few_for_fid(record.n), embedding.details)))


def _embedding(record: EmbeddingRecord) -> str:
    made = "" if record.trained_on is None else f", made from {record.trained_on:,} training images"
    return f'"{record.name}"{made}'


def _decibel(value: float) -> str:
    return f"{value:.1f} dB" if value < float("inf") else "infinitely many dB"
