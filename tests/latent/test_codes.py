"""Codes: moments of the aggregated posterior, files, and the sentences about files that will not do."""

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zscape.core.errors import InputError
from zscape.latent.codes import Codes


def make_codes(count=12, z_dim=3, log_var=True, labels=True, seed=0, attributes=False) -> Codes:
    source = np.random.default_rng(seed)
    return Codes(
        mu=source.normal(size=(count, z_dim)).astype(np.float32),
        log_var=source.normal(size=(count, z_dim)).astype(np.float32) if log_var else None,
        ids=np.arange(count)[::-1].copy(),
        splits=(np.arange(count) % 3).astype(np.uint8),
        labels=np.arange(count) % 2 if labels else None,
        label_names=("even", "odd") if labels else None,
        attributes=np.stack([np.arange(count) % 2 == 0, np.arange(count) > 3], axis=1) if attributes else None,
        attribute_names=("Even", "Late") if attributes else None,
    )


def assert_equal(one: Codes, other: Codes) -> None:
    for name in ("mu", "log_var", "ids", "splits", "labels", "attributes"):
        a, b = getattr(one, name), getattr(other, name)
        assert (a is None) == (b is None), name
        if a is not None:
            assert a.dtype == b.dtype, name
            np.testing.assert_array_equal(a, b)
    assert (one.label_names, one.attribute_names) == (other.label_names, other.attribute_names)


def test_size():
    codes = make_codes(7, 4)
    assert (len(codes), codes.z_dim) == (7, 4)


@pytest.mark.parametrize(("name", "code"), [("train", 0), ("validation", 1), ("test", 2)])
def test_of_split_takes_its_rows_of_everything(name, code):
    codes = make_codes(11)
    part = codes.of_split(name)
    assert_equal(part, codes.take(np.arange(code, 11, 3)))
    assert set(part.splits) == {code}


def test_of_split_may_be_empty_but_then_has_no_moments():
    codes = make_codes(1).of_split("test")
    assert len(codes) == 0
    np.testing.assert_array_equal(codes.variance, 0)
    with pytest.raises(InputError, match="at least 2 points, got 0"):
        codes.moments()


def test_of_split_names_the_nearest():
    with pytest.raises(InputError, match=r"Unknown split 'tset'. Did you mean 'test'\? Known: test, train, validation"):
        make_codes().of_split("tset")


@pytest.mark.parametrize("log_var", [True, False])
def test_moments_are_those_of_drawn_points(log_var):
    # Monte Carlo: draw from every point's posterior, then take NumPy's covariance.
    codes = make_codes(50, 3, log_var=log_var)
    source = np.random.default_rng(1)
    deviation = 0.0 if codes.log_var is None else np.exp(codes.log_var / 2)
    drawn = np.concatenate([codes.mu + deviation * source.normal(size=codes.mu.shape) for _ in range(8000)])
    mean, covariance = codes.moments()
    np.testing.assert_allclose(mean, drawn.mean(axis=0), atol=0.02)
    np.testing.assert_allclose(covariance, np.cov(drawn.T), atol=0.05)


def test_moments_in_closed_form():
    mu = np.array([[1, 0], [-1, 0]], dtype=np.float32)
    codes = Codes(mu, np.log(np.array([[1, 2], [3, 2]], dtype=np.float32)), np.arange(2), np.zeros(2, np.uint8))
    mean, covariance = codes.moments()
    np.testing.assert_allclose(mean, [0, 0], atol=1e-12)
    np.testing.assert_allclose(covariance, [[1 + 2, 0], [0, 2]], rtol=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 20), st.integers(1, 5), st.booleans(), st.booleans(), st.integers(0, 99), st.booleans())
def test_save_and_load(tmp_path_factory, count, z_dim, log_var, labels, seed, attributes):
    codes = make_codes(count, z_dim, log_var, labels, seed, attributes)
    path = tmp_path_factory.mktemp("codes") / "latents.npz"
    codes.save(path)
    assert_equal(Codes.load(path), codes)


def test_equal_codes_give_equal_bytes(tmp_path):
    make_codes().save(tmp_path / "a.npz")
    make_codes().save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int32])
@pytest.mark.parametrize("name", ["mu", "z"])
def test_load_takes_anyones_points(tmp_path, name, dtype):
    np.savez(tmp_path / "a.npz", **{name: np.arange(6).reshape(3, 2).astype(dtype), "more": np.zeros(9)})
    codes = Codes.load(tmp_path / "a.npz")
    np.testing.assert_array_equal(codes.mu, [[0, 1], [2, 3], [4, 5]])
    assert codes.mu.dtype == np.float32
    assert codes.log_var is None
    assert codes.labels is None
    np.testing.assert_array_equal(codes.ids, [0, 1, 2])
    assert len(codes.of_split("train")) == 3


