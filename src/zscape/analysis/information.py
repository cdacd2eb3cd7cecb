"""What of the KL tells images apart, and what is only the distance of the whole cloud from N(0, I)."""

from dataclasses import dataclass

from zscape.analysis.mismatch import MismatchRecord
from zscape.analysis.posterior import PosteriorRecord


@dataclass(frozen=True)
class InformationRecord:
    """The KL of the posteriors in two parts: mean KL = mutual information + KL of the aggregated posterior.

    Source: Hoffman & Johnson, "ELBO surgery" (2016). The aggregated posterior is replaced by the normal of its mean
    and covariance, which is never farther from N(0, I): so the first is a lower bound and the second an upper one.

    Attributes:
        marginal_kl: KL(aggregated posterior || N(0, I)), nats per image, at least; it tells no image from another.
        mutual_information: between image and code, nats per image, at most. (The n images given could not hold more
            than ln n, but they stand for all images of their kind.)
    """

    marginal_kl: float
    mutual_information: float


def information_record(posterior: PosteriorRecord, mismatch: MismatchRecord) -> InformationRecord:
    """Return the two parts of the KL.

    Args:
        posterior: the posteriors of the codes.
        mismatch: the prior mismatch of the same codes, nats per dimension.
    """
    marginal = mismatch.total * len(posterior.kl_per_dimension)
    return InformationRecord(marginal, max(posterior.kl - marginal, 0.0))
