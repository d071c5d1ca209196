"""``watches.toml`` in DATA_DIR: what is watched, and where alerts go.

    [storage]
    words = "储能 -航运"
    security = "600160"
    on = ["new", "figures", "withdrawal"]
    to = ["dingtalk://TOKEN", "mailto://user:password@example.org"]
    every = "15m"
    quiet = "22:00-07:00"

A table is a watch; `KEYS` are its keys. The file holds tokens and passwords, so it is made readable by its owner alone, and
nothing of ``to`` is written anywhere else: the archive knows a destination by `fingerprint`.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from archive import units
from archive.toml_text import read_tables, replace_file, with_table

FILE = "watches.toml"
OWNER_ALONE = 0o600  # its addresses may hold passwords
NEW, EDIT, FIGURES, WITHDRAWAL, TROUBLE = "new", "edit", "figures", "withdrawal", "trouble"
EVENTS = {
    NEW: "an article that matches arrived",
    EDIT: "the publisher changed the text of one",
    FIGURES: "an edit changed figures, percentages or codes of one",
    WITHDRAWAL: "the publisher withdrew one",
    TROUBLE: "operating: a crawl failed, a list fails or is silent, a gap is open, the disk is nearly full",
}
"""What can be watched for."""
KEYS: dict[str, type | tuple[type, ...]] = {
    "words": str, "security": str, "publisher": str, "on": (str, list), "to": (str, list), "every": str, "quiet": str, "zone": str,
    "since": str,
}  # fmt: skip
NAME = re.compile(r"[\w][\w.-]{0,63}")
HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
ZONE = "Asia/Shanghai"


class WatchError(ValueError):
    """``watches.toml`` holds something that cannot be meant; the message says where, what, and what is possible."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One table of the file."""

    name: str
    to: tuple[str, ...]
    """Apprise URLs."""
    words: str = ""
    """A query of the view `search`; empty: every article."""
    security: str = ""
    """Id, code or name; empty: any or none."""
    publisher: str = ""
    """Name or slug; empty: any."""
    on: tuple[str, ...] = (NEW,)
    every: timedelta = timedelta(0)
    """The least time between two messages to one destination."""
    quiet: tuple[time, time] | None = None
    """Hours of the day without messages, on the clocks of *zone*; they may span midnight."""
    zone: str = ZONE
    since: datetime | None = None
    """When it was added; None: it begins when it first looks."""

    @property
    def targets(self) -> dict[str, str]:
        """Destinations by `fingerprint`."""
        return {fingerprint(url): url for url in self.to}

    def quiet_until(self, now: datetime) -> datetime | None:
        """The end of the quiet hours that *now* falls into, UTC; None where messages may go out.

        >>> watch = Watch("a", (), quiet=(time(22), time(7)))
        >>> watch.quiet_until(datetime(2026, 2, 1, 15, 30, tzinfo=UTC))
        datetime.datetime(2026, 2, 1, 23, 0, tzinfo=datetime.timezone.utc)
        >>> watch.quiet_until(datetime(2026, 2, 1, 4, 0, tzinfo=UTC)) is None
        True
        """
        if self.quiet is None:
            return None
        begin, end = self.quiet
        local = now.astimezone(ZoneInfo(self.zone))
        clock = local.timetz().replace(tzinfo=None)
        inside = begin <= clock < end if begin <= end else clock >= begin or clock < end
        if not inside:
            return None
        ends = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
        if ends <= local:
            ends = (ends + timedelta(days=1)).replace(hour=end.hour, minute=end.minute)
        return ends.astimezone(UTC)


def fingerprint(url: str) -> str:
    """What the archive knows a destination by: its secrets are in the address, so that is not stored."""
    return hashlib.sha256(url.encode()).hexdigest()[:12]


def load(path: Path) -> dict[str, Watch]:
    """The watches of a file by name; empty where there is no file. Raises WatchError."""
    return {name: _watch(name, entry, path) for name, entry in read_tables(path, WatchError).items()}


