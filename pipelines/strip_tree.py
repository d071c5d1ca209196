"""Takes boilerplate out of a body's tree, and notes each fragment and what it states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urljoin

from lxml import etree

from pipelines.boilerplate_blocks import (
    SPACE,
    blocks_of,
    flat,
    holds_more,
    is_in,
    markup,
    paragraph,
    wrap_loose,
    wrapper_of,
)
from pipelines.boilerplate_matches import LONGEST_PARAGRAPH, editors_in, find_matches, names_in
from pipelines.boilerplate_rules import RULES, Rule
from pipelines.related_links import ARTICLE_LINK, RELATED, find_related_blocks, links_of, list_under
from pipelines.restored import restored
from pipelines.sanitise_html import drop
from pipelines.user_rules import UserRule

ELEMENT_RULES = [(rule, etree.XPath(rule.pattern)) for rule in RULES if rule.kind == "element"]
CLASS_RULES = {name: rule for rule in RULES if rule.kind == "class" for name in rule.pattern.split()}
MOST_REMOVALS = 1_000
"""Fragments that are taken out of one article; pages have a few dozen."""
LONGEST_MEDIUM = 12  # characters of a medium's name that is a link


@dataclass(slots=True)
class Stripped:
    """What `strip_tree` found."""

    removals: list[dict[str, Any]] = field(default_factory=list)
    publisher: str | None = None
    editors: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    alternative_headline: str | None = None
    related: list[dict[str, Any]] = field(default_factory=list)


class RemovalLog:
    """What is taken out of a tree, in the order in which it stood there."""

    def __init__(self, tree: Any):
        self.tree = tree
        self.order: dict[Any, int] = {}
        self.taken: list[tuple[int, str, str, str]] = []
        self.left = 0
        self.spared: frozenset[str] = frozenset()
        """Names of rules that take nothing here."""
        self.is_trial = False
        """Whether an example is tried, whatever the user decided."""

    def number(self) -> None:
        """Remember where each element stands, before the first one goes."""
        self.order = self.order or {element: n for n, element in enumerate(self.tree.iter())}

    def take(self, rule: Rule, element: Any) -> None:
        """Take an element out, with what it leaves empty."""
        if len(self.taken) >= MOST_REMOVALS:
            self.left += 1
            return
        element = wrapper_of(element, self.tree)
        text, html = flat(element), markup(element)
        if self.stays(rule, text, html):
            return
        self.note(rule, element, text, html)
        drop(element)

    def stays(self, rule: Rule, text: str, html: str) -> bool:
        """Whether a fragment stays, by the settings or by what the user decided."""
        if self.is_trial:
            return False
        return rule.name in self.spared or restored.keeps(rule.name, text, html)

    def note(self, rule: Rule, element: Any, text: str, html: str) -> None:
        """Keep what goes."""
        self.taken.append((self.order.get(element, 0), rule.name, text, html))

    def removals(self) -> list[dict[str, Any]]:
        """Rows of ``removals``, in reading order."""
        in_order = sorted(self.taken, key=lambda removal: removal[0])
        if self.left:
            in_order.append((0, "too_many", f"{self.left:,} further fragments were left in the text", ""))
        return [
            {"rule": rule, "position": n, "text": text, "html": html}
            for n, (_, rule, text, html) in enumerate(in_order, 1)
        ]


def strip_tree(
    tree: Any,
    base_url: str | None = None,
    source: str | None = None,
    own: Sequence[UserRule] = (),
    spared: frozenset[str] = frozenset(),
) -> Stripped:
    """Take boilerplate out of the tree, which was made of *source*, by our rules but those *spared*, and by rules of the user's
    *own*. An article of nothing else keeps its text."""
    if source is not None and "&#" in source:
        source = None  # a hint may be written in character references
    result = Stripped()
    log = RemovalLog(tree)
    log.spared = spared
    if own:
        take_own(tree, log, own)
    take_elements(tree, log, source)
    wrap_loose(tree)
    for block in find_related_blocks(tree):
        log.number()
        result.related += links_of(block, base_url)
        log.take(RELATED, block)
    take_paragraphs(tree, log, result, base_url)
    result.removals = log.removals()
    result.related += [
        {"url": urljoin(base_url or "", href), "text": flat(link) or None, "kind": "body"}
        for link in tree.iter("a")
        if (href := link.get("href")) and ARTICLE_LINK.search(href)
    ]
    return result


def strip_own(tree: Any, own: Sequence[UserRule]) -> list[dict[str, Any]]:
    """Take out what the user's own rules find in an example; rows of ``removals``."""
    log = RemovalLog(tree)
    log.is_trial = True
    take_own(tree, log, own)
    return log.removals()


