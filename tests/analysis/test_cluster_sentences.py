from dataclasses import replace

import numpy as np
import pytest

from zscape.analysis.agreement import AgreementRecord, NeighboursRecord
from zscape.analysis.cluster_sentences import clusters_sentence, maps_sentence
from zscape.analysis.clusters import ClustersRecord
from zscape.analysis.projection import MapRecord

CLUSTERS = ClustersRecord(
    count=900,
    z_dim=3,
    used=900,
    seed=0,
    seeds=3,
    ks=(2, 4, 10),
    variance=3.0,
    inertia=(2.0, 1.0, 0.5),
    inertia_sd=(0.0, 0.0, 0.0),
    normal_inertia=(2.5, 2.0, 0.625),
    normal_inertia_sd=(0.0, 0.0, 0.0),
    drop=(0.2, 0.5, 0.2),
    drop_noise=(0.01, 0.01, 0.01),
    silhouette=(0.2, 0.6, 0.3),
    normal_silhouette=(0.2, 0.2, 0.2),
    silhouette_points=900,
    best_k=4,
    best_drop=0.5,
    valley=0.031,
    found=True,
    agreements=(),
    neighbours=None,
    labels_left_out=None,
)
MAP = MapRecord(
    rows=np.arange(100),
    coordinates=np.zeros((100, 2), np.float32),
    count=500,
    z_dim=8,
    seed=0,
    perplexity=30.0,
    exaggeration=12.0,
    dimensions=8,
    variance_share=1.0,
    kl=1.0,
    neighbours=15,
    neighbours_kept=0.62,
    neighbours_by_chance=15 / 99,
    asked=100,
    note=None,
)


def test_clusters_that_are_there():
    assert clusters_sentence(CLUSTERS) == (
        "The points fall into 4 clusters: k-means leaves 50 % less inertia than in a normal cloud with the same mean "
        "and covariance, and halfway between neighbouring clusters lie only 3.1 % as many points as around their "
        "centres."
    )
    assert "lie next to no points, against many around" in clusters_sentence(replace(CLUSTERS, valley=0.0))


def test_a_normal_cloud_gets_no_elbow():
    none = replace(CLUSTERS, found=False, drop=(0.02, 0.01, -0.03), valley=1.2)
    text = clusters_sentence(none)
    assert text.startswith("There are no clusters to be seen: at every k from 2 to 10 the inertia is about that of a")
    assert text.endswith("a bend in its curve is no sign of parts.") and "above" not in text
    # A difference within the spread of the starts is none.
    assert clusters_sentence(replace(none, drop=(0.2, 0.1, 0.1), drop_noise=(0.1, 0.1, 0.1))) == text
    heavy = clusters_sentence(replace(none, drop=(-0.1, -0.4, -0.2)))
    assert "or above it (by up to 40 %, as in clouds with far outliers)" in heavy
    one = replace(none, ks=(2,), drop=(0.0,), drop_noise=(0.1,))
    assert "to be seen: at k = 2 the inertia is" in clusters_sentence(one)


def test_a_cloud_that_is_not_normal_has_no_clusters_by_that():
    text = clusters_sentence(replace(CLUSTERS, found=False, valley=0.83))
    assert text.startswith(
        "k-means finds no clusters with gaps between them (halfway between neighbours of 4 clusters there are 83 % as "
        "many points as around their centres), though the cloud is not normal: it leaves up to 50 % less inertia"
    )
    assert "gaps between them, though" in clusters_sentence(replace(CLUSTERS, found=False, valley=None))


@pytest.mark.parametrize(
    ("accuracy", "rand", "expected"),
    [
        (0.99, 0.9, "The classes lie apart: the 15 nearest neighbours foretell 99 % of the labels (the most frequent"),
        (0.99, 0.9, "follow them (adjusted Rand index 0.90 at k = 4; 1: the same, 0: chance)."),
        (0.80, 0.1, "The classes lie largely apart"),
        (0.80, 0.1, "do not follow them (adjusted Rand index 0.10 at k = 4; 1: the same, 0: chance), for classes need"),
        (0.55, 0.1, "The classes lie mixed"),
        (0.55, 0.3, "follow them in part (adjusted Rand index 0.30 at k = 4; 1: the same, 0: chance)."),
    ],
)
def test_labels(accuracy, rand, expected):
    labelled = replace(
        CLUSTERS,
        agreements=(AgreementRecord(3, 0.05, 0.1, 0.5), AgreementRecord(4, rand, 0.5, 0.9)),
        neighbours=NeighboursRecord(15, 720, 180, accuracy, 0.5),
    )
    assert expected in clusters_sentence(labelled)
    assert clusters_sentence(replace(CLUSTERS, labels_left_out="All alike.")).endswith(" All alike.")


def test_maps():
    assert maps_sentence([MAP]) == (
        "t-SNE of 100 of 500 points: of a point's 15 nearest neighbours in z-space 62 % are among its 15 nearest in "
        "the map (by chance 15 %): most of the points side by side here are so in z-space. How far islands lie from "
        "each other, how large and how dense they are means little: t-SNE tears clouds in one piece apart, too."
    )
    noted = replace(MAP, neighbours_kept=0.3, neighbours_by_chance=0.0004, note="Lowered.")
    text = maps_sentence([noted, replace(noted, neighbours_kept=0.05)])
    assert "30 % and 5.0 % are among its 15 nearest in the maps (by chance less than 0.1 %): a part of" in text
    assert text.endswith(" too. Lowered.")
    assert ": few of the points" in maps_sentence([replace(MAP, neighbours_kept=0.1)])