def add(path: Path, name: str, entry: Mapping[str, Any]) -> Watch:
    """Add a table to the file, which is made where it is missing. Raises WatchError, OSError."""
    watch = _watch(name, dict(entry), path)
    if name in read_tables(path, WatchError):
        raise WatchError(f"{path}: there is a watch {name} already; scrapy watch remove {name} takes it out")
    text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    replace_file(path, with_table(text, name if name.isascii() else f'"{name}"', entry), OWNER_ALONE)
    return watch


def remove(path: Path, name: str) -> None:
    """Take a table out of the file, with the comments in it; a file that holds nothing else goes. Raises WatchError, OSError."""
    tables = read_tables(path, WatchError)
    if name not in tables:
        raise WatchError(f"no watch is called {name}; there are {', '.join(tables) or 'none'}, in {path}")
    kept, inside = [], False
    for line in path.read_text(encoding="utf-8-sig").splitlines(keepends=True):
        if line.startswith("["):
            inside = line.strip().strip("[]").strip("\"'") == name
        if not inside:
            kept.append(line)
    text = "".join(kept)
    if list(tomllib.loads(text)) != [other for other in tables if other != name]:
        raise WatchError(f"{path}: [{name}] cannot be taken out safely; delete its lines by hand")
    if text.strip():
        replace_file(path, text, OWNER_ALONE)
    else:
        path.unlink()


def _watch(name: str, entry: Any, path: Path) -> Watch:
    """Raises WatchError for a table that makes no watch."""
    where = f"{path}: [{name}]"
    if not NAME.fullmatch(name):
        raise WatchError(f"{where}: a name is made of letters, digits, '.', '_' and '-'")
    if not isinstance(entry, dict):
        raise WatchError(f"{path}: {name} is not a table; write [{name}] and its keys below")
    for key, value in entry.items():
        if key not in KEYS:
            raise WatchError(f"{where} {key}: unknown key; there are {', '.join(KEYS)}")
        if not isinstance(value, KEYS[key]):
            raise WatchError(f"{where} {key} = {value!r} has the wrong type")
    on, to = (_texts(where, key, entry) for key in ("on", "to"))
    if unknown := [event for event in on if event not in EVENTS]:
        raise WatchError(f"{where} on = {unknown[0]!r}: there are {', '.join(EVENTS)}")
    if not to:
        raise WatchError(f'{where} has no destination: to = "URL", e.g. mailto://user:password@example.org')
    if without_scheme := [url for url in to if "://" not in url]:
        raise WatchError(
            f"{where} to = {without_scheme[0]!r}: give an Apprise URL, e.g. mailto://user:password@example.org"
        )
    narrowed = any(entry.get(key, "").strip() for key in ("words", "security", "publisher"))
    if set(on or (NEW,)) == {TROUBLE} and narrowed:
        raise WatchError(f"{where}: words, security and publisher say nothing about operating trouble")
    return Watch(
        name=name, to=to, on=on or (NEW,),
        words=entry.get("words", "").strip(), security=entry.get("security", "").strip(), publisher=entry.get("publisher", "").strip(),
        every=_span(where, entry["every"]) if "every" in entry else timedelta(0),
        quiet=_hours(where, entry["quiet"]) if "quiet" in entry else None,
        zone=_zone(where, entry.get("zone", ZONE)),
        since=_moment(where, entry["since"]) if "since" in entry else None,
    )  # fmt: skip


def _texts(where: str, key: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
    value = entry.get(key, ())
    texts = (value,) if isinstance(value, str) else tuple(value)
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise WatchError(f"{where} {key} = {value!r} is not a list of texts")
    return tuple(dict.fromkeys(text.strip() for text in texts))


def _span(where: str, text: str) -> timedelta:
    try:
        return units.span(text)
    except ValueError as exc:
        raise WatchError(f"{where} every: {exc}") from None


def _hours(where: str, text: str) -> tuple[time, time]:
    match = HOURS.fullmatch(text.strip())
    if not match or match[1] + match[2] == match[3] + match[4]:
        raise WatchError(f"{where} quiet = {text!r}: give two times of the day, e.g. 22:00-07:00")
    return time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))


def _zone(where: str, name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise WatchError(
            f"{where} zone = {name!r} is not a time zone such as {ZONE} or Europe/London"
        ) from None
    return name


def _moment(where: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise WatchError(f"{where} since = {text!r} is not a time such as 2026-02-21T08:00:00Z") from None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
