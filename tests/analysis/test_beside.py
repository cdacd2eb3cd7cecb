"""Analyses beside each other."""

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from zscape.analysis.beside import made_beside
from zscape.core.errors import InputError


def test_two_run_at_a_time() -> None:
    """Each waits for the other: one after the other they would never end."""
    meet = threading.Barrier(2, timeout=20)
    made, reasons = made_beside({"a": lambda: meet.wait() >= 0, "b": lambda: meet.wait() >= 0})
    assert made == {"a": True, "b": True}
    assert reasons == {}


def test_a_wrong_input_is_a_reason_and_the_others_are_made() -> None:
    def refuse() -> None:
        raise InputError("Too few.")

    made, reasons = made_beside({"z": refuse, "b": lambda: 2, "a": refuse, "c": lambda: 3})
    assert made == {"z": None, "b": 2, "a": None, "c": 3}
    assert list(reasons.items()) == [("z", "Too few."), ("a", "Too few.")]


def test_other_errors_are_not_hidden() -> None:
    def fail() -> None:
        raise ZeroDivisionError("a fault of ours")

    with pytest.raises(ZeroDivisionError, match="a fault of ours"):
        made_beside({"a": fail})


def test_one_thread_of_blas_inside_and_as_many_as_before_afterwards() -> None:
    np.ones((2, 2)) @ np.ones((2, 2))

    def threads() -> set[int]:
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    before = threads()
    made, _ = made_beside({"threads": threads})
    assert made["threads"] == {1}
    assert threads() == before
