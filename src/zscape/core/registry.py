"""Registries: the one place where a kind of thing (source, likelihood, prior, ...) is looked up by name.

Contract tests enumerate the registries, so whatever is registered is tested.
"""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from zscape.core.errors import InputError
from zscape.core.names import unknown_name

T = TypeVar("T")


class Registry(Generic[T]):
    """Named things of one kind, in the order of their registration.

    Args:
        kind: what the things are, in the singular; used in error messages.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, T] = {}

    def register(self, name: str) -> Callable[[T], T]:
        """Return a decorator that registers its argument as `name`."""

        def decorate(entry: T) -> T:
            if name in self._entries:
                raise ValueError(f"{self.kind} {name!r} is registered twice")
            self._entries[name] = entry
            return entry

        return decorate

    def get(self, name: str) -> T:
        """Return the thing registered as `name`.

        Raises:
            InputError: when there is none; the message names the nearest.
        """
        if name not in self._entries:
            raise InputError(unknown_name(self.kind, name, self._entries))
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
