"""The changes of an article (`archive.edits.revisions`) as text for a terminal or a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archive import terminal
from archive.edits.revisions import Change, Text
from archive.edits.word_diff import Line, Run
from archive.language import gettext, gettext_noop, ngettext
from archive.times import in_beijing

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
        characters: list[tuple[str, str]] = []
        for kind, text in runs:
            before, behind = MARKS[kind] if marked and not self.coloured else ("", "")
            style = colour if kind == "same" else kind
            characters += [(style, char) for char in before + make_printable(text) + behind]
        indent = " " * terminal.display_width(lead)
        for index, line in enumerate(
            wrap_line(characters, (self.width - len(indent)) if self.width else None)
        ):
            self.lines.append((indent if index else lead) + paint_line(line, self.paint))


def make_printable(text: str) -> str:
    """*text* without what would move a terminal's cursor; cells of a table stand apart."""
    text = text.replace("\t", " | ")
    return "".join(char if char.isprintable() else " " for char in text)


def wrap_line(characters: list[tuple[str, str]], width: int | None) -> list[list[tuple[str, str]]]:
    """Styled characters cut into lines of *width* columns, not within a Latin word."""
    if width is None:
        return [characters]
    lines: list[list[tuple[str, str]]] = []
    line: list[tuple[str, str]] = []
    used = 0
    for character in characters:
        size = terminal.display_width(character[1])
        if used + size > width:
            cut = len(line)
            while cut and line[cut - 1][1].isascii() and line[cut - 1][1] != " " and character[1].isascii():
                cut -= 1
            if not cut:
                cut = len(line)
            lines.append(line[:cut])
            line = line[cut:]
            while line and line[0][1] == " ":
                line = line[1:]
            used = sum(terminal.display_width(char) for _, char in line)
            if character[1] == " " and not line:
                continue
        line.append(character)
        used += size
    return [*lines, line]


def paint_line(line: list[tuple[str, str]], paint: Any) -> str:
    """Styled characters as a text; those of one style that follow each other are painted together."""
    text, run, style = "", "", ""
    for mine, char in [*line, ("", "")]:
        if mine != style or not char:
            text += paint(run, style) if run else ""
            run, style = "", mine
        run += char
    return text


def print_article(
    page: Page, article: dict[str, Any], texts: list[Text], changes: list[Change], whole: bool
) -> None:
    """All that the command tells."""
    page.runs("", [("same", article["headline"])], colour="bold")
    details = [article["id"], article["publisher"] or gettext("publisher unknown")]
    if article["published_at"]:
        form = "%Y-%m-%d" if article["published_precision"] == "day" else "%Y-%m-%d %H:%M"
        details.append(gettext("published {time}", time=in_beijing(article["published_at"], form)))
    details.append(ngettext("{count} revision", "{count} revisions", len(texts)))
    page.runs("", [("same", ", ".join(details))], colour="dim")
    for change in changes:
        page.say()
        print_change(page, change, whole)


FACTS = (
    gettext_noop("figures"),
    gettext_noop("percentages"),
    gettext_noop("codes"),
    gettext_noop("images"),
)
"""Names of the facts of `Change.facts`."""


def label(name: str) -> str:
    """What a line of the summary is of, in its column."""
    return "  " + terminal.fit_width(name, LABEL)


def print_change(page: Page, change: Change, whole: bool) -> None:
    old, new = change.old, change.new
    title = gettext("revision {old} → {new}", old=old.revision, new=new.revision)
    times = [in_beijing(text.received_at, "%Y-%m-%d %H:%M") for text in (old, new)]
    page.say(gettext("{title}   {old} → {new} in Beijing", title=title, old=times[0], new=times[1]), "bold")
    if new.withdrawn:
        if new.withdrawn_at:
            text = gettext("the source took the article back; its last text stays archived")
        else:
            text = gettext("the source took the article back; it is there again")
        page.say(label(gettext("withdrawn")) + text, "red")
    if new.replaced:
        page.say(label(gettext("replaced")) + gettext("another article is served under the same id"), "red")
    if old.headline != new.headline:
        page.runs(label(gettext("headline")), change.headline)
    for name, fact_changes in change.facts.items():
        runs: list[Run] = []
        for kind in ("removed", "added"):
            for fact in fact_changes[kind][:SHOWN]:
                runs += [("same", "  " * bool(runs)), (kind, fact)]
            if rest := len(fact_changes[kind]) - SHOWN:
                more = (
                    gettext("  and {count} more removed")
                    if kind == "removed"
                    else gettext("  and {count} more added")
                )
                runs += [("same", more.format(count=rest))] * (rest > 0)
        page.runs(label(gettext(name)), runs)
    lines = change.lines
    if all(line.kind == "same" for line in lines):
        if not new.withdrawn:
            page.say(label(gettext("text")) + gettext("the same"))
        return
    page.say()
    print_lines(page, lines, whole)


def print_lines(page: Page, lines: list[Line], whole: bool = False) -> None:
    """The lines that changed, with their neighbours; *whole*: all of them."""
    near = {
        index + beside for index, line in enumerate(lines) if line.kind != "same" for beside in (-1, 0, 1)
    }
    skipped = 0
    for index, line in enumerate(lines):
        if whole or index in near:
            skipped = print_skipped(page, skipped)
            print_line(page, line)
        else:
            skipped += 1
    print_skipped(page, skipped)


def print_skipped(page: Page, count: int) -> int:
    """Say how many paragraphs are not shown."""
    if count:
        text = ngettext("{count} unchanged paragraph", "{count} unchanged paragraphs", count)
        page.say(f"    … {text}", "dim")
    return 0


def print_line(page: Page, line: Line) -> None:
    kind = line.kind
    lead = page.paint(GUTTER[kind], {"removed": "red", "added": "green", "changed": "yellow"}.get(kind, ""))
    index = len(page.lines)
    page.runs(GUTTER[kind], line.runs, marked=kind == "changed", colour="dim" if kind == "same" else "")
    page.lines[index] = lead + page.lines[index][len(GUTTER[kind]) :]
