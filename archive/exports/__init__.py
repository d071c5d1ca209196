"""Exports: one module per format, chosen by a file name's suffix. A format gets rows and writes bytes; it knows neither
the archive nor the command.

A format is a module of `archive.exports.formats`, or of another package by the entry point ``finews_archive.exports``; two
that claim one suffix fail when they are loaded.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, BinaryIO

from archive.plugins import EXPORTS, load_plugins

Row = dict[str, Any]


class ExportError(Exception):
    """An export that failed; the message states the cause and the remedy."""


class WrongUsage(ExportError):
    """An invalid argument; the message states what is valid."""


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
    help: str
    metavar: str | None = None
    """Placeholder of its value in the help; None for a flag."""


TITLE = "新闻档案"
TITLE_OPTION = Option("title", f"the title (atom, jsonfeed, md, --site; default {TITLE})", "TEXT")
IMAGE_BASE_OPTION = Option(
    "image-base", "base URL of DATA_DIR for images (atom, jsonfeed; default: the URLs as served)", "URL"
)
SELF_OPTION = Option("self-url", "where the feed will be published (atom, jsonfeed)", "URL")


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
    description: str
    write: Write
    needs: tuple[str, ...] | None
    """Columns that it is made of; None where ``--columns`` chooses."""
    options: tuple[Option, ...]
    binary: bool
    """Whether a terminal cannot show it."""
    newest_first: bool = False
    """Whether rows come newest first, as readers of feeds expect, not oldest first."""


_formats: dict[str, Format] = {}
"""By suffix, without its dot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureJob:
    """What a format of captures needs to know before the first one."""

    newest_at: str
    """When the newest capture of the archive was fetched, UTC."""
    part: str
    """Which captures were asked for, in words."""
    pages: Iterator[tuple[str, str, str | None]]
    """``(address, when it was fetched, headline)`` of what the chosen articles were read from."""


WriteCaptures = Callable[[CaptureJob, Iterator[tuple[Row, bytes]], BinaryIO], None]


@dataclass(frozen=True, slots=True)
class CaptureFormat:
    """A registered export of captures."""

    suffix: str
    description: str
    write: WriteCaptures


_capture_formats: dict[str, CaptureFormat] = {}
"""By suffix, without its dot."""


def writes_captures(suffix: str, description: str) -> Callable[[WriteCaptures], WriteCaptures]:
    """Register a function ``(job, captures, out)`` for files of captures that end in *suffix*: it gets the rows of
    `archive.captures.Captures.find` with their bodies, the oldest first. It may raise ExportError."""

    def register(write: WriteCaptures) -> WriteCaptures:
        if claimed := _formats.get(suffix) or _capture_formats.get(suffix):
            raise TypeError(f"{write.__module__} and {claimed.write.__module__} both claim .{suffix}")
        _capture_formats[suffix] = CaptureFormat(suffix, description, write)
        return write

    return register


def writes(
    suffix: str,
    description: str,
    *,
    needs: tuple[str, ...] | None = None,
    options: tuple[Option, ...] = (),
    binary: bool = False,
    newest_first: bool = False,
) -> Callable[[Write], Write]:
    """Register a function ``(job, rows, out)`` for files that end in *suffix*. It may raise ExportError."""

    def register(write: Write) -> Write:
        if claimed := _formats.get(suffix) or _capture_formats.get(suffix):
            raise TypeError(f"{write.__module__} and {claimed.write.__module__} both claim .{suffix}")
        _formats[suffix] = Format(suffix, description, write, needs, options, binary, newest_first)
        return write

    return register


@cache
def load_formats() -> Mapping[str, Format]:
    """All formats by suffix, ours and those of plugins. Raises PluginError."""
    from archive.exports import formats  # late: its modules import this one

    for module in pkgutil.iter_modules(formats.__path__):
        importlib.import_module(f"{formats.__name__}.{module.name}")
    load_plugins(EXPORTS)
    return _formats


def load_capture_formats() -> Mapping[str, CaptureFormat]:
    """All formats of captures by suffix. Raises PluginError."""
    load_formats()
    return _capture_formats


def capture_format_of(name: str) -> CaptureFormat | None:
    """The format of captures that a file name, or a suffix alone, ends with; None where it is none.

    >>> [form.suffix for name in ("a.warc.gz", "b.WARC", "wacz") if (form := capture_format_of(name))]
    ['warc.gz', 'warc', 'wacz']
    >>> capture_format_of("articles.csv") is None
    True
    """
    name = f".{name.lower()}"
    return next(
        (form for suffix, form in load_capture_formats().items() if name.endswith(f".{suffix}")), None
    )


def format_named(name: str) -> Format:
    """The format of a suffix. Raises WrongUsage."""
    formats = load_formats()
    try:
        return formats[name.lower().lstrip(".")]
    except KeyError:
        listed = ", ".join(f".{suffix}" for suffix in sorted([*formats, *_capture_formats]))
        raise WrongUsage(f"unknown export format {name or '(no suffix)'}; available: {listed}") from None
