"""Articles that a page holds in its scripts only: the state that frameworks such as Next.js or Vue leave there, and the
``articleBody`` of schema.org. They are read as the page that a script would make of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from crawler.extraction.document import Document, squeeze
from crawler.extraction.lines import MARKS
from crawler.extraction.script_states import holds_state, parse_states
from crawler.extraction.titles import fold_title
from crawler.extraction.trees import letters, whole_text

BODY = re.compile(
    r"(?:article|news|post|widget|detail|rich|main)?_?(?:content|body|text|html|detail)(?:_?html|_?text|_?body)?|html_?content|articleBody",
    re.IGNORECASE,
)
HEADLINE = re.compile(r"(?:article|news|widget|post|main)?_?(?:title|headline|subject)", re.IGNORECASE)
PUBLISHED = re.compile(
    r"(?:publish(?:ed)?|pub|display|show|release|online|first_?publish|create(?:d)?|news|deploy|service|regist(?:er|ration)|reg|input)_?(?:time|date|dt|at|on)(?:_?stamp)?|ctime|ptime|datePublished|time|date",
    re.IGNORECASE,
)
PUBLISHER = re.compile(
    r"source|(?:source|media|origin|account|publisher)_?name|media|origin|from|publisher|copy_?from",
    re.IGNORECASE,
)
AUTHOR = re.compile(
    r"authors?|(?:author|writer|reporter|user|nick)_?(?:name|info|display)?s?|byline|editor_?author",
    re.IGNORECASE,
)
TAG = re.compile(r"<[^<>]*>")
LEAST = 100  # characters that make a text; the shells of lists hold shorter ones
SHELL = 2_000  # characters; a page that shows more shows its article
DEEPEST, MOST = 12, 20_000  # levels and objects of a state that are looked through


def walk_records(state: Any) -> Iterator[tuple[dict[str, Any], ...]]:
    """The objects of a state, each with those round it, innermost first."""
    waiting: list[tuple[Any, tuple[dict[str, Any], ...]]] = [(state, ())]
    for _ in range(MOST):
        if not waiting:
            return
        node, above = waiting.pop()
        if isinstance(node, dict):
            above = (node, *above)[:DEEPEST]
            yield above
        inside = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        if len(above) < DEEPEST:
            waiting += [(value, above) for value in inside if isinstance(value, dict | list)]


def longest_text(record: dict[str, Any]) -> str:
    """The longest text of an object under a name of a text; empty where it holds none."""
    texts = [value for name, value in record.items() if isinstance(value, str) and BODY.fullmatch(name)]
    return max(texts, key=len, default="")


def read_field(chain: tuple[dict[str, Any], ...], names: re.Pattern[str]) -> str:
    """What the innermost of some objects says under one of *names*: a text, a number, or a name in an object or list."""
    for record in chain[:3]:
        # The longer name says more: publishTime rather than time.
        for name in sorted((name for name in record if names.fullmatch(name)), key=len, reverse=True):
            value = record[name]
            if isinstance(value, list) and value and isinstance(value[0], str | dict):
                value = "、".join(text_of_value(inner) for inner in value)
            value = text_of_value(value)
            if value:
                return value
    return ""


def text_of_value(value: Any) -> str:
    """A text, a number, or the name of an object; empty where it is none of them."""
    if isinstance(value, dict):
        value = next(
            (value[name] for name in ("name", "userName", "nickname", "title") if value.get(name)), ""
        )
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return squeeze(str(value))


def render_state(document: Document) -> str | None:
    """The page that a script would make of the state that *document* holds; None where that shows no article, or where
    the page shows the text already."""
    shown = whole_text(document.root)
    if letters(shown[: 4 * SHELL]) > SHELL or letters(shown) > SHELL:
        return None
    if not ("articleBody" in document.html or holds_state(document.html)):
        return None
    chain = find_article(document)
    if chain is None:
        return None
    text = longest_text(chain[0])
    if squeeze(TAG.sub(" ", text))[:12] in squeeze(shown):
        return None
    return as_page(document, chain, text)


def find_article(document: Document) -> tuple[dict[str, Any], ...] | None:
    """The object of the page's state that holds the longest text under the page's own headline, with those round it."""
    chains = [chain for state in parse_states(document.html) for chain in walk_records(state)]
    if document.linked_data.get("articleBody"):
        chains.append((document.linked_data,))
    title = fold_title(document.title)
    best, longest = None, LEAST - 1
    for chain in chains:
        text = longest_text(chain[0])
        if len(text) > longest and is_article(text, fold_title(read_field(chain, HEADLINE)), title):
            best, longest = chain, len(text)
    return best


def is_article(text: str, headline: str, title: str) -> bool:
    """Whether a text is long enough, and its headline that of the page."""
    plain = TAG.sub("", text)
    if letters(plain) < LEAST or len(MARKS.findall(plain)) < 3 or len(headline) < 4:
        return False
    return not title or headline in title or title in headline


def as_page(document: Document, chain: tuple[dict[str, Any], ...], text: str) -> str:
    """The HTML of a page with the fields of *chain* and *text* as its body."""
    if "<" not in text:
        text = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
    metas = {
        **document.meta,
        "article:published_time": read_field(chain, PUBLISHED),
        "source": read_field(chain, PUBLISHER),
        "author": read_field(chain, AUTHOR),
    }
    head = "".join(
        f'<meta name="{name}" content="{escape(value)}">' for name, value in metas.items() if value
    )
    if document.canonical:
        head = f'<link rel="canonical" href="{escape(document.canonical)}">{head}'
    return (
        f"<html><head><title>{escape(document.title)}</title>{head}</head>"
        f'<body><h1>{escape(read_field(chain, HEADLINE))}</h1><div class="article-content">{text}</div></body></html>'
    )
