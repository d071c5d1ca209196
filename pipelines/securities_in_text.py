"""Codes and names in ``headline`` and ``body_text`` -> ``securities`` of origin ``text``; links are checked against them.

Only what the article itself states counts: a name without a code is taken where an auto-link or a code of the same
article gives its code. What other articles say is not asked, so the same article has the same securities whenever it is
read.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from itemadapter import ItemAdapter

from archive.late_pattern import compile_late
from pipelines.american_tickers import TICKERS
from pipelines.doubtful_links import is_doubtful
from pipelines.lift_securities import kind_of, security
from pipelines.security_codes import Mention, codes_in, run_before

MAINLAND = frozenset(("0", "1"))
AMERICAN = frozenset(("105", "106", "107"))
# What clings to the front of a name: "今日晨光股份(600999)".
CLINGS = compile_late(
    r"(?:\d{1,4}[年月日]|晚间?|据|经|由|对|与|和|及|从|在|因|自|为|向|以|将|被|让|如|其中|公司|今[日天晚]|昨[日晚]|近日|日前|目前|此外|同时|随后"
    r"|包括|例如|比如|方面|增持|减持|买入|卖出|持有|推荐|关注|看好|维持|建议|首予|给予|重申|上调|下调|收购|入股|控股|子公司|上市公司|股东|旗下|龙头|个股|股票)+"
)
VERB = compile_late(
    r"维持|给予|重申|上调|下调|买入|增持|减持|持有|回购|披露|公告|宣布|表示|收购|认购|投资者|出售|入股|[和与及的将对]"
)
CALLED = compile_late(
    r"(?:简称|名称)(?:为|是)?[:：]?\s*[“\"「]?([^\s，,、；;”\"」：:]{2,12})[”\"」]?[\s，,、；;]*$"
)
CALLED_BEHIND = compile_late(
    r"[^\d\n]{0,10}\d{5,6}[\s，,、；;|]{1,6}(?:证券|股票|公司|基金|债券|[AH]股)?(?:简称|名称)\s*[:：]\s*([^\s，,、；;|（()）]{2,12})"
)
"""证券代码：600999 证券简称：…, as announcements begin."""
# 某某中证白酒指数(LOF)A, in front of (161725)
FUND_WITH_BRACKETS = compile_late(r"[\w·-]{4,24}[(（](?:LOF|QDII|ETF|FOF|REITs?)[)）][A-FHIR]?$")
MOST_NAMES = 300
"""Names of one article that are looked for in its text: what names more is a list, which states each beside its code."""
LONGEST_NAME = 24
BOUNDARY = compile_late(r"[\s、，,。：:；;“”\"‘’'（()）《》【】\[\]！？!?|/●■—$]")


def name_before(text: str, start: int, market: str, code: str) -> str | None:
    """The name in front of a code that stands at *start*, None where its first character cannot be told.

    >>> name_before("今日，晨光股份(600999)涨停", 7, "1", "600999"), name_before("对此晨光股份(600999)说", 6, "1", "600999")
    ('晨光股份', None)
    """
    if called := CALLED.search(text, max(0, start - 30), start):
        return called[1]
    if start and text[start - 1] == " ":  # 晨光股份 (600999)
        start -= 1
    if fund := FUND_WITH_BRACKETS.search(text, max(0, start - 36), start):
        return CLINGS.sub("", fund[0], count=1) if CLINGS.match(fund[0]) else fund[0]
    run = run_before(text, start)
    begin = start - len(run)
    if not run or (begin and not BOUNDARY.match(text[begin - 1])):
        return None
    if len(run) > 4 and (match := CLINGS.match(run)) and len(run) - match.end() >= 3:
        run = run[match.end() :]
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
    count, pos = 0, text.find(name)
    while pos >= 0:
        end = pos + len(name)
        count += not is_doubtful(name, kind, text[max(0, pos - 12) : pos], text[end : end + 12])
        pos = text.find(name, end)
    return count


def find_stated(headline: str, text: str, tags: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Securities that the words state; *tags*, of links and charts, are confirmed or put in doubt by them."""
    entries: dict[str, dict[str, Any]] = {}
    beside: Counter[str] = Counter()
    """How often a name stands in front of its code."""
    linked = {tag["code"]: tag["market"] for tag in tags if tag["market"] in AMERICAN and not tag["doubtful"]}
    tickers = TICKERS | linked
    names = {tag["id"]: tag["name"] for tag in tags if tag["origin"] == "link" and tag["name"]}
    contradicted = Contradictions(tags)
    for part in (headline, text):
        for mention in codes_in(part, tickers) if part else ():
            contradicted.check(part, mention)
            entry = add_mention(entries, part, mention, names)
            called = CALLED_BEHIND.match(part, mention.start)
            is_beside = entry["name"] and part.endswith(entry["name"], 0, mention.start)
            if part is text and (is_beside or (called and called[1] == entry["name"])):
                beside[entry["id"]] += 1
    for tag in tags:
        if tag["id"] in entries:
            tag["doubtful"] = 0
            entries[tag["id"]]["name"] = entries[tag["id"]]["name"] or tag["name"]
            tag["name"] = tag["name"] or entries[tag["id"]]["name"]
    count_names(text, entries, tags, beside)
    return list(entries.values())


