"""pip's commands as they work for this installation of zscape: from its clone, with its own environment's pip."""

import json
import re
import shutil
import sys
from importlib import metadata
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname


def as_here(command: str) -> str:
    """Return a pip command that names zscape by its name as this installation needs it.

    Where zscape was installed from a clone, `pip install "zscape[torch]"` becomes
    `.venv/bin/pip install -e ".[torch]"`, seen from the clone; elsewhere the command stays as it is.

    Args:
        command: it begins with "pip ".
    """
    source = _source()
    if source is None:
        return command
    folder, editable = source
    place = "." if folder == Path.cwd() else str(folder)
    option = "-e " if editable else ""
    words = command.removeprefix("pip ")
    words = re.sub(r'"zscape(\[[\w,]+\])"', lambda found: f'{option}"{place}{found[1]}"', words)
    words = re.sub(r"(?<= )zscape(?= |$)", lambda _: f'{option}"{place}"', words)
    return f"{_pip()} {words}"


def _source() -> tuple[Path, bool] | None:
    """Return the folder that zscape was installed from, and whether it is used in place; None for an index."""
    try:
        record = json.loads(metadata.distribution("zscape").read_text("direct_url.json") or "{}")
    except (metadata.PackageNotFoundError, ValueError):
        return None
    url = urlparse(str(record.get("url", "")))
    folder = Path(url2pathname(url.path))
    if url.scheme != "file" or not (folder / "pyproject.toml").is_file():
        return None
    return folder, bool(record.get("dir_info", {}).get("editable"))


def _pip() -> str:
    own = Path(sys.executable).with_name("pip")
    if not own.is_file():  # Windows has pip.exe, some environments have none
        return f'"{sys.executable}" -m pip'
    found = shutil.which("pip")
    if found is not None and Path(found) == own:
        return "pip"
    return str(own.relative_to(Path.cwd())) if own.is_relative_to(Path.cwd()) else str(own)
