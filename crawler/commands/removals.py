"""``scrapy removals``: what boilerplate rules took out of articles, and the way to put it back."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from archive import reader, removals, terminal
from archive.captures import Captures
from archive.language import gettext, ngettext
from archive.times import utc_text
from archive.writer import Archive
from crawler.project_command import FAILED, NO_ARCHIVE, ArchiveCommand, BadCommandLine
from pipelines.read_user_rules import FILE, load_rules
from pipelines.restored import fragment_id

if TYPE_CHECKING:
    from archive.removals import Decision

WIDTH = 60  # columns of a fragment


class Command(ArchiveCommand):
    """Lists rules, fragments of a rule with ``--rule``, and decisions; ``--restore`` and ``--undo`` make and take back one."""

    arguments = "[--rule NAME] [--site NAME] [--share N] | --restore RULE|ARTICLE|FRAGMENT | --undo RULE|ARTICLE|FRAGMENT"
    summary = "What boilerplate rules took out of articles, and how to put it back"
    description = (
        "Lists every boilerplate rule that took something out of articles, how often, and the largest share of an article that it "
        "took; with --rule what it took, the most frequent first, each with its id, and the articles of which it took a large share. "
        "--restore puts back what a rule took, all that was taken out of an article, or a fragment wherever it stands, and leaves it "
        "there: the decision is kept (table restorations), and crawls and scrapy reparse honour it. --undo takes a decision back; "
        "scrapy reparse then takes out of archived articles what rules find. Exit status: 0 done; 1 no archive, or nothing of that "
        "name; 3 some articles cannot be read again; 73 cannot be written; 75 a crawl holds the archive."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--rule", metavar="NAME", default="", help="what this rule took")
        parser.add_argument("--site", metavar="NAME", default="", help="of articles of this site alone")
        parser.add_argument(
            "--share",
            metavar="PERCENT",
            type=float,
            default=100 * removals.LARGE_SHARE,
            help="what is a large share (%(default)g)",
        )
        parser.add_argument(
            "--limit", metavar="N", type=int, default=20, help="lines of a list (%(default)s)"
        )
        parser.add_argument(
            "--restore", metavar="NAME", help="rule, article or fragment that stays in texts from now on"
        )
        parser.add_argument("--undo", metavar="NAME", help="decision to be taken back")

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        self.reject_arguments(args)
        if opts.restore and opts.undo:
            raise BadCommandLine("removals: give --restore or --undo, not both")
        reader.open_for_reading(self.data_dir).close()
        self.writes = bool(opts.restore or opts.undo)
        try:
            if opts.restore:
                self._restore(opts.restore)
            elif opts.undo:
                self._undo(opts.undo)
            else:
                self._list(opts)
        except removals.UnknownTarget as exc:
            self.fail(NO_ARCHIVE, str(exc))

    def _list(self, opts: argparse.Namespace) -> None:
        share = opts.share / 100
        with contextlib.closing(reader.open_for_reading(self.data_dir)) as conn:
            if opts.rule:
                for row in removals.fragments_of(conn, opts.rule, fragment_id, opts.site, opts.limit):
                    fragment = " ".join((row["text"] or row["html"]).split())
                    print(
                        f"{row['fragment']}  {row['times']:>7,}x  {terminal.fit_width(fragment, WIDTH).rstrip()}  {row['article_id']}"
                    )
            else:
                print(f"{'rule':24} {'fragments':>10} {'articles':>10}  largest share of an article")
                for row in removals.rules_taken(conn, opts.site, share):
                    large = f", more than {opts.share:g} % of {row['large']:,}" if row["large"] else ""
                    print(
                        f"{terminal.printable(row['rule']):24} {row['fragments']:>10,} {row['articles']:>10,}  {100 * row['largest_share']:.0f} %{large}"
                    )
            large_ones = removals.large_shares(conn, opts.rule, opts.site, share, opts.limit)
            if large_ones:
                print(f"\nmore than {opts.share:g} % of an article:")
            for row in large_ones:
                headline = terminal.fit_width(row["headline"], 40).rstrip()
                print(
                    f"  {100 * row['share']:3.0f} %  {terminal.printable(row['rule']):20} {row['id']}  {headline}"
                )
            decided = removals.decisions(conn)
            if decided:
                print("\nrestored:")
            for row in decided:
                print(f"  {row['scope']:9} {terminal.printable(row['target'])}  since {row['decided_at']}")

    def _restore(self, target: str) -> None:
        own = {rule.rule.name for rule in load_rules(self.data_dir / FILE).rules}
        with self._opened() as archive:
            assert archive.conn is not None
            decision = removals.decide(archive.conn, target, fragment_id, own)
            with archive.transaction() as conn:
                is_new = removals.keep_decision(conn, decision, utc_text(archive.now()))
            print(
                (
                    gettext("{scope} {target} stays in texts from now on")
                    if is_new
                    else gettext("{scope} {target} was restored before")
                ).format(scope=decision.scope, target=decision.target)
                + ": "
                + ngettext(
                    "{count:,} archived article holds something of it",
                    "{count:,} archived articles hold something of it",
                    len(decision.articles),
                )
            )
            if decision.articles:
                self._read_again(archive, decision)

    def _read_again(self, archive: Archive, decision: Decision) -> None:
        """Put back what was taken out of archived articles."""
        from crawler.offline.reparse import Choice, Outcome, Reparse

        assert archive.conn is not None
        outcome = Outcome()
        with Captures.read(self.data_dir) as captures:
            reparse = Reparse(archive.conn, captures, self.settings)
            for _ in reparse.run(Choice(articles=tuple(decision.articles)), outcome, archive):
                pass
        print(ngettext("put back in {count:,} article", "put back in {count:,} articles", outcome.changed))
        unread = outcome.failed + outcome.without_journal
        if unread:
            print(
                ngettext(
                    "{count:,} cannot be read again from captures: a crawl of it puts it back",
                    "{count:,} cannot be read again from captures: a crawl of them puts it back",
                    unread,
                )
            )
            for article_id, reason in outcome.reasons:
                print(f"  {article_id}: {reason}")
            self.exitcode = FAILED

    def _undo(self, target: str) -> None:
        with self._opened() as archive:
            with archive.transaction() as conn:
                undone = removals.withdraw_decision(conn, target)
            if not undone:
                raise removals.UnknownTarget(f"{target} is not restored: scrapy removals lists what is")
            print(
                gettext(
                    "{target} is no longer restored: scrapy reparse takes it out of archived articles again",
                    target=target,
                )
            )

    @contextlib.contextmanager
    def _opened(self) -> Iterator[Archive]:
        """The archive, open for writing."""
        archive = self.archive_to_write()
        archive.captures = None  # they are only read
        with archive:
            yield archive
