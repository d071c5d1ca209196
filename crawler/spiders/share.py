"""Links in, articles out; knows no site.

scrapy crawl share -a url=LINK
scrapy crawl share -a urls=FILE      one link a line, # comments; - is standard input

``-a part=2/8`` crawls the second of eight parts of a list, the same on every machine; ``-a skip=ended`` leaves out links that the
archive has an outcome of which no further try is expected to change, ``-a skip=tried`` those that it has any of.

``-a added=1`` crawls the links that ``serve --add`` has taken.

``-s QUEUE=redis://HOST/0`` takes the links from a queue that several crawls share (`crawler.cluster.queue_spider`).
"""

from __future__ import annotations

import codecs
import io
import os
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any, TextIO

from scrapy import Request
from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object

from archive.outcomes import ALL, FAILED_HERE, RETRIED
from archive.times import utc_text
from crawler import settings as project_settings
from crawler.attempt import Attempt
from crawler.base_spiders.archive import UsageProblem
from crawler.base_spiders.article import ArticleSpider
from crawler.cluster.parts import is_in_part, part_of
from crawler.guard.fetch_guard import FetchGuard, origin_of
from crawler.items import Article, LinkOutcome
from crawler.line_reader import LinePipe, is_stream, lines_of
from crawler.links import addresses_in, links_in
from crawler.pages import LinkError, Target, target_of
from pipelines.archive_access import archive_of

LOOPBACK = ("127.0.0.1", "localhost", "::1")
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def is_text(path: str) -> bool:
    """Whether a file or device begins like text: links are none of the things that hold zero bytes. A terminal is not read."""
    with open(path, "rb", buffering=0) as file:
        head = b"" if file.isatty() else file.read(4096)
    return b"\0" not in head or head.startswith(UTF16)


def check_list(path: str) -> None:
    """Raises UsageProblem where *path* is no list of links. A pipe is one: it is read when the crawl comes to it."""
    if not os.path.exists(path):
        raise UsageProblem(f"urls={path}: no such file")
    if os.path.isdir(path):
        raise UsageProblem(f"urls={path}: a folder, not a file of links")
    if not os.access(path, os.R_OK):
        raise UsageProblem(f"urls={path}: permission denied")
    try:
        is_list = is_pipe(path) or is_text(path)
    except OSError as exc:  # a socket, a device that is not there
        raise UsageProblem(f"urls={path}: {exc.strerror}") from None
    if not is_list:
        raise UsageProblem(f"urls={path}: no text file; give a file with one link a line")


def opened(path: str) -> TextIO:
    """A list of links; UTF-8, but for one of UTF-16 as Windows saves it as "Unicode". What cannot be read becomes U+FFFD."""
    file = open(path, "rb")  # noqa: SIM115 (closed with what wraps it)
    wide = file.peek(2).startswith(UTF16)
    return io.TextIOWrapper(file, encoding="utf-16" if wide else "utf-8-sig", errors="replace")


def is_pipe(urls: str) -> bool:
    """Whether *urls* names a pipe or terminal: ``-``, what a shell makes of ``<(command)``, a named pipe."""
    return is_stream(sys.stdin.fileno()) if urls == "-" else stat.S_ISFIFO(os.stat(urls).st_mode)


def named_hosts(settings: BaseSettings) -> list[str]:
    """Hosts of FINEWS_ORIGINS, where it is not the default."""
    if settings["FINEWS_ORIGINS"] == project_settings.defaults["FINEWS_ORIGINS"]:
        return []
    origins = map(origin_of, map(str.strip, settings.getlist("FINEWS_ORIGINS")))
    return [origin[1] for origin in origins if origin is not None]


SKIPPED = {
    "ended": tuple(outcome for outcome in ALL if outcome not in RETRIED),
    "tried": ALL,
}
"""Values of ``skip``: the outcomes whose links are left out."""


QUEUE_SPIDER = "crawler.cluster.queue_spider.QueueSpider"
"""The subclass that crawls in its place where QUEUE is set."""


