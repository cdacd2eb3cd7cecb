"""All that `zscape quality` measures of a run, as records and back from quality.json."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from zscape.analysis.embedding import Embedding
from zscape.analysis.generation import GenerationScores
from zscape.analysis.reconstruction import ReconstructionRecord, record_from_plain
from zscape.core.errors import InputError


@dataclass(frozen=True)
class EmbeddingRecord:
    """The embedding in which random images were compared with real ones.

    Attributes:
        name: what it is; printed with the numbers.
        identity: two measurements can be compared where it is the same.
        dimensions: numbers per image.
        accuracy: share of held-out images whose label it tells; None for an embedding that tells none.
        trained_on: number of images that it was made from; None where that is not known.
        fid: whether the Fréchet distances in it are FID.
        details: sentences of the protocol on how images are embedded; "" where the name says all.
    """

    name: str
    identity: str
    dimensions: int
    accuracy: float | None
    trained_on: int | None
    fid: bool = False
    details: str = ""


@dataclass(frozen=True)
class GenerationRecord:
    """Random images of several priors against real ones.

    Attributes:
        embedding: what they were compared in.
        n: images of each set.
        k: the neighbour to which a neighbourhood reaches.
        subsets: pairs of subsets that the kernel distance is the mean over.
        subset_size: images of each.
        seed: of the random points, the choice of the real images and the subsets.
        real: the same measurement with other real images in place of random ones.
        priors: by the prior's name.
    """

    embedding: EmbeddingRecord
    n: int
    k: int
    subsets: int
    subset_size: int
    seed: int
    real: GenerationScores
    priors: dict[str, GenerationScores]


@dataclass(frozen=True)
class LogLikelihoodRecord:
    """Importance-sampled log p(x); nats per image.

    Attributes:
        n: draws per image.
        images: number of images.
        mean: over the images.
        sd: standard deviation over the images.
        standard_error: of the mean, sd / images^(1/2).
        elbo: mean of the evidence lower bound, from the same draws.
        effective_draws: median over the images of the effective number of draws, from 1 to n.
        sigma: the likelihood's standard deviation, a weight included; None for bce.
        binary: whether all the images are black or white: only then is bce's number a probability's.
        seed: of the draws.
    """

    n: int
    images: int
    mean: float
    sd: float
    standard_error: float
    elbo: float
    effective_draws: float
    sigma: float | None
    binary: bool
    seed: int


@dataclass(frozen=True)
class QualityRecord:
    """How good a run's images are.

    Attributes:
        split: the images measured on.
        images: number of images of the split.
        reconstruction: how well they come out again.
        generation: how much random images are like real ones; None where the split has too few images.
        log_likelihood: None where it was not asked for.
        protocol: how all this was measured, in words.
        sentences: what the numbers say, by part.
        left_out: why a part could not be measured, by part.
    """

    split: str
    images: int
    reconstruction: ReconstructionRecord
    generation: GenerationRecord | None
    log_likelihood: LogLikelihoodRecord | None
    protocol: str
    sentences: dict[str, str]
    left_out: dict[str, str]


def embedding_record(embedding: Embedding, points: np.ndarray) -> EmbeddingRecord:
    """Return what is to be said about an embedding that gave these points, (n, d)."""
    return EmbeddingRecord(
        name=embedding.name,
        identity=embedding.identity,
        dimensions=points.shape[1],
        accuracy=embedding.accuracy,
        trained_on=embedding.trained_on,
        fid=embedding.fid,
        details=embedding.details,
    )


def log_likelihood_record(
    n: int,
    values: np.ndarray,
    elbo: np.ndarray,
    effective: np.ndarray,
    *,
    sigma: float | None,
    binary: bool,
    seed: int,
) -> LogLikelihoodRecord:
    """Return the means of what was measured image by image.

    Args:
        n: draws per image.
        values: (images,), log p(x).
        elbo: (images,).
        effective: (images,), effective numbers of draws.
        sigma: see `LogLikelihoodRecord`, as the others.
        binary: likewise.
        seed: likewise.
    """
    sd = float(values.std())
    return LogLikelihoodRecord(
        n=n,
        images=len(values),
        mean=float(values.mean()),
        sd=sd,
        standard_error=sd / len(values) ** 0.5,
        elbo=float(elbo.mean()),
        effective_draws=float(np.median(effective)),
        sigma=sigma,
        binary=binary,
        seed=seed,
    )


def quality_from_plain(values: Mapping[str, Any], place: str = "quality.json") -> QualityRecord:
    """Return the record that quality.json was written from.

    Args:
        values: the file's content.
        place: its name, for the message.

    Raises:
        InputError: when something is missing or of another kind.
    """
    try:
        generation, likelihood = values["generation"], values["log_likelihood"]
        return QualityRecord(
            split=values["split"],
            images=values["images"],
            reconstruction=record_from_plain(values["reconstruction"]),
            generation=None if generation is None else _generation_from_plain(generation),
            log_likelihood=None if likelihood is None else LogLikelihoodRecord(**likelihood),
            protocol=values["protocol"],
            sentences=dict(values["sentences"]),
            left_out=dict(values["left_out"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{place} is damaged ({reason}); `zscape quality` writes it anew.") from None


def _generation_from_plain(values: Mapping[str, Any]) -> GenerationRecord:
    priors = {name: GenerationScores(**scores) for name, scores in values["priors"].items()}
    parts = {"embedding": EmbeddingRecord(**values["embedding"]), "real": GenerationScores(**values["real"])}
    return GenerationRecord(**{**values, **parts, "priors": priors})
