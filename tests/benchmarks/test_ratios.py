import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.contestants import contestants_for, ratio_pairs
from benchmarks.race import Race, check_same_work, round_order
from benchmarks.ratios import images_per_second, speed_ratios, spread
from zscape.core.errors import InputError

SECONDS = st.floats(1e-3, 1e3)


def race(*rounds):
    taken = [{who: {"seconds": s, "processor_seconds": 2 * s} for who, s in each.items()} for each in rounds]
    return Race("E11", 1, {}, dict.fromkeys(rounds[0], 6), taken)


@given(st.lists(SECONDS, min_size=1, max_size=30))
def test_spread_is_made_of_order_statistics(values):
    ordered = sorted(values)
    seen = spread(values)
    assert seen.rounds == len(values)
    assert (seen.min, seen.max) == (ordered[0], ordered[-1])
    middle = (ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2
    assert seen.median == pytest.approx(middle)
    assert seen.min <= seen.lower_quartile <= seen.median <= seen.upper_quartile <= seen.max


def test_quartiles_of_five_are_the_second_and_the_fourth():
    seen = spread([5.0, 1.0, 4.0, 2.0, 3.0])
    assert (seen.lower_quartile, seen.median, seen.upper_quartile) == (2.0, 3.0, 4.0)


@given(st.lists(st.tuples(SECONDS, st.floats(0.5, 2)), min_size=1, max_size=9))
def test_ratios_are_taken_within_a_round(rounds):
    # Whatever slows a whole round down leaves its ratio as it is.
    pieces = [{"zscape": slow, "bare_keras": slow * factor} for slow, factor in rounds]
    ratio = speed_ratios([race(*pieces)])["zscape_over_bare_keras"]["E11"]
    assert ratio.median == pytest.approx(np.median([factor for _, factor in rounds]))


def test_the_fastest_pieces_are_compared_across_rounds():
    disturbed = race({"zscape": 3.0, "bare_keras": 1.1}, {"zscape": 1.0, "bare_keras": 9.0})
    ratio = speed_ratios([disturbed])["zscape_over_bare_keras"]["E11"]
    assert ratio.of_fastest == pytest.approx(1.1)
    assert (ratio.min, ratio.max) == pytest.approx((1.1 / 3, 9.0))


def test_above_one_the_first_is_faster():
    ratios = speed_ratios([race({"zscape": 1.0, "bare_keras": 1.5, "bare_keras_fused": 0.8, "pytorch_float32": 2.0})])
    medians = {name: by_network["E11"].median for name, by_network in ratios.items()}
    assert medians == pytest.approx(
        {
            "zscape_over_bare_keras": 1.5,
            "zscape_over_bare_keras_fused": 0.8,
            "zscape_over_pytorch_float32": 2.0,
            "fused_over_keras_batch_norm": 1.875,
        }
    )


def test_a_contestant_that_runs_in_one_round_is_compared_in_that_one():
    both = race({"zscape": 1.0, "pytorch_bfloat16": 30.0}, {"zscape": 2.0})
    ratio = speed_ratios([both])["zscape_over_pytorch_bfloat16"]["E11"]
    assert (ratio.median, ratio.rounds) == (30.0, 1)
    assert images_per_second(both)["pytorch_bfloat16"].median == pytest.approx(128 / 30)
    assert images_per_second(both)["zscape"].median == pytest.approx((128 + 64) / 2)


def test_bfloat16_is_compared_with_bfloat16_where_the_processor_has_it():
    for bfloat16, mine in ((True, "zscape_bfloat16"), (False, "zscape")):
        names = contestants_for("E11", bfloat16, "tensorflow")
        assert ratio_pairs(names)["zscape_over_pytorch_bfloat16"] == (mine, "pytorch_bfloat16")
        assert ("fused_over_keras_batch_norm_bfloat16" in ratio_pairs(names)) == bfloat16
    assert "bare_keras_fused" not in contestants_for("E3", True, "tensorflow")
    assert "bare_keras_fused" not in contestants_for("E11", True, "jax")


def test_every_round_has_an_order_of_its_own():
    names = contestants_for("E11", True, "tensorflow")
    orders = [round_order(names, 1, "E11", number) for number in range(6)]
    assert all(sorted(order) == sorted(names) for order in orders)
    assert len({tuple(order) for order in orders}) > 3
    assert orders == [round_order(names, 1, "E11", number) for number in range(6)]


def test_contestants_must_train_the_same_network():
    good = {"a": {"parameters": 5, "loss": 100.0}, "b": {"parameters": 5, "loss": 103.0}}
    assert check_same_work("E3", good) == 5
    with pytest.raises(
        InputError, match=r"contestants of E3 do not train the same network: parameters {'a': 5, 'b': 6}"
    ):
        check_same_work("E3", {**good, "b": {"parameters": 6, "loss": 100.0}})
    for loss in (150.0, float("nan")):
        with pytest.raises(InputError, match="b does not compute what the others do on E3: its first loss is"):
            check_same_work("E3", {"b": {"parameters": 5, "loss": loss}, "a": good["a"], "c": good["a"]})
