"""``scrapy source add|list|check|test``: the sources that ``scrapy crawl feeds`` follows. Stores nothing in the archive."""

from __future__ import annotations

import argparse
import json
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive import reader
from archive.times import ago, clock
from crawler.pages import LinkError, target_of
from crawler.probe import Ask, ProbeSpider, find_offers, read_newest
from crawler.project_command import CANNOT_WRITE, FAILED, ProjectCommand
from crawler.sources import Record, Source, SourceError, built_in
from crawler.sources.configured import FILE, ConfigError, build, choose, load, urls_of, write_entry
from crawler.sources.discovery import built_in_for, name_for, opml_of, outlines_in
from pipelines.normalise_dates import to_utc


class Command(ProjectCommand):
    """Adds, lists, checks and tries sources."""

    requires_crawler_process = True
    arguments = "add URL|NAME|FILE.opml | list | check [NAME...] | test NAME"
    summary = "Add, list, check or try the sources that scrapy crawl feeds follows"
    description = (
        "add URL finds what a site offers (a built-in source, feeds that its page names, well-known addresses, sitemaps of "
        "its robots.txt, else its links) and writes it to sources.toml in DATA_DIR; add NAME takes a built-in source; add FILE.opml "
        "all feeds of a file. "
        "check asks for one page of each: alive, newest record, changed format. test NAME shows what would be archived. "
        "Exit status: 0; 2 wrong usage; 3 a source failed, or nothing was found."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--name", help="add: name of the source (default: from its host)")
        parser.add_argument("--publisher", help="add: the medium of articles that name none")
        parser.add_argument("--zone", help="add: time zone of times without one, e.g. Europe/London")
        parser.add_argument(
            "--links", metavar="SELECTOR", help="add: CSS selector of the links of a list page"
        )
        parser.add_argument("--json", action="store_true", help="list, check, test: print JSON")
        parser.add_argument("--opml", action="store_true", help="list: print OPML for other readers")

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        self.path = Path(self.settings["DATA_DIR"]).expanduser() / FILE
        self.now = clock(self.settings)
        actions = {"add": self.add, "list": self.show, "check": self.check, "test": self.test}
        if not args or args[0] not in actions:
            self.leave(f"source what? {self.syntax()}")
        try:
            self.configured = load(self.path)
            actions[args[0]](args[1:], opts)
        except ConfigError as exc:
            self.leave(str(exc))
        except OSError as exc:
            self.leave(f"{self.path} cannot be written: {exc.strerror or exc}", CANNOT_WRITE)

    # -- add ---------------------------------------------------------------------------------------------------

    def add(self, words: list[str], opts: argparse.Namespace) -> None:
        """Find what a site offers, and write it down."""
        if len(words) != 1:
            self.leave("source add: give one URL, one built-in source, or one OPML file")
        if not words[0].startswith(("http://", "https://")) and Path(words[0]).is_file():
            return self.add_opml(Path(words[0]))
        url = words[0] if "://" in words[0] else f"https://{words[0]}"
        if name := words[0] if words[0] in built_in() else built_in_for(url):
            if name not in self.configured:
                write_entry(self.path, name, {"channels": built_in()[name](self.settings).default_channels()})
            what = f"[{name}]" if words[0] == name else f"{url} is of the built-in source {name}; it"
            print(f"{what} is in {self.path}")
            return None
        options = {key: value for key in ("publisher", "zone", "links") if (value := getattr(opts, key))}
        offers: list[tuple[str, int]] = []
        notes: list[str] = []

        async def look(ask: Ask) -> None:
            offers.extend(await find_offers(url, options, self.now, ask, notes))

        self._fetch(look)
        if not offers:
            self.leave(
                f"{url} offers nothing that can be followed: {'; '.join(notes) or 'no feed, sitemap or list of articles'}",
                FAILED,
            )
        if follower := self.follower_of(offers[0][0]):
            print(f"{offers[0][0]} is followed already, as [{follower}] in {self.path}")
            return None
        name = opts.name or name_for(url, self.configured)
        entry = {"url": offers[0][0], **options}
        write_entry(self.path, name, entry)
        print(f"[{name}] {offers[0][0]}: {offers[0][1]} records; it is in {self.path}")
        for address, count in offers[1:]:
            print(f"also there: {address}: {count} records")
        return None

    def follower_of(self, url: str) -> str | None:
        """Name of the source that has an address already."""
        return next((name for name, entry in self.configured.items() if url in urls_of(entry).values()), None)

    def add_opml(self, path: Path) -> None:
        """Write down every feed of an OPML file that is not there yet."""
        added = 0
        try:
            for title, url in outlines_in(path.read_bytes(), str(path)):
                if self.follower_of(url):
                    continue
                name = name_for(url, self.configured)
                self.configured[name] = {"url": url, **({"publisher": title} if title else {})}
                write_entry(self.path, name, self.configured[name])
                added += 1
        except (SourceError, OSError) as exc:
            self.leave(str(exc))
        print(f"{added} sources added to {self.path}")

    # -- list, check, test -------------------------------------------------------------------------------------

    def show(self, words: list[str], opts: argparse.Namespace) -> None:
        """What is followed, with how it went; and which built-in sources there are beside."""
        if words:
            self.leave(f"source list: unexpected argument {words[0]!r}")
        if opts.opml:
            print(opml_of(self.configured), end="")
            return
        polls = self.last_polls()
        rows = []
        for name, entry in self.configured.items():
            source, channels = build(name, entry, self.settings or {})
            for channel in channels:
                row = polls.get(source.feed_name(channel), {})
                rows.append(
                    {
                        "feed": source.feed_name(channel), "source": name, "enabled": entry.get("enabled", True),
                        "interval_seconds": int(source.interval_of(channel).total_seconds()),
                        **{key: row.get(key) for key in ("last_read_at", "newest_at", "failures", "reason")},
                    }
                )  # fmt: skip
        if opts.json:
            print(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for row in rows:
            state = f"read {ago(row['last_read_at'], self.now)}" if row["last_read_at"] else "never read"
            state = f"failed {row['failures']} times: {row['reason']}" if row["failures"] else state
            print(
                f"{row['feed']:30} every {row['interval_seconds']:>5} s  {'' if row['enabled'] else 'off, '}{state}"
            )
        others = [name for name in built_in() if name not in self.configured]
        print(f"built in, to be named by -a sources= or added: {', '.join(others)}")

    def last_polls(self) -> dict[str, dict[str, Any]]:
        """Rows of `feeds` by name; empty where there is no archive yet."""
        try:
            conn = reader.open_for_reading(self.path.parent.resolve())
            rows = {row["feed"]: row for row in reader.rows(conn, "SELECT * FROM feeds")}
        except (reader.NoArchive, sqlite3.Error):
            return {}
        conn.close()
        return rows

    def check(self, words: list[str], opts: argparse.Namespace) -> None:
        """Ask for the newest page of each list."""
        results: list[dict[str, Any]] = []

        async def look(ask: Ask) -> None:
            for source, channels in choose(words, self.configured, self.settings or {}):
                for channel in channels:
                    row: dict[str, Any] = {
                        "feed": source.feed_name(channel),
                        "records": 0,
                        "newest_at": None,
                        "problem": None,
                    }
                    results.append(row)
                    try:
                        listing = await read_newest(source, channel, self.now, ask)
                    except SourceError as exc:
                        row["problem"] = str(exc)
                        continue
                    times = [moment for record in listing.records if (moment := self.published(record))]
                    row["records"] = len(listing.records)
                    row["newest_at"] = f"{max(times):%Y-%m-%dT%H:%M:%SZ}" if times else None
                    channel_of_source = source.channels.get(channel)
                    if not listing.records and not (channel_of_source and channel_of_source.may_be_empty):
                        row["problem"] = "the list is empty"

        self._fetch(look)
        if opts.json:
            print(json.dumps(results, ensure_ascii=False, indent=1))
        else:
            for row in results:
                newest = f"newest {ago(row['newest_at'], self.now)}" if row["newest_at"] else "no times"
                state = row["problem"] or f"{row['records']} records, {newest}"
                print(f"{row['feed']:30} {state}")
        if any(row["problem"] for row in results):
            self.exitcode = FAILED

    def test(self, words: list[str], opts: argparse.Namespace) -> None:
        """Show what would be archived of a source's newest pages."""
        if len(words) != 1:
            self.leave("source test: give one NAME or NAME/CHANNEL")
        rows: list[dict[str, Any]] = []
        problems: list[str] = []

        async def look(ask: Ask) -> None:
            for source, channels in choose(words, self.configured, self.settings or {}):
                for channel in channels:
                    try:
                        listing = await read_newest(source, channel, self.now, ask)
                    except SourceError as exc:
                        problems.append(str(exc))
                        continue
                    rows.extend(self.described(record, source, channel) for record in listing.records)

        self._fetch(look)
        for row in rows:
            if opts.json:
                print(json.dumps(row, ensure_ascii=False))
            else:
                print(
                    f"{row['verdict']:9} {row['published_at'] or '-':20} {row['headline'] or '-'}\n{'':9} {row['id'] or '-'}  {row['url'] or '-'}"
                )
        for problem in problems:
            self.print_error(problem)
        if problems:
            self.exitcode = FAILED

    def described(self, record: Record, source: Source, channel: str) -> dict[str, Any]:
        """What a record would become."""
        try:
            ident = target_of(record.url).article_id if record.url else None
        except LinkError:
            ident = None
        ident = ident or (f"{source.site or source.name}:{record.native_id}" if record.native_id else None)
        verdict = record.skip or ("page" if not record.is_whole else record.kind)
        if not record.skip and (ident is None or not source.wants(record)):
            verdict = "unwanted"
        moment = self.published(record)
        return {
            "feed": source.feed_name(channel), "verdict": verdict, "id": ident, "url": record.url, "headline": record.headline,
            "published_at": f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None, "publisher": record.publisher or source.publisher,
            "authors": record.authors, "description": record.description, "access": record.access, "tags": record.tags,
            "importance": record.importance, "securities": [security["id"] for security in record.securities], "body_html": record.body_html,
        }  # fmt: skip

    def published(self, record: Record) -> datetime | None:
        reading = to_utc(record.published_raw, self.now) if record.published_raw else None
        return reading[0].astimezone(UTC) if reading else None

    # -- helpers -----------------------------------------------------------------------------------------------

    def _fetch(self, work: Callable[[Ask], Awaitable[None]]) -> None:
        """Run *work* with Scrapy's downloader and the fetch guard."""
        assert self.crawler_process is not None
        errors: list[Exception] = []

        async def guarded(ask: Ask) -> None:
            try:
                await work(ask)
            except Exception as exc:
                errors.append(exc)

        self.crawler_process.crawl(ProbeSpider, work=guarded)
        self.crawler_process.start()
        if errors:
            raise errors[0]
