"""Imports of a library without the optional packages that it would load for uses which are not ours."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

LARGE = ("pandas", "numpy")
"""What sqlite-utils loads where it is installed, to know the types of their values: 100 MB and half a second."""


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """While this is open, *packages* cannot be imported, as if they were not installed; those that are loaded stay as they are.

    >>> with without("this"):
    ...     import this
    Traceback (most recent call last):
    ModuleNotFoundError: import of this halted; None in sys.modules
    """
    hidden = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: the import system's word for "not there"
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
