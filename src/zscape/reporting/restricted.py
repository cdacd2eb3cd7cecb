"""Whether a page may show a run's own images."""

from collections.abc import Mapping
from typing import Any

from zscape.core.errors import InputError
from zscape.runs.directory import RunDirectory
from zscape.specs.sources import SOURCES

ORIGINALS = ("originals", "inputs", "reconstructions")
"""The arrays of images.npz that show images of the data set: a reconstruction shows a person as its original does."""

_RESTRICTED_NAMES: Mapping[str, str] = {
    "celeba": "CelebA's terms allow research on its photographs, not passing them on"
}
"""What the folders of restricted data sets have in their names, lower case; and the reason."""

_ANYONES = ("folder", "array")
"""Sources that say nothing about whose images they hold."""


def restriction(run: RunDirectory) -> str | None:
    """Return why the images of a run are not to be passed on; None where nothing is known against it.

    They are not where their store was marked so, or else their source (`specs.sources`): that of the store, where
    `data.path` names one, whatever the recipe's. A user's own folder or array is held to be CelebA where its path, or
    the run's directory, has celeba in its name.

    Args:
        run: the run.
    """
    data, described = run.recipe.data, _described(run)
    source = str(described.get("source") or data.source)
    known = SOURCES.get(source)
    if described.get("restricted") or (known is not None and known.restricted):
        return f"the terms of {source} do not allow passing its images on"
    if known is not None and source not in _ANYONES:
        return None
    names = f"{data.path or ''} {run.path.resolve().name}".lower()
    return next((reason for name, reason in _RESTRICTED_NAMES.items() if name in names), None)


def _described(run: RunDirectory) -> Mapping[str, Any]:
    """Return what a run's provenance says of its store; nothing where there is none yet."""
    there = (run.path / "provenance.json").is_file()
    return run.read("provenance.json").get("data", {}) if there else {}


def withheld_reason(run: RunDirectory, public: bool | None) -> str | None:
    """Return the sentence that says what a page leaves out and why; None where it shows all.

    Args:
        run: the run.
        public: True leaves original images out, False shows them, None leaves them out where they are restricted.
    """
    if public is False:
        return None
    reason = restriction(run)
    if reason is None:
        if public is None:
            return None
        return "Original images and their reconstructions are left out of this page, as --public asks."
    return (
        f"Original images and their reconstructions are left out of this page: {reason}. "
        "--no-public shows them on a page of your own."
    )


def check_public(public: object) -> None:
    """Raise InputError unless `public` is True, False or None."""
    if public not in (True, False, None):
        raise InputError(f"public must be True, False or None (as the source is marked); received {public!r}.")
