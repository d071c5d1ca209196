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
# Addresses and ids of 2016 to 2019 state the exchange in words, or the market by one digit behind the code.
US_PAGE = re.compile(
    r"quote\.eastmoney\.com/us/([A-Z.]{1,8})\.html\?(?:.*&)?Market=(NASDAQ|NYSE|AMEX)", re.IGNORECASE
)
QUOTE_PAGE = re.compile(r"quote\.eastmoney\.com/(sh|sz|zs|hk)/?(\d{5,6})\.html", re.IGNORECASE)
FUND_PAGE = re.compile(r"fund\.eastmoney\.com/(\d{6})\.html", re.IGNORECASE)
US_ID = re.compile(r"stock_(NASDAQ|NYSE|AMEX)_([A-Z.]{1,8}?)\d?", re.IGNORECASE)
DIGIT_ID = re.compile(r"stock_(\d{6})([12])")
US_MARKETS = {"NASDAQ": "105", "NYSE": "106", "AMEX": "107"}
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
        or (market == "0" and code.startswith(("395", "399", "899")))
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
    href, identity = element.get("href") or "", element.get("id") or ""
    if found := UNIFY.search(href) or ID_CODE.match(identity):
        market, _, code = found[1].partition(".")
        return market, code
    return code_of_older_address(href) or code_of_older_id(identity)


def code_of_older_address(href: str) -> tuple[str, str] | None:
    """Market and code that an address of a quote's page states, as auto-links had them until 2019.

    >>> code_of_older_address("http://quote.eastmoney.com/us/AAPL.html?Market=NASDAQ")
    ('105', 'AAPL')
    >>> code_of_older_address("http://quote.eastmoney.com/SZ300104.html"), code_of_older_address("http://fund.eastmoney.com/501300.html")
    (('0', '300104'), ('1', '501300'))
    """
    if match := US_PAGE.search(href):
        return US_MARKETS[match[2].upper()], match[1]
    if match := QUOTE_PAGE.search(href):
        letters, code = match[1].lower(), match[2]
        markets = {"sh": "1", "sz": "0", "hk": "116", "zs": "1" if code.startswith("000") else "0"}
        return markets[letters], code
    if match := FUND_PAGE.search(href):
        return ("1" if match[1].startswith("5") else "0", match[1]) if match[1][:2] in LISTED_FUNDS else None
    return None


LISTED_FUNDS = ("15", "16", "18", "50", "51", "56", "58")


def code_of_older_id(identity: str) -> tuple[str, str] | None:
    """Market and code in the id of an auto-link's span, as they were until 2019.

    >>> code_of_older_id("stock_NASDAQ_INTC7"), code_of_older_id("stock_3001042"), code_of_older_id("Info.3293")
    (('105', 'INTC'), ('0', '300104'), None)
    """
    if match := US_ID.fullmatch(identity):
        return US_MARKETS[match[1].upper()], match[2]
    if match := DIGIT_ID.fullmatch(identity):
        return "1" if match[2] == "1" else "0", match[1]
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
            if not classes and element.find(".//a") is None and (one := linked(element, "")):
                found.append(one)
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
        if QUOTE_HOLDER.match(identity) and is_quote(element):
            drop(element)
        elif ID_CODE.match(identity) or identity.startswith(("stock_", "bk_", "Info.")):
            unwrap(element)
    return merged(found)


def is_quote(holder: Any) -> bool:
    """Whether a holder of a quote has nothing but that: no text, or links in brackets such as (行情 专区)."""
    outside = (holder.text or "") + "".join(link.tail or "" for link in holder.iter("a"))
    others = [child for child in holder if child.tag != "a"]
    return not others and not "".join(outside.split()).strip("()（）|,，、0123456789.%+-")


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
