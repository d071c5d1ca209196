"""Auto-links in ``body_tree`` -> ``securities``; the links go, the text stays to the character.

The source links by bare string match and is often wrong, so each mention is judged by its surroundings.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any
from urllib.parse import unquote

from itemadapter import ItemAdapter

from archive.late_pattern import compile_late
from pipelines.doubtful_links import is_doubtful
from pipelines.quote_addresses import code_of_address, code_of_id
from pipelines.sanitise_html import DROPPED, UNWRAPPED, sweep

EXCHANGES = {
    "1": "SH", "2": "CSI", "90": "BOARD", "100": "INDEX", "105": "NASDAQ", "106": "NYSE", "107": "AMEX", "116": "HK", "128": "HK",
}  # fmt: skip
CODE = compile_late(
    r"(\d{1,3})[,.]([A-Z0-9_.]{1,12})", re.IGNORECASE
)  # data-code="0,002752", .../unify/r/0.002752
CHART_CODE = compile_late(
    r"(?:[KR]\s+)?([A-Z0-9_.]{1,12})\|(\d{1,3})\|", re.IGNORECASE
)  # data-code="002752|0|2"
NID = compile_late(r"[?&]nid=(\d{1,3}\.[A-Z0-9_.]{1,12})", re.IGNORECASE)
QUOTE_HOLDER = compile_late(r"^(?:bk)?quote_", re.IGNORECASE)
LINK_CLASSES = {"keytip", "em_stock_key_common", "infokey"}
BLOCKS = frozenset(("p", "div", "td", "th", "li", "center", "section", "article", "blockquote", "figure", "h1", "h2", "h3", "h4", "br", "tr"))  # fmt: skip
AROUND = 12  # characters looked at on either side of a link
MOST_NEAR = 24  # elements looked at for them
LONGEST_NAME = 12  # characters of a link that is known by its address alone
NAVIGATION = compile_late("行情|股吧|专区|资讯|诊股|研报|查看|点击|更多|详情|走势|[>＞]")
HOLDER = compile_late(r"stock_|bk_|Info[._]", re.IGNORECASE)


def kind_of(market: str, code: str) -> str:
    """What a security is, by market number and code.

    >>> kind_of("90", "BK0473"), kind_of("0", "399006"), kind_of("1", "510300"), kind_of("116", "00700")
    ('board', 'index', 'fund', 'stock')
    """
    if market == "90":
        return "board"
    if (
        market in ("2", "100")
        or (market == "0" and code.startswith(("395", "399", "899", "98")))
        or (market == "1" and code.startswith("000"))
    ):
        return "index"
    if (market == "1" and code.startswith("5")) or (market == "0" and code[:2] in ("15", "16", "18")):
        return "fund"
    if len(code) == 6 and code.startswith(("11", "12")) and market in ("0", "1"):  # convertible ones
        return "bond"
    return "stock"


def exchange_of(market: str, code: str) -> str | None:
    """Where it is listed; Beijing shares the market number of Shenzhen."""
    if market == "0":
        return "BJ" if code[:1] in "48" or code.startswith("92") else "SZ"
    return EXCHANGES.get(market)


def security(market: str, code: str, name: str | None, origin: str, doubtful: bool) -> dict[str, Any]:
    """One entry of ``securities``."""
    code = code.upper()
    return {
        "id": f"{market}.{code}", "market": market, "code": code, "exchange": exchange_of(market, code), "name": name,
        "kind": kind_of(market, code), "origin": origin, "mentions": 1, "doubtful": int(doubtful),
    }  # fmt: skip


def code_of(element: Any) -> tuple[str, str] | None:
    """Market and code that an auto-link states, None for a glossary link."""
    if match := CODE.fullmatch(element.get("data-code") or ""):
        return match[1], match[2]
    return code_of_address(element.get("href") or "") or code_of_id(element.get("id") or "")


def text_of(element: Any) -> str:
    """The text of an element; of a long one no more than is looked at."""
    if not len(element):
        return element.text or ""
    return "".join(islice(element.itertext(), MOST_NEAR))


def text_before(element: Any) -> str:
    """The last characters in front of an element, within its paragraph."""
    parts: list[str] = []
    size = 0
    for _ in range(MOST_NEAR):
        before = element.getprevious()
        if before is not None:
            parts.append(before.tail or "")
            if before.tag not in BLOCKS:
                parts.append(text_of(before))
            element = before
        else:
            before = element = element.getparent()
            if element is None:
                break
            parts.append(element.text or "")
        size += len(parts[-1]) + len(before.tail or "")
        if size >= AROUND or before.tag in BLOCKS:
            break
    return "".join(reversed(parts))[-AROUND:]


def text_after(element: Any) -> str:
    """The first characters behind an element, within its paragraph."""
    parts: list[str] = []
    size = 0
    for _ in range(MOST_NEAR):
        parts.append(element.tail or "")
        size += len(parts[-1])
        after = element.getnext()
        if after is not None:
            if size >= AROUND or after.tag in BLOCKS:
                break
            parts.append(text_of(after))
            size += len(parts[-1])
            element = after
        else:
            element = element.getparent()
            if element is None or element.tag in BLOCKS or size >= AROUND:
                break
    return "".join(parts)[:AROUND]


def lift(tree: Any) -> list[dict[str, Any]]:
    """Unwrap every auto-link of the tree; the securities that they name, in order of first mention."""
    mentions: list[dict[str, Any]] = []
    unwrapped, dropped = [], []
    for element in tree.iter("a", "span", "img"):
        if element.tag == "img":
            if chart := chart_code(element):
                mentions.append(security(*chart, None, "chart", False))
        elif is_auto_link(element):
            unwrapped.append(element)
            if entry := read_link(element):
                mentions.append(entry)
        elif element.tag == "span":
            identity = element.get("id") or ""
            if QUOTE_HOLDER.match(identity):
                if is_quote(element):
                    dropped.append(element)
            elif HOLDER.match(identity):
                unwrapped.append(element)
                if not len(element) and (code := code_of_id(identity)):
                    mentions.append(linked_security(element, code))
        elif chart := anchor_code(element):
            mentions.append(security(*chart, None, "chart", False))
    for element in unwrapped:
        element.tag = UNWRAPPED
    for element in dropped:
        element.tag = DROPPED
    sweep(tree)
    return merged(mentions)


def is_quote(holder: Any) -> bool:
    """Whether a holder of a quote has nothing but that: no text, or links in brackets such as (行情 专区)."""
    outside = (holder.text or "") + "".join(link.tail or "" for link in holder.iter("a"))
    figures = [child for child in holder if child.tag != "a"]
    outside += "".join(text_of(child) + (child.tail or "") for child in figures)
    return not "".join(outside.split()).strip("()（）[]【】|,，、:：0123456789.%％+-")


def is_auto_link(element: Any) -> bool:
    """Whether the source's software set a link: by its class, else by the quote page that it leads to and a name as its text."""
    classes = element.get("class")
    if classes and not LINK_CLASSES.isdisjoint(classes.split()):
        return True
    if element.tag != "a" or classes or len(element) or not (href := element.get("href")):
        return False
    name = (element.text or "").strip()
    if not 0 < len(name) <= LONGEST_NAME or NAVIGATION.search(name) or in_quote_holder(element):
        return False
    return code_of_address(href) is not None


