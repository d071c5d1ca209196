"""What another reading would change, as one HTML page: archived and read side by side, nothing from elsewhere, no scripts."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import IO

from markupsafe import Markup

from archive.differences import Difference, names_of
from archive.differences.as_text import NAMES
from archive.edits.word_diff import Run, words

STYLE = """
:root { color-scheme: light dark; --line: #8884; --gone: #ffd7d5; --come: #ccffd8; }
@media (prefers-color-scheme: dark) { :root { --gone: #67060c; --come: #033a16; } }
body { font: 15px/1.55 system-ui, sans-serif; max-width: 76rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.05rem; margin: 0; }
article { border-top: 1px solid var(--line); padding: 1rem 0; }
.id { color: #888; font-size: .85rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { font-weight: 600; } tbody th { font-weight: 400; color: #888; }
th:first-child { width: 9rem; }
.counts { width: auto; } .counts td { text-align: right; font-variant-numeric: tabular-nums; }
del { background: var(--gone); } ins { background: var(--come); text-decoration: none; }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write_head(out: IO[str], title: str) -> None:
    """Begin the page."""
    out.write(
        str(
            Markup(
                '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
                '<meta http-equiv="Content-Security-Policy" content="{}">\n<meta name="viewport" content="width=device-width, '
                'initial-scale=1">\n<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<h1>{}</h1>\n'
            ).format(POLICY, title, Markup(STYLE), title)
        )
    )


def write_tail(out: IO[str], sentence: str, fields: Counter[str]) -> None:
    """End it, with what it came to."""
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td>{:,}</td></tr>').format(NAMES.get(name, name), number)
        for name, number in fields.most_common()
    )
    out.write(
        str(
            Markup(
                '<article><h2>In all</h2><p>{}</p><table class="counts">{}</table></article>\n</body>\n</html>\n'
            ).format(sentence, rows)
        )
    )


def write_difference(out: IO[str], difference: Difference) -> None:
    """One article: a row for each field, the paragraphs of its text one by one."""
    rows = [
        row(NAMES.get(name, name), *side_by_side(names_of(old), names_of(new)))
        for name, (old, new) in difference.columns.items()
        if name not in ("body_text", "body_html")
    ]
    for table, (gone, come) in difference.lists.items():
        rows.append(row(NAMES.get(table, table), marked("del", gone), marked("ins", come)))
    if "body_text" in difference.columns:
        rows += text_rows(*difference.columns["body_text"])
    elif "body_html" in difference.columns:
        rows += markup_rows(*difference.columns["body_html"])
    out.write(
        str(
            Markup(
                '<article><h2>{}</h2><p class="id">{}</p><table><thead><tr><th scope="col">Field</th><th scope="col">Archived</th>'
                '<th scope="col">Read now</th></tr></thead><tbody>{}</tbody></table></article>\n'
            ).format(difference.article["headline"], difference.article["id"], Markup("").join(rows))
        )
    )


def row(name: str, old: Markup, new: Markup) -> Markup:
    """One field."""
    return Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>').format(name, old, new)


def marked(tag: str, entries: Iterable[str]) -> Markup:
    """Lines that went or came."""
    return Markup("<br>").join(Markup(f"<{tag}>{{}}</{tag}>").format(entry) for entry in entries)


def side_by_side(old: str, new: str) -> tuple[Markup, Markup]:
    """Two values, each with what the other lacks marked."""
    runs = words(old, new)
    return one_side(runs, "removed", "del"), one_side(runs, "added", "ins")


def one_side(runs: Sequence[Run], kind: str, tag: str) -> Markup:
    return Markup("").join(
        Markup(f"<{tag}>{{}}</{tag}>").format(text) if kind_of_run == kind else Markup("{}").format(text)
        for kind_of_run, text in runs
        if kind_of_run in ("same", kind)
    )


def text_rows(old: str, new: str) -> list[Markup]:
    """The paragraphs that differ, with how many between stay."""
    before, after = (old or "").split("\n"), (new or "").split("\n")
    rows = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            if count := b - a:
                words_of = f"{count:,} unchanged paragraph{'s' * (count != 1)}"
                rows.append(Markup('<tr><td></td><td colspan="2"><i>{}</i></td></tr>').format(words_of))
            continue
        for index in range(max(b - a, d - c)):
            old_line = before[a + index] if a + index < b else ""
            right = after[c + index] if c + index < d else ""
            rows.append(row("text", *side_by_side(old_line, right)))
    return rows


def markup_rows(old: str, new: str) -> list[Markup]:
    """Lines of markup that differ, where the text is the same."""
    before, after = ((text or "").replace("><", ">\n<").split("\n") for text in (old, new))
    rows = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            rows.append(row("markup", marked("del", before[a:b]), marked("ins", after[c:d])))
    return rows
