# Keras ships no type stubs, and what pyright infers from its defaults is wrong (every argument with a string default
# would have to be a string). Everything of Keras is Any here; zscape's own types are checked.
from typing import Any

def __getattr__(name: str) -> Any: ...
