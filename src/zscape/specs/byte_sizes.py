"""Amounts of memory as people write them: "2GiB", "1500 MB"; and back."""

import re

_UNITS = {
    **{f"{letter}ib": 2 ** (10 * power) for power, letter in enumerate("kmgt", start=1)},
    **{f"{letter}b": 1000**power for power, letter in enumerate("kmgt", start=1)},
}
_SIZE = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*([kmgt]i?b)", re.IGNORECASE | re.ASCII)


def parse_bytes(text: object) -> int:
    """Return an amount of memory in bytes.

    Args:
        text: a positive number and its unit: KiB, MiB, GiB, TiB (powers of 1024) or KB, MB, GB, TB (powers of 1000), in
            any case. A number without a unit is refused: nobody can tell 2 bytes from 2 GiB.

    Raises:
        ValueError: when it is anything else.
    """
    match = _SIZE.fullmatch(text.strip()) if isinstance(text, str) else None
    size = round(float(match[1]) * _UNITS[match[2].lower()]) if match else 0
    if size < 1:
        raise ValueError(f'must be a positive amount of memory with its unit ("2GiB", "1500MB"); received {text!r}')
    return size


def format_bytes(size: float) -> str:
    """Return bytes for people, in whole MiB, from 10 GiB on in GiB.

    Args:
        size: bytes, >= 0.
    """
    if size >= 10 * 2**30:
        return f"{size / 2**30:,.1f} GiB"
    return f"{size / 2**20:,.0f} MiB"
