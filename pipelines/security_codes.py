"""Codes of securities in running text: which numbers are codes, and of which market.

A number alone is never one. It takes an exchange beside it (``300059.SZ``, ``SH600519``, ``NASDAQ: PDD``), a word that
says so (``股票代码：600160``), a table's column of codes, or brackets behind a name (``昇兴股份(002752)``) around a number
that an exchange gives out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import NamedTuple

from archive.late_pattern import compile_late
from pipelines.security_markets import EXCHANGES, FUND, market_of, plain

# What follows a bracketed number that is a sum, or the dialling code of a telephone number.
SUM_BEHIND = compile_late(
    r"\s{0,4}(?:\d{7,8}(?!\d)|[万亿]?(?:元(?![旦宇首件])|吨|台(?![风湾商积])|套(?![期利现装牌])|件|户(?![均外])|人次|人(?![事民才士寿工])|美元|港元)|例(?!如|外|行)"
    r"|[万亿]|%|％|股(?![价东份票权吧市息民]))"
)
TELEPHONE_BEHIND = compile_late(r"\s{0,4}[-－]?\d{3,8}(?![\d年月日.．%％])")
# In brackets, what may follow a code without a mark between them.
BEHIND_INSIDE = compile_late(r"[^\u3400-\u9fff]|和|与|及|以及|等|股吧|诊股|行情|股票|$")

_BY_LENGTH = sorted((name for name in EXCHANGES if len(name) > 1), key=len, reverse=True)
_EXCHANGE = "|".join(map(re.escape, _BY_LENGTH))
_LABEL = r"(?:股票|证券|股份|上市|交易|基金|债券|转债|挂牌|公司|指数|个股|标的|场内|ETF)*代[码号]"
_NOT_INSIDE = r"(?![A-Za-z0-9@]|[.．](?:\d|[a-z]{2,5}\b))"
# One code with what stands at it. ``\d`` takes full-width digits as well.
CODE = compile_late(
    rf"(?:(?P<exchange>(?i:{_EXCHANGE})))?(?P<label>{_LABEL})?(?:分别)?[为是]?\s{{0,4}}[:：.|]?\s{{0,4}}[“\"「]?"
    rf"(?P<code>\d{{1,6}}|[HＨ]\d{{5}}|BK\d{{4}}|[A-Z]{{1,5}})(?:(?:[.．]|\s)(?P<suffix>(?i:SH|SS|SZ|BJ|HK|CSI|US|OQ|O|N)))?"
    rf"{_NOT_INSIDE}[”\"」]?"
)
SUFFIXED = compile_late(
    rf"(?<![A-Za-z0-9.])(?<![a-z]/)(?P<code>\d{{1,6}}|[HＨ]\d{{5}}|[A-Z]{{2,5}})[.．](?P<suffix>(?i:SH|SS|SZ|BJ|HK|CSI)|US|OQ|O|N){_NOT_INSIDE}"
)
PREFIXED = compile_late(
    rf"(?<![A-Za-z0-9号@_])(?<!号[:：(（])(?<![a-z]/)(?P<suffix>(?i:SH|SZ|BJ|HK))(?P<code>\d{{5,6}}){_NOT_INSIDE}(?![号型款])"
)
CASHTAG = compile_late(r"\$(?P<code>[A-Z]{1,5})(?![A-Za-z0-9])")
CODE_BEHIND = compile_late(r"\s{0,4}[“\"「]?[A-Z\d]")
STATED = compile_late(rf"(?<![A-Za-z])(?i:{_EXCHANGE})(?:{_LABEL})?\s{{0,4}}$")
LABELLED = compile_late(r"代[码号](?=(?:分别)?[为是]?\s{0,4}[:：]?\s{0,4}[“\"「]?[A-Z\d])")
LABEL_BEGINS = compile_late(
    rf"(?:(?<![A-Za-z])(?i:{_EXCHANGE}))?(?:股票|证券|股份|上市|交易|基金|债券|转债|挂牌|公司|指数|个股|标的|场内|ETF)*$"
)
OTHER_LABEL = compile_late(
    r"(?:[A-Za-z]|邮政|邮编|行业|商品|海关|银行|机构|信用|区域|地区|申购|配售|认购|缴款|行政区划|税务|院校|专业|国家|区号)$"
)
WORD_ENDS = compile_late(r"[^\W的其为，]")  # 项目|代码: another kind of code
FURTHER = compile_late(r"\s{0,4}(?:[、,，/;；|]|和|及|以及|\band\b)\s{0,4}")
NAMED_EXCHANGE = compile_late("纳斯达克|纽交所|纽约证券交易所|美交所|NASDAQ|Nasdaq|NYSE American|NYSE")
OPEN, CLOSE = "(（[【〔［", ")）]】〕］"
LATIN_NAME = compile_late(r"[(（\[【〔［][A-Za-z][A-Za-z0-9 .&'’-]{1,40}[，,；;/、]\s?$")
"""Between a name and its code: 晨光生物（Chenguang Bio，688999.SH）."""
SUFFIX_BEGINS = compile_late("[.．][SHBCUONshb]")
PREFIXES = ("SH", "SZ", "HK", "BJ", "sh", "sz", "hk")


class Mention(NamedTuple):
    """A code in a text."""

    market: str
    code: str
    start: int
    """Where the name in front of it ends: the place of the bracket, or of the code itself."""
    name: str | None = None
    """What a table calls it."""


def run_before(text: str, end: int) -> str:
    """The unbroken word, up to 16 characters, that ends at *end*: a name with what clings to it."""
    begin = end
    while begin > max(0, end - 16) and (text[begin - 1].isalnum() or text[begin - 1] in "*·-"):
        begin -= 1
    return text[begin:end] or (text[end - 1 : end] if text[end - 1 : end] in ")）" else "")


def codes_in(text: str, tickers: Mapping[str, str]) -> list[Mention]:
    """Every code in *text*, in reading order. *tickers* are the American ones whose market is known, by code.

    >>> [(mention.market, mention.code) for mention in codes_in("晨光(600999.SH；2999.HK)电话021-600123", {})]
    [('1', '600999'), ('116', '02999')]
    """
    mentions: dict[int, Mention] = {}
    if SUFFIX_BEGINS.search(text):
        take_suffixed(SUFFIXED.finditer(text), text, mentions, tickers)
    if any(prefix[0] in text and prefix in text for prefix in PREFIXES):
        take_suffixed(PREFIXED.finditer(text), text, mentions, tickers)
    if tickers and "$" in text:
        take_suffixed(CASHTAG.finditer(text), text, mentions, tickers)
    for start in positions(text, ":：|"):
        if CODE_BEHIND.match(text, start + 1) and (
            exchange := STATED.search(text, max(0, start - 20), start)
        ):
            take_codes(text, exchange.start(), start_of(text, exchange.start()), mentions, tickers)
    if ("码" in text and "代码" in text) or ("代" in text and "代号" in text):
        for match in LABELLED.finditer(text):
            label = LABEL_BEGINS.search(text, max(0, match.start() - 16), match.start())
            begin = label.start() if label else match.start()
            bare = begin == match.start() and begin and WORD_ENDS.match(text[begin - 1])
            if not bare and not OTHER_LABEL.search(text, max(0, begin - 4), begin):
                take_codes(text, begin, start_of(text, begin), mentions, tickers)
        if "\t" in text:
            take_tables(text, mentions)
    for start in positions(text, OPEN):
        take_codes(text, start + 1, start, mentions, tickers, bracket=True)
    return [mentions[start] for start in sorted(mentions)]


def positions(text: str, marks: str) -> Iterator[int]:
    """Where the *marks* stand, one mark after the other. A search for one character costs 0.05 µs a page of text, for
    two characters 2 µs, by a regular expression 40 µs."""
    for mark in marks:
        pos = text.find(mark)
        while pos >= 0:
            yield pos
            pos = text.find(mark, pos + 1)


def take_suffixed(
    matches: Iterator[re.Match[str]], text: str, mentions: dict[int, Mention], tickers: Mapping[str, str]
) -> None:
    """Take codes that stand with their exchange (``300059.SZ``, ``SH600519``), or tickers known without (``$NIO``)."""
    for match in matches:
        code = plain(match["code"])
        listing = market_of(code, match.groupdict().get("suffix"))
        if listing is None and code in tickers:
            listing = (tickers[code], code)
        if listing:
            mentions[match.start("code")] = Mention(*listing, start_of(text, match.start()))


def start_of(text: str, pos: int) -> int:
    """The place of the bracket in front of *pos*, right there or in front of a name in Latin letters, else *pos*."""
    if pos and text[pos - 1] in OPEN:
        return pos - 1
    latin = LATIN_NAME.search(text, max(0, pos - 44), pos)
    return latin.start() if latin else pos


def take_codes(
    text: str,
    pos: int,
    start: int,
    mentions: dict[int, Mention],
    tickers: Mapping[str, str],
    bracket: bool = False,
) -> None:
    """Take the codes that stand one after the other from *pos* on: ``A股代码：601318；H股代码：02318``."""
    name = run_before(text, start) if bracket else ""
    label = None
    while match := CODE.match(text, pos):
        label = match["label"] or label
        exchange, place = match["suffix"] or match["exchange"], match.start("code")
        code = plain(match["code"])
        market = tickers.get(code)
        listing = (market, code) if market and exchange in (None, "US", "美股") else None
        if listing is None:
            if exchange is None and label and code.isalpha():  # 在纳斯达克上市，股票代码为“PDD”
                exchanges = NAMED_EXCHANGE.findall(text, max(0, pos - 30), pos)
                exchange = exchanges[-1] if exchanges else None
            if label and label.startswith("基金") and not FUND.fullmatch(code):
                return
            if label and label.startswith("股份") and exchange is None and len(code) < 6 and code.isdigit():
                exchange = "HK"  # 股份代号：2888, as Hong Kong's notices say
            listing = market_of(code, exchange, name, labelled=label is not None)
        is_taken = place in mentions
        if listing is None and not is_taken:
            # 网易（NTES，09999.HK）: a ticker whose market is not known stands beside a code.
            separator = bracket and code.isalpha() and FURTHER.match(text, match.end())
            if not separator:
                return
            pos = separator.end()
            continue
        sure = label or match["suffix"] or not code.isdigit()
        if not sure and (len(code) < 4 or not BEHIND_INSIDE.match(text, match.end())):
            return
        if bracket and exchange is None and label is None and is_sum(text, code, behind(text, match.end())):
            return
        if is_taken and bracket:
            mentions[place] = mentions[place]._replace(
                start=start
            )  # 晨光股份(600999.SH，02999.HK): one name for both
        elif listing and not is_taken:
            mentions[place] = Mention(*listing, start)
        separator = FURTHER.match(text, match.end())
        if separator is None:
            return
        pos = separator.end()


def is_sum(text: str, code: str, pos: int) -> bool:
    """Whether what stands at *pos*, behind a bracketed number, shows it to be a sum or a dialling code."""
    return SUM_BEHIND.match(text, pos) is not None or (
        len(code) < 6 and TELEPHONE_BEHIND.match(text, pos) is not None
    )


def behind(text: str, pos: int) -> int:
    """The place behind the bracket that closes at *pos*."""
    return pos + 1 if pos < len(text) and text[pos] in CLOSE else pos


def take_tables(text: str, mentions: dict[int, Mention]) -> None:
    """Codes in a table's column whose head says 代码; `render_body` parts cells by tabs."""
    columns: list[int] = []
    name_column: int | None = None
    for begin, line in lines_of(text):
        if "\t" not in line:
            columns = []
            continue
        cells = line.split("\t")
        heads = [
            n
            for n, cell in enumerate(cells)
            if cell.endswith(("代码", "代号")) and not OTHER_LABEL.search(cell[:-2])
        ]
        if heads:
            columns = heads
            name_column = next((n for n, cell in enumerate(cells) if cell.endswith(("名称", "简称"))), None)
            continue
        if columns:
            places = list(accumulate((len(cell) + 1 for cell in cells), initial=begin))
            name = (
                cells[name_column].strip() if name_column is not None and name_column < len(cells) else None
            )
        for n in columns:
            if n < len(cells) and (match := CODE.fullmatch(cells[n].strip())):
                place = places[n] + cells[n].index(match["code"])
                exchange = match["suffix"] or match["exchange"]
                if listing := market_of(plain(match["code"]), exchange, labelled=True):
                    mentions[place] = Mention(*listing, place, name or None)


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Lines with the place where each begins."""
    begin = 0
    for line in text.split("\n"):
        yield begin, line
        begin += len(line) + 1