def test_load_takes_npy(tmp_path):
    np.save(tmp_path / "points.npy", np.eye(3))
    np.testing.assert_array_equal(Codes.load(str(tmp_path / "points.npy")).mu, np.eye(3))


def test_load_takes_texts_and_columns_as_labels(tmp_path):
    np.savez(tmp_path / "a.npz", mu=np.eye(3), labels=np.array(["dog", "cat", "dog"]))
    codes = Codes.load(tmp_path / "a.npz")
    assert codes.label_names == ("cat", "dog")
    assert codes.labels is not None
    assert codes.labels.tolist() == [1, 0, 1]
    np.savez(tmp_path / "b.npz", mu=np.eye(3), labels=np.array([[2.0], [0.0], [1.0]]))
    labels = Codes.load(tmp_path / "b.npz").labels
    assert labels is not None
    assert labels.tolist() == [2, 0, 1]


GOOD = np.zeros((4, 2), dtype=np.float32)


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"codes": GOOD, "x": GOOD}, r"has no array 'mu' or 'z'; it has: codes, x\."),
        ({}, r"has no array 'mu' or 'z'; it has: none\."),
        ({"mu": np.zeros(4)}, r"mu in .* has shape \(4,\); expected \(points, dimensions\)\."),
        ({"z": np.zeros((4, 2, 1))}, r"z in .* has shape \(4, 2, 1\); expected"),
        ({"mu": np.zeros((4, 0))}, r"shape \(4, 0\); expected"),
        ({"mu": np.zeros((1, 2))}, r"mu in .* has 1 point\(s\); at least 2 are needed\."),
        ({"mu": np.array([[1, np.nan], [np.inf, 1]])}, r"has 2 value\(s\) that are NaN, infinite .* of 4; remove"),
        ({"mu": np.array([[1.0, 1e200], [1, 1]])}, r"has 1 value\(s\) that are NaN, infinite or too large for float32"),
        ({"mu": np.array([["a"], ["b"]])}, r"mu in .* has dtype <U1; expected real numbers\."),
        ({"mu": GOOD * 1j}, r"has dtype complex64; expected real numbers\."),
        ({"mu": GOOD, "log_var": np.zeros((4, 3))}, r"log_var in .* has shape \(4, 3\), mu has \(4, 2\); they must be"),
        ({"mu": GOOD, "log_var": GOOD + np.nan}, r"log_var in .* has 8 value\(s\) that are NaN"),
        ({"mu": GOOD, "log_var": GOOD + 500}, r"log_var in .* reaches 500, .* not variances themselves"),
        ({"mu": GOOD, "labels": np.zeros(3)}, r"labels in .* has shape \(3,\); expected one number for each of 4"),
        ({"mu": GOOD, "labels": np.full(4, 0.5)}, r"labels in .* has dtype float64 with values that are not whole"),
        (
            {"mu": GOOD, "labels": np.arange(4), "label_names": np.array(["a", "b"])},
            r"runs from 0 to 3, but .* 2 label_",
        ),
        ({"mu": GOOD, "ids": np.zeros(5)}, r"ids in .* has shape \(5,\)"),
        ({"mu": GOOD, "splits": np.arange(4)}, r"splits in .* from 0 to 3; expected 0 \(train\), 1 \(validation\), 2"),
        (
            {"mu": GOOD, "splits": np.arange(4) % 2, "split_names": ["train", "dev"]},
            r"splits in .* 'dev'; expected train, v",
        ),
        (
            {"mu": GOOD, "splits": np.arange(4), "split_names": ["test", "train"]},
            r"0 to 3; expected 0 \(test\), 1 \(tr",
        ),
        ({"mu": GOOD, "attributes": np.zeros(4)}, r"attributes in .* has shape \(4,\); expected one row for each of 4"),
        (
            {"mu": GOOD, "attributes": np.zeros((3, 2))},
            r"attributes in .* has shape \(3, 2\); expected one row for each",
        ),
        (
            {"mu": GOOD, "attributes": np.full((4, 2), 2)},
            r"has values of dtype int64 that are not all yes or no; expected",
        ),
        (
            {"mu": GOOD, "attributes": np.array([[0], [1], [-1], [0]])},
            r"not all yes or no; expected bool, 0 and 1, or -1 and 1\.",
        ),
        ({"mu": GOOD, "attributes": np.array([["yes"]] * 4)}, r"has values of dtype <U3 that are not all yes or no"),
        (
            {"mu": GOOD, "attributes": np.zeros((4, 2)), "attribute_names": np.array(["a"])},
            r"attributes in .* has 2 column\(s\), but there are 1 attribute_names\.",
        ),
        (
            {"mu": GOOD, "attributes": np.zeros((4, 2)), "attribute_names": np.array(["a", "a"])},
            r"the name 'a' comes twice among the attribute_names; each attribute needs its own\.",
        ),
        (
            {"mu": GOOD, "attribute_names": np.array(["a"])},
            r"attributes in .* are missing, but there are attribute_names",
        ),
        (
            {"mu": np.array([[None, 1]], dtype=object)},
            r"a\.npz holds Python objects \(pickled\), which zscape never loads",
        ),
    ],
)
def test_load_says_what_is_wrong(tmp_path, arrays, sentence):
    path = tmp_path / "a.npz"
    np.savez(path, **arrays)
    with pytest.raises(InputError, match=sentence):
        Codes.load(path)


