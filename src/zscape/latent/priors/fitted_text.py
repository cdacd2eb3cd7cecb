"""How the priors that are fitted to codes are written: `fitted`, `fitted:2sigma`, `mixture`, `mixture:10`."""

from collections.abc import Sequence

from zscape.latent.priors.base import PriorFamily, PriorTextError, number_text, read_number

_MOST_NORMALS = 1000


def _read_level(arguments: Sequence[str]) -> tuple[float, ...]:
    if not arguments:
        return ()
    text = ":".join(arguments)
    number = text.removesuffix("sigma")
    if number == text:
        raise PriorTextError(f"the level must end in 'sigma', got {text!r}", _suggestion(text))
    try:
        level = read_number(number, "")
    except PriorTextError:
        raise PriorTextError(f"the level must be a number and 'sigma', got {text!r}", "fitted:2sigma") from None
    if level <= 0:
        raise PriorTextError(f"the level must be above 0, got {text!r}", _suggestion(number))
    return (level,)


def _suggestion(text: str) -> str:
    try:
        level = abs(read_number(text, ""))
    except PriorTextError:
        level = 0.0
    return f"fitted:{number_text(level or 2.0)}sigma"


def _read_number_of_normals(arguments: Sequence[str]) -> tuple[float, ...]:
    if not arguments:
        return ()
    text = ":".join(arguments)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST_NORMALS):
        raise PriorTextError(
            f"the number of normals must be a whole number from 1 to {_MOST_NORMALS}, got {text!r}", "mixture:10"
        )
    return (int(text),)


FITTED = PriorFamily(
    {
        "fitted": "a normal with the codes' mean and covariance",
        "fitted:2sigma": "the same within 2 sigma along each principal axis",
    },
    _read_level,
    build=None,
)

MIXTURE = PriorFamily(
    {
        "mixture": "a mixture of normals fitted to the codes, their number chosen by held-out codes",
        "mixture:10": "the same of 10 normals",
    },
    _read_number_of_normals,
    build=None,
)
