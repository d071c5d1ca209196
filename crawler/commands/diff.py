"""``scrapy diff ARTICLE``: what a publisher changed in an article after it was first archived. Reads only."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

from archive import reader, terminal
from archive.language import gettext
from archive.times import in_beijing
from crawler.links import addresses_in
from crawler.project_command import ArchiveCommand, BadCommandLine

if TYPE_CHECKING:
    from archive.edits.revisions import Change, Text

UNKNOWN = 2


def select_changes(texts: list[Text], opts: argparse.Namespace) -> list[Change]:
    """The pairs of texts that the options ask for. Raises UsageError."""
    from archive.edits.revisions import Change

    by_number = {text.revision: text for text in texts}

    def text_of(number: int, option: str) -> Text:
        if number not in by_number:
            revisions = ", ".join(map(str, by_number))
            raise BadCommandLine(f"{option} {number}: the article has the revisions {revisions}") from None
        return by_number[number]

    if opts.revision is not None:
        if opts.old is not None or opts.new is not None:
            raise BadCommandLine("--revision cannot be combined with --from/--to")
        new = text_of(opts.revision, "--revision")
        if new is texts[0]:
            raise BadCommandLine(f"--revision {opts.revision} is the first text; there is none before it")
        return [Change(texts[texts.index(new) - 1], new)]
    if opts.old is not None or opts.new is not None:
        old = text_of(opts.old, "--from") if opts.old is not None else texts[0]
        new = text_of(opts.new, "--to") if opts.new is not None else texts[-1]
        if old.revision >= new.revision:
            raise BadCommandLine(
                f"--from {old.revision} --to {new.revision}: give the earlier revision first"
            )
        return [Change(old, new)]
    return [Change(old, new) for old, new in pairwise(texts)]


def resolve_link(name: str) -> tuple[str | None, str | None]:
    """The link in *name* and the id of the article that it leads to, as far as either is known. Nothing is fetched."""
    link = next(iter(addresses_in(name)), None)
    if link is None:
        return None, None
    from crawler.pages import LinkError, target_of  # late: an id needs no page object

    try:
        return link, target_of(link).article_id
    except LinkError:
        return link, None


class Command(ArchiveCommand):
    """Prints the changes of an article."""

    arguments = "ARTICLE [--revision N | --from A --to B] [--all] [--json]"
    summary = "Show what was changed in an article between its revisions"
    description = (
        "Shows what was changed in an article since it was first archived, edit by edit. ARTICLE is an id "
        "(finews:202206...), an info code (NW202206...), the digits alone, or a link. Without colours what was taken "
        "out is marked [-...-], what was added {+...+}. Exit status: 0 (also where nothing changed); "
        "1 no archive, or it cannot be read; 2 wrong usage, or no such article."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--revision", type=int, metavar="N", help="what that revision changed, only")
        parser.add_argument(
            "--from", type=int, dest="old", metavar="A", help="compare revision A (default: the first) ..."
        )
        parser.add_argument(
            "--to", type=int, dest="new", metavar="B", help="... with revision B (default: the newest)"
        )
        parser.add_argument("--all", action="store_true", help="show unchanged paragraphs, too")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--colour",
            "--color",
            action=argparse.BooleanOptionalAction,
            help="colours or none (default: on a terminal, unless NO_COLOR is set)",
        )

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.edits.as_text import (
            WIDEST,
            Page,
            print_article,
        )  # late: Scrapy imports all commands to run one
        from archive.edits.revisions import UnknownArticle, find_article, texts_of

        self.reject_arguments([arg for arg in args if arg.startswith("-")])
        if len(args) != 1 or not args[0].strip():
            raise BadCommandLine(
                "name one article, e.g. an id (finews:2022...), an info code (NW2022...) or a link"
            )
        conn = reader.open_for_reading(self.data_dir)
        conn.text_factory = lambda data: data.decode("utf-8", "replace")
        conn.execute("BEGIN")  # of one moment, whatever a crawl writes meanwhile
        try:
            article = find_article(conn, args[0], *resolve_link(args[0]))
        except UnknownArticle as exc:
            message = str(exc) or (
                f"no article of {self.data_dir / 'archive.db'} matches {args[0]!r}. Give an id (finews:2022...), an info code "
                "(NW2022...) or a link; scrapy crawl share -a url=LINK archives one"
            )
            self.fail(UNKNOWN, message)
            return
        texts = texts_of(conn, article["id"])
        conn.close()
        changes = select_changes(texts, opts)
        if opts.json:
            report = {"id": article["id"], "headline": article["headline"], "revisions": len(texts)}
            print(json.dumps(report | {"changes": [change.as_json() for change in changes]}, indent=1))
            return
        page = Page(
            terminal.colours_wanted() if opts.colour is None else opts.colour,
            min(shutil.get_terminal_size().columns, WIDEST) if sys.stdout.isatty() else None,
        )
        print_article(page, article, texts, changes, opts.all)
        if not changes:
            archived = in_beijing(article["retrieved_at"], "%Y-%m-%d %H:%M")
            page.say(gettext("unchanged since it was first archived {time}", time=archived))
        print("\n".join(page.lines))
