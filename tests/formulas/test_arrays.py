import numpy as np
import pytest

from zscape.formulas.arrays import float32, softplus


@pytest.mark.filterwarnings("error")
def test_softplus_neither_overflows_nor_underflows():
    x = np.array([-np.inf, -1000, -1, 0, 1, 1000, np.inf])
    expected = [0, 0, np.log1p(np.exp(-1)), np.log(2), 1 + np.log1p(np.exp(-1)), 1000, np.inf]
    np.testing.assert_allclose(softplus(x, np), expected, rtol=1e-14)


def test_numpy_keeps_double_precision():
    x = np.array([1 / 3])
    assert float32(x, np).dtype == np.float64 and float32(x, np) is x
