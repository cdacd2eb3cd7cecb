"""The recipes that come with zscape."""

from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent.parent / "recipe_files"


@dataclass(frozen=True)
class ShippedRecipe:
    """A recipe file: its name, where it lies, and the comment it opens with, without the comment signs."""

    name: str
    path: Path
    header: str

    @property
    def title(self) -> str:
        """The first line of the header."""
        return self.header.partition("\n")[0]


def shipped_recipes() -> dict[str, ShippedRecipe]:
    """Return all shipped recipes by name, found recursively."""
    paths = sorted(_FOLDER.rglob("*.yaml"))
    return {path.stem: ShippedRecipe(path.stem, path, _header(path.read_text(encoding="utf-8"))) for path in paths}


def _header(text: str) -> str:
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").removeprefix(" "))
    return "\n".join(lines)