def in_quote_holder(element: Any) -> bool:
    """Whether a link stands behind a name: ``保险(行情 专区)``."""
    holder = element.getparent()
    return holder is not None and QUOTE_HOLDER.match(holder.get("id") or "") is not None


def read_link(element: Any) -> dict[str, Any] | None:
    """The security that an auto-link names, None for a word of the glossary."""
    code = code_of(element)
    if code is None or ("infokey" in (element.get("class") or "") and kind_of(*code) != "index"):
        return None
    return linked_security(element, code)


def linked_security(element: Any, code: tuple[str, str]) -> dict[str, Any]:
    """The security of an element that links its text, judged by what stands round it."""
    name = "".join(element.itertext()).strip()
    doubtful = is_doubtful(name, kind_of(*code), text_before(element), text_after(element))
    return security(*code, name or None, "link", doubtful)


def chart_code(element: Any) -> tuple[str, str] | None:
    """Market and code of a chart: of candles (K) or of the day (R). The day of an index stands in articles of every kind, as a
    image of the market: it is no mention."""
    stated = element.get("data-code") or ""
    source = unquote(element.get("src") or "")
    if stated[:2] in ("K ", "R ") and (match := CHART_CODE.match(stated)):
        code = match[2], match[1]
    elif "webquote" in source and (match := NID.search(source)):
        market, _, number = match[1].partition(".")
        code = market, number
    else:
        return None
    of_the_day = stated.startswith("R ") or "imagetype=r" in source.lower()
    return None if of_the_day and kind_of(*code) == "index" else code


def anchor_code(element: Any) -> tuple[str, str] | None:
    """Market and code of an anchor round a chart. It names the same code again, so it counts only where it holds no image."""
    if "EmImageRemark" not in (element.get("class") or "").split() or element.find(".//img") is not None:
        return None
    match = CHART_CODE.match(element.get("data-code") or "")
    return (match[2], match[1]) if match else None


def merged(mentions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One entry for each security and origin, its mentions counted; doubtful only where every mention is."""
    entries: dict[tuple[str, str], dict[str, Any]] = {}
    ids: dict[str, set[str]] = {}
    for mention in mentions:
        if mention["name"]:
            ids.setdefault(mention["name"], set()).add(mention["id"])
        key = (mention["id"], mention["origin"])
        if key in entries:
            entries[key]["mentions"] += 1
            entries[key]["doubtful"] &= mention["doubtful"]
        else:
            entries[key] = dict(mention)
    names = {mention["id"]: mention["name"] for mention in mentions if mention["name"]}
    for entry in entries.values():
        entry["name"] = entry["name"] or names.get(entry["id"])
        if len(ids.get(entry["name"] or "", ())) > 1:  # one name for two listings: at most one is right
            entry["doubtful"] = 1
    return list(entries.values())


def combine(stated: list[dict[str, Any]], lifted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The securities *lifted* from the body's links, then those of *stated*, beside the body, that are not among them."""
    ids = {entry["id"] for entry in lifted}
    return lifted + [entry for entry in stated if entry["id"] not in ids]


class LiftSecuritiesPipeline:
    """Sets ``securities``: those that the page object states and those in the body. Needs ``body_tree``."""

    def process_item(self, item: Any) -> Any:
        record = ItemAdapter(item)
        if record.get("body_tree") is not None:
            record["securities"] = combine(record["securities"], lift(record["body_tree"]))
        return item
