"""NVIDIA's driver asked by ctypes: for machines whose driver works but which have no nvidia-smi.

Run as a process of its own, because a driver in trouble may hang or crash whoever asks:
`python -m zscape.core.cuda_driver` prints {"cards": [...], "cuda": [major, minor]} or {"error": "..."} as JSON.
"""

import ctypes
import json
import sys
from typing import Any

_LIBRARIES = ("nvcuda.dll",) if sys.platform == "win32" else ("libcuda.so.1", "libcuda.so")
# CUdevice_attribute of cuda.h
_CAPABILITY_MAJOR = 75
_CAPABILITY_MINOR = 76


class DriverError(Exception):
    """The driver refused a call."""


def load_driver() -> Any | None:
    """Return the driver's library, or None where none is installed."""
    for name in _LIBRARIES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def ask_driver(driver: Any) -> dict[str, Any]:
    """Return the cards that the driver offers to this process, and the newest CUDA it supports.

    Args:
        driver: the library of `load_driver`.

    Raises:
        DriverError: when it refuses; the text has NVIDIA's number of the error.
    """
    _call(driver.cuInit, 0)
    version, count = ctypes.c_int(), ctypes.c_int()
    _call(driver.cuDriverGetVersion, ctypes.byref(version))
    _call(driver.cuDeviceGetCount, ctypes.byref(count))
    return {
        "cuda": [version.value // 1000, version.value % 1000 // 10],  # 12040 is 12.4
        "cards": [_card(driver, position) for position in range(count.value)],
    }


def _card(driver: Any, position: int) -> dict[str, Any]:
    device, major, minor = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
    size, name = ctypes.c_size_t(), ctypes.create_string_buffer(128)
    _call(driver.cuDeviceGet, ctypes.byref(device), position)
    _call(driver.cuDeviceGetName, name, len(name), device)
    _call(driver.cuDeviceGetAttribute, ctypes.byref(major), _CAPABILITY_MAJOR, device)
    _call(driver.cuDeviceGetAttribute, ctypes.byref(minor), _CAPABILITY_MINOR, device)
    _call(driver.cuDeviceTotalMem_v2, ctypes.byref(size), device)
    return {
        "name": name.value.decode(errors="replace"),
        "capability": [major.value, minor.value],
        "memory_mib": size.value // 2**20,
    }


def _call(function: Any, *arguments: Any) -> None:
    code = function(*arguments)
    if code != 0:
        raise DriverError(f"NVIDIA's driver answered {getattr(function, '__name__', 'a call')} with error {code}")


def main() -> None:
    """Print what the driver says as JSON."""
    driver = load_driver()
    try:
        answer = {"cards": [], "cuda": None} if driver is None else ask_driver(driver)
    except DriverError as error:
        answer = {"error": str(error)}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
