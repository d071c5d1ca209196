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
BLOCKS = frozenset(("p", "div", "td", "th", "li", "center", "section", "article", "blockquote", "figure", "h1", "h2", "h3", "h4", "br", "tr"))  # fmt: skip
AROUND = 12  # characters looked at on either side of a link

# A name goes on behind the link: 中国平安|银行 is another company, 农业银行|业 no company at all.
GOES_ON = re.compile(
    r"银行|人寿|财险|产险|养老险|信托(?!计划)|资管|期货(?!合约|市场|价)|影业|健康险|租赁"
    r"|(?:证券|基金|保险|资本|投资|科技|物流|健康|音乐|置业|地产)(?=(?:股份|集团)?(?:有限)?公司|[（(](?:上海|深圳|北京|香港|中国))"
    r"|证券(?=分析师|研究|研报|首席|认为|表示|指出|发布|策略|团队|资管|营业部|[，。、）)”]|$)"
)
TRADE = re.compile(r"业(?![绩务内界主余])")  # 银行|业, 证券|业
TRADES = ("银行", "证券", "保险", "信托", "期货", "基金", "租赁")
# An institution or a paper whose name holds a board's: 证券 in 中国证券报, 上海证券交易所.
INSTITUTION = re.compile(
    r"报(?![告价名道收出考销备批])|[日时晚周]报|之星|交易所|监督|监管|业协会|从业|登记结算|法(?![人律])|市场周刊"
)
# Behind a name of two characters, of which another company's begins: 京东|方, 京东|健康, 蔚来|资本.
SHORT_GOES_ON = re.compile(
    r"方(?![面案向式法便才])|健康|物流|科技|工业|数科|音乐|云音乐|金融|资本(?!开支|支出|市场|金|化|运作)"
)
# Short names of listed companies (01315, 300024, 603883, 601099, 300832, 000061, ...) that news has far more often as
# everyday words. Such a name counts where something behind it is said of companies alone.
EVERYDAY = frozenset(
    (
        "绿色经济", "美丽中国", "机器人", "老百姓", "太平洋", "新产业", "农产品", "张家界", "长白山", "指南针", "信息发展", "新城市", "新文化",
        "新动力", "新天地", "新大陆", "中国电影", "中国软件", "中国卫星", "中国医药", "航天科技", "海南发展", "湖南发展", "西藏发展", "北京文化",
        "云南旅游", "西安旅游", "桂林旅游", "西藏旅游",
    )
)  # fmt: skip
OF_A_COMPANY = re.compile(
    r"\s*(?:[（(]\s*(?:[\dＳSHhＨ]|股票|证券)|[：:](?:公司|拟|预计|\d{4}年)|公告|披露|股价|涨(?!价)|跌(?!价)|封板|触及|收[涨跌报]|报\d|早盘|午后|盘中|股份|控股股东|实控人"
    r"|董事|董秘|总经理|高管|一季报|半年报|三季报|年报|A股|H股|停牌|复牌|等(?:个股|公司|股)|\d{4}年.{0,4}(?:营收|净利))"
)


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


def is_doubtful(name: str, kind: str, before: str, after: str) -> bool:
    """Whether a blind match is probably wrong: it cuts a word, is part of a longer name, or is an everyday word.

    >>> is_doubtful("PPI", "stock", "加拿大年金计划委员会(C", "B)披露")
    True
    >>> is_doubtful("证券", "board", "（文章来源：中国", "报）"), is_doubtful("证券", "board", "首创", "分析师认为")
    (True, False)
    >>> is_doubtful("中国平安", "stock", "", "银行发布"), is_doubtful("昇兴股份", "stock", "", "(002752)1月21日晚间公告")
    (True, False)
    """
    if not name:
        return False
    if after and WORD.match(after) and WORD.match(name[-1]):
        return True
    if before and WORD.match(before[-1]) and WORD.match(name[0]):
        return True
    if "来源：" in before:
        return True
    if kind == "board":
        return INSTITUTION.match(after) is not None
    if name in EVERYDAY:
        return OF_A_COMPANY.match(after) is None
    if kind != "stock":
        return False
    if GOES_ON.match(after) or (len(name) == 2 and SHORT_GOES_ON.match(after)):
        return True
    return name.endswith(TRADES) and TRADE.match(after) is not None


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


class LiftSecuritiesPipeline:
    """Sets ``securities``. Needs ``body_tree``."""

    def process_item(self, item: Any) -> Any:
        record = record_of(item)
        if record.get("body_tree") is not None:
            record["securities"] = lift(record["body_tree"])
        return item
