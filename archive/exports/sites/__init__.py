"""Sites: one module per generator. A site is a theme of our own, the newest articles as whole pages, and listings by day,
publisher and security that reach back to the oldest; nothing in it is fetched from elsewhere.

Other packages register a `Generator` by the entry point ``finews_archive.exports``.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import ClassVar

from archive.exports import Row, WrongUsage
from archive.plugins import EXPORTS, load_plugins
from archive.post_format import Post


class Generator(ABC):
    """How one site generator wants its source."""

    name: ClassVar[str]
    static: ClassVar[str] = ""
    """Folder of files that are copied as they are, with its slash."""
    build: ClassVar[str]
    """The command that builds the site in DEST."""
    layouts: ClassVar[Path | None] = None
    """Folder of files that the generator needs beside pages and posts; None: ``theme/NAME`` of this package."""

    @abstractmethod
    def config(self, title: str, note: str, url: str) -> Post:
        """The configuration. *note* is the line at the foot of all pages, *url* where the site will stand, or empty."""

    @abstractmethod
    def page(self, address: str, title: str, body: str) -> Post:
        """A listing at *address* (relative to the site's root), its body inert HTML."""

    @abstractmethod
    def post(self, article: Row, extra: list[tuple[str, str]]) -> Post:
        """A whole article, at the address that `archive.post_format` gives it, with more lines of front matter."""


_generators: dict[str, Generator] = {}


def builds(name: str) -> Callable[[type[Generator]], type[Generator]]:
    """Register a generator."""

    def register(generator: type[Generator]) -> type[Generator]:
        if name in _generators:
            raise TypeError(f"{generator.__name__} and {type(_generators[name]).__name__} both claim {name}")
        generator.name = name
        _generators[name] = generator()
        return generator

    return register


@cache
def load_generators() -> Mapping[str, Generator]:
    """All generators by name, ours and those of plugins. Raises PluginError."""
    for module in ("hugo", "jekyll"):
        importlib.import_module(f"{__name__}.{module}")
    load_plugins(EXPORTS)
    return _generators


def generator_named(name: str) -> Generator:
    """The generator of that name. Raises WrongUsage."""
    generators = load_generators()
    try:
        return generators[name]
    except KeyError:
        raise WrongUsage(f"--site {name}: give one of {', '.join(sorted(generators))}") from None


def root_of(address: str) -> str:
    """The way from a page to the site's root.

    >>> root_of("index.html"), root_of("days/2026-06-30/index.html")
    ('', '../../')
    """
    return "../" * address.count("/")
