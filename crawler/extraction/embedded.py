"""Articles that a page holds in its scripts only: the state that frameworks such as Next.js or Vue leave there, and the
``articleBody`` of schema.org. They are told as the page that a script would make of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any

from crawler.extraction.document import Document, squeeze
from crawler.extraction.headline import key
from crawler.extraction.lines import MARKS
from crawler.extraction.trees import letters

NAMES = (
    "__NEXT_DATA__",
    "INITIAL_STATE",
    "initialState",
    "PRELOADED_STATE",
    "APOLLO_STATE",
    "_ROUTER_DATA",
    "_DATA__",
    "pageData",
    "articleData",
    "articleDetail",
    "newsDetail",
)
"""Names, or ends of names, that pages give the state of their scripts."""
ASSIGNED = re.compile(
    r"""["'\w$\]]*(?:[^<>]{0,80}>\s*(?=[\[{])|\s*=\s*(?:JSON\.parse\(\s*(?=["'])|(?=[\[{])))"""
)
QUOTED = re.compile(r"""(["'])((?:\\.|(?!\1).)*)\1""", re.DOTALL)
BODY = re.compile(
    r"(?:article|news|post|widget|detail|rich|main)?_?(?:content|body|text|html|detail)(?:_?html|_?text|_?body)?|html_?content|articleBody",
    re.IGNORECASE,
)
HEADLINE = re.compile(r"(?:article|news|widget|post|main)?_?(?:title|headline|subject)", re.IGNORECASE)
PUBLISHED = re.compile(
    r"(?:publish(?:ed)?|pub|display|show|release|online|first_?publish|create(?:d)?|news)_?(?:time|date|at|on)(?:_?stamp)?|ctime|ptime|datePublished|time|date",
    re.IGNORECASE,
)
PUBLISHER = re.compile(
    r"source|(?:source|media|origin|account|publisher)_?name|media|origin|from|publisher|copy_?from",
    re.IGNORECASE,
)
AUTHOR = re.compile(
    r"authors?|(?:author|writer|reporter|user|nick)_?(?:name|info)?s?|byline|editor_?author", re.IGNORECASE
)
TAG = re.compile(r"<[^>]*>")
LEAST = 100  # characters that make a text; the shells of lists hold shorter ones
SHELL = 2_000  # characters; a page that shows more shows its article
DEEPEST, MOST = 12, 20_000  # levels and objects of a state that are looked through


def places(html: str) -> Iterator[int]:
    """Where one of `NAMES` ends in the page's source."""
    for name in NAMES:
        at = html.find(name)
        while at >= 0:
            yield at + len(name)
            at = html.find(name, at + len(name))


def states(html: str) -> Iterator[Any]:
    """What the page's scripts assign to names such as ``__INITIAL_STATE__``, as far as it is JSON."""
    decoder = json.JSONDecoder(strict=False)
    for found in (ASSIGNED.match(html, at) for at in places(html)):
        if found is None:
            continue
        at = found.end()
        try:
            if html[at] in "\"'":
                quoted = QUOTED.match(html, at)
                text = json.loads(f'"{quoted[2]}"', strict=False) if quoted else ""
                yield json.loads(text, strict=False)
            else:
                yield decoder.raw_decode(html, at)[0]
        except (ValueError, IndexError, RecursionError):
            continue


def records(state: Any) -> Iterator[tuple[dict[str, Any], ...]]:
    """The objects of a state, each behind those that it stands in, innermost first."""
    waiting: list[tuple[Any, tuple[dict[str, Any], ...]]] = [(state, ())]
    for _ in range(MOST):
        if not waiting:
            return
        one, above = waiting.pop()
        if isinstance(one, dict):
            above = (one, *above)[:DEEPEST]
            yield above
        inside = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        if len(above) < DEEPEST:
            waiting += [(value, above) for value in inside if isinstance(value, dict | list)]


def text_in(record: dict[str, Any]) -> str:
    """The longest text of an object under a name that says so; empty where it holds none."""
    texts = [value for name, value in record.items() if isinstance(value, str) and BODY.fullmatch(name)]
    return max(texts, key=len, default="")


def said(chain: tuple[dict[str, Any], ...], names: re.Pattern[str]) -> str:
    """What the innermost of some objects says under one of *names*: a text, a number, or a name in an object or list."""
    for record in chain[:3]:
        # The longer name says more: publishTime rather than time.
        for name in sorted((name for name in record if names.fullmatch(name)), key=len, reverse=True):
            value = record[name]
            if isinstance(value, list) and value and isinstance(value[0], str | dict):
                value = "、".join(said_by(one) for one in value)
            value = said_by(value)
            if value:
                return value
    return ""


def said_by(value: Any) -> str:
    """A text, a number, or the name of an object; empty where it is none of them."""
    if isinstance(value, dict):
        value = next(
            (value[name] for name in ("name", "userName", "nickname", "title") if value.get(name)), ""
        )
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return squeeze(str(value))


def shown_by_script(document: Document) -> str | None:
    """The page that a script would make of the state that *document* holds; None where that shows no article, or where
    the page shows the text already."""
    if not ("articleBody" in document.html or any(name in document.html for name in NAMES)):
        return None
    seen = "".join(document.root.itertext())
    if letters(seen) > SHELL:
        return None
    chains = [chain for state in states(document.html) for chain in records(state)]
    if document.linked_data.get("articleBody"):
        chains.append((document.linked_data,))
    best: tuple[int, str, tuple[dict[str, Any], ...]] | None = None
    title = key(document.title)
    for chain in chains:
        text = text_in(chain[0])
        if len(text) < LEAST or (best is not None and len(text) <= best[0]):
            continue
        plain = TAG.sub("", text)
        headline = key(said(chain, HEADLINE))
        if letters(plain) < LEAST or len(MARKS.findall(plain)) < 3 or len(headline) < 4:
            continue
        if title and headline not in title and title not in headline:
            continue  # another article's
        best = (len(text), text, chain)
    if best is None:
        return None
    _, text, chain = best
    begin = squeeze(TAG.sub(" ", text))[:12]
    if begin in squeeze(seen):
        return None
    if "<" not in text:
        text = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
    metas = {
        "article:published_time": said(chain, PUBLISHED),
        "source": said(chain, PUBLISHER),
        "author": said(chain, AUTHOR),
    }
    stated = "".join(
        f'<meta name="{name}" content="{escape(value)}">'
        for name, value in {**document.meta, **metas}.items()
        if value
    )
    headline = escape(said(chain, HEADLINE))
    where = f'<link rel="canonical" href="{escape(document.canonical)}">' if document.canonical else ""
    return (
        f"<html><head><title>{escape(document.title)}</title>{where}{stated}</head>"
        f'<body><h1>{headline}</h1><div class="article-content">{text}</div></body></html>'
    )
