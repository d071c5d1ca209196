"""Auto-links in ``body_tree`` -> ``securities``; the links go, the text stays to the character.

The source links by bare string match and is often wrong, so each mention is judged by its surroundings.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from itemadapter import ItemAdapter

from pipelines.doubtful_links import is_doubtful
from pipelines.sanitise_html import drop, unwrap

EXCHANGES = {
    "1": "SH", "2": "CSI", "90": "BOARD", "100": "INDEX", "105": "NASDAQ", "106": "NYSE", "107": "AMEX", "116": "HK", "128": "HK",
}  # fmt: skip
CODE = re.compile(
    r"(\d{1,3})[,.]([A-Z0-9_.]{1,12})", re.IGNORECASE
)  # data-code="0,002752", .../unify/r/0.002752
CHART_CODE = re.compile(r"(?:K\s+)?([A-Z0-9_.]{1,12})\|(\d{1,3})\|", re.IGNORECASE)  # data-code="002752|0|2"
UNIFY = re.compile(r"/unify/r/(\d{1,3}\.[A-Z0-9_.]{1,12})", re.IGNORECASE)
NID = re.compile(r"[?&]nid=(\d{1,3}\.[A-Z0-9_.]{1,12})", re.IGNORECASE)
ID_CODE = re.compile(r"(?:stock|bk|Info)_?\.?(\d{1,3}\.[A-Z0-9_.]+)", re.IGNORECASE)
QUOTE_HOLDER = re.compile(r"^(?:bk)?quote_", re.IGNORECASE)
LINK_CLASSES = {"keytip", "em_stock_key_common", "infokey"}
BLOCKS = frozenset(("p", "div", "td", "th", "li", "center", "section", "article", "blockquote", "figure", "h1", "h2", "h3", "h4", "br", "tr"))  # fmt: skip
AROUND = 12  # characters looked at on either side of a link


def kind_of(market: str, code: str) -> str:
    """What a security is, by market number and code.

    >>> kind_of("90", "BK0473"), kind_of("0", "399006"), kind_of("1", "510300"), kind_of("116", "00700")
    ('board', 'index', 'fund', 'stock')
    """
    if market == "90":
        return "board"
    if (
        market in ("2", "100")
        or (market == "0" and code.startswith(("399", "899")))
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
    if found := CODE.fullmatch(element.get("data-code") or ""):
        return found[1], found[2]
    if found := UNIFY.search(element.get("href") or "") or ID_CODE.match(element.get("id") or ""):
        market, _, code = found[1].partition(".")
        return market, code
    return None


def text_before(element: Any) -> str:
    """The last characters in front of an element, within its paragraph."""
    parts: list[str] = []
    size = 0
    while size < AROUND:
        one = element.getprevious()
        while one is not None and size < AROUND:
            if one.tail:
                parts.append(one.tail)
                size += len(one.tail)
            if one.tag in BLOCKS:
                return "".join(reversed(parts))[-AROUND:]
            inside = (one.text or "") if not len(one) else "".join(one.itertext())
            parts.append(inside)
            size += len(inside)
            one = one.getprevious()
        element = element.getparent()
        if element is None:
            break
        if size < AROUND and element.text:
            parts.append(element.text)
            size += len(element.text)
        if element.tag in BLOCKS:
            break
    return "".join(reversed(parts))[-AROUND:]


def text_after(element: Any) -> str:
    """The first characters behind an element, within its paragraph."""
    parts: list[str] = []
    size = 0
    while element is not None and element.tag not in BLOCKS and size < AROUND:
        one = element
        while one is not None and size < AROUND:
            if one is not element:
                if one.tag in BLOCKS:
                    return "".join(parts)[:AROUND]
                inside = (one.text or "") if not len(one) else "".join(one.itertext())
                parts.append(inside)
                size += len(inside)
            if one.tail:
                parts.append(one.tail)
                size += len(one.tail)
            one = one.getnext()
        element = element.getparent()
    return "".join(parts)[:AROUND]


def lift(tree: Any) -> list[dict[str, Any]]:
    """Unwrap every auto-link of the tree; the securities that they name, in order of first mention."""
    found: list[dict[str, Any]] = []
    links, holders = [], []
    for element in tree.iter("a", "span", "img"):
        classes = element.get("class")
        if element.tag == "span" and element.get("id"):
            holders.append(element)
        if classes and element.tag != "img" and not LINK_CLASSES.isdisjoint(classes.split()):
            links.append(element)
            if one := linked(element, classes):
                found.append(one)
        elif element.tag != "span" and (chart := chart_code(element)):
            found.append(security(*chart, None, "chart", False))
    for element in links:
        unwrap(element)
    for element in holders:
        identity = element.get("id")
        if QUOTE_HOLDER.match(identity) and not "".join(element.itertext()).strip():
            drop(element)
        elif ID_CODE.match(identity) or identity.startswith(("stock_", "bk_", "Info.")):
            unwrap(element)
    return merged(found)


def linked(element: Any, classes: str) -> dict[str, Any] | None:
    """The security that an auto-link names, None for a word of the glossary."""
    code = code_of(element)
    if code is None or ("infokey" in classes and kind_of(*code) != "index"):
        return None
    name = "".join(element.itertext()).strip()
    doubtful = is_doubtful(name, kind_of(*code), text_before(element), text_after(element))
    return security(*code, name or None, "link", doubtful)


def chart_code(element: Any) -> tuple[str, str] | None:
    """Market and code of a K-line picture."""
    if element.tag == "img":
        if (element.get("data-code") or "").startswith("K ") and (
            found := CHART_CODE.match(element.get("data-code"))
        ):
            return found[2], found[1]
        src = element.get("src") or ""
        if "webquote" in src and (found := NID.search(unquote(src))):
            market, _, code = found[1].partition(".")
            return market, code
        return None
    # The anchor round the picture names the same code again; it counts only where it holds no picture.
    anchor = "EmImageRemark" in (element.get("class") or "").split() and element.find(".//img") is None
    if anchor and (found := CHART_CODE.match(element.get("data-code") or "")):
        return found[2], found[1]
    return None


def merged(mentions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One entry for each security and origin, its mentions counted; doubtful only where every mention is."""
    entries: dict[tuple[str, str], dict[str, Any]] = {}
    ids: dict[str, set[str]] = {}
    for one in mentions:
        if one["name"]:
            ids.setdefault(one["name"], set()).add(one["id"])
        key = (one["id"], one["origin"])
        if key in entries:
            entries[key]["mentions"] += 1
            entries[key]["doubtful"] &= one["doubtful"]
        else:
            entries[key] = dict(one)
    names = {one["id"]: one["name"] for one in mentions if one["name"]}
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
