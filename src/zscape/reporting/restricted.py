"""Whether a page may show a run's own images."""

from collections.abc import Mapping

from zscape.core.errors import InputError
from zscape.runs.directory import RunDirectory
from zscape.specs.sources import SOURCES

ORIGINALS = ("originals", "inputs", "reconstructions")
"""The arrays of images.npz that show images of the data set: a reconstruction shows a person as its original does."""

_RESTRICTED_NAMES: Mapping[str, str] = {
    "celeba": "CelebA's terms allow research on its photographs, not passing them on"
}
"""What the folders of restricted data sets have in their names, lower case; and the reason."""


def restriction(run: RunDirectory) -> str | None:
    """Return why the images of a run are not to be passed on; None where nothing is known against it.

    They are not where their source is marked so (`specs.sources`); a folder of the user's is held to be CelebA where
    its path, or the run's directory, has celeba in its name.

    Args:
        run: the run.
    """
    data = run.recipe.data
    if SOURCES[data.source].restricted:
        return f"the terms of {data.source} do not allow passing its images on"
    names = f"{data.path or ''} {run.path.resolve().name}".lower()
    return next((reason for name, reason in _RESTRICTED_NAMES.items() if name in names), None)


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
