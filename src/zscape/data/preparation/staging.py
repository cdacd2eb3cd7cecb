"""Where a store grows before it is one, beside its place, so that a preparation can go on where it was stopped.

```
.NAME.preparing/
    lock            held while a process works here
    request.json    what is being prepared; anything else is begun anew
    journal.jsonl   what is done
    store/          becomes the store NAME
```

request.json is there only while all the rest belongs to it: it is written last and deleted first.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zscape.core.errors import InputError
from zscape.core.files import read_json, sync_directory, write_json
from zscape.data.preparation.images_file import ImagesFile
from zscape.data.preparation.journal import Journal
from zscape.data.raw import Shape


@dataclass(frozen=True)
class Staging:
    """The folder in which a store is prepared.

    Attributes:
        target: where the store will be.
        lasting: whether a preparation that was stopped can go on; not where its images cannot be told from others.
    """

    target: Path
    lasting: bool = True

    @property
    def folder(self) -> Path:
        """The staging folder."""
        return self.target.with_name(f".{self.target.name}.preparing")

    @property
    def store(self) -> Path:
        """The folder that becomes the store."""
        return self.folder / "store"

    @property
    def gate(self) -> Path:
        """The file that worker processes lock while they decode a large image."""
        return self.folder / "gate"

    def found(self) -> Any:
        """Return the request of the preparation that was begun here, None where there is none."""
        try:
            return read_json(self.folder / "request.json")
        except InputError:
            return None

    @property
    def has_images(self) -> bool:
        """Whether the journal knows of finished chunks."""
        journal = self.folder / "journal.jsonl"
        return journal.is_file() and journal.stat().st_size > 0

    def begin(self, request: dict[str, Any]) -> None:
        """Drop what is here and begin anew."""
        (self.folder / "request.json").unlink(missing_ok=True)
        (self.folder / "journal.jsonl").unlink(missing_ok=True)
        if self.store.exists():
            shutil.rmtree(self.store)
        self.store.mkdir()
        write_json(self.folder / "request.json", request)
        sync_directory(self.folder)

    def open(self, shape: Shape) -> tuple[ImagesFile, Journal]:
        """Open the files of a preparation that was begun here, cut to what the journal says."""
        for path in self.store.iterdir():  # of a finish that was not finished
            if path.name != "images.npy":
                path.unlink()
        images = ImagesFile(self.store / "images.npy", shape)
        try:
            journal = Journal(self.folder / "journal.jsonl", images.whole_images)
            try:
                images.cut(journal.done.images)
            except BaseException:
                journal.close()
                raise
        except BaseException:
            images.close()
            raise
        return images, journal

    def publish(self) -> None:
        """Make the store appear at its place, whole.

        Raises:
            OSError: when something else is there meanwhile.
        """
        sync_directory(self.store)
        os.rename(self.store, self.target)
        sync_directory(self.target.parent)

    def discard(self) -> None:
        """Delete the staging folder, where there is one.

        Also for a store that is finished: a process that was killed just after it published leaves an empty one.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
