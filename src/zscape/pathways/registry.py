"""The ways to bring the KL loss into training, by the names of `objective.kl_pathway`."""

from zscape.pathways.layer import LayerLoss
from zscape.pathways.model import VariationalAutoencoder
from zscape.pathways.outputs import OutputLosses
from zscape.pathways.tape import TapeStep
from zscape.pathways.top import TopLoss

PATHWAYS: dict[str, type[VariationalAutoencoder]] = {
    "top": TopLoss,
    "layer": LayerLoss,
    "outputs": OutputLosses,
    "model": VariationalAutoencoder,
    "tape": TapeStep,
}
"""All are called and trained alike, and give the same losses and gradients; their weights are interchangeable."""
