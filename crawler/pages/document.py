"""PDF documents as articles of kind ``document``: the text of their pages and what they state of themselves."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from crawler.extraction.document import squeeze
from crawler.items import Article
from crawler.pages import NotArticle

if TYPE_CHECKING:
    from pypdf import PdfReader

    from crawler.pages import ArticlePage

MOST_PAGES = 500
LEAST_TEXT = 30  # characters; a document with less is a scan
NO_TITLE = re.compile(
    r"^(?:untitled|无标题|未命名|document\d*|文档\d*|slide \d+|presentation\d*|(?:microsoft )?(?:word|powerpoint|excel)\b.*|.*\.(?:docx?|wps|xlsx?|pptx?|pdf|indd|rtf|qxd|tmp)|(?=[\w-]*?\d{5})[\w-]+)$",
    re.IGNORECASE,
)
"""What programs write as a title where nobody gave one."""
SENTENCE_END = re.compile(r"[。！？；.!?:：]['\"”’」』）)]*$")
PAGE_NUMBER = re.compile(
    r"[-—–\s]{0,29}(?:第\s{0,9})?\d{1,4}(?:\s{0,9}页)?(?:\s{0,9}[/／共of]+\s{0,9}\d{1,4}\s{0,9}页?)?[-—–\s]{0,29}",
    re.IGNORECASE,
)


def read_document(page: ArticlePage, url: str, body: bytes, article_id: str) -> Article:
    """The article that the PDF *body* from *url* is. Raises NotArticle."""
    reader = open_pdf(body, page.site, url)
    lines = [page_lines(paragraph) for paragraph in list(reader.pages)[:MOST_PAGES]]
    paragraphs = join_lines(without_running_heads(lines))
    if sum(map(len, paragraphs)) < LEAST_TEXT:
        raise NotArticle(f"{page.site}: {url} is a PDF of {len(lines)} pages without text, such as a scan")
    facts = {
        str(name): str(value) for name, value in (reader.metadata or {}).items() if isinstance(value, str)
    }
    created = created_at(reader)
    return Article(
        id=article_id,
        site=page.site,
        link=page.target.link,
        share_url=page.target.link,
        canonical_url=url,
        retrieved_at=page.retrieved_at,
        headline=title_of(facts, paragraphs, url),
        headline_from="page",
        authors=[author] if (author := stated_author(facts)) else [],
        description=squeeze(facts.get("/Subject")) or None,
        published_raw=created.isoformat() if created else None,
        published_from="page" if created else None,
        kind="document",
        body_raw="<div>" + "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs) + "</div>",
    )


def open_pdf(body: bytes, site: str, url: str) -> PdfReader:
    """A reader of *body*. Raises NotArticle where it is damaged or encrypted."""
    # Late: few crawls meet a PDF.
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(BytesIO(body))
        if reader.is_encrypted and not reader.decrypt(""):
            raise NotArticle(f"{site}: {url} is a PDF that asks for a password")
        len(reader.pages)
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        NotImplementedError,
    ) as exc:
        raise NotArticle(
            f"{site}: {url} is a damaged PDF (application/pdf): {squeeze(str(exc))[:120]}"
        ) from None
    return reader


def page_lines(page: Any) -> list[str]:
    """The lines of a PDF's page; none where the page cannot be read."""
    from pypdf.errors import PyPdfError

    try:
        text = page.extract_text() or ""
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return []
    return [line for line in map(squeeze, text.splitlines()) if line]


def without_running_heads(pages: list[list[str]]) -> list[str]:
    """The lines of all pages without page numbers and what is at the top or bottom of most of them."""
    edges: dict[str, int] = {}
    for lines in pages:
        for line in {re.sub(r"\d+", "#", line_text) for line_text in (*lines[:2], *lines[-2:])}:
            edges[line] = edges.get(line, 0) + 1
    repeated = {line for line, count in edges.items() if count >= 3 and 2 * count > len(pages)}
    return [
        line
        for lines in pages
        for n, line in enumerate(lines)
        if not PAGE_NUMBER.fullmatch(line)
        and not ((n < 2 or n >= len(lines) - 2) and re.sub(r"\d+", "#", line) in repeated)
    ]


def join_lines(lines: list[str]) -> list[str]:
    """Printed lines -> paragraphs: a full line that ends in no punctuation goes on in the next.

    >>> join_lines(["港区的三条公路今天同时开工，总投资四十亿元，计", "划明年通车。", "一、工程概况"])
    ['港区的三条公路今天同时开工，总投资四十亿元，计划明年通车。', '一、工程概况']
    """
    full = 0.75 * sorted(map(len, lines))[int(0.9 * (len(lines) - 1))] if lines else 0
    paragraphs: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on:
            gap = " " if paragraphs[-1][-1:].isascii() and line[:1].isascii() else ""
            before = paragraphs[-1]
            hyphenated = before.endswith("-") and before[-2:-1].isalpha() and line[:1].islower()
            paragraphs[-1] = before[:-1] + line if hyphenated else f"{before}{gap}{line}"
        else:
            paragraphs.append(line)
        goes_on = len(line) >= full and not SENTENCE_END.search(line)
    return paragraphs


def title_of(facts: dict[str, str], paragraphs: list[str], url: str) -> str:
    """The document's title: as it states it, else its first line of some length, else its file's name."""
    stated = squeeze(facts.get("/Title"))
    if len(stated) >= 4 and not NO_TITLE.match(stated) and "\ufffd" not in stated:
        return stated
    first = next(
        (line for line in paragraphs[:6] if 6 <= len(line) <= 80 and not re.search(r"[:：]\s*\S+$", line)),
        None,
    )
    return first or unquote(urlsplit(url).path.rpartition("/")[2]) or url


def stated_author(facts: dict[str, str]) -> str | None:
    """The writer that the document states, where that is not a program or a user's account."""
    from crawler.extraction.names import is_name
    from crawler.extraction.person_names import is_person

    name = squeeze(facts.get("/Author"))
    return name if is_name(name) or is_person(name) else None


def created_at(reader: PdfReader) -> datetime | None:
    """When the document was made, as it states with its zone; None where it does not."""
    try:
        created = reader.metadata.creation_date if reader.metadata else None
    except (ValueError, TypeError, AttributeError):
        return None
    return created if created is not None and created.tzinfo is not None else None
