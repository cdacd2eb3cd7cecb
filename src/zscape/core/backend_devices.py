"""The devices that a backend sees, and whether it computes on the one it would train on.

Run as a process of its own by `core.probe`, because a broken backend may crash whoever imports it:
`python -m zscape.core.backend_devices NAME` prints one line of JSON, after whatever the backend prints itself.
"""

import importlib
import importlib.util
import json
import sys
from dataclasses import asdict, dataclass
from typing import Any

from zscape.core.cards import Card

MARK = "zscape-backend "


@dataclass(frozen=True)
class Device:
    """A device that a backend sees.

    Attributes:
        kind: "cpu", "gpu", or as the backend names it, e.g. "mps" and "tpu".
        name: the model's name, "" where the backend does not tell.
        capability: compute capability of an NVIDIA card.
    """

    kind: str
    name: str = ""
    capability: tuple[int, int] | None = None


def list_devices(backend: str) -> tuple[Device, ...]:
    """Return the devices that a backend sees; imports it, and starts its cards.

    Args:
        backend: "tensorflow", "jax" or "torch".
    """
    return {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}[backend](importlib.import_module(backend))


def card_in_use(backend: str) -> Card | None:
    """Return the NVIDIA card that Keras trains on with this backend: the first one it sees; None for a processor."""
    gpus = [device for device in list_devices(backend) if device.kind == "gpu"]
    return Card(gpus[0].name, gpus[0].capability) if gpus else None


def _tensorflow(tensorflow: Any) -> tuple[Device, ...]:
    devices = []
    for device in tensorflow.config.list_physical_devices():
        details = {}
        if device.device_type == "GPU":
            details = tensorflow.config.experimental.get_device_details(device)
        name, capability = details.get("device_name", ""), details.get("compute_capability")
        devices.append(Device(device.device_type.lower(), name, tuple(capability) if capability else None))
    return tuple(devices)


def _jax(jax: Any) -> tuple[Device, ...]:
    devices = []
    for device in jax.devices():
        capability = str(getattr(device, "compute_capability", None) or "")
        kind = "gpu" if device.platform in ("gpu", "cuda") else device.platform
        numbers = tuple(map(int, capability.split("."))) if capability.count(".") == 1 else None
        devices.append(Device(kind, "" if kind == "cpu" else device.device_kind, numbers))  # pyright: ignore
    return tuple(devices)


def _torch(torch: Any) -> tuple[Device, ...]:
    devices = [Device("cpu")]
    if torch.backends.mps.is_available():  # first, because Keras prefers it
        devices.append(Device("mps"))
    if torch.cuda.is_available():
        for position in range(torch.cuda.device_count()):
            capability = torch.cuda.get_device_capability(position)
            devices.append(Device("gpu", torch.cuda.get_device_name(position), tuple(capability)))
    return tuple(devices)


def built_for_cuda(backend: str) -> str | None:
    """Return the version of CUDA that the installed backend is made for, None for a build without CUDA."""
    module = importlib.import_module(backend)
    if backend == "tensorflow":
        return module.sysconfig.get_build_info().get("cuda_version")
    if backend == "torch":
        return module.version.cuda
    plugins = {"jax_cuda13_plugin": "13", "jax_cuda12_plugin": "12"}
    return next((version for name, version in plugins.items() if importlib.util.find_spec(name)), None)


def convolve(backend: str) -> float:
    """Return the sum of a 3x3 filter of ones over 8x8 ones, computed on the backend's first choice of device.

    A valid convolution has 6x6 results of 9: 324. Cards that are too old for a build fail here, not at import.
    """
    module = importlib.import_module(backend)
    if backend == "tensorflow":
        ones = module.ones
        return float(module.reduce_sum(module.nn.conv2d(ones((1, 8, 8, 1)), ones((3, 3, 1, 1)), 1, "VALID")))
    if backend == "jax":
        ones = importlib.import_module("jax.numpy").ones
        return float(module.lax.conv(ones((1, 1, 8, 8)), ones((1, 1, 3, 3)), (1, 1), "VALID").sum())
    kinds = [device.kind for device in list_devices(backend)]
    where = "mps" if "mps" in kinds else "cuda" if "gpu" in kinds else "cpu"
    ones = module.ones
    return float(module.nn.functional.conv2d(ones((1, 1, 8, 8), device=where), ones((1, 1, 3, 3), device=where)).sum())


def main(backend: str) -> None:
    """Print what was found, or the first line of what went wrong, as JSON behind `MARK`."""
    answer: dict[str, Any] = {}
    try:
        answer["version"] = str(importlib.import_module(backend).__version__)
        answer["cuda"] = built_for_cuda(backend)
        answer["devices"] = [asdict(device) for device in list_devices(backend)]
        total = convolve(backend)
        if abs(total - 324) > 0.5:
            answer["error"] = f"a convolution gave {total:g} instead of 324"
    except Exception as error:  # whatever a broken installation raises
        answer["error"] = error_clause(error)
    print(f"\n{MARK}{json.dumps(answer)}", flush=True)


def error_clause(error: BaseException) -> str:
    """Return an exception's kind and first line, short enough for a sentence."""
    lines = str(error).strip().splitlines()
    text = lines[0].strip().rstrip(".") if lines else ""
    return f"{type(error).__name__}: {text[:160]}" if text else type(error).__name__


if __name__ == "__main__":
    main(sys.argv[1])
