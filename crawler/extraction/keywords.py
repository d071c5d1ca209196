"""Keywords that a page states of its article, by schema.org or Open Graph."""

from __future__ import annotations

import re
from typing import Any

from crawler.extraction.document import Document

MOST, LONGEST = 50, 40  # keywords, and characters of one: what is longer is a sentence
PARTED = re.compile(r"[,，、;；|]")


def find_keywords(document: Document) -> list[str]:
    """Keywords of the article's schema.org record, else its ``article:tag`` properties, in their order, each once; a text
    is parted at its commas. A meta tag ``keywords`` is no source: most sites have the same on every page."""
    stated = document.linked_data.get("keywords")
    keywords = (
        [word for part in stated if (word := name_of(part))] if isinstance(stated, list) else split(stated)
    )
    if not keywords:
        keywords = [word for tag in document.metas.get("article:tag", []) for word in split(tag)]
    return list(dict.fromkeys(word for word in keywords if len(word) <= LONGEST))[:MOST]


def split(stated: Any) -> list[str]:
    """The words of a text.

    >>> split("港口, 航运，山南|"), split(None), split({"name": "港口"})
    (['港口', '航运', '山南'], [], ['港口'])
    """
    if isinstance(stated, dict):
        stated = name_of(stated)
    return (
        [word for part in PARTED.split(stated) if (word := part.strip())] if isinstance(stated, str) else []
    )


def name_of(part: Any) -> str | None:
    """A keyword that is a text, or a DefinedTerm with a name.

    >>> name_of(" 港口 "), name_of({"@type": "DefinedTerm", "name": "航运"}), name_of(7)
    ('港口', '航运', None)
    """
    name = part.get("name") if isinstance(part, dict) else part
    return " ".join(name.split()) or None if isinstance(name, str) else None
