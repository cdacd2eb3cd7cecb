"""What clusters and maps show, in sentences computed from their numbers."""

from collections.abc import Sequence

from zscape.analysis.clusters import ClustersRecord
from zscape.analysis.projection import MapRecord

_LUMPY = 0.05  # share of the inertia: more than chance, and visible in the figure
_AGREE = 0.5  # adjusted Rand index
_UNLIKE = 0.2
_FORETOLD = 0.5  # of the labels that guessing gets wrong


def clusters_sentence(record: ClustersRecord) -> str:
    """Say whether there are clusters, by what that is judged, and what they have to do with the labels."""
    return f"{_clusters(record)}{_labels(record)}"


def _clusters(record: ClustersRecord) -> str:
    like = "a normal cloud with the same mean and covariance"
    if record.found:
        between = record.valley or 0.0
        few = f"only {_percent(between)} as many points as" if between >= 0.005 else "next to no points, against many"
        return (
            f"The points fall into {record.best_k} clusters: k-means leaves {_percent(record.best_drop)} less inertia "
            f"than in {like}, and halfway between neighbouring clusters lie {few} around their centres."
        )
    most = max(range(len(record.ks)), key=lambda i: record.drop[i])
    drop, noise = record.drop[most], record.drop_noise[most]
    if drop <= max(_LUMPY, 3 * noise):
        first, last = record.ks[0], record.ks[-1]
        several = f"at k = {first}" if first == last else f"at every k from {first} to {last}"
        return (
            f"There are no clusters to be seen: {several} the inertia is about that of {like}{_above(record)}. k-means "
            f"divides any cloud, and a bend in its curve is no sign of parts."
        )
    dense = (
        ""
        if record.valley is None
        else f" (halfway between neighbours of {record.best_k} clusters there are {_percent(record.valley)} as many "
        f"points as around their centres)"
    )
    return (
        f"k-means finds no clusters with gaps between them{dense}, though the cloud is not normal: it leaves up to "
        f"{_percent(drop)} less inertia (k = {record.ks[most]}) than in {like}. The points are denser here and thinner "
        f"there, or fill a bounded or bent region; parts that are not round, such as rings, k-means does not see."
    )


def _above(record: ClustersRecord) -> str:
    least = min(range(len(record.ks)), key=lambda i: record.drop[i])
    if record.drop[least] > -max(_LUMPY, 3 * record.drop_noise[least]):
        return ""
    return f" or above it (by up to {_percent(-record.drop[least])}, as in clouds with far outliers)"


def _labels(record: ClustersRecord) -> str:
    if record.neighbours is None:
        return f" {record.labels_left_out}" if record.labels_left_out else ""
    neighbours = record.neighbours
    gained = (neighbours.accuracy - neighbours.majority) / max(1.0 - neighbours.majority, 1e-9)
    best = max(record.agreements, key=lambda agreement: agreement.adjusted_rand)
    apart = "lie apart" if gained > 0.9 else "lie largely apart" if gained > _FORETOLD else "lie mixed"
    follow = "follow them" if best.adjusted_rand > _AGREE else "follow them in part"
    if best.adjusted_rand <= _UNLIKE:
        follow = "do not follow them"
    shapes = ""
    if gained > _FORETOLD and best.adjusted_rand <= _AGREE:
        shapes = ", for classes need not be round or of one size, as k-means takes them to be"
    return (
        f" The classes {apart}: the {neighbours.k} nearest neighbours foretell {_percent(neighbours.accuracy)} of the "
        f"labels (the most frequent label alone: {_percent(neighbours.majority)}). The clusters of k-means {follow} "
        f"(adjusted Rand index {best.adjusted_rand:.2f} at k = {best.k}; 1: the same, 0: chance){shapes}."
    )


def maps_sentence(records: Sequence[MapRecord]) -> str:
    """Say how far neighbours in the maps are neighbours in z-space, and what such maps do not show.

    Args:
        records: maps of the same points, at least one.
    """
    first, kept = records[0], max(record.neighbours_kept for record in records)
    several = len(records) > 1
    shares = " and ".join(_percent(record.neighbours_kept) for record in records)
    share = "most" if kept > 0.5 else "a part" if kept > 0.2 else "few"
    notes = "".join(f" {note}" for note in dict.fromkeys(record.note for record in records) if note is not None)
    return (
        f"t-SNE of {first.used:,} of {first.count:,} points: of a point's {first.neighbours} nearest neighbours in "
        f"z-space {shares} are among its {first.neighbours} nearest in the map{'s' if several else ''} (by chance "
        f"{_percent(first.neighbours_by_chance)}): {share} of the points side by side here are so in z-space. How far "
        f"islands lie from each other, how large and how dense they are means little: t-SNE tears clouds in one piece "
        f"apart, too.{notes}"
    )


def _percent(share: float) -> str:
    percent = 100 * share
    if percent >= 9.95 or percent == 0:
        return f"{percent:.0f} %"
    return f"{percent:.1f} %" if percent >= 0.1 else "less than 0.1 %"
