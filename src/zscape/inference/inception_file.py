"""The weights of FID's Inception, read from a file of the user's: tensors only, nothing that runs.

The file that users of PyTorch have is pt_inception-2015-12-05-6726825d.pth (pytorch-fid, torch-fidelity and others
fetch it); its name ends with the start of its SHA-256. The same tensors as .safetensors serve where PyTorch is not
installed.
"""

import hashlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from zscape.core.errors import InputError
from zscape.core.install import as_here

PUBLISHED = "pt_inception-2015-12-05-6726825d.pth"
_PUBLISHED_SHA256 = "6726825d"  # how it begins
_UNUSED = {"fc.weight": (1008, 2048), "fc.bias": (1008,)}  # the classifier behind the features
_UNUSED_END = ".num_batches_tracked"


@dataclass(frozen=True, eq=False)
class InceptionTensors:
    """The tensors of a weights file.

    Attributes:
        tensors: float32, by their names in PyTorch; those that the features need.
        file: the file's name, without its folder.
        published: whether the file is the published one, to the byte. Where it is not (a .safetensors never is), the
            tensors may be the same; that cannot be told.
    """

    tensors: dict[str, np.ndarray]
    file: str
    published: bool

    @property
    def checksum(self) -> str:
        """64 hexadecimal digits, the same for the same tensors in any kind of file."""
        found = hashlib.sha256()
        for name in sorted(self.tensors):
            found.update(name.encode() + b"\0" + np.ascontiguousarray(self.tensors[name]).tobytes())
        return found.hexdigest()


def check_file(path: Path) -> None:
    """Refuse what cannot be a file of weights, without reading it.

    Args:
        path: where the user says it is.

    Raises:
        InputError: when there is no such file, its name ends otherwise, or PyTorch is needed and not installed.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path} with Inception's weights ({PUBLISHED}, or a .safetensors of it).")
    if path.suffix not in (".pth", ".safetensors"):
        raise InputError(f"Inception's weights are a .pth or a .safetensors; received {path.name}.")
    if path.suffix == ".pth" and importlib.util.find_spec("torch") is None:
        command = as_here('pip install "zscape[torch]"')
        raise InputError(
            f"{path.name} is read by PyTorch, which is not installed here: {command}, or give the same tensors as "
            ".safetensors."
        )


def read_tensors(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> InceptionTensors:
    """Return the tensors of a file.

    Args:
        path: a .pth or a .safetensors.
        shapes: of the tensors that there must be, by name.

    Raises:
        InputError: when the file cannot be used, a tensor is missing, or one is of another shape or kind.
    """
    check_file(path)
    tensors = _of_torch(path) if path.suffix == ".pth" else _of_safetensors(path)
    _check(tensors, shapes, path.name)
    used = {name: tensors[name] for name in shapes}
    return InceptionTensors(used, path.name, path.suffix == ".pth" and _is_published(path))


def _of_safetensors(path: Path) -> dict[str, np.ndarray]:
    try:
        return load_file(path)
    except (SafetensorError, KeyError, TypeError) as error:  # KeyError, TypeError: a kind of number NumPy lacks
        raise InputError(f"{path.name} is damaged, or no file of safetensors ({_clause(error)}).") from None


def _of_torch(path: Path) -> dict[str, np.ndarray]:
    import torch

    try:
        # weights_only: tensors are read, and whatever else a pickle could run is refused.
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # of PyTorch's readers: they share no class but this, and advise to trust the file
        raise InputError(
            f"{path.name} is no file that PyTorch reads tensors from without running code: it is damaged, cut off, or "
            "something else."
        ) from None
    if not isinstance(found, dict) or not all(isinstance(value, torch.Tensor) for value in found.values()):
        raise InputError(f"{path.name} must hold tensors by name, as state_dict() gives them; it holds something else.")
    try:
        return {str(name): tensor.detach().numpy() for name, tensor in found.items()}
    except (TypeError, RuntimeError) as error:  # bfloat16, sparse, quantised
        raise InputError(f"{path.name} has tensors that are no plain float32 ({_clause(error)}).") from None


def _check(tensors: Mapping[str, np.ndarray], shapes: Mapping[str, tuple[int, ...]], file: str) -> None:
    wrong = f"{file} is not FID's Inception ({PUBLISHED})"
    known = {**_UNUSED, **shapes}
    missing = [name for name in shapes if name not in tensors]
    extra = [name for name in tensors if name not in known and not name.endswith(_UNUSED_END)]
    if missing or extra:
        raise InputError(f"{wrong}: missing {_some(missing)}, not expected {_some(extra)}.")
    for name, shape in known.items():
        if name in tensors and tensors[name].shape != shape:
            raise InputError(f"{wrong}: {name} has shape {tensors[name].shape}, expected {shape}.")
    for name in shapes:
        if tensors[name].dtype != np.float32:
            raise InputError(f"{wrong}: {name} is {tensors[name].dtype}, expected float32.")
        if not np.isfinite(tensors[name]).all():
            raise InputError(f"{file} is damaged: {name} has values that are NaN or infinite.")


def _is_published(path: Path) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest().startswith(_PUBLISHED_SHA256)


def _some(names: list[str]) -> str:
    if not names:
        return "nothing"
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _clause(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].strip().rstrip(".")[:160]
