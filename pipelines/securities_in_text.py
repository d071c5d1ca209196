"""Codes and names in ``headline`` and ``body_text`` -> ``securities`` of origin ``text``; links are checked against them.

Only what the article itself states counts: a name without a code is taken where an auto-link or a code of the same
article gives its code. What other articles say is not asked, so the same article has the same securities whenever it is
read.
"""

from __future__ import annotations

import re
from typing import Any

from itemadapter import ItemAdapter

from pipelines.american_tickers import TICKERS
from pipelines.doubtful_links import is_doubtful
from pipelines.lift_securities import kind_of, security
from pipelines.security_codes import Mention, codes_in, run_before

MAINLAND = frozenset(("0", "1"))
AMERICAN = frozenset(("105", "106", "107"))
# What clings to the front of a name: "今日晨光股份(600999)".
CLINGS = re.compile(
    r"(?:\d+[年月日]|晚间?|据|经|由|对|与|和|及|从|在|因|自|为|向|以|将|被|让|如|其中|公司|今[日天晚]|昨[日晚]|近日|日前|目前|此外|同时|随后"
    r"|包括|例如|比如|方面|增持|减持|买入|卖出|持有|推荐|关注|看好|维持|建议|首予|给予|重申|上调|下调|收购|入股|控股|子公司|上市公司|股东|旗下|龙头|个股|股票)+"
)
VERB = re.compile(
    r"维持|给予|重申|上调|下调|买入|增持|减持|持有|回购|披露|公告|宣布|表示|收购|认购|投资者|出售|入股|[和与及的将对]"
)
CALLED = re.compile(
    r"(?:简称|名称)(?:为|是)?[:：]?\s*[“\"「]?([^\s，,、；;”\"」：:]{2,12})[”\"」]?[\s，,、；;]*$"
)
# 某某中证白酒指数(LOF)A, in front of (161725)
FUND_WITH_BRACKETS = re.compile(r"[\w·-]{4,24}[(（](?:LOF|QDII|ETF|FOF|REITs?)[)）][A-FHIR]?$")
BOUNDARY = re.compile(r"[\s、，,。：:；;“”\"‘’'（()）《》【】\[\]！？!?|/●■—$]")


def name_before(text: str, start: int, market: str, code: str) -> str | None:
    """The name in front of a code that stands at *start*, None where its first character cannot be told.

    >>> name_before("今日，晨光股份(600999)涨停", 7, "1", "600999"), name_before("对此晨光股份(600999)说", 6, "1", "600999")
    ('晨光股份', None)
    """
    if called := CALLED.search(text, max(0, start - 30), start):
        return called[1]
    if fund := FUND_WITH_BRACKETS.search(text, max(0, start - 36), start):
        return CLINGS.sub("", fund[0], count=1) if CLINGS.match(fund[0]) else fund[0]
    run = run_before(text, start)
    begin = start - len(run)
    if not run or (begin and not BOUNDARY.match(text[begin - 1])):
        return None
    if len(run) > 4 and (found := CLINGS.match(run)) and len(run) - found.end() >= 3:
        run = run[found.end() :]
    width = sum(1 if char.isascii() else 2 for char in run)
    kind = kind_of(market, code)
    # An exchange allows a share's short name eight columns, four Chinese characters; *ST and -U come on top.
    longest = {"stock": 8 if market in MAINLAND else 16, "bond": 10}.get(kind, 24)
    if "ST" in run[:3] or "-" in run:
        longest += 3
    if not 4 <= width <= longest or run.isdigit() or (width > 8 and VERB.search(run)):
        return None
    return run


def sure_places(text: str, name: str, kind: str) -> int:
    """How often *name* stands in *text* as the name of the security, and not inside another word."""
    count, at = 0, text.find(name)
    while at >= 0:
        end = at + len(name)
        count += not is_doubtful(name, kind, text[max(0, at - 12) : at], text[end : end + 12])
        at = text.find(name, end)
    return count


def stated(headline: str, text: str, tags: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Securities that the words state; *tags*, of links and charts, are confirmed or put in doubt by them."""
    linked_tickers = {
        tag["code"]: tag["market"] for tag in tags if tag["market"] in AMERICAN and not tag["doubtful"]
    }
    tickers = TICKERS | linked_tickers
    names = {tag["id"]: tag["name"] for tag in tags if tag["origin"] == "link" and tag["name"]}
    found: dict[str, dict[str, Any]] = {}
    beside: dict[str, int] = {}
    for part in (headline, text):
        for one in codes_in(part, tickers) if part else ():
            entry = security(one.market, one.code, None, "text", False)
            if entry["id"] in found:
                entry = found[entry["id"]]
                entry["mentions"] += 1
            else:
                found[entry["id"]] = entry
            contradict(part, one, tags)
            known = names.get(entry["id"])
            if known and part.endswith(known, 0, one.start):
                entry["name"] = known
            else:
                entry["name"] = (
                    entry["name"] or one.name or name_before(part, one.start, one.market, one.code)
                )
            if part is text and entry["name"] and part.endswith(entry["name"], 0, one.start):
                beside[entry["id"]] = beside.get(entry["id"], 0) + 1
    for tag in tags:
        if tag["id"] in found:
            tag["doubtful"] = 0
            found[tag["id"]]["name"] = found[tag["id"]]["name"] or tag["name"]
            tag["name"] = tag["name"] or found[tag["id"]]["name"]
    linked = {
        tag["id"]: tag
        for tag in tags
        if tag["origin"] == "link" and not tag["doubtful"] and tag["kind"] != "board"
    }
    for key, entry in (linked | found).items():
        name, links = entry["name"], linked[key]["mentions"] if key in linked else 0
        if not name or text.count(name) <= links:
            continue
        more = sure_places(text, name, entry["kind"]) - max(links, beside.get(key, 0))
        if more > 0:
            if key not in found:
                found[key] = {**entry, "origin": "text", "mentions": 0}
            found[key]["mentions"] += more
    return list(found.values())


def contradict(text: str, one: Mention, tags: list[dict[str, Any]]) -> None:
    """Doubt a link whose name has another mainland code behind it in the text."""
    if one.market not in MAINLAND or kind_of(one.market, one.code) != "stock":
        return
    for tag in tags:
        if (
            tag["origin"] == "link"
            and tag["kind"] == "stock"
            and tag["market"] in MAINLAND
            and tag["code"] != one.code
            and tag["name"]
            and text.endswith(tag["name"], 0, one.start)
        ):
            tag["doubtful"] = 1


class SecuritiesInTextPipeline:
    """Adds to ``securities``. Needs ``body_text``, or ``description`` where there is no body."""

    def process_item(self, item: Any) -> Any:
        record = ItemAdapter(item)
        text = record.get("body_text") or record.get("description") or ""
        headline = record.get("headline") or ""
        if record.get("headline_from") == "body":  # the first sentence stands in; its codes are counted there
            headline = ""
        if text or headline:
            tags = record.get("securities") or []
            record["securities"] = [*tags, *stated(headline, text, tags)]
        return item
