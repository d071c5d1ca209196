"""``body_tree`` without what is not the article; every fragment taken out goes into ``removals``."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import urljoin

from itemadapter import ItemAdapter
from lxml import etree

from archive.late_pattern import compile_late
from pipelines.archive_access import archive_of
from pipelines.boilerplate_rules import END, RULES, START, Rule
from pipelines.restored import load_restored, restored
from pipelines.sanitise_html import drop
from pipelines.user_rules import FILE, NONE, UserRule, UserRules, load_rules

ELEMENT_RULES = [(rule, etree.XPath(rule.pattern)) for rule in RULES if rule.kind == "element"]
CLASS_RULES = {name: rule for rule in RULES if rule.kind == "class" for name in rule.pattern.split()}
WITH_CLASS: Any = etree.XPath(".//*[@class]")
TEXT_RULES = [
    (rule, compile_late(rule.pattern, re.DOTALL)) for rule in RULES if rule.kind in ("paragraph", "tail")
]
HINTS = sorted({word for rule, _ in TEXT_RULES for word in rule.hint}, key=len, reverse=True)


def any_of(words: list[str]) -> str:
    """A regular expression for any of *words*, those with one first character together: it is tried in many places, and each
    branch of its own costs.

    >>> any_of(["来源", "声明", "来自"])
    '来(?:源|自)|声(?:明)'
    """
    rests: dict[str, list[str]] = {}
    for word in words:
        rests.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(ends)})" for first, ends in rests.items())


HINT = compile_late(any_of(HINTS))
BLOCK_TAGS = (
    "p",
    "div",
    "section",
    "center",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "figcaption",
)
BREAKS = frozenset((*BLOCK_TAGS, "br", "table", "ul", "ol", "figure", "pre", "hr", "dl"))
HOLDS_BLOCK = etree.XPath(
    "boolean(.//p | .//div | .//section | .//center | .//li | .//table | .//blockquote | .//h1 | .//h2 | .//h3 | .//figure)"
)
SPACE = " \t\r\n\f\v\u00a0\u3000"
ARTICLE_LINK = compile_late(r"/(?:a/|news/\d+,)(?:NW)?20\d{12,21}\.html", re.IGNORECASE)
NAMES = compile_late(r"[\s、，,/　]+")
DIGEST_HEAD = compile_late(r"^\s*【[^】]{1,120}】\s*")
DIGEST_TAIL = compile_late(r"\s*[（(]([^（()）。，；]{2,20})[）)]\s*$")
BULLETS = compile_late(r"[\u3000\s●○•·▪■□◆◇▶►◎※]+")
MOST_KEPT = {"start": START, "end": END, "last": 1}
ROLE = compile_late(
    r"(?:责任编辑|责编|编辑|编审|校对|校對|审核|審核|审校|主编|终审|监制|排版|美编|统筹)\s*[:：|｜丨/／]"
)
SENTENCE = compile_late(r"[。？！；]")
UNLINKED: Any = etree.XPath(".//text()[not(ancestor::a)]")
LONGEST_HEADING = 60  # characters
MOST_REMOVALS = 1_000
"""Fragments that are taken out of one article; pages have a few dozen."""
LONGEST_PARAGRAPH = 1_200
"""Characters of a paragraph that a rule can match whole."""
LONGEST_TAIL = 400
"""Characters at the end of a paragraph in which a note is looked for."""
RELATED = next(rule for rule in RULES if rule.lifts == "related")
RELATED_HEADING = compile_late(RELATED.pattern)
NO_SOURCE = compile_late(r"记者|作者|编辑|截至|单位|见|[注附][:：]|\d[月日年时点%]|待续|如图|同比")
NO_NAME = compile_late(r"[了在从对就的是将已获]|表示|认为|报道|注意到|发现")


TextRule = tuple[Rule, "re.Pattern[str]"]


@cache
def rules_of(word: str) -> int:
    """The rules, as bits in the order of `TEXT_RULES`, that have a hint which stands where *word* does: it, one that it
    holds, or one that begins inside it, for the search goes on behind it."""
    hidden = {other for other in HINTS if other in word or other.startswith(word)}
    hidden |= {other for n in range(1, len(word)) for other in HINTS if other.startswith(word[n:])}
    return sum(1 << n for n, (rule, _) in enumerate(TEXT_RULES) if not hidden.isdisjoint(rule.hint))


@cache
def chosen(bits: int) -> list[TextRule]:
    """The rules that *bits* stand for."""
    return [one for n, one in enumerate(TEXT_RULES) if bits >> n & 1]


def rules_for(text: str) -> list[TextRule]:
    """The rules that can match a paragraph with this *text*: none, as a rule."""
    bits = 0
    for word in HINT.findall(text):
        bits |= rules_of(word)
    return chosen(bits) if bits else []


@dataclass(slots=True)
class Stripped:
    """What `strip_tree` found."""

    removals: list[dict[str, Any]] = field(default_factory=list)
    publisher: str | None = None
    editors: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    alternative_headline: str | None = None
    related: list[dict[str, Any]] = field(default_factory=list)


def flat(element: Any) -> str:
    """An element's text as one line, blanks at the ends off."""
    text = "".join(element.itertext()) if len(element) else element.text or ""
    return text.replace("\u00a0", " ").strip(SPACE)


