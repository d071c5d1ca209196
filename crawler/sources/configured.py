"""``sources.toml`` in DATA_DIR: which sources are followed, and sources by configuration alone.

    [example]
    url = "https://www.example.org/feed.xml"
    publisher = "Example"
    zone = "Europe/London"

    [cls]                                   # a built-in source
    channels = ["telegraph", "1003"]

A table is a source; `KEYS` are its keys. What an address answers decides how it is read: RSS, Atom, JSON Feed, a sitemap
or its index, else a web page whose links are followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from archive.toml_text import read_tables, replace_file, with_table
from archive.units import span
from crawler.sources import Source, built_in
from crawler.sources.by_address import ConfiguredSource

FILE = "sources.toml"
KEYS: dict[str, Any] = {
    "url": str, "channels": (list, dict), "publisher": str, "zone": str, "allow": (str, list), "deny": (str, list), "headers": dict,
    "interval": str, "links": str, "content": str, "enabled": bool,
}  # fmt: skip
BUILT_IN_KEYS = {"channels", "allow", "deny", "interval", "enabled"}
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # the name of a header
NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
CONTENT = ("auto", "feed", "page")


class ConfigError(ValueError):
    """``sources.toml`` holds something that cannot be meant; the message says where, what, and what is possible."""


def check_entry(name: str, entry: Any, path: Path | str = FILE) -> None:
    """Raise ConfigError for a table that makes no source."""
    where = f"{path}: [{name}]"
    if not NAME.fullmatch(name):
        raise ConfigError(f"{where}: a name is made of a-z, 0-9, '.', '_' and '-'")
    if not isinstance(entry, dict):
        raise ConfigError(f"{path}: {name} is not a table; write [{name}] and its keys below")
    for key, value in entry.items():
        if key not in KEYS:
            raise ConfigError(f"{where} {key}: unknown key; there are {', '.join(KEYS)}")
        if not isinstance(value, KEYS[key]):
            raise ConfigError(f"{where} {key} = {value!r} has the wrong type")
    if name in built_in():
        if unknown := sorted(entry.keys() - BUILT_IN_KEYS):
            raise ConfigError(
                f"{where} {unknown[0]}: {name} is a built-in source, which takes only {', '.join(sorted(BUILT_IN_KEYS))}"
            )
    elif "url" not in entry and not (isinstance(entry.get("channels"), dict) and entry["channels"]):
        names = ", ".join(built_in())
        raise ConfigError(f"{where} has no url, and is none of the built-in sources ({names})")
    for url in urls_of(entry).values():
        if not is_address(url):
            raise ConfigError(f"{where} {url!r} is not an http or https address")
    if "zone" in entry:
        try:
            ZoneInfo(entry["zone"])
        except (KeyError, OSError, ValueError):
            raise ConfigError(
                f"{where} zone = {entry['zone']!r} is not a time zone such as Asia/Shanghai or Europe/London"
            ) from None
    if entry.get("content", "auto") not in CONTENT:
        raise ConfigError(f"{where} content = {entry['content']!r}: there are {', '.join(CONTENT)}")
    if "interval" in entry:
        try:
            span(entry["interval"])
        except ValueError as exc:
            raise ConfigError(f"{where} interval: {exc}") from None
    for key in ("allow", "deny"):
        patterns(where, key, entry)
    for header, value in entry.get("headers", {}).items():
        if not (TOKEN.fullmatch(header) and isinstance(value, str) and value.isprintable()):
            raise ConfigError(
                f"{where} headers: {header!r} = {value!r} is not a header with a text of one line"
            )
    if "links" in entry:
        from cssselect import SelectorError, parse  # late: few sources name their links

        try:
            parse(entry["links"])
        except SelectorError as exc:
            raise ConfigError(f"{where} links = {entry['links']!r} is not a CSS selector: {exc}") from None


def is_address(url: Any) -> bool:
    """Whether *url* is an address that can be asked.

    >>> is_address("https://paper.example/feed"), is_address("http://[::1"), is_address("http://paper.example:99999/")
    (True, False, False)
    """
    if not isinstance(url, str) or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 80) > 0
    except ValueError:
        return False


def patterns(where: str, key: str, entry: Mapping[str, Any]) -> list[re.Pattern[str]]:
    """The compiled patterns of *key*. Raises ConfigError."""
    texts = entry.get(key, [])
    patterns = []
    for text in [texts] if isinstance(texts, str) else texts:
        try:
            patterns.append(re.compile(text))
        except (re.error, TypeError) as exc:
            raise ConfigError(f"{where} {key} = {text!r} is not a regular expression: {exc}") from None
    return patterns


def urls_of(entry: Mapping[str, Any]) -> dict[str, str]:
    """Addresses by channel; one alone is the channel without a name."""
    channels = entry.get("channels")
    urls = dict(channels) if isinstance(channels, dict) else {}
    return {"": entry["url"], **urls} if "url" in entry else urls


def load(path: Path) -> dict[str, dict[str, Any]]:
    """The tables of a file, checked; empty where there is no file. Raises ConfigError."""
    data = read_tables(path, ConfigError)
    for name, entry in data.items():
        check_entry(name, entry, path)
    return data


def build(name: str, entry: Mapping[str, Any], settings: Mapping[str, Any]) -> tuple[Source, list[str]]:
    """A source and the channels of it that are followed. Raises ConfigError."""
    sources = built_in()
    source: Source
    if name in sources:
        source = sources[name](settings)
        channels = list(entry.get("channels") or source.default_channels())
        for channel in channels:
            if not isinstance(channel, str) or not source.has_channel(channel):
                raise ConfigError(
                    f"{name} has no channel {channel!r}; there are {', '.join(source.channels)}"
                )
    else:
        source = ConfiguredSource(
            name, urls_of(entry), links=entry.get("links"), content=entry.get("content", "auto")
        )
        channels = list(source.channels)
        source.publisher, source.zone = entry.get("publisher"), entry.get("zone", source.zone)
        source.headers = {key: str(value) for key, value in entry.get("headers", {}).items()}
    if "interval" in entry:
        source.given_interval = span(entry["interval"])
    source.allow, source.deny = patterns(name, "allow", entry), patterns(name, "deny", entry)
    return source, channels


def choose(
    words: Iterable[str], configured: Mapping[str, dict[str, Any]], settings: Mapping[str, Any]
) -> list[tuple[Source, list[str]]]:
    """The sources that are named (``cls``, ``cls/telegraph``), with their channels; where none are named, all of the file
    that are enabled. Raises ConfigError."""
    words = list(dict.fromkeys(words))
    named: dict[str, list[str]] = {}
    if not words:
        named = {name: [] for name, entry in configured.items() if entry.get("enabled", True)}
    else:
        for word in words:
            name, _, channel = word.partition("/")
            named.setdefault(name, [])
            named[name] += [channel] if channel else []
    chosen = []
    for name, channels in named.items():
        if name not in configured and name not in built_in():
            names = ", ".join([*configured, *(known for known in built_in() if known not in configured)])
            raise ConfigError(f"no source is called {name}; there are {names}")
        source, followed = build(name, configured.get(name, {}), settings)
        for channel in channels:
            if not source.has_channel(channel):
                raise ConfigError(
                    f"{name} has no channel {channel!r}; there are {', '.join(source.channels)}"
                )
        chosen.append((source, channels or followed))
    return chosen


def write_entry(path: Path, name: str, entry: Mapping[str, Any]) -> None:
    """Add a table to the file, which is made where it is missing. Raises ConfigError where the name is taken, OSError."""
    check_entry(name, dict(entry), path)
    if name in load(path):
        raise ConfigError(f"{path}: there is a [{name}] already")
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    replace_file(path, with_table(text, name, entry))
