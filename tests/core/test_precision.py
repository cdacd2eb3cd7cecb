"""Which precision trains where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zscape.core.cards import Card
from zscape.core.errors import InputError
from zscape.core.hardware import FEATURES, Machine, Processor
from zscape.core.precision import POLICIES, choose_precision


def machine(*features):
    return Machine("Linux", "Debian", False, "3.12.1", Processor("Xeon", "x86_64", 2, features), 8.0, 6.0)


AVX2 = machine("avx", "avx2", "fma")
AMX = machine("avx", "avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16")


@pytest.mark.parametrize(
    ("name", "capability", "policy"),
    [
        ("GTX 960", (5, 2), "float32"),
        ("GTX 1080", (6, 1), "float32"),
        ("Tesla V100", (7, 0), "mixed_float16"),
        ("RTX 2080", (7, 5), "mixed_float16"),
        ("A100", (8, 0), "mixed_bfloat16"),
        ("RTX 3060", (8, 6), "mixed_bfloat16"),
        ("H100", (9, 0), "mixed_bfloat16"),
        ("RTX 5090", (12, 0), "mixed_bfloat16"),
        ("card", None, "float32"),
    ],
)
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_auto_on_cards(name, capability, policy, backend):
    chosen, reason = choose_precision("auto", backend, AMX, Card(name, capability))
    assert chosen == policy
    assert reason.startswith(f"{policy}, because") and name in reason and reason.endswith(".")
    assert capability is None or "{}.{}".format(*capability) in reason


@pytest.mark.parametrize(
    ("where", "backend", "policy", "why"),
    [
        (AVX2, "tensorflow", "float32", "this processor has no instructions for bfloat16"),
        (AMX, "tensorflow", "mixed_bfloat16", "this processor has instructions for bfloat16 (avx512_bf16, amx_bf16)"),
        (machine("amx_bf16"), "tensorflow", "mixed_bfloat16", "has instructions for bfloat16 (amx_bf16)"),
        (AMX, "jax", "float32", "faster with tensorflow, not with jax"),
        (AMX, "torch", "float32", "faster with tensorflow, not with torch"),
    ],
)
def test_auto_on_processors(monkeypatch, where, backend, policy, why):
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    chosen, reason = choose_precision("auto", backend, where)
    assert chosen == policy and why in reason


def test_features_that_are_not_known_are_not_there():
    unknown = Machine("Darwin", "macOS 15", False, "3.12.1", Processor("M2", "arm64", 8, None), 16.0, None)
    assert choose_precision("auto", "tensorflow", unknown)[0] == "float32"


def test_without_onednn(monkeypatch):
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    assert choose_precision("auto", "tensorflow", AMX) == (
        "float32",
        "float32, because oneDNN, which computes in bfloat16, is switched off (TF_ENABLE_ONEDNN_OPTS=0).",
    )


@given(
    st.sampled_from(POLICIES),
    st.sampled_from(["tensorflow", "jax", "torch"]),
    st.sets(st.sampled_from(FEATURES)),
    st.none() | st.tuples(st.integers(3, 12), st.integers(0, 9)).map(lambda capability: Card("a card", capability)),
)
def test_what_was_asked_for_is_taken(policy, backend, features, card):
    chosen, reason = choose_precision(policy, backend, machine(*features), card)
    assert chosen == policy and reason.startswith(f"{policy}, as asked for")
    assert "slower" not in reason if policy == "float32" else True


@pytest.mark.parametrize(
    ("policy", "backend", "where", "card", "slow"),
    [
        ("mixed_bfloat16", "tensorflow", AVX2, None, True),
        ("mixed_float16", "tensorflow", AMX, None, True),
        ("mixed_bfloat16", "tensorflow", AMX, None, False),
        ("mixed_float16", "torch", AVX2, Card("GTX 1080", (6, 1)), True),
        ("mixed_float16", "torch", AVX2, Card("RTX 2080", (7, 5)), False),
        ("mixed_bfloat16", "torch", AVX2, Card("RTX 2080", (7, 5)), True),
        ("mixed_float16", "torch", AVX2, Card("H100", (9, 0)), False),
    ],
)
def test_the_sentence_says_where_it_is_slow(monkeypatch, policy, backend, where, card, slow):
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    reason = choose_precision(policy, backend, where, card)[1]
    assert ("but it may be slower than" in reason) == slow


def test_an_unknown_one():
    with pytest.raises(InputError, match=r"Unknown precision 'bfloat16'\. Did you mean 'mixed_bfloat16'"):
        choose_precision("bfloat16", "jax", AVX2)