class ShareSpider(ArticleSpider):
    """Follows share links."""

    name = "share"
    custom_settings = {
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": 0.0,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 2.0,
    }

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Spare the hosts of others, by AutoThrottle, but not this machine, nor origins that the operator named."""
        super().update_settings(settings)
        slots = settings.getdict("DOWNLOAD_SLOTS")
        for host in (*LOOPBACK, *named_hosts(settings)):
            slots.setdefault(host, {"throttle": False})
        settings.set("DOWNLOAD_SLOTS", slots, priority="spider")

    @classmethod
    def check_arguments(cls, settings: BaseSettings, **arguments: Any) -> None:
        """Raise UsageProblem for arguments that do not go with the settings."""
        if settings["QUEUE"]:
            load_object(QUEUE_SPIDER).check_queue(settings, **arguments)
        else:
            cls(**arguments).check_given()

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Any:
        if crawler.settings["QUEUE"] and cls is ShareSpider:
            return load_object(QUEUE_SPIDER).from_crawler(crawler, *args, **kwargs)
        return super().from_crawler(crawler, *args, **kwargs)

    def __init__(
        self,
        url: str | None = None,
        urls: str | None = None,
        part: str | None = None,
        skip: str | None = None,
        added: str | None = None,
    ):
        super().__init__()
        try:
            self.part = part_of(part)
        except ValueError as exc:
            raise UsageProblem(str(exc)) from None
        if skip is not None and skip not in SKIPPED:
            raise UsageProblem(f"skip={skip}: give {' or '.join(SKIPPED)}")
        self.skipped = SKIPPED[skip] if skip else ()
        """Outcomes of links that are left out."""
        if added not in (None, "1"):
            raise UsageProblem(f"added={added}: give 1, for the links that serve --add has taken")
        if sum(map(bool, (url, urls, added))) > 1:
            raise UsageProblem("give either -a url=LINK or -a urls=FILE, not both; added=1 goes alone, too")
        if url and "://" not in url and not addresses_in(url):
            raise UsageProblem(f"url={url} is not a URL: it must start with http:// or https://")
        if urls == "-" and sys.stdin is None:
            raise UsageProblem("urls=-: standard input is closed")
        if urls and urls != "-":
            check_list(urls)
        # Bytes of the command line that are no UTF-8 could not be written down.
        self.url, self.urls = url and os.fsencode(url).decode("utf-8", "replace"), urls
        self.is_added = bool(added)
        self.given = self._given()
        """The links that are not read yet; of `pipe`, those that have come."""
        self.pipe: LinePipe | None = None
        """Where links come from that are still being written."""
        # Dicts for a third of the memory of sets, which is most of what a crawl takes for each further link.
        self.seen: dict[int, None] = {}
        """Hashes of the ids of articles asked for in this crawl."""
        self.links: dict[int, None] = {}
        """Hashes of links read in this crawl: the same link twice is one."""

    def check_given(self) -> None:
        """Raise UsageProblem where no links are given: only ``scrapy parse LINK --spider share`` needs none."""
        if not (self.url or self.urls or self.is_added):
            raise UsageProblem(
                "no link given: scrapy crawl share -a url=LINK, or -a urls=FILE (- for standard input)"
            )

    def _given(self) -> Iterator[str]:
        """The links of this part."""
        return (link for link in self._listed() if is_in_part(link, self.part))

    def _listed(self) -> Iterator[str]:
        if self.is_added:
            archive = archive_of(self.crawler)
            yield from archive.added_links() if archive else ()
        elif self.url:
            yield from addresses_in(self.url) or [self.url.strip()]
        elif is_pipe(str(self.urls)):
            yield from links_in(self.pipe.left()) if self.pipe else ()
        elif self.urls == "-":
            yield from links_in(lines_of(sys.stdin))
        else:
            with opened(str(self.urls)) as file:
                yield from links_in(lines_of(file))

    async def _links(self) -> AsyncIterator[str]:
        """The links, as they come."""
        if self.urls and is_pipe(self.urls):
            # Opened so that a named pipe which nobody writes to yet does not hold up the crawl's end.
            is_named = self.urls != "-"
            self.pipe = LinePipe(
                os.open(self.urls, os.O_RDONLY | os.O_NONBLOCK) if is_named else sys.stdin.fileno()
            )
        if self.pipe is None:
            for link in self.given:
                yield link
            return
        async for line in self.pipe:
            for link in links_in([line]):
                if is_in_part(link, self.part):
                    yield link

    async def work_list(self) -> AsyncIterator[Request | LinkOutcome]:
        self.check_given()
        if (
            self.url and len(addresses_in(self.url)) < 2
        ):  # typed; of several in a pasted text nobody looked at each
            FetchGuard.of(self.crawler).trust_link(next(iter(addresses_in(self.url)), self.url))
        job_started_at = self.job_state.setdefault("started_at", utc_text(self.now()))
        async for link in self._links():
            if hash(link) in self.links:
                continue
            self.links[hash(link)] = None
            if self.skipped and self.outcome_of(link) in self.skipped:
                self.count("links/skipped")
                continue
            self.count("links/asked")
            try:
                target = target_of(link)
            except LinkError as exc:
                if exc.outcome == "refused":
                    self.count("links/not_followed")
                yield LinkOutcome(link=link, outcome=exc.outcome, reason=str(exc))
                continue
            if hash(target.article_id) in self.seen:
                yield LinkOutcome(link=link, article_id=target.article_id, outcome="same")
                continue
            self.seen[hash(target.article_id)] = None
            if self.settings["JOBDIR"] and self.has_ended(target, job_started_at):
                self.count("links/ended_before")
                continue
            yield self.request(target)

    def outcome_of(self, link: str) -> str | None:
        """How the link ended in an earlier crawl; None where none asked for it."""
        archive = archive_of(self.crawler)
        return archive.outcome_of(link) if archive else None

    def has_ended(self, target: Target, since: str) -> bool:
        """Whether an earlier run of the same job ended the link, so that asking again would bring the same."""
        archive = archive_of(self.crawler)
        row = archive.link_outcome(target.article_id, since) if archive else None
        return row is not None and row["outcome"] not in RETRIED

    def closed(self, reason: str) -> None:
        """No link vanishes: a crawl that was stopped says which it did not get to."""
        super().closed(reason)
        archive = archive_of(self.crawler)
        if (
            archive is None or reason == "finished" or archive.broken
        ):  # where nothing can be written, the exit status says so
            return
        why = f"the crawl was stopped before its turn ({reason}); crawl it again"
        unfinished = [(link, article_id) for article_id, link in self.in_flight.items()]
        for link, article_id in (*unfinished, *((link, None) for link in self.given)):
            row = {"url": link, "article_id": article_id, "outcome": FAILED_HERE, "reason": why}
            archive.add_link({**row, "last_tried_at": utc_text(archive.now())})
            self.count("links/failed")
        archive.flush()

    def next_step(self, article: Article, attempt: Attempt) -> Article | Request:
        return self.complete(article, attempt)
