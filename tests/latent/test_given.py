"""Codes in whatever form they come, and the sentence for every form that will not do."""

import numpy as np
import pytest

from zscape.core.errors import InputError
from zscape.latent.codes import Codes
from zscape.latent.given import codes_of

MU = np.random.default_rng(0).normal(size=(6, 2)).astype(np.float32)
LOG_VAR = np.full((6, 2), -1.5)
NAMES = ["cat", "dog", "cat", "dog", "dog", "cat"]


class Tensor:
    """As PyTorch's, which must be detached and brought to the processor before NumPy takes it."""

    ndim = 2

    def __init__(self, values, ready=False):
        self.values, self.ready, self.shape = values, ready, np.shape(values)

    def detach(self):
        return self

    def cpu(self):
        return Tensor(self.values, ready=True)

    def __array__(self, dtype=None, copy=None):
        if not self.ready:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        return np.asarray(self.values)


def equal(codes, mu=MU, log_var=LOG_VAR):
    assert codes.mu.dtype == np.float32
    np.testing.assert_array_equal(codes.mu, mu)
    assert (codes.log_var is None) == (log_var is None)
    if log_var is not None:
        np.testing.assert_array_equal(codes.log_var, log_var)


@pytest.mark.parametrize(
    "given",
    [
        (MU, LOG_VAR),
        [MU, LOG_VAR],
        (MU.tolist(), LOG_VAR.tolist()),
        (Tensor(MU), Tensor(LOG_VAR)),
        [Tensor(MU), Tensor(LOG_VAR)],
        {"mu": MU, "log_var": LOG_VAR},
        {"z": MU, "log_var": LOG_VAR, "mu": None, "history": "left alone"},
        Codes(MU, LOG_VAR.astype(np.float32), np.arange(6), np.zeros(6, np.uint8)),
    ],
)
def test_means_with_variances(given):
    equal(codes_of(given))


@pytest.mark.parametrize("given", [MU, MU.tolist(), list(MU), Tensor(MU), (MU, None), {"z": MU}, MU.astype(np.float64)])
def test_codes_alone(given):
    codes = codes_of(given)
    equal(codes, log_var=None)
    assert codes.labels is None and codes.ids.tolist() == list(range(6)) and set(codes.splits) == {0}
    equal(codes_of(given, log_var=Tensor(LOG_VAR)))


def test_two_rows_in_a_list_are_a_table_and_two_things_in_a_tuple_a_pair():
    assert codes_of([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).mu.shape == (2, 3)
    with pytest.raises(InputError, match=r"^mu has shape \(3,\); expected \(points, dimensions\)\.$"):
        codes_of(([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]))


def test_a_file(tmp_path):
    np.savez(tmp_path / "codes.npz", z=MU)
    for path in (tmp_path / "codes.npz", str(tmp_path / "codes.npz")):
        equal(codes_of(path), log_var=None)
        assert codes_of(path, labels=NAMES).label_names == ("cat", "dog")


def test_labels_of_any_kind():
    for labels in (NAMES, np.array(NAMES), np.array(NAMES, dtype=object)):
        codes = codes_of(MU, labels=labels)
        assert codes.label_names == ("cat", "dog")
        assert codes.labels is not None and codes.labels.tolist() == [0, 1, 0, 1, 1, 0]
    codes = codes_of({"mu": MU, "labels": [0, 1, 1, 0, 1, 0]}, label_names=["no", "yes"])
    assert codes.label_names == ("no", "yes")


def test_attributes_as_an_argument_or_in_a_mapping():
    table = [[1, 0], [0, 0], [1, 1], [0, 1], [0, 0], [1, 1]]
    for codes in (
        codes_of(MU, attributes=table, attribute_names=["Smiling", "Hat"]),
        codes_of({"mu": MU, "attributes": np.array(table), "attribute_names": ["Smiling", "Hat"]}),
    ):
        assert codes.attribute_names == ("Smiling", "Hat")
        assert codes.attribute("Hat").tolist() == [False, False, True, True, False, True]


def test_factors_as_an_argument_or_in_a_mapping():
    table = np.arange(12.0).reshape(6, 2)
    for codes in (
        codes_of(MU, factors=table, factor_names=["yaw", "hue"]),
        codes_of({"mu": MU, "factors": Tensor(table), "factor_names": ["yaw", "hue"]}),
    ):
        assert codes.factor_names == ("yaw", "hue") and np.array_equal(codes.factors, table)


def test_real_tensors():
    torch = pytest.importorskip("torch")
    equal(codes_of((torch.tensor(MU, requires_grad=True), torch.tensor(LOG_VAR))))
    half = codes_of(torch.tensor(MU).to(torch.float16)).mu
    np.testing.assert_allclose(half, MU, atol=1e-2)


def test_bfloat16_becomes_float32():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    np.testing.assert_allclose(codes_of(MU.astype(ml_dtypes.bfloat16)).mu, MU, rtol=1e-2)


@pytest.mark.parametrize(
    ("given", "more", "sentence"),
    [
        (np.zeros(4), {}, r"^mu has shape \(4,\); expected \(points, dimensions\)\.$"),
        (np.zeros((4, 2, 1)), {}, r"^mu has shape \(4, 2, 1\); expected"),
        (np.zeros((1, 2)), {}, r"^mu has 1 point\(s\); at least 2 are needed\.$"),
        (np.array([[1.0, np.nan], [0, 0]]), {}, r"^mu has 1 value\(s\) that are NaN, infinite .* of 4; remove"),
        (None, {}, r"^mu has dtype object; expected real numbers\.$"),
        ("", {}, r"is a folder; expected an \.npz"),
        ([[1, 2], [3]], {}, r"^mu cannot be turned into a NumPy array \(setting an array element .*\); give one, or"),
        ((MU, LOG_VAR[:3]), {}, r"^log_var has shape \(3, 2\), mu has \(6, 2\); they must be equal\.$"),
        ((MU, np.exp(LOG_VAR) * 1e4), {}, r"^log_var reaches .* expected the logs of variances"),
        (MU, {"log_var": LOG_VAR * np.nan}, r"^log_var has 12 value\(s\) that are NaN"),
        (MU, {"labels": [1, 2]}, r"^labels has shape \(2,\); expected one number for each of 6 points\.$"),
        (MU, {"labels": [0.5] * 6}, r"^labels has dtype float64 with values that are not whole numbers\.$"),
        (MU, {"attributes": [[1], [0]]}, r"^attributes has shape \(2, 1\); expected one row for each of 6 points, one"),
        (
            MU,
            {"attribute_names": ["a"]},
            r"^attributes are missing, but there are attribute_names; give both, or neither",
        ),
        (
            [MU, LOG_VAR, MU],
            {},
            r"^The codes are 3 arrays; expected one array \(n, z_dim\) or a pair \(mu, log_var\)\.$",
        ),
        ({"codes": MU}, {}, r"^The codes have no 'mu' or 'z'; they have: codes\.$"),
        ({}, {}, r"^The codes have no 'mu' or 'z'; they have: nothing\.$"),
        ((MU, LOG_VAR), {"log_var": LOG_VAR}, r"^log_var came twice: with the codes and as an argument of its own"),
    ],
)
def test_what_will_not_do(given, more, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=sentence):
        codes_of(given, **more)
