"""Exports: one module a format, found by a file name's suffix. A format gets rows and writes bytes, and knows neither
archive nor command.

A new module here is found by itself; two that claim one suffix fail at import. Its imports go one way: helpers of this
package, `pipelines`, libraries.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

Row = dict[str, Any]


class ExportError(Exception):
    """An export that cannot be made; the message says why, and what to do."""


class WrongUsage(ExportError):
    """An argument that cannot be meant; the message says what can."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export."""

    name: str
    kind: str
    """``text``, ``integer``, ``real``, ``time`` (UTC text ``YYYY-MM-DDTHH:MM:SSZ``) or ``list`` (of texts)."""
    few: bool = False
    """Whether few different values fill it."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option of the command that some formats take."""

    name: str
    """Without its dashes."""
    says: str
    metavar: str | None = None
    """What stands for its value in the help; None for a flag."""


TITLE = "新闻档案"
TITLE_OPTION = Option("title", f"the title (atom, md, --site; default {TITLE})", "TEXT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a format needs to know before the first row."""

    columns: list[Column]
    """What each row has, in this order."""
    count: int
    """How many rows will come."""
    first_at: str | None = None
    """Earliest and latest ``published_at``; None where no row has one."""
    last_at: str | None = None
    updated_at: str | None = None
    """When the archive last saw one of these articles change, UTC; None without any."""
    query: Mapping[str, str] = field(default_factory=dict)
    """What was asked for, by the options' names."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Values of the format's own options."""


Write = Callable[[Job, Iterator[Row], BinaryIO], None]


@dataclass(frozen=True, slots=True)
class Format:
    """A registered export."""

    suffix: str
    says: str
    write: Write
    needs: tuple[str, ...] | None
    """Columns that it is made of; None where ``--columns`` chooses."""
    options: tuple[Option, ...]
    binary: bool
    """Whether a terminal cannot show it."""


formats: dict[str, Format] = {}
"""By suffix, without its dot."""


def writes(
    suffix: str,
    says: str,
    *,
    needs: tuple[str, ...] | None = None,
    options: tuple[Option, ...] = (),
    binary: bool = False,
) -> Callable[[Write], Write]:
    """Register a function ``(job, rows, out)`` for files that end in *suffix*. It may raise ExportError."""

    def register(write: Write) -> Write:
        if suffix in formats:
            raise TypeError(f"{write.__module__} and {formats[suffix].write.__module__} both claim .{suffix}")
        formats[suffix] = Format(suffix, says, write, needs, options, binary)
        return write

    return register


def format_named(name: str) -> Format:
    """The format of a suffix. Raises WrongUsage."""
    try:
        return formats[name.lower().lstrip(".")]
    except KeyError:
        known = ", ".join(f".{suffix}" for suffix in sorted(formats))
        raise WrongUsage(f"no export writes {name or 'a file without a suffix'}; there are {known}") from None


for _module in pkgutil.iter_modules(__path__):
    if not _module.ispkg:
        importlib.import_module(f"{__name__}.{_module.name}")