def markup(element: Any) -> str:
    """An element's own markup, without the text behind it."""
    return etree.tostring(element, encoding="unicode", method="html", with_tail=False)


def blocks_of(tree: Any) -> list[Any]:
    """Paragraphs in reading order: block elements that hold no other block."""
    return [
        block
        for block in tree.iter(*BLOCK_TAGS, "td")
        if block is not tree
        and (block.tag == "p" or not HOLDS_BLOCK(block))
        and (block.tag != "td" or is_alone(block))  # old pages lay out with tables of one column
    ]


def is_alone(cell: Any) -> bool:
    """Whether a table's row has this cell alone."""
    return cell.getprevious() is None and cell.getnext() is None


def wrapper_of(element: Any, tree: Any) -> Any:
    """The outermost element that holds nothing but *element*: it would be left empty."""
    while (parent := element.getparent()) is not None and parent is not tree:
        if element.getprevious() is not None or element.getnext() is not None:
            break
        if (parent.text or "").strip(SPACE) or (element.tail or "").strip(SPACE):
            break
        element = parent
    return element


class Ledger:
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
        self.order = self.order or {one: n for n, one in enumerate(self.tree.iter())}

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
        taken = sorted(self.taken, key=lambda one: one[0])
        if self.left:
            taken.append((0, "too_many", f"{self.left:,} further fragments were left in the text", ""))
        return [
            {"rule": rule, "position": n, "text": text, "html": html}
            for n, (_, rule, text, html) in enumerate(taken, 1)
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
    found = Stripped()
    ledger = Ledger(tree)
    ledger.spared = spared
    if own:
        take_own(tree, ledger, own)
    take_elements(tree, ledger, source)
    wrap_loose(tree)
    for block in find_related_blocks(tree):
        ledger.number()
        found.related += links_of([block], base_url)
        ledger.take(RELATED, block)
    take_paragraphs(tree, ledger, found, base_url)
    found.removals = ledger.removals()
    found.related += [
        {"url": urljoin(base_url or "", href), "text": flat(link) or None, "kind": "body"}
        for link in tree.iter("a")
        if (href := link.get("href")) and ARTICLE_LINK.search(href)
    ]
    return found


def strip_own(tree: Any, own: Sequence[UserRule]) -> list[dict[str, Any]]:
    """Take out what the user's own rules find in an example; rows of ``removals``."""
    ledger = Ledger(tree)
    ledger.is_trial = True
    take_own(tree, ledger, own)
    return ledger.removals()


def take_own(tree: Any, ledger: Ledger, own: Sequence[UserRule]) -> None:
    """Take out what the user's own rules find, unless nothing else would be left."""
    ledger.number()
    for rule in own:
        if rule.rule.kind == "element":
            found = [one for one in rule.find(tree) if isinstance(one, etree._Element) and is_in(one, tree)]
        else:
            blocks = [(block, text) for block in blocks_of(tree) if (text := flat(block))]
            found = [block for block, text in blocks if len(text) <= LONGEST_PARAGRAPH and rule.match(text)]
            if len(found) == len(blocks) and not holds_more(tree):
                continue
        for element in found:
            if is_in(element, tree):  # not gone with one around it
                ledger.take(rule.rule, element)


def take_elements(tree: Any, ledger: Ledger, source: str | None) -> None:
    """Take out what the rules of kind ``element`` and ``class`` find."""
    for rule, find in ELEMENT_RULES:
        if source is not None and not any(map(source.__contains__, rule.hint)):
            continue
        for element in cast("list[Any]", find(tree)):
            if is_in(element, tree):  # not gone with one around it
                ledger.number()
                ledger.take(rule, element)
    for element in WITH_CLASS(tree):
        name = next((name for name in element.get("class").split() if name in CLASS_RULES), None)
        if name and is_in(element, tree):
            ledger.number()
            ledger.take(CLASS_RULES[name], element)


def take_paragraphs(tree: Any, ledger: Ledger, found: Stripped, base_url: str | None) -> None:
    """Take out the paragraphs, and notes at the ends of paragraphs, that a rule matches, and keep what they state."""
    written = [(block, text) for block in blocks_of(tree) if (text := flat(block))]
    matches = matched(written)
    if not matches:
        return
    ledger.number()
    going = {id(block) for block, rule, _, _ in matches if rule.kind == "paragraph"}
    if len(going) == len(written) and not holds_more(tree):
        # Nothing else: then it is the article.
        # But a lone line that names the source is no article.
        named = [match for match in matches if match[1].lifts == "publisher"]
        matches = named if len(named) == len(written) else named[: len(written) - 1]
    for block, rule, match, text in matches:
        if not is_in(block, tree):
            continue  # it went with the heading of related links above it
        lift_stated(found, rule, match)
        if rule.kind == "tail" and text != match[0].strip(SPACE):
            cut_tail(block, match[0], rule, ledger)
            continue
        if rule.name == "scan_code":
            take_code_image(block, rule, ledger)
        if rule.lifts == "related":
            take_related(block, rule, ledger, found, base_url)
        ledger.take(rule, block)


def holds_more(tree: Any) -> bool:
    """Whether there is an image, or text outside of paragraphs."""
    loose = (tree.text or "").strip(SPACE) or any((child.tail or "").strip(SPACE) for child in tree)
    return bool(loose) or tree.find(".//img") is not None


def is_in(element: Any, tree: Any) -> bool:
    """Whether *element* is still part of the tree, and not the tree itself."""
    parent = element.getparent()
    while parent is not None:
        if parent is tree:
            return True
        parent = parent.getparent()
    return False


def matched(blocks: list[tuple[Any, str]]) -> list[tuple[Any, Rule, re.Match[str], str]]:
    """``(block, rule, match, text)`` for each paragraph that a rule takes, in reading order.

    Start and end are counted in the paragraphs that stay: a tail of twelve promotions is all at the end.
    """
    hinted = {n: rules for n, (_, text) in enumerate(blocks) if (rules := rules_for(text))}
    if not hinted:
        return []
    last = max(hinted)
    hits: dict[int, tuple[Rule, re.Match[str]]] = {}
    kept = 0
    for n, (_, text) in enumerate(blocks):
        hit = match_of(hinted[n], text, "start", kept) if n in hinted else None
        if hit:
            hits[n] = hit
        elif (kept := kept + 1) >= START and n > last:
            break
    kept = 0
    for n in range(len(blocks) - 1, -1, -1):
        if n in hits:
            continue
        hit = match_of(hinted[n], blocks[n][1], "end", kept) if n in hinted else None
        if hit:
            hits[n] = hit
        if hit is None or hit[0].kind == "tail":
            kept += 1
    return [(blocks[n][0], *hits[n], blocks[n][1]) for n in sorted(hits)]


def match_of(rules: list[TextRule], text: str, side: str, kept: int) -> tuple[Rule, re.Match[str]] | None:
    """The first of *rules* that takes a paragraph with this *text*, *kept* paragraphs from one *side* of the article."""
    for rule, pattern in rules:
        if rule.where != "any" and (
            (rule.where == "start") != (side == "start") or kept >= MOST_KEPT[rule.where]
        ):
            continue
        if rule.kind == "paragraph":
            found = pattern.fullmatch(text) if len(text) <= LONGEST_PARAGRAPH else None
        else:
            tail = pattern.finditer(text, max(0, len(text) - LONGEST_TAIL))
            found = next((match for match in tail if match.end() == len(text)), None)
        if found and not (rule.lifts == "authors" and NO_NAME.search(found[1])):
            if rule.lifts == "editors" and not are_editors(found):
                continue
            return rule, found
    return None


def names_in(text: str) -> list[str]:
    """Names that blanks or commas part."""
    return [name for name in NAMES.split(text) if name and name not in "｜|丨"]


def editors_in(text: str) -> list[str]:
    """Who is named as editor, without those named behind another duty.

    >>> editors_in("王小明 校对：李晓红")
    ['王小明']
    """
    return names_in(ROLE.split(text, maxsplit=1)[0])


def are_editors(match: re.Match[str]) -> bool:
    """Whether a line names people: 编辑 and 审核 begin sentences, too."""
    named = match.groupdict().get("editors") or match[1]
    if "责" in match[0][:8] or "責" in match[0][:8]:
        return len(named) <= 40 and not SENTENCE.search(named)
    return all(len(name) <= 4 or name.isascii() or "·" in name for name in names_in(ROLE.sub(" ", named)))


def lift_stated(found: Stripped, rule: Rule, match: re.Match[str]) -> None:
    """Keep what a fragment says before it goes."""
    if rule.lifts == "publisher":
        found.publisher = found.publisher or match[1].strip(SPACE) or None
    elif rule.lifts == "editors":
        named = match.groupdict()
        found.editors = [*found.editors, *editors_in(named.get("editors") or match[1])]
        found.authors = [*found.authors, *names_in(named.get("authors") or "")]
    elif rule.lifts == "authors":
        found.authors = [*found.authors, *(name for name in names_in(match[1]) if name[0] not in "系为")]
    elif rule.lifts == "alternative_headline":
        found.alternative_headline = match[1].strip(SPACE)


def cut_tail(block: Any, note: str, rule: Rule, ledger: Ledger) -> None:
    """Take a note off the end of a paragraph that says something else as well."""
    for holder, attribute in ((block, "text"), *((child, "tail") for child in block)):
        value = getattr(holder, attribute) or ""
        if note in value:
            if ledger.stays(rule, note, ""):
                return
            setattr(holder, attribute, value.replace(note, "", 1))
            ledger.note(rule, block, note, etree.tostring(paragraph(note), encoding="unicode")[3:-4])


def paragraph(text: str) -> Any:
    """A paragraph of *text*."""
    element = etree.Element("p")
    element.text = text
    return element


def take_code_image(block: Any, rule: Rule, ledger: Ledger) -> None:
    """The image beside a line that says to scan it is the code."""
    for neighbour in (block.getprevious(), block.getnext()):
        if (
            neighbour is not None
            and not flat(neighbour)
            and (neighbour.tag == "img" or neighbour.find(".//img") is not None)
        ):
            ledger.take(rule, neighbour)
            return


def take_related(heading: Any, rule: Rule, ledger: Ledger, found: Stripped, base_url: str | None) -> None:
    """The links listed under a heading such as 相关报道."""
    listed = []
    following = heading.getnext()
    while following is not None:
        links = [link for link in following.iter("a") if link.get("href")]
        text = flat(following)
        if not links or (squeezed("".join(map(flat, links))) != squeezed(text) and not BULLETS.match(text)):
            break
        listed.append(following)
        following = following.getnext()
    for element in listed:
        found.related += links_of([element], base_url)
        ledger.take(rule, element)


def links_of(elements: list[Any], base_url: str | None) -> list[dict[str, Any]]:
    """The links in *elements*, as listed under a heading such as 相关报道."""
    return [
        {"url": urljoin(base_url or "", link.get("href")), "text": flat(link) or None, "kind": "related"}
        for element in elements
        for link in element.iter("a")
        if link.get("href")
    ]


def find_related_blocks(tree: Any) -> list[Any]:
    """Paragraphs that are such a heading and its links at once."""
    linking: dict[Any, None] = {}
    for link in tree.iter("a"):
        if ARTICLE_LINK.search(link.get("href") or ""):
            block = next((one for one in link.iterancestors(*BLOCK_TAGS) if one is not tree), None)
            if block is not None:
                linking[block] = None
    found = []
    for block in linking:
        text = squeezed("".join(UNLINKED(block)))
        if text and len(text) <= LONGEST_HEADING and RELATED_HEADING.fullmatch(text):
            found.append(block)
    return found


def wrap_loose(tree: Any) -> None:
    """Make a paragraph of each line of text that stands in none, where it may be one that a rule takes."""
    if (tree.text or "").strip(SPACE) and (not len(tree) or tree[0].tag in BREAKS) and HINT.search(tree.text):
        tree.insert(0, paragraph(tree.text))
        tree.text = None
    for child in [*tree]:
        after = child.getnext()
        if (
            (child.tail or "").strip(SPACE)
            and child.tag in BREAKS
            and (after is None or after.tag in BREAKS)
            and HINT.search(child.tail)
        ):
            line = paragraph(child.tail)
            child.tail = None
            child.addnext(line)


def squeezed(text: str) -> str:
    """*text* without blanks and the bullets that lists begin with."""
    return BULLETS.sub("", text)


def tidy_digest(text: str) -> tuple[str | None, str | None]:
    """A digest without its ``【title】`` head and ``（source）`` tail, and that source.

    >>> tidy_digest("【三家公司公告】晨光股份今日公告，拟分红。【注】另有说明。（晨光财经）")
    ('晨光股份今日公告，拟分红。【注】另有说明。', '晨光财经')
    """
    text = DIGEST_HEAD.sub("", text, count=1)
    source = None
    if found := DIGEST_TAIL.search(text):
        before = text[: found.start()].rstrip(SPACE)
        if before.endswith(("。", "！", "？", "”", "；", ".", "…")) and not NO_SOURCE.search(found[1]):
            text, source = before, found[1].strip()
    return text.strip(SPACE) or None, source


def strip_article(
    record: MutableMapping[str, Any], own: UserRules = NONE, spared: frozenset[str] = frozenset()
) -> list[dict[str, Any]]:
    """Take the boilerplate out of an item's ``body_tree`` and keep what it stated; the fragments that went. *own* are the user's
    rules, *spared* those of ours that take nothing."""
    base_url = record.get("canonical_url") or record.get("share_url")
    restored.reading = record["id"]
    rules = own.of(record["site"], base_url) if own else ()
    found = strip_tree(record["body_tree"], base_url, record.get("body_raw"), rules, spared)
    # What the page object took out stands in front.
    earlier = record.get("removals") or []
    record["removals"] = [{**one, "position": n} for n, one in enumerate([*earlier, *found.removals], 1)]
    if found.publisher:
        record["publishers"]["body"] = found.publisher
    record["editors"] = record["editors"] or found.editors
    record["authors"] = record["authors"] or found.authors
    record["alternative_headline"] = record.get("alternative_headline") or found.alternative_headline
    record["related"] = found.related
    if record.get("description"):
        record["description"], source = tidy_digest(record["description"])
        if source:
            record["publishers"]["digest"] = source
    return record["removals"]


CHARTS = frozenset(("kline_chart", "chart_anchor"))
"""Rules that take market charts."""


class StripBoilerplatePipeline:
    """Sets ``removals`` and what they said: publisher, editors, authors, related links. Needs ``body_tree``."""

    def __init__(self, stats: Any, own: UserRules = NONE, keeps_charts: bool = False):
        self.stats, self.own, self.keeps_charts = stats, own, keeps_charts

    @classmethod
    def from_crawler(cls, crawler: Any) -> StripBoilerplatePipeline:
        """Raises RuleError where ``rules.toml`` is wrong."""
        load_restored(getattr(archive_of(crawler), "conn", None))
        own = load_rules(Path(crawler.settings["DATA_DIR"]).expanduser() / FILE)
        return cls(crawler.stats, own, crawler.settings.getbool("KEEP_CHARTS"))

    def process_item(self, item: Any) -> Any:
        record = ItemAdapter(item)
        if record.get("body_tree") is not None:
            spared = CHARTS if self.keeps_charts and shows_charts(record) else frozenset()
            for removal in strip_article(record, self.own, spared):
                self.stats.inc_value(f"strip_boilerplate/{removal['rule']}")
        return item


def shows_charts(record: MutableMapping[str, Any]) -> bool:
    """Whether charts of an article can be had as of its fetch: one that is read again shows those that were fetched then."""
    reading = record.get("reading") or {}
    return "captures" not in reading or any(len(image) == 5 for image in reading.get("images", ()))
