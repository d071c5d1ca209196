"""Auto-links in ``body_tree`` -> ``securities``; the links go, the text stays to the character.

The source links by bare string match and is often wrong, so each mention is judged by its surroundings.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from pipelines.record import record_of
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
WORD = re.compile(r"[A-Za-z0-9]")
HAN = re.compile(r"[\u3400-\u9fff]")
# Words of everyday language that are also the name of a listed company.
COMMON_WORDS = frozenset(["绿色经济", "机器人", "太阳", "中国制造", "新能源", "大众", "国际", "时代", "未来", "科技", "数字经济", "第一", "美好", "和平", "生活", "健康", "环球", "创新", "智慧", "梦想", "理想", "小米", "苹果"])  # fmt: skip
SURE = frozenset(("理想", "小米", "苹果"))  # common words that news nearly always means as the company


def kind_of(market: str, code: str) -> str:
    """What a security is, by market number and code.

    >>> kind_of("90", "BK0473"), kind_of("0", "399006"), kind_of("1", "510300"), kind_of("116", "00700")
    ('board', 'index', 'fund', 'stock')
    """
    if market == "90":
        return "board"
    if (
        market in ("2", "100")
        or (market == "0" and code.startswith("399"))
        or (market == "1" and code.startswith("000"))
    ):
        return "index"
    if (market == "1" and code.startswith("5")) or (market == "0" and code[:2] in ("15", "16", "18")):
        return "fund"
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


def text_around(element: Any) -> tuple[str, str]:
    """The characters before and behind an element, to the borders of its paragraph (up to 12)."""
    block = element
    while block.getparent() is not None and block.tag not in ("p", "div", "td", "li", "center"):
        block = block.getparent()
    before: list[str] = []
    after: list[str] = []
    seen = False
    inside = {*element.iter()}
    if block.text:
        before.append(block.text)
    for one in block.iter():
        if one is block:
            continue
        if one is element:
            seen = True
        elif one not in inside and one.text:
            (after if seen else before).append(one.text)
        if one.tail and (one is element or one not in inside):
            (after if seen else before).append(one.tail)
    return "".join(before)[-12:], "".join(after)[:12]


def is_doubtful(name: str, kind: str, before: str, after: str) -> bool:
    """Whether a blind match is probably wrong: it cuts a word, or is part of a longer name, or a common word.

    >>> is_doubtful("PPI", "stock", "加拿大年金计划委员会(C", "B)披露")
    True
    >>> is_doubtful("证券", "board", "（文章来源：中国", "报）")
    True
    >>> is_doubtful("昇兴股份", "stock", "", "(002752)1月21日晚间公告")
    False
    """
    if not name:
        return False
    if WORD.match(name[0]) and before and WORD.match(before[-1]):
        return True
    if WORD.match(name[-1]) and after and WORD.match(after[0]):
        return True
    if "文章来源" in before or "来源：" in before:
        return True
    if name == "证券":
        return bool(before and HAN.match(before[-1])) or after[:1] in ("报", "时", "日", "之")
    return kind == "stock" and name in COMMON_WORDS and name not in SURE


def lift(tree: Any) -> list[dict[str, Any]]:
    """Unwrap every auto-link of the tree; the securities that they name, in order of first mention."""
    found: list[tuple[Any, dict[str, Any]]] = []
    links = [
        element
        for element in tree.iter("a", "span")
        if LINK_CLASSES.intersection((element.get("class") or "").split())
    ]
    for element in links:
        code = code_of(element)
        if code is None:
            continue
        name = "".join(element.itertext()).strip()
        kind = kind_of(*code)
        if "infokey" in (element.get("class") or "") and kind != "index":
            continue
        before, after = text_around(element)
        found.append((element, security(*code, name or None, "link", is_doubtful(name, kind, before, after))))
    for element in tree.iter("img", "a"):
        if chart := chart_code(element):
            found.append((element, security(*chart, None, "chart", False)))
    for element in links:
        unwrap(element)
    for element in [span for span in tree.iter("span") if span.get("id")]:
        identity = element.get("id") or ""
        if QUOTE_HOLDER.match(identity) and not "".join(element.itertext()).strip():
            drop(element)
        elif ID_CODE.match(identity) or identity.startswith(("stock_", "bk_", "Info.")):
            unwrap(element)
    return merged([one for _, one in found])


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


class LiftSecuritiesPipeline:
    """Sets ``securities``. Needs ``body_tree``."""

    def process_item(self, item: Any) -> Any:
        record = record_of(item)
        if record.get("body_tree") is not None:
            record["securities"] = lift(record["body_tree"])
        return item
