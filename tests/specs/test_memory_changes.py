"""What makes a training fit: against a search of every change, with a made-up need and with the prediction."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zscape.specs.compose import compose_recipe
from zscape.specs.memory_changes import fit_into
from zscape.specs.memory_estimate import estimate_memory
from zscape.specs.recipe import parse_recipe

MIB = 2**20
FACES = {
    "data": {"size": 96, "channels": 3},
    "model": {"filters": [32, 64, 128, 256], "strides": 2, "z_dim": 256},
    "training": {"batch_size": 128},
}
RECIPE = parse_recipe(FACES)


def on_card(recipe):
    return estimate_memory(recipe, "tensorflow", recipe.training.precision, on_card=True).needs


def settings_of(fit):
    return [" ".join(change.settings) for change in fit.changes]


def test_what_fits_needs_no_change():
    fit = fit_into(RECIPE, 4096 * MIB, on_card)
    assert (fit.fits, fit.changes, fit.sentence) == (True, (), "It fits into 4,096 MiB.")
    assert fit.needs == on_card(RECIPE)
    assert fit_into(RECIPE, fit.needs, on_card).fits and not fit_into(RECIPE, fit.needs - 1, on_card).fits


def test_the_mildest_of_each_kind_that_fits_comes_first():
    def needs(recipe):  # so that every kind's second step is enough
        height, width, _ = recipe.image_shape
        pixels = 1000 * min(1, height * width / 64**2)
        half = 0.5 if recipe.training.precision == "mixed_bfloat16" else 1
        bottleneck = (recipe.model.bottleneck or 512) / 512
        return round(pixels * recipe.training.batch_size / 128 * half * bottleneck)

    fit = fit_into(RECIPE, 300, needs)
    assert fit.sentence == "It does not fit into 0 MiB; what would:" and not fit.fits
    assert settings_of(fit) == [
        "training.batch_size=32 training.accumulate=4",
        "model.bottleneck=128",
        "data.size=32",
        "training.precision=mixed_bfloat16",
    ]
    assert [(change.needs, change.fits) for change in fit.changes] == [
        *((250, True), (250, True), (250, True), (500, False)),
    ]
    assert [change.meaning for change in fit.changes] == [
        "the gradient of the same 128 images",
        "another encoder, with fewer weights",
        "smaller images",
        "convolutions in 16 bits",
    ]


def test_changes_are_put_together_where_none_is_enough_alone():
    def needs(recipe):
        half = 0.5 if recipe.training.precision == "mixed_bfloat16" else 1
        return round(400 * half + recipe.training.batch_size)

    fit = fit_into(RECIPE, 264, needs)
    assert settings_of(fit)[0] == ("training.batch_size=64 training.accumulate=2 training.precision=mixed_bfloat16"), (
        "neither other images nor another network where it goes without"
    )
    assert fit.changes[0].needs == 264 and [change.fits for change in fit.changes] == [True, False, False]
    assert fit.sentence == "It does not fit into 0 MiB; what would:"


def test_where_nothing_helps_one_sentence_says_so():
    fit = fit_into(RECIPE, 100 * MIB, on_card)
    least = min(change.needs for change in fit.changes)
    assert fit.sentence == (
        "It does not fit into 100 MiB, and nothing makes it fit: with smaller batches, 16 bits, a bottleneck and "
        f"smaller images it still needs {round(least / MIB):,} MiB. Take fewer model.filters, or more memory."
    )
    assert not any(change.fits for change in fit.changes)


def test_only_what_was_tried_is_named():
    given_up = {"training.batch_size": 1, "training.precision": "mixed_bfloat16", "model.bottleneck": 64}
    fit = fit_into(parse_recipe(_with(RECIPE, given_up)), 100 * MIB, on_card)
    assert "nothing makes it fit: with smaller images it still needs " in fit.sentence


def test_where_there_is_nothing_to_try():
    least = {"training.batch_size": 1, "training.precision": "mixed_bfloat16", "model.bottleneck": 64, "data.size": 16}
    fit = fit_into(parse_recipe(_with(RECIPE, least)), 1 * MIB, on_card)
    assert fit.sentence == "It does not fit into 1 MiB. Take fewer model.filters, or more memory."


def test_what_the_process_takes_before_cannot_be_saved():
    fit = fit_into(RECIPE, 600 * MIB, on_card, process=606 * MIB)
    assert fit.changes == () and not fit.fits
    assert fit.sentence == (
        "It does not fit into 600 MiB, and nothing makes it fit: the process alone, before it trains anything, takes "
        "606 MiB."
    )


def _with(recipe, changes):
    plain = recipe.model_dump()
    for key, value in changes.items():
        group, name = key.split(".")
        plain[group][name] = value
    return plain


@given(st.integers(400, 1100))
@settings(max_examples=6, deadline=None)
def test_what_is_said_to_fit_fits_as_it_is_pasted(mib):
    """The settings go back through the command line's own parser."""
    fit = fit_into(RECIPE, mib * MIB, on_card)
    stated = [f"data.size={FACES['data']['size']}", "data.channels=3", "model.filters=[32,64,128,256]"]
    stated += ["model.strides=2", "model.z_dim=256", "training.batch_size=128"]
    for change in fit.changes:
        pasted = compose_recipe("digits", [*stated, *change.settings])
        assert on_card(pasted) == change.needs and change.fits == (change.needs <= mib * MIB)
    assert [change.fits for change in fit.changes] == sorted((change.fits for change in fit.changes), reverse=True)


