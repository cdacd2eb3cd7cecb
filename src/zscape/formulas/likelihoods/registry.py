"""All likelihoods by the names that `objective.reconstruction` knows: every file of this package that has one."""

import pkgutil
from importlib import import_module

from zscape.core.registry import Registry
from zscape.formulas import likelihoods
from zscape.formulas.likelihoods.base import Likelihood

LIKELIHOODS: Registry[Likelihood] = Registry("reconstruction")
"""In the order of their files' names."""

for _module in sorted(module.name for module in pkgutil.iter_modules(likelihoods.__path__)):
    if _module not in ("base", "registry"):
        _found: Likelihood = import_module(f"{likelihoods.__name__}.{_module}").LIKELIHOOD
        LIKELIHOODS.register(_found.name)(_found)
