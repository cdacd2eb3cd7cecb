"""The sentence about true factors follows the numbers."""

import dataclasses

from zscape.analysis.factor_sentences import factors_sentence
from zscape.analysis.factors import FactorsRecord, Shell

RECORD = FactorsRecord(
    names=("yaw", "background_hue", "age"),
    r2=(0.97, 0.91, -0.02),
    dimension=(3, 0, 7),
    correlation=(-0.8, 0.6, 0.1),
    shells=(
        Shell(1.0, 4.21, 300, (0.9, 0.6, None), (0.8, 0.5, 0.0)),
        Shell(4.21, 7.5, 300, (0.95, 0.9, 0.1), (1.1, 1.5, 1.0)),
    ),
    radius_share=(0.02, 0.31, 0.0),
    radius_share_of={"all": 0.34, "background": 0.31, "other": 0.02},
    tried_on=1200,
    learned_from=4000,
    seed=0,
    held_out=True,
    left_out={},
)


def test_the_whole_sentence():
    assert factors_sentence(RECORD) == (
        "A linear readout of the codes gives back 2 of 3 true factors with an R² of at least 0.9, on 1,200 images not "
        "trained on (1 is perfect, 0 no better than the mean): best 'yaw' with 0.97, worst 'age' with -0.02. "
        "Its mean R² is 0.75 in the innermost quarter of the radii (up to 4.21) and 0.93 in the outermost (from "
        "4.21). How far out a code lies goes most with 'background_hue', which accounts for 31 % of the variance of "
        "|z|²; the factors of the background together account for 31 %, all others for 2 %: backgrounds take over "
        "outside."
    )


def test_backgrounds_that_do_not_take_over():
    for shares in ({"background": 0.2, "other": 0.1}, {"background": 0.3, "other": 0.4}):
        sentence = factors_sentence(dataclasses.replace(RECORD, radius_share_of={"all": 0.5, **shares}))
        assert sentence.endswith(": backgrounds do not take over outside.")


def test_what_is_not_known_is_not_said():
    few = dataclasses.replace(
        RECORD,
        names=("yaw",),
        r2=(0.5,),
        shells=(),
        radius_share=(0.01,),
        radius_share_of={"all": 0.01},
        held_out=False,
    )
    assert factors_sentence(few) == (
        "A linear readout of the codes gives back 0 of 1 true factors with an R² of at least 0.9, on 1,200 images "
        "kept back from the readout (1 is perfect, 0 no better than the mean): best 'yaw' with 0.50. No factor alone "
        "accounts for as much as 5 % of the variance of |z|²."
    )