def test_load_says_what_is_wrong_with_the_file(tmp_path):
    path = tmp_path / "latents.npz"
    with pytest.raises(InputError, match=r"There is no file .*latents\.npz\."):
        Codes.load(path)
    for content, sentence in (
        (b"", r"latents\.npz is empty; expected an \.npz or \.npy file\."),
        (b"hello, world\n" * 9, r"latents\.npz is neither an \.npz nor an \.npy file, whatever its name; numpy\.savez"),
        (b"\x89PNG\r\n\x1a\n", r"is neither an \.npz nor an \.npy file"),
        (
            b"PK\x03\x04 cut off",
            r"cannot be read as an \.npz or \.npy file of numbers \(.*\); it may be damaged or cut off\.",
        ),
        (b"\x93NUMPY\x01", r"cannot be read as an \.npz or \.npy file"),
    ):
        path.write_bytes(content)
        with pytest.raises(InputError, match=sentence) as caught:
            Codes.load(path)
        assert "allow_pickle" not in str(caught.value)


def test_load_of_a_folder_names_the_file_in_it(tmp_path):
    with pytest.raises(InputError, match=r"is a folder; expected an \.npz or \.npy file\.$"):
        Codes.load(tmp_path)
    make_codes().save(tmp_path / "latents.npz")
    with pytest.raises(InputError, match=r"is a folder; .* Did you mean .*latents\.npz\?"):
        Codes.load(tmp_path)


def test_the_file_says_what_its_splits_mean(tmp_path):
    codes = make_codes(9)
    codes.save(tmp_path / "latents.npz")
    with np.load(tmp_path / "latents.npz") as arrays:
        assert arrays["split_names"].tolist() == ["train", "validation", "test"]
        without = {name: arrays[name] for name in arrays.files if name != "split_names"}
    np.savez(tmp_path / "old.npz", **without)  # of the first release
    assert_equal(Codes.load(tmp_path / "old.npz"), codes)


def test_splits_in_another_order_are_read_by_their_names(tmp_path):
    np.savez(tmp_path / "a.npz", mu=np.eye(3), splits=np.array([0, 1, 0]), split_names=np.array(["test", "train"]))
    assert Codes.load(tmp_path / "a.npz").splits.tolist() == [2, 0, 2]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.floats(0, 1))
def test_a_damaged_file_gives_a_sentence_or_the_codes(tmp_path_factory, flip, cut):
    path = tmp_path_factory.mktemp("codes") / "latents.npz"
    make_codes().save(path)
    content = bytearray(path.read_bytes())
    content[flip % len(content)] ^= 0xFF
    path.write_bytes(content[: max(1, int(cut * len(content)))] if flip % 2 else content)
    with contextlib.suppress(InputError):  # any other error fails the test
        Codes.load(path)


def test_save_refuses_objects(tmp_path):
    codes = make_codes()
    broken = Codes(codes.mu.astype(object), None, codes.ids, codes.splits)
    with pytest.raises(TypeError, match="without pickle: mu"):
        broken.save(tmp_path / "a.npz")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("no", [0, -1, 0.0, False])
def test_attributes_may_be_written_in_any_usual_way(no):
    table = np.array([[1, no], [no, no], [1, 1]])
    codes = Codes.from_arrays({"mu": np.eye(3), "attributes": table})
    assert codes.attributes is not None and codes.attributes.dtype == bool
    assert codes.attributes.tolist() == [[True, False], [False, False], [True, True]]
    assert codes.attribute_names == ("attribute 0", "attribute 1")


