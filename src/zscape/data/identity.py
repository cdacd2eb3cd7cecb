"""A short name for the images of a store, the same wherever they lie."""

import hashlib

from zscape.data.store import Store


def data_identity(store: Store) -> str:
    """Return 16 hexadecimal digits that change with the images of a store, and with whether they are binarized."""
    return hashlib.sha256(f"{store.checksum} {store.binarized}".encode()).hexdigest()[:16]
