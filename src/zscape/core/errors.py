"""The errors zscape raises on purpose.

```
ZscapeError          exit code 1
├── InputError       exit code 2: what was received, what was expected, what to do
└── TrainingStopped  exit code 1: training ended before its last epoch, and why
```

Every message is one plain sentence (or one line per problem); the command line prints it without a traceback.
"""


class ZscapeError(Exception):
    """Base of all errors that zscape raises on purpose."""

    exit_code = 1


class InputError(ZscapeError):
    """Something the user gave cannot be used: a recipe, a key, a file, a directory, an environment."""

    exit_code = 2


class TrainingStopped(ZscapeError):
    """Training ended before its last epoch because going on would have been wrong."""
