"""``scrapy enqueue -a urls=FILE -s QUEUE=redis://HOST/0``: puts links into the queue that crawls share.

Exit status: 0 queued, also where all of them were queued already; 2 wrong usage; 69 the queue cannot be reached.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from scrapy.utils.conf import arglist_to_dict

from archive.language import ngettext
from crawler.cluster import QueueProblem
from crawler.cluster.open_queue import open_queue
from crawler.exit_status import UNREACHABLE
from crawler.project_command import ArchiveCommand, BadCommandLine
from crawler.standard_streams import standard_input

if TYPE_CHECKING:
    from crawler.cluster.queue import Queue


class Command(ArchiveCommand):
    """Queues links."""

    arguments = "-a urls=FILE | -a url=LINK | -a dead=1"
    summary = "Put links into the queue (-s QUEUE=redis://HOST/0) that crawls of several machines share"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "-a", dest="words", metavar="NAME=VALUE", action="append", default=[],
            help="urls=FILE (one link a line, # comments, - is standard input), url=LINK, or dead=1: those that were put aside, again",
        )  # fmt: skip

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        from crawler.base_spiders.archive import UsageProblem  # late: Scrapy imports all commands to run one

        self.reject_arguments(args)
        try:
            arguments = arglist_to_dict(opts.words)
        except ValueError:
            raise BadCommandLine("enqueue: -a takes NAME=VALUE") from None
        if len(arguments) != 1 or not arguments.keys() <= {"urls", "url", "dead"}:
            raise BadCommandLine("enqueue: give -a urls=FILE, -a url=LINK or -a dead=1")
        if not self.settings["QUEUE"]:
            raise BadCommandLine("enqueue: say which queue: -s QUEUE=redis://HOST:6379/0")
        try:
            queue = open_queue(self.settings["QUEUE"], check_it=True)
            self._put(queue, **arguments)
        except (QueueProblem, UsageProblem) as exc:
            raise BadCommandLine(f"enqueue: {exc}") from None
        except OSError as exc:
            raise BadCommandLine(f"enqueue: {exc.filename}: {exc.strerror}") from None

    def _put(
        self, queue: Queue, urls: str | None = None, url: str | None = None, dead: str | None = None
    ) -> None:
        from redis import RedisError

        from crawler.cluster.queue import entries_of, shown
        from crawler.line_reader import lines_of
        from crawler.links import addresses_in, links_in
        from crawler.spiders.share import check_list, opened

        name = shown(self.settings["QUEUE"])
        places = [
            [part.strip() for part in self.settings.getlist(setting) if part.strip()]
            for setting in ("FINEWS_ORIGINS", "FINEWS_PLACES")
        ]
        try:
            if dead:
                revived = queue.revive(*places)
                print(
                    ngettext(
                        "{count:,} link queued again: {queue}",
                        "{count:,} links queued again: {queue}",
                        revived,
                        queue=name,
                    )
                )
                return
            if url:
                count, added = queue.add(entries_of(addresses_in(url) or [url], *places))
            elif urls == "-":
                count, added = queue.add(entries_of(links_in(lines_of(standard_input())), *places))
            else:
                check_list(str(urls))
                with opened(str(urls)) as file:
                    count, added = queue.add(entries_of(links_in(lines_of(file)), *places))
        except RedisError as exc:
            self.fail(
                UNREACHABLE, f"{name}: {exc}; what was queued so far stays queued: enqueue the list again"
            )
            return
        text = ngettext(
            "{count:,} link queued, {before:,} were queued already: {queue}",
            "{count:,} links queued, {before:,} were queued already: {queue}",
            added,
            before=count - added,
            queue=name,
        )
        print(text)
