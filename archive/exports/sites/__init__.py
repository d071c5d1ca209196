"""Sites: one module a generator, found by its name. A site is our own theme, the newest articles as whole pages, and
listings by day, publisher and security that reach back to the oldest; nothing in it is fetched from anywhere.

A new module here is found by itself if it registers a `Generator`.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from archive.exports import Row, WrongUsage
from archive.post_format import Post


class Generator(ABC):
    """How one site generator wants its source."""

    name: ClassVar[str]
    static: ClassVar[str] = ""
    """Folder of files that are copied as they are, with its slash."""
    build: ClassVar[str]
    """The command that builds the site in DEST."""

    @abstractmethod
    def config(self, title: str, note: str, url: str) -> Post:
        """The configuration. *note* is the line at the foot of all pages, *url* where the site will stand, or empty."""

    @abstractmethod
    def page(self, address: str, title: str, body: str) -> Post:
        """A listing at *address* (relative to the site's root), its body inert HTML."""

    @abstractmethod
    def post(self, article: Row, extra: list[tuple[str, str]]) -> Post:
        """A whole article, at the address that `archive.post_format` gives it, with more lines of front matter."""


generators: dict[str, Generator] = {}


def builds(name: str) -> Callable[[type[Generator]], type[Generator]]:
    """Register a generator."""

    def register(generator: type[Generator]) -> type[Generator]:
        if name in generators:
            raise TypeError(f"{generator.__name__} and {type(generators[name]).__name__} both claim {name}")
        generator.name = name
        generators[name] = generator()
        return generator

    return register


def generator_named(name: str) -> Generator:
    """The generator of that name. Raises WrongUsage."""
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


for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
