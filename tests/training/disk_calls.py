"""Ends a process at any call that reaches the disk, as a kill would; for tests of what is found afterwards."""

import os

from safetensors.numpy import save

from zscape.training import checkpoint_files


class Killed(BaseException):
    """The end of the process."""


class DiskCalls:
    """Stands around every call that reaches the disk, and ends the process at one of them.

    From then on no call does anything, so that the disk stays as a kill would leave it, whatever cleans up. A write is
    cut into parts, so that a process ends within it too.
    """

    def __init__(self, end_at=None):
        self.calls, self.end_at = [], end_at

    def point(self, name):
        if self.end_at is not None and len(self.calls) > self.end_at:
            raise Killed
        self.calls.append(name)
        if len(self.calls) - 1 == self.end_at:
            raise Killed

    def install(self, patch):
        for name in ("fsync", "replace", "link", "unlink", "chmod", "open"):
            patch.setattr(os, name, self._wrapped(name, getattr(os, name)))
        write = self._wrapped("write", os.write)

        def save_in_thirds(arrays, filename, metadata):
            """What safetensors does with calls of its own, a part at a time."""
            data = save(arrays, metadata)
            with open(filename, "r+b", buffering=0) as file:
                for start in range(0, len(data), len(data) // 3 + 1):
                    write(file.fileno(), data[start : start + len(data) // 3 + 1])

        patch.setattr(checkpoint_files, "save_file", save_in_thirds)

    def _wrapped(self, name, call):
        def wrapped(*arguments, **options):
            self.point(f"before {name}")
            result = call(*arguments, **options)
            self.point(f"after {name}")
            return result

        return wrapped
