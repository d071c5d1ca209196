"""``scrapy watch add|list|remove|test|send|log``: who is told what when it happens."""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from contextlib import closing
from typing import Any

from archive import reader, terminal
from archive.alerts import watches
from archive.alerts.deliver import report_and_deliver
from archive.alerts.hits import NoSearchIndex, matching
from archive.alerts.sending import send_by_apprise, why_not
from archive.language import gettext
from archive.times import ago, clock, in_beijing, utc_text
from crawler.alerting import find_trouble
from crawler.project_command import CANNOT_WRITE, FAILED, ArchiveCommand

SHOWN = 20


class Command(ArchiveCommand):
    """Keeps watches.toml, and sends what watches found."""

    arguments = "add [WORDS] --to URL ... | list | remove NAME | test NAME [--send] | send | log [NAME]"
    summary = "Standing searches: alerts by e-mail, webhook or chat when something happens"
    description = (
        "add writes a watch to watches.toml in DATA_DIR; after each crawl what is new goes out once to its destinations, which "
        "are Apprise URLs (https://github.com/caronc/apprise/wiki). WORDS are a query of the view search: put -- before words "
        "that begin with a hyphen. test shows what matches now; with --send a message goes out. send sends what waits, and looks for what is new. log "
        "shows what was sent. Exit status: 0; 1 there is no archive; 2 wrong usage; 3 something could not be sent."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        group = parser.add_argument_group("add")
        group.add_argument(
            "--to", action="append", default=[], metavar="URL", help="destination; can be repeated"
        )
        group.add_argument("--name", help="name of the watch (default: from the words)")
        group.add_argument("--security", default="", help="articles that mention it: id, code or name")
        group.add_argument("--publisher", default="", help="articles of this medium: name or slug")
        group.add_argument(
            "--on", default="", metavar="EVENT,...", help=f"{', '.join(watches.EVENTS)} (default: new)"
        )
        group.add_argument("--every", metavar="SPAN", help="least time between two messages, e.g. 15m")
        group.add_argument("--quiet", metavar="HH:MM-HH:MM", help="hours without messages")
        group.add_argument("--zone", help=f"whose clocks --quiet means (default: {watches.ZONE})")
        parser.add_argument("--send", action="store_true", help="test: send a message to each destination")
        parser.add_argument("--json", action="store_true", help="list, log: print JSON")

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        self.path = self.data_dir / watches.FILE
        self.now = clock(self.settings)
        actions = {
            "add": self.add, "list": self.show, "remove": self.remove, "test": self.test, "send": self.send, "log": self.log,
        }  # fmt: skip
        if not args or args[0] not in actions:
            self.leave(f"watch what? {self.syntax()}")
        try:
            actions[args[0]](args[1:], opts)
        except (watches.WatchError, NoSearchIndex) as exc:
            self.leave(str(exc))
        except OSError as exc:
            self.fail(CANNOT_WRITE, f"{exc.filename or self.path} cannot be written: {exc.strerror or exc}")

    def add(self, words: list[str], opts: argparse.Namespace) -> None:
        """Write a watch down."""
        query = " ".join(words)
        entry: dict[str, Any] = {"words": query} if query else {}
        options = {
            key: value
            for key in ("security", "publisher", "every", "quiet", "zone")
            if (value := getattr(opts, key))
        }
        on = [event.strip() for event in opts.on.split(",") if event.strip()]
        entry |= options | ({"on": on} if on else {}) | {"to": opts.to, "since": utc_text(self.now)}
        if not (query or opts.security or opts.publisher or on):
            self.leave("watch add: give words, --security, --publisher or --on: what is to be watched?")
        if not opts.to:
            self.leave("watch add: give --to URL, e.g. --to mailto://user:password@example.org")
        for url in opts.to:
            if reason := why_not(url):
                self.leave(f"watch add: {url}: {reason}")
        name = opts.name or name_for(
            query or opts.security or opts.publisher or on[0], watches.load(self.path)
        )
        try:
            watch = watches.add(self.path, name, entry)
        except watches.WatchError as exc:
            self.leave(f"watch add: {str(exc).removeprefix(f'{self.path}: [{name}] ')}")
        print(f"watch {watch.name} is in {self.path}; scrapy watch test {watch.name} --send tries it")

    def show(self, words: list[str], opts: argparse.Namespace) -> None:
        """What is watched, and what waits."""
        self.reject_arguments(words)
        rows: list[dict[str, Any]] = []
        counts = self.counts()
        for watch in watches.load(self.path).values():
            sent, waiting, last_sent_at, reason = counts.get(watch.name, (0, 0, None, None))
            rows.append(
                {
                    "watch": watch.name, "words": watch.words, "security": watch.security, "publisher": watch.publisher,
                    "on": list(watch.on), "destinations": [scheme(url) for url in watch.to], "sent": sent, "waiting": waiting,
                    "last_sent_at": last_sent_at, "reason": reason,
                }
            )  # fmt: skip
        if opts.json:
            print(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for row in rows:
            narrowed = [str(row[key]) for key in ("words", "security", "publisher") if row[key]]
            print(
                f"{row['watch']}: {', '.join(narrowed) or 'everything'}; on {', '.join(row['on'])}; to {', '.join(row['destinations'])}"
            )
            state = f"  {row['sent']:,} sent, last {ago(row['last_sent_at'], self.now)}"
            print(
                state
                + (f"; {row['waiting']:,} waiting" if row["waiting"] else "")
                + (f": {row['reason']}" if row["reason"] else "")
            )
        if not rows:
            print(gettext("no watches in {path}", path=self.path))

    def counts(self) -> dict[str, tuple[int, int, str | None, str | None]]:
        """``(sent, waiting, last sent, why the last failed)`` by watch; empty where there is no archive yet."""
        try:
            with closing(reader.open_for_reading(self.data_dir)) as conn:
                return {
                    row[0]: tuple(row[1:])
                    for row in conn.execute(
                        "SELECT watch, count(sent_at), count(*) - count(sent_at), max(sent_at), max(reason) FROM alerts GROUP BY watch"
                    )
                }
        except (reader.NoArchive, sqlite3.Error):
            return {}

    def remove(self, words: list[str], opts: argparse.Namespace) -> None:
        """Take a watch out."""
        watch = self.named(words)
        watches.remove(self.path, watch.name)
        print(f"watch {watch.name} is removed; its log stays in the table alerts")

    def test(self, words: list[str], opts: argparse.Namespace) -> None:
        """Show what matches now, and send a message where that is asked for."""
        watch = self.named(words)
        if set(watch.on) != {watches.TROUBLE}:
            with closing(reader.open_for_reading(self.data_dir)) as conn:
                [(newest,)] = conn.execute("SELECT coalesce(max(arrival), 0) FROM articles")
                hits = matching(conn, watch, 0, newest)
                print(f"{len(hits):,} archived articles match" + (", the newest:" if hits else ""))
                for _, article_id, first_seen_at in reversed(hits[-SHOWN:]):
                    [(headline,)] = conn.execute("SELECT headline FROM articles WHERE id = ?", [article_id])
                    print(f"  {in_beijing(first_seen_at)}  {article_id}  {headline}")
        if opts.send:
            for url in watch.to:
                reason = send_by_apprise(
                    url, f"{watch.name}: a test", "This destination receives alerts of finews-archive."
                )
                print(
                    f"{scheme(url)}: {reason or 'a message went out'}",
                    file=sys.stderr if reason else sys.stdout,
                )
                if reason:
                    self.exitcode = FAILED

    def send(self, words: list[str], opts: argparse.Namespace) -> None:
        """Look for what is new, and send what is due."""
        self.reject_arguments(words)
        reader.open_for_reading(self.data_dir).close()
        result = report_and_deliver(self.data_dir, self.now, find_trouble(self.data_dir, self.now))
        print(f"{result.found:,} new alerts, {result.sent:,} sent, {result.waiting:,} waiting")
        for problem in result.problems:
            self.fail(FAILED, problem)

    def log(self, words: list[str], opts: argparse.Namespace) -> None:
        """What was found, newest first."""
        with closing(reader.open_for_reading(self.data_dir)) as conn:
            rows = reader.rows(
                conn,
                "SELECT l.watch, l.event, l.article_id, coalesce(a.headline, l.detail) AS what, l.happened_at, l.found_at, l.sent_at,"
                " l.tries, l.next_try_at, l.reason FROM alerts AS l LEFT JOIN articles AS a ON a.id = l.article_id"
                " WHERE ? = '' OR l.watch = ? ORDER BY l.id DESC LIMIT 200",
                *[self.named(words).name if words else ""] * 2,
            )
        if opts.json:
            print(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for row in rows:
            state = (
                gettext("sent {moment}", moment=in_beijing(row["sent_at"]))
                if row["sent_at"]
                else gettext("waits: {reason}", reason=row["reason"] or gettext("not due yet"))
            )
            print(
                f"{in_beijing(row['found_at'])}  {row['watch']}  {row['event']}  {terminal.fit_width(row['what'], 50)}  {state}"
            )

    def named(self, words: list[str]) -> watches.Watch:
        """The watch that the command line names. Raises WatchError."""
        known = watches.load(self.path)
        if len(words) != 1 or words[0] not in known:
            existing = f"there are {', '.join(known)}" if known else f"there are none in {self.path}"
            raise watches.WatchError(f"name one watch; {existing}")
        return known[words[0]]


def scheme(url: str) -> str:
    """What of a destination can be shown: its service.

    >>> scheme("mailto://user:password@example.org")
    'mailto'
    """
    return url.partition("://")[0]


def name_for(text: str, existing: Any) -> str:
    """A name that is free.

    >>> name_for("储能 -航运", {"储能"})
    '储能-2'
    """
    words = [word for word in text.split() if not word.startswith("-")] or [text]
    base = "".join(char if char.isalnum() else "-" for char in words[0]).strip("-")[:40] or "watch"
    names = [base, *(f"{base}-{number}" for number in range(2, len(existing) + 3))]
    return next(name for name in names if name not in existing)
