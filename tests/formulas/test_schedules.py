"""The schedule of the KL weight."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zscape.formulas.schedules import linear_warmup


@given(st.integers(1, 10**6), st.integers(0, 2 * 10**6))
def test_equal_steps_from_nothing_to_the_whole(steps, step):
    share = linear_warmup(np.float64(step), steps, np)
    assert share == (step / steps if step < steps else 1.0)
    assert 0 <= share <= linear_warmup(np.float64(step + 1), steps, np) <= 1
