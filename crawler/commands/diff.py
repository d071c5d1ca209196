"""``scrapy diff ARTICLE``: what a publisher changed in an article after it was first archived. Reads only."""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import sys
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from archive import reader, terminal
from archive.revisions import Change, Text, UnknownArticle, find_article, texts_of
from archive.text_diff import Line, Run
from archive.times import in_beijing
from crawler.links import addresses_in

NO_ARCHIVE, UNKNOWN = 1, 2
GUTTER = {"same": "  ", "removed": "- ", "added": "+ ", "changed": "~ "}
MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}"), "same": ("", "")}
WIDEST = 100  # columns: longer lines are hard to read, however wide the terminal
LABEL = 13  # columns of what a line of the summary is of
SHOWN = 12  # facts of a kind


class Page:
    """Lines of a terminal (wrapped to it, in colours), or of a file (a paragraph a line, with marks)."""

    def __init__(self, coloured: bool, width: int | None):
        self.paint, self.coloured, self.width = terminal.painter(coloured), coloured, width
        self.lines: list[str] = []

    def say(self, text: str = "", colour: str = "") -> None:
        self.lines.append(self.paint(text, colour))

    def runs(self, lead: str, runs: Iterable[Run], marked: bool = True, colour: str = "") -> None:
        """A paragraph behind *lead*; the lines that it wraps to stand under its first. *colour* is that of the rest."""
        shown: list[tuple[str, str]] = []
        for kind, text in runs:
            before, behind = MARKS[kind] if marked and not self.coloured else ("", "")
            style = colour if kind == "same" else kind
            shown += [(style, char) for char in before + printable(text) + behind]
        indent = " " * terminal.columns(lead)
        for at, line in enumerate(wrapped(shown, (self.width - len(indent)) if self.width else None)):
            self.lines.append((indent if at else lead) + joined(line, self.paint))


def printable(text: str) -> str:
    """*text* without what would move a terminal's cursor; cells of a table stand apart."""
    text = text.replace("\t", " | ")
    return "".join(char if char.isprintable() else " " for char in text)


def wrapped(shown: list[tuple[str, str]], width: int | None) -> list[list[tuple[str, str]]]:
    """Styled characters cut into lines of *width* columns, not within a Latin word."""
    if width is None:
        return [shown]
    lines: list[list[tuple[str, str]]] = []
    line: list[tuple[str, str]] = []
    used = 0
    for one in shown:
        size = terminal.columns(one[1])
        if used + size > width:
            cut = len(line)
            while cut and line[cut - 1][1].isascii() and line[cut - 1][1] != " " and one[1].isascii():
                cut -= 1
            if not cut:
                cut = len(line)
            lines.append(line[:cut])
            line = line[cut:]
            while line and line[0][1] == " ":
                line = line[1:]
            used = sum(terminal.columns(char) for _, char in line)
            if one[1] == " " and not line:
                continue
        line.append(one)
        used += size
    return [*lines, line]


def joined(line: list[tuple[str, str]], paint: Any) -> str:
    """Styled characters as a text; those of one style that follow each other are painted together."""
    text, run, style = "", "", ""
    for mine, char in [*line, ("", "")]:
        if mine != style or not char:
            text += paint(run, style) if run else ""
            run, style = "", mine
        run += char
    return text


def show(page: Page, article: dict[str, Any], texts: list[Text], changes: list[Change], whole: bool) -> None:
    """All that the command tells."""
    page.runs("", [("same", article["headline"])], colour="bold")
    said = [article["id"], article["publisher"] or "publisher unknown"]
    if article["published_at"]:
        form = "%Y-%m-%d" if article["published_precision"] == "day" else "%Y-%m-%d %H:%M"
        said.append(f"published {in_beijing(article['published_at'], form)}")
    said.append(f"{len(texts)} revision{'s' * (len(texts) != 1)}")
    page.runs("", [("same", ", ".join(said))], colour="dim")
    for change in changes:
        page.say()
        show_change(page, change, whole)


def show_change(page: Page, change: Change, whole: bool) -> None:
    old, new = change.old, change.new
    title = f"revision {old.revision} → {new.revision}"
    times = [in_beijing(one.received_at, "%Y-%m-%d %H:%M") for one in (old, new)]
    page.say(f"{title}   {times[0]} → {times[1]} in Beijing", "bold")
    if new.withdrawn:
        since = "its last text stays archived" if new.withdrawn_at else "it is there again"
        page.say(f"  {'withdrawn':{LABEL}}the source took the article back; {since}", "red")
    if old.headline != new.headline:
        page.runs(f"  {'headline':{LABEL}}", change.headline)
    for name, found in change.facts.items():
        runs: list[Run] = []
        for kind in ("removed", "added"):
            for fact in found[kind][:SHOWN]:
                runs += [("same", "  " * bool(runs)), (kind, fact)]
            if more := len(found[kind]) - SHOWN:
                runs += [("same", f"  and {more} more {kind}")] * (more > 0)
        page.runs(f"  {name:{LABEL}}", runs)
    lines = change.lines
    if all(line.kind == "same" for line in lines):
        if not new.withdrawn:
            page.say(f"  {'text':{LABEL}}the same")
        return
    page.say()
    near = {
        at + beside for at, line in enumerate(lines) if line.kind != "same" for beside in (-1, 0, 1)
    } | set(range(len(lines)) if whole else ())
    skipped = 0
    for at, line in enumerate(lines):
        if at in near:
            skipped = skip(page, skipped)
            show_line(page, line)
        else:
            skipped += 1
    skip(page, skipped)