def add_mention(
    entries: dict[str, dict[str, Any]], text: str, mention: Mention, names: dict[str, str]
) -> dict[str, Any]:
    """The entry of a code's security, with one mention more, and its name where that stands in front."""
    entry = security(mention.market, mention.code, None, "text", False)
    if entry["id"] in entries:
        entry = entries[entry["id"]]
        entry["mentions"] += 1
    else:
        entries[entry["id"]] = entry
    usual_name = names.get(entry["id"])
    if usual_name and text.endswith(usual_name, 0, mention.start):
        entry["name"] = usual_name
    elif not entry["name"]:
        called = CALLED_BEHIND.match(text, mention.start)
        before = name_before(text, mention.start, mention.market, mention.code)
        entry["name"] = mention.name or before or (called[1] if called else None)
    return entry


def count_names(
    text: str, entries: dict[str, dict[str, Any]], tags: list[dict[str, Any]], beside: Counter[str]
) -> None:
    """Add the mentions by name alone, of securities that a link or a code gives the code of."""
    linked = {
        tag["id"]: tag
        for tag in tags
        if tag["origin"] == "link" and not tag["doubtful"] and tag["kind"] != "board"
    }
    counts: dict[tuple[str, str], int] = {}
    for key, entry in (linked | entries).items():
        name, links = entry["name"], linked[key]["mentions"] if key in linked else 0
        if not name:
            continue
        asked = (name, entry["kind"])
        if asked not in counts:
            if len(counts) >= MOST_NAMES:
                break
            counts[asked] = sure_places(text, *asked) if text.count(name) > links else 0
        if (extra := counts[asked] - max(links, beside[key])) > 0:
            if key not in entries:
                entries[key] = {**entry, "origin": "text", "mentions": 0}
            entries[key]["mentions"] += extra


class Contradictions:
    """Doubts a link whose name has another mainland code behind it in the text."""

    def __init__(self, tags: list[dict[str, Any]]):
        self.by_name: dict[str, list[dict[str, Any]]] = {}
        for tag in tags:
            if (
                tag["origin"] == "link"
                and tag["kind"] == "stock"
                and tag["market"] in MAINLAND
                and tag["name"]
            ):
                self.by_name.setdefault(tag["name"], []).append(tag)
        self.lengths = sorted({len(name) for name in self.by_name if len(name) <= LONGEST_NAME})

    def check(self, text: str, mention: Mention) -> None:
        """Doubt what the code that *mention* found contradicts."""
        if mention.market not in MAINLAND or kind_of(mention.market, mention.code) != "stock":
            return
        for length in self.lengths:
            for tag in self.by_name.get(text[max(0, mention.start - length) : mention.start], ()):
                if tag["code"] != mention.code:
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
            record["securities"] = [*tags, *find_stated(headline, text, tags)]
        return item