def test_take_takes_the_attributes_along():
    part = make_codes(6, attributes=True).take(np.array([5, 0]))
    assert part.attributes is not None and part.attributes.tolist() == [[False, True], [True, False]]
    assert part.attribute_names == ("Even", "Late")


def test_an_attribute_by_name_also_a_label():
    codes = make_codes(6, attributes=True)
    assert codes.attribute_choices == ("Even", "Late", "even", "odd")
    np.testing.assert_array_equal(codes.attribute("Late"), np.arange(6) > 3)
    np.testing.assert_array_equal(codes.attribute("late"), np.arange(6) > 3)
    np.testing.assert_array_equal(codes.attribute("odd"), np.arange(6) % 2 == 1)
    np.testing.assert_array_equal(codes.attribute(" 1 "), np.arange(6) % 2 == 1)  # its number


def test_labels_without_names_are_attributes_by_number():
    codes = Codes.from_arrays({"mu": np.eye(4), "labels": np.array([3, -1, 3, 12])})
    assert codes.attribute_choices == ("-1", "3", "12")
    np.testing.assert_array_equal(codes.attribute(3), [True, False, True, False])
    np.testing.assert_array_equal(codes.attribute("-1"), [False, True, False, False])


def test_an_attribute_goes_before_a_label_of_its_name():
    codes = Codes.from_arrays(
        {"mu": np.eye(2), "labels": np.array(["tall", "small"]), "attributes": np.eye(2)}
        | {"attribute_names": np.array(["x", "tall"])}
    )
    np.testing.assert_array_equal(codes.attribute("tall"), [False, True])
    np.testing.assert_array_equal(codes.attribute("small"), [False, True])


def test_unknown_attributes_name_the_nearest():
    with pytest.raises(
        InputError, match=r"^Unknown attribute 'Lat'\. Did you mean '[Ll]ate'\? Known: Even, Late, even"
    ):
        make_codes(attributes=True).attribute("Lat")
    with pytest.raises(InputError, match=r"^Unknown attribute '7'\. Known: even, odd\.$"):
        make_codes().attribute("7")
    with pytest.raises(
        InputError, match=r"^These codes have neither attributes nor labels, so there is no attribute 'a'"
    ):
        make_codes(labels=False).attribute("a")


FACTORS = {"factors": np.array([[0, 1.5], [2, 3], [4, 5]]), "factor_names": np.array(["yaw", "hue"])}


def test_factors_are_kept_taken_and_written(tmp_path):
    codes = Codes.from_arrays({"mu": np.eye(3), **FACTORS})
    assert codes.factors is not None and codes.factors.dtype == np.float32
    assert codes.factor_names == ("yaw", "hue")
    part = codes.take(np.array([2, 0]))
    assert part.factors is not None and part.factors.tolist() == [[4, 5], [0, 1.5]]
    codes.save(tmp_path / "a.npz")
    again = Codes.load(tmp_path / "a.npz")
    assert again.factor_names == ("yaw", "hue") and np.array_equal(again.factors, codes.factors)
    assert make_codes().factors is make_codes().take(np.arange(2)).factors is None


def test_factors_without_names_are_numbered():
    assert Codes.from_arrays({"mu": np.eye(3), "factors": np.eye(3, dtype=bool)}).factor_names == (
        *("factor 0", "factor 1", "factor 2"),
    )


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"factors": np.eye(2)}, r"^factors has shape \(2, 2\); expected one row for each of 3 points, one column per"),
        ({"factors": np.ones(3)}, r"^factors has shape \(3,\); expected one row for each of 3 points"),
        ({"factors": np.array([["a"]] * 3)}, r"^factors has dtype <U1; expected real numbers\.$"),
        ({"factors": np.array([[1.0], [np.nan], [1e39]])}, r"^factors has 2 value\(s\) that are NaN, infinite or too"),
        ({**FACTORS, "factor_names": np.array(["a"])}, r"^factors has 2 column\(s\), but there are 1 factor_names\.$"),
        ({**FACTORS, "factor_names": np.array(["a", "a"])}, r"^factors: the name 'a' comes twice among the factor_nam"),
        ({"factor_names": np.array(["a"])}, r"^factors are missing, but there are factor_names; give both, or neither"),
    ],
)
def test_factors_that_will_not_do(arrays, sentence):
    with pytest.raises(InputError, match=sentence):
        Codes.from_arrays({"mu": np.eye(3), **arrays})
