"""How a fitted prior is written: `fitted`, `fitted:2sigma`."""

from collections.abc import Callable, Sequence

from zscape.core.errors import InputError
from zscape.latent.priors.base import Fitted, Prior, PriorFamily, PriorTextError, number_text, read_number


def _read(arguments: Sequence[str]) -> tuple[float, ...]:
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


def _build(values: tuple[float, ...], z_dim: int, fitted: Callable[[], Fitted] | None) -> Prior:
    if fitted is None:
        raise InputError("A fitted prior needs the codes of a trained run, and there are none here; use normal.")
    return fitted().at_level(values[0] if values else None)


FAMILY = PriorFamily(
    {
        "fitted": "a normal with the codes' mean and covariance",
        "fitted:2sigma": "the same within 2 sigma along each principal axis",
    },
    _read,
    _build,
)
