"""Links to other articles, listed under a heading such as 相关报道."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from archive.late_pattern import compile_late
from pipelines.boilerplate_blocks import BLOCK_TAGS, flat
from pipelines.boilerplate_rules import RULES

ARTICLE_LINK = compile_late(r"/(?:a/|news/\d+,)(?:NW)?20\d{12,21}\.html", re.IGNORECASE)
BULLETS = compile_late(r"[\u3000\s●○•·▪■□◆◇▶►◎※]+")
UNLINKED: Any = etree.XPath(".//text()[not(ancestor::a)]")
LONGEST_HEADING = 60  # characters
RELATED = next(rule for rule in RULES if rule.lifts == "related")
RELATED_HEADING = compile_late(RELATED.pattern)


def list_under(heading: Any) -> list[Any]:
    """The elements behind a heading that hold nothing but links."""
    listed = []
    following = heading.getnext()
    while following is not None:
        links = [link for link in following.iter("a") if link.get("href")]
        text = flat(following)
        if not links or (squeezed("".join(map(flat, links))) != squeezed(text) and not BULLETS.match(text)):
            break
        listed.append(following)
        following = following.getnext()
    return listed


def links_of(element: Any, base_url: str | None) -> list[dict[str, Any]]:
    """The links in *element*, as rows of ``article_links``."""
    return [
        {"url": urljoin(base_url or "", link.get("href")), "text": flat(link) or None, "kind": "related"}
        for link in element.iter("a")
        if link.get("href")
    ]


def find_related_blocks(tree: Any) -> list[Any]:
    """Paragraphs that are such a heading and its links at once."""
    linking: dict[Any, None] = {}
    for link in tree.iter("a"):
        if ARTICLE_LINK.search(link.get("href") or ""):
            block = next(
                (ancestor for ancestor in link.iterancestors(*BLOCK_TAGS) if ancestor is not tree), None
            )
            if block is not None:
                linking[block] = None
    blocks = []
    for block in linking:
        text = squeezed("".join(UNLINKED(block)))
        if text and len(text) <= LONGEST_HEADING and RELATED_HEADING.fullmatch(text):
            blocks.append(block)
    return blocks


def squeezed(text: str) -> str:
    """*text* without blanks and the bullets that lists begin with."""
    return BULLETS.sub("", text)
