"""Files from the network, fetched once into a cache and checked against a published sha256."""

import os
from pathlib import Path

import pooch

from zscape.core.errors import InputError


def cache_directory() -> Path:
    """Return the folder for what zscape can make or fetch again: `$ZSCAPE_CACHE`, or the system's cache folder."""
    own = os.environ.get("ZSCAPE_CACHE")
    return Path(own).expanduser() if own else Path(pooch.os_cache("zscape"))


def fetch(url: str, sha256: str, name: str) -> Path:
    """Return the path of the file behind `url`, downloading it unless the cache holds it already.

    Args:
        url: http or https address.
        sha256: the file's checksum, 64 hexadecimal digits; anything else than this file is refused.
        name: the file's name in the cache.

    Raises:
        InputError: when the server cannot be reached, refuses, or sends something else.
    """
    folder = cache_directory() / "downloads"
    try:
        return Path(pooch.retrieve(url, known_hash=f"sha256:{sha256}", fname=name, path=folder))
    except ValueError as error:
        # pooch has no error class of its own for a wrong checksum.
        if "hash" not in str(error):
            raise InputError(f"Could not download {url}: {error}.") from None
        raise InputError(
            f"What came from {url} is not the expected file (its sha256 is not {sha256}); the download was cut off, "
            "or a web page, such as a proxy's or a login, came in place of the file. It was thrown away."
        ) from None
    except OSError as error:  # the errors of `requests` are OSErrors too
        raise InputError(f"Could not download {url} into {folder}: {_reason(error)}.") from None


def _reason(error: OSError) -> str:
    # By name, because `requests` is pooch's dependency, not ours; its own text is a screen long.
    if type(error).__name__ in ("ConnectionError", "ConnectTimeout", "ReadTimeout") and not error.strerror:
        return "the server cannot be reached; check the network, or a proxy in its way"
    return " ".join((error.strerror or str(error) or type(error).__name__).split()).rstrip(".")