def test_smaller_batches_keep_the_effective_one():
    accumulating = parse_recipe({**FACES, "training": {"batch_size": 12, "accumulate": 5}})
    for target in range(1, 12):
        fit = fit_into(accumulating, target, lambda recipe: recipe.training.batch_size)
        assert fit.changes[0].settings == (
            f"training.batch_size={max(size for size in (1, 2, 3, 4, 6) if size <= target)}",
            f"training.accumulate={60 // max(size for size in (1, 2, 3, 4, 6) if size <= target)}",
        )


def test_batch_norm_is_warned_of():
    normed = parse_recipe({**FACES, "model": {**FACES["model"], "batch_norm": True}})
    fit = fit_into(normed, 700 * MIB, on_card)
    assert fit.changes[0].meaning == "the gradient of the same 128 images, but batch norm sees the small ones"


@pytest.mark.parametrize(
    ("shape", "strides", "sizes"),
    [
        ((96, 96), [2, 2, 2, 2], ["64", "48", "32", "16"]),
        ((28, 28), [1, 2, 2], ["20", "16", "12", "8"]),
        ((32, 64), [2, 2, 2, 2], ["[16,32]"]),
        ((30, 30), [2, 2], ["22", "20", "15", "10"]),
    ],
)
def test_smaller_images_keep_their_proportions(shape, strides, sizes):
    recipe = parse_recipe(
        {"data": {"size": shape, "channels": 1}, "model": {"filters": [2] * len(strides), "strides": strides}}
    )
    found = []
    for target in {int(shape[0] * share) * int(shape[1] * share) for share in (3 / 4, 2 / 3, 1 / 2, 1 / 3, 1 / 4)}:
        fit = fit_into(recipe, target, lambda changed: changed.image_shape[0] * changed.image_shape[1])
        found += [text for text in settings_of(fit) if text.startswith("data.size=") and " " not in text]
    assert set(found) == {f"data.size={size}" for size in sizes}


def test_what_no_recipe_can_have_is_not_proposed():
    """The taped pathway has a training step of its own: no 16 bits, and no sums of gradients."""
    taped = parse_recipe({**FACES, "objective": {"kl_pathway": "tape"}})
    fit = fit_into(taped, 700 * MIB, on_card)
    assert fit.changes[0].settings[0].startswith("training.batch_size=")
    assert not any("precision" in text or "accumulate" in text for text in settings_of(fit))
    assert fit.changes[0].meaning == "smaller batches"