def skip(page: Page, count: int) -> int:
    """Say how many paragraphs are not shown."""
    if count:
        page.say(f"    … {count} unchanged paragraph{'s' * (count != 1)}", "dim")
    return 0


def show_line(page: Page, line: Line) -> None:
    kind = line.kind
    lead = page.paint(GUTTER[kind], {"removed": "red", "added": "green", "changed": "yellow"}.get(kind, ""))
    at = len(page.lines)
    page.runs(GUTTER[kind], line.runs, marked=kind == "changed", colour="dim" if kind == "same" else "")
    page.lines[at] = lead + page.lines[at][len(GUTTER[kind]) :]


def chosen(texts: list[Text], opts: argparse.Namespace) -> list[Change]:
    """The pairs of texts that the options ask for. Raises UsageError."""
    by_number = {text.revision: text for text in texts}

    def text_of(number: int, option: str) -> Text:
        if number not in by_number:
            there = ", ".join(map(str, by_number))
            raise UsageError(
                f"{option} {number}: the article has the revisions {there}", print_help=False
            ) from None
        return by_number[number]

    if opts.revision is not None:
        if opts.old is not None or opts.new is not None:
            raise UsageError("--revision goes without --from and --to", print_help=False)
        new = text_of(opts.revision, "--revision")
        if new is texts[0]:
            raise UsageError(
                f"--revision {opts.revision} is the first text; there is none before it", print_help=False
            )
        return [Change(texts[texts.index(new) - 1], new)]
    if opts.old is not None or opts.new is not None:
        old = text_of(opts.old, "--from") if opts.old is not None else texts[0]
        new = text_of(opts.new, "--to") if opts.new is not None else texts[-1]
        if old.revision >= new.revision:
            raise UsageError(
                f"--from {old.revision} --to {new.revision}: give the earlier revision first",
                print_help=False,
            )
        return [Change(old, new)]
    return [Change(old, new) for old, new in pairwise(texts)]


def named_link(name: str) -> tuple[str | None, str | None]:
    """The link in *name* and the id of the article that it leads to, as far as either is known. Nothing is fetched."""
    link = next(iter(addresses_in(name)), None)
    if link is None:
        return None, None
    from crawler.pages import LinkError, target_of  # late: an id needs no page object

    try:
        return link, target_of(link).article_id
    except LinkError:
        return link, None


class Command(ScrapyCommand):
    """Shows what was changed in an article."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "ARTICLE [--revision N | --from A --to B] [--all] [--json]"

    def short_desc(self) -> str:
        return "Show what was changed in an article between its revisions"

    def long_desc(self) -> str:
        return (
            "Shows what was changed in an article since it was first archived, edit by edit. ARTICLE is an id "
            "(finews:202206...), an info code (NW202206...), the digits alone, or a link. Without colours what was taken "
            "out stands in [-...-], what was put in in {+...+}. Exit status: 0 (also where nothing was ever changed); "
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

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        unknown = [arg for arg in args if arg.startswith("-")]
        if unknown or len(args) != 1 or not args[0].strip():
            said = f"diff takes no {unknown[0]}" if unknown else "name one article, e.g. an id (finews:2022...), an info code (NW2022...) or a link"  # fmt: skip
            raise UsageError(said, print_help=False)
        data_dir = Path(self.settings["DATA_DIR"]).expanduser().resolve()
        terminal.never_fail_to_print()
        try:
            conn = reader.open_for_reading(data_dir)
            conn.text_factory = lambda data: data.decode("utf-8", "replace")
            conn.execute("BEGIN")  # of one moment, whatever a crawl writes meanwhile
            article = find_article(conn, args[0], *named_link(args[0]))
            texts = texts_of(conn, article["id"])
        except UnknownArticle as wrong:
            said = str(wrong) or (
                f"no article of {data_dir / 'archive.db'} is called {args[0]!r}. Give an id (finews:2022...), an info code "
                "(NW2022...) or a link; scrapy crawl share -a url=LINK archives one"
            )
            self._fail(UNKNOWN, said)
            return
        except (reader.NoArchive, sqlite3.Error) as wrong:
            self._fail(NO_ARCHIVE, str(wrong))
            return
        conn.close()
        changes = chosen(texts, opts)
        if opts.json:
            told = {"id": article["id"], "headline": article["headline"], "revisions": len(texts)}
            print(json.dumps(told | {"changes": [one.as_json() for one in changes]}, indent=1))
            return
        on_terminal = sys.stdout.isatty()
        page = Page(
            terminal.colours_wanted() if opts.colour is None else opts.colour,
            min(shutil.get_terminal_size().columns, WIDEST) if on_terminal else None,
        )
        show(page, article, texts, changes, opts.all)
        if not changes:
            received = in_beijing(article["retrieved_at"], "%Y-%m-%d %H:%M")
            page.say(f"no earlier text: it stands as it was received {received}")
        print("\n".join(page.lines))

    def _fail(self, status: int, why: str) -> None:
        print(f"scrapy diff: {why}", file=sys.stderr)
        self.exitcode = status