def take_own(tree: Any, log: RemovalLog, own: Sequence[UserRule]) -> None:
    """Take out what the user's own rules find, unless nothing else would be left."""
    log.number()
    for rule in own:
        if rule.rule.kind == "element":
            elements = [
                node for node in rule.find(tree) if isinstance(node, etree._Element) and is_in(node, tree)
            ]
        else:
            blocks = [(block, text) for block in blocks_of(tree) if (text := flat(block))]
            elements = [
                block for block, text in blocks if len(text) <= LONGEST_PARAGRAPH and rule.match(text)
            ]
            if len(elements) == len(blocks) and not holds_more(tree):
                continue
        for element in elements:
            if is_in(element, tree):  # not gone with one around it
                log.take(rule.rule, element)


def take_elements(tree: Any, log: RemovalLog, source: str | None) -> None:
    """Take out what the rules of kind ``element`` and ``class`` find."""
    for rule, find in ELEMENT_RULES:
        if source is not None and not any(map(source.__contains__, rule.hint)):
            continue
        for element in cast("list[Any]", find(tree)):
            if is_in(element, tree):  # not gone with one around it
                log.number()
                log.take(rule, element)
    for element in [element for element in tree.iter() if element.get("class")]:
        name = next((name for name in element.get("class").split() if name in CLASS_RULES), None)
        if name and is_in(element, tree):
            log.number()
            log.take(CLASS_RULES[name], element)


def take_paragraphs(tree: Any, log: RemovalLog, result: Stripped, base_url: str | None) -> None:
    """Take out the paragraphs, and notes at the ends of paragraphs, that a rule matches, and keep what they state."""
    written = [(block, text) for block in blocks_of(tree) if (text := flat(block))]
    matches = find_matches(written)
    if not matches:
        return
    log.number()
    going = {id(block) for block, rule, _, _ in matches if rule.kind == "paragraph"}
    if len(going) == len(written) and not holds_more(tree):
        # Nothing else: then it is the article.
        # But a lone line that names the source is no article.
        of_publisher = [match for match in matches if match[1].lifts == "publisher"]
        matches = of_publisher if len(of_publisher) == len(written) else of_publisher[: len(written) - 1]
    for block, rule, match, text in matches:
        if not is_in(block, tree):
            continue  # it went with the heading of related links above it
        lift_stated(result, rule, match, block)
        if rule.kind == "tail" and text != match[0].strip(SPACE):
            cut_tail(block, match[0], rule, log)
            continue
        if rule.name == "scan_code":
            take_code_image(block, rule, log)
        if rule.lifts == "related":
            take_related(block, rule, log, result, base_url)
        log.take(rule, block)


def lift_stated(result: Stripped, rule: Rule, match: re.Match[str], block: Any) -> None:
    """Keep what a fragment says before it goes."""
    if rule.lifts == "publisher":
        if len(match[1]) > LONGEST_MEDIUM and block.find(".//a[@href]") is not None:
            return  # the headline of an article that the text rests on
        result.publisher = result.publisher or match[1].strip(SPACE) or None
    elif rule.lifts == "editors":
        groups = match.groupdict()
        result.editors = [*result.editors, *editors_in(groups.get("editors") or match[1])]
        result.authors = [*result.authors, *names_in(groups.get("authors") or "")]
    elif rule.lifts == "authors":
        result.authors = [*result.authors, *(name for name in names_in(match[1]) if name[0] not in "系为")]
    elif rule.lifts == "alternative_headline":
        result.alternative_headline = match[1].strip(SPACE)


def cut_tail(block: Any, note: str, rule: Rule, log: RemovalLog) -> None:
    """Take a note off the end of a paragraph that says something else as well."""
    for holder, attribute in ((block, "text"), *((child, "tail") for child in block)):
        value = getattr(holder, attribute) or ""
        if note in value:
            if log.stays(rule, note, ""):
                return
            setattr(holder, attribute, value.replace(note, "", 1))
            log.note(rule, block, note, etree.tostring(paragraph(note), encoding="unicode")[3:-4])


def take_code_image(block: Any, rule: Rule, log: RemovalLog) -> None:
    """The image beside a line that says to scan it is the code."""
    for neighbour in (block.getprevious(), block.getnext()):
        if (
            neighbour is not None
            and not flat(neighbour)
            and (neighbour.tag == "img" or neighbour.find(".//img") is not None)
        ):
            log.take(rule, neighbour)
            return


def take_related(heading: Any, rule: Rule, log: RemovalLog, result: Stripped, base_url: str | None) -> None:
    """Take out what is listed under a heading such as 相关报道, and keep its links."""
    for element in list_under(heading):
        result.related += links_of(element, base_url)
        log.take(rule, element)
