"""What a report is made of: a span of Beijing days, and the figures of it (`archive.report.counting` counts them)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from archive.charts import days_until
from archive.short_days import DayClass
from archive.times import BEIJING

Row = dict[str, Any]

LATEST = 1440  # minutes: what was listed later was back-filled, and says nothing of how fast a feed is


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a report is of."""

    days: tuple[str, ...]
    """Beijing days, oldest first."""
    since: str
    """Beginning of the first, UTC text."""
    until: str
    """The first moment that is left out, UTC text; within the last day, or its end."""
    whole: bool
    """Whether the last day had ended."""


@dataclass(slots=True)
class Figures:
    """All that a report shows."""

    window: Window
    archived: int = 0
    """Articles of the archive, of all time."""
    started: str | None = None
    """Beijing day on which the archive's first article was archived."""
    totals: Row = field(default_factory=dict)
    """Sums over the span: ``articles``, ``complete``, ``headline``, ``time``, ``publisher`` (unknown), ``edited``, ``withdrawn``."""
    before: int | None = None
    """Articles of as long a span before; None where the archive is too young."""
    publishers: int = 0
    top: list[Row] = field(default_factory=list)
    """The publishers with most articles: ``publisher`` (None: unknown), ``articles``, ``before``, ``days`` (articles by day)."""
    by_day: dict[str, Row] = field(default_factory=dict)
    """Of each day that has any: ``articles``, and how many lack ``headline``, ``time``, ``publisher``."""
    images: dict[str, Row] = field(default_factory=dict)
    """Of each day that has any: ``images``, ``failed``, ``refused``."""
    day_classes: dict[str, DayClass] = field(default_factory=dict)
    latency: dict[str, Counter[int]] = field(default_factory=dict)
    """Minutes from publication to the first list feed, how often, by day; without what took longer than `LATEST`."""
    by_feed: dict[str, Counter[int]] = field(default_factory=dict)
    """Likewise by feed."""
    backfilled: int = 0
    """Articles that were listed later than `LATEST`."""
    securities: list[Row] = field(default_factory=list)
    """Shares and funds that most articles name: ``id``, ``code``, ``name``, ``kind``, ``articles``, ``days``."""
    groups: list[Row] = field(default_factory=list)
    """Boards and indices, likewise."""
    stories: list[Row] = field(default_factory=list)
    """Stories carried by most publishers: ``articles``, ``publishers``, ``first`` and ``last`` publication; ``headline``,
    ``publisher`` and ``url`` of the earliest article."""
    copies: int = 0
    """Articles that repeat a story which another article carried before."""
    rules: list[Row] = field(default_factory=list)
    """Boilerplate rules: ``rule``, ``fragments``, ``articles``."""
    crawls: dict[str, Counter[str]] = field(default_factory=dict)
    """Crawls by day and how they ended: ``well``, ``some`` (links failed), ``bad`` (failed, killed)."""
    bad_crawls: list[Row] = field(default_factory=list)
    """The latest that ended badly."""
    links: list[Row] = field(default_factory=list)
    """Links last tried in the span that brought no article, by ``outcome``: ``links``, ``reason`` (of the latest)."""
    gaps: list[Row] = field(default_factory=list)
    """Gaps in the feeds that touch the span; ``open`` at its end or not."""
    feeds: list[Row] = field(default_factory=list)
    """Rows of `feeds`."""
    last_crawl: Row | None = None
    """The last crawl that ended by the span's end."""


def window(until: datetime, days: int) -> Window:
    """*days* Beijing days, the last of them that of the moment before *until*.

    >>> result = window(datetime(2026, 6, 30, 16, tzinfo=UTC), 2)
    >>> result.days, result.since, result.whole
    (('2026-06-29', '2026-06-30'), '2026-06-28T16:00:00Z', True)
    """
    local = until.astimezone(BEIJING)
    whole = local.hour == local.minute == local.second == 0
    last = (local - timedelta(seconds=1)).date() if whole else local.date()
    day_names = days_until(str(last), days)
    since = datetime.fromisoformat(day_names[0]).replace(tzinfo=BEIJING)
    return Window(tuple(day_names), utc_seconds(since), utc_seconds(until), whole)


def utc_seconds(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def quantile(counts: Mapping[int, int], share: float) -> int | None:
    """The value below or at which so large a *share* of all lies; None without any.

    >>> quantile({1: 5, 4: 4, 90: 1}, 0.5), quantile({1: 5, 4: 4, 90: 1}, 0.95), quantile({}, 0.5)
    (1, 90, None)
    """
    remaining = share * sum(counts.values())
    for value in sorted(counts):
        remaining -= counts[value]
        if remaining <= 1e-9:
            return value
    return None


def merge_counts(counts: Iterable[Mapping[int, int]]) -> Counter[int]:
    """The sum of several counts."""
    total: Counter[int] = Counter()
    for counter in counts:
        total.update(counter)
    return total
