"""Analyses that need nothing from each other, two at a time."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from threadpoolctl import threadpool_limits

from zscape.core.errors import InputError

_AT_A_TIME = 2


def made_beside(makers: Mapping[str, Callable[[], Any]]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what each of `makers` makes, and the reason of each that cannot.

    Two run at a time, on one thread of BLAS each: most of their work is not BLAS's, and NumPy lets go of the
    interpreter in it; so two processors finish sooner than when both wait upon one analysis. Memory holds the
    intermediate arrays of two.

    Args:
        makers: functions by name; an `InputError` of one is its reason.

    Returns:
        What was made by name, None where it could not be; and the reasons by name, in the order of `makers`.
    """
    with threadpool_limits(1), ThreadPoolExecutor(_AT_A_TIME) as pool:
        waiting = {name: pool.submit(_tried, make) for name, make in makers.items()}
        results = {name: future.result() for name, future in waiting.items()}
    made = {name: value for name, (value, _) in results.items()}
    return made, {name: reason for name, (_, reason) in results.items() if reason is not None}


def _tried(make: Callable[[], Any]) -> tuple[Any, str | None]:
    try:
        # Limits of OpenMP hold for the thread that sets them only.
        with threadpool_limits(1):
            return make(), None
    except InputError as error:
        return None, str(error)
