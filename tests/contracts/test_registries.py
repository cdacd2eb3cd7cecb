"""Names that are stated in two places are the same in both."""

from typing import get_args

import pytest

from zscape.core.backend import BACKENDS
from zscape.core.precision import PRECISIONS
from zscape.data.sources.catalog import SOURCES_READERS
from zscape.networks.layers import _BUILDERS
from zscape.specs.layout import decoder_layout, encoder_layout
from zscape.specs.model import Activation, DenseActivation, ModelSpec
from zscape.specs.sources import SOURCES
from zscape.specs.training import TrainingSpec


def test_every_source_has_facts_and_a_reader():
    assert set(SOURCES_READERS) == set(SOURCES)


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_facts_of_a_source(name):
    facts = SOURCES[name]
    assert facts.description and not facts.description.endswith(".")
    assert facts.shape is None or len(facts.shape) == 3
    assert facts.needs_path == (facts.shape is None), "without a path only the source itself can know the shape"


def test_every_kind_of_layer_can_be_built():
    plain = {"batch_norm": True, "dropout": 0.1, "bottleneck": 3, "kernels": 2}
    models = [ModelSpec.model_validate(values) for values in (plain, {"block": "residual", "upsampling": "resize"})]
    layouts = [layout((9, 8, 1), model) for layout in (encoder_layout, decoder_layout) for model in models]
    kinds = {layer.kind for layers in layouts for layer in layers}
    assert kinds == set(_BUILDERS)


def test_backends_of_recipe_and_machine_agree():
    assert set(get_args(TrainingSpec.model_fields["backend"].annotation)) == {"auto", *BACKENDS}


def test_dense_layers_know_every_activation_and_none():
    assert set(get_args(DenseActivation)) == {"linear", *get_args(Activation)}


def test_precisions_of_recipe_and_machine_agree():
    assert get_args(TrainingSpec.model_fields["precision"].annotation) == PRECISIONS
