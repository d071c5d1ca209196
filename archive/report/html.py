"""What the parts of the page are built of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from archive.language import gettext


def joined(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)


def table(heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], caption: str = "") -> Markup:
    """*heads* are words and class of each column; the first column names its row."""
    body = joined(
        Markup("<tr>{}</tr>").format(
            joined(
                (
                    Markup('<th scope="row" class="{}">{}</th>')
                    if index == 0
                    else Markup('<td class="{}">{}</td>')
                ).format(heads[index][1], cell)
                for index, cell in enumerate(row)
            )
        )
        for row in rows
    )
    head = joined(
        Markup('<th scope="col" class="{}">{}</th>' if words else '<td class="{}"></td>').format(style, words)
        for words, style in heads
    )
    caption_html = Markup("<caption>{}</caption>").format(caption) if caption else ""
    return Markup("<table>{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(
        caption_html, head, body
    )


def section(ident: str, title: str, note: Any, *parts: Markup, style: str = "") -> Markup:
    return Markup('<section id="{}" class="{}"><h2>{}</h2><p class="note">{}</p>{}</section>').format(
        ident, style, title, note, joined(parts)
    )


def the_figures(content: Markup) -> Markup:
    return Markup('<details><summary>{}</summary><div class="figures">{}</div></details>').format(
        gettext("The figures"), content
    )


def nothing(message: str) -> Markup:
    return Markup('<p class="meta">{}</p>').format(message)


def axis_of(values: Sequence[float], words: Any = "{:,.0f}".format) -> list[tuple[float, str]]:
    return [(value / values[-1], words(value)) for value in values]
