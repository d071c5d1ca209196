"""The newsroom's articles: made up by hand in ``articles/*.json``, or by the thousand with `generate`.

A file holds one article; its name says what is odd about it. ``content`` may be a list of pieces, which are joined
with nothing between them, so that a long body stays readable.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from functools import cached_property, partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BEIJING = timezone(timedelta(hours=8), "CST")

AUTO_LINK = re.compile(
    r'<span id="(?:stock|bk)_[^"]*"><a [^>]*class="keytip"[^>]*>(.*?)</a></span>'
    r'|<span id="Info\.[^"]*"><a [^>]*>(.*?)</a></span>'
    r'|<span web="1"[^>]*class="em_stock_key_common"[^>]*>(.*?)</span>'
)
QUOTE_HOLDER = re.compile(r'<span id="(?:bk)?quote_[^"]*"></span>')


def beijing(text: str) -> datetime:
    """``YYYY-MM-DD HH:MM:SS`` as an aware datetime."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def unlinked(html: str) -> str:
    """``content`` as ``text`` has it: the auto-links unwrapped, the empty quote holders gone.

    >>> unlinked('<span id="bk_90.BK0473"><a class="keytip">证券</a></span><span id="bkquote_90.BK0473"></span>时报')
    '证券时报'
    """
    return QUOTE_HOLDER.sub("", AUTO_LINK.sub(lambda found: found[1] or found[2] or found[3] or "", html))


@dataclass(kw_only=True)
class Article:
    """One article as the newsroom serves it."""

    name: str
    """What is odd about it: the stem of its file."""
    id: str
    """The digits alone, e.g. ``202602213300000001``."""
    title: str
    showtime: str
    """``YYYY-MM-DD HH:MM:SS``, Beijing time: when the feeds begin to list it."""
    showtime_as: str = "plain"
    """How its list records print that, a key of `views.SHOWTIME`."""
    source: str = ""
    """The medium, as list records and the page name it."""
    digest: str = ""
    content: str = ""
    """Body with auto-links."""
    text: str | None = None
    """Body without them; derived where None."""
    detail_extra: dict[str, Any] = field(default_factory=dict)
    """More keys of the detail JSON."""
    detail: Any = None
    """The whole detail JSON, where its shape is another one."""
    column: int = 1350
    site: str = "finance"
    """Subdomain of its public address."""
    feeds: list[str] = field(default_factory=list)
    """Of rolling, media, market-37, market-38, market-39; none: known by its share link only."""
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Fields of its list record that differ in one feed, by feed."""
    complete_from: str | None = None
    """Until then, its list records come with empty title, time and address."""
    page: dict[str, Any] = field(default_factory=dict)
    """What its public page shows besides: see `views.article_page`; ``{"gone": true}``: no page."""
    pictures: dict[str, str | None] = field(default_factory=dict)
    """File below ``pictures/`` by address, for pictures that are not plain photographs; None: not there."""
    versions: list[dict[str, Any]] = field(default_factory=list)
    """Later states: ``from`` (``YYYY-MM-DD HH:MM:SS``) and the fields that change."""
    write: Callable[[], str] | None = None
    """Makes the body when it is asked for, of generated articles."""

    @cached_property
    def published(self) -> datetime:
        """``showtime`` as an aware datetime."""
        return beijing(self.showtime)

    @property
    def info_code(self) -> str:
        """The publisher's own code."""
        return f"NW{self.id}"

    @property
    def url(self) -> str:
        """Its public address, as the rolling feed lists it."""
        return f"http://{self.site}.eastmoney.com/news/{self.column},{self.id}.html"

    def body(self) -> str:
        """HTML with auto-links."""
        return self.write() if self.write else self.content

    def version(self, now: datetime) -> int:
        """How many of its later states are in force at *now*."""
        return sum(1 for state in self.versions if beijing(state["from"]) <= now)

    def at(self, now: datetime) -> Article:
        """The article as it stands at *now*."""
        if not self.versions:
            return self
        changes: dict[str, Any] = {}
        for state in self.versions[: self.version(now)]:
            changes |= {key: value for key, value in state.items() if key != "from"}
        return replace(self, **changes)


def read(path: Path) -> Article:
    """One file. Raises TypeError on a key that no article has."""
    data = json.loads(path.read_text(encoding="utf-8"))
    for state in (data, *data.get("versions", ())):
        for key in ("content", "text"):
            if isinstance(state.get(key), list):
                state[key] = "".join(state[key])
    return Article(name=path.stem, **data)


def samples() -> list[Article]:
    """The made-up articles, by name."""
    return [read(path) for path in sorted((HERE / "articles").glob("*.json"))]


# -- generated ones -------------------------------------------------------------------------------------------------

COMPANIES = [
    ("岚川科技", 0, "300991"), ("远汐股份", 1, "603991"), ("青砚光电", 1, "688991"), ("北陌重工", 0, "002991"),
    ("海棠药业", 0, "000991"), ("云栖水务", 1, "600991"), ("临渡航运", 1, "601991"), ("芦汀食品", 0, "001991"),
    ("松麓新材", 0, "301991"), ("赤岩矿业", 1, "605991"), ("鹭洲控股", 116, "09991"), ("清漪生物", 116, "02991"),
]  # fmt: skip
BOARDS = [("储能", "BK9989"), ("光伏设备", "BK9031"), ("半导体", "BK9036"), ("航运港口", "BK9450"), ("食品饮料", "BK9438")]  # fmt: skip
MEDIA = [
    "证券早知道",
    "滨海财经报",
    "长河经济观察",
    "东篱商报",
    "每日资本论坛",
    "北岸证券报",
    "南亭新闻",
    "数里看市",
]
OPENINGS = [
    "{day}，记者从{company}获悉，公司{year}年{quarter}营业收入为{money}亿元，同比{trend}{percent}%。",
    "{company}{day}晚间披露，拟投资{money}亿元建设{thing}项目，建设期预计{months}个月。",
    "{day}早盘，{board}板块{trend2}，{company}一度{trend}{percent}%，成交额超过{money}亿元。",
    "据行业协会{day}发布的数据，{year}年{quarter}国内{thing}产量同比{trend}{percent}%，出口量为{amount}万台。",
]
SENTENCES = [
    "公司表示，{thing}业务的订单已排到{year}年{quarter}，产能利用率维持在{percent}%左右。",
    "从地区看，华东、华南的需求恢复较快，{thing}的库存天数由{months}天降至{few}天。",
    "分析人士认为，{board}行业的盈利拐点可能在未来{few}个季度内出现，但上游价格仍有波动。",
    "数据显示，截至{day}，两市融资余额较前一交易日{trend}{money}亿元。",
    "{company}董秘在互动平台回复称，{thing}已进入小批量供货阶段，对当期业绩影响有限。",
    "值得注意的是，经营活动现金流净额为{money}亿元，较上年同期{trend}{percent}%。",
    "业内普遍预计，{year}年全年{thing}市场规模将达到{amount}亿元。",
    "与此同时，{company}还与三家客户签订了为期{few}年的框架协议，首批交付{amount}套。",
    "在监管层面，相关部门此前已就{thing}的技术标准公开征求意见，反馈期截至{day}。",
    "有机构在研报中把目标区间上调了{percent}%，理由是{board}的竞争格局正在改善。",
    "不过，也有投资者担心，{thing}的扩产节奏过快会拖累毛利率；去年该项为{percent}%。",
    "受此影响，{company}当日换手率升至{percent}%，总市值约{amount}亿元。",
    "财务负责人解释说，费用增长主要来自研发人员增加{months}人，以及{thing}中试线的折旧。",
    "港口方面，集装箱吞吐量环比{trend}{percent}%，航线准班率回到{amount2}%以上。",
    "该项目由{few}条产线组成，达产后年产能为{amount}万件，预计带动就业{amount}人。",
]
THINGS = [
    "储能电池",
    "光伏组件",
    "车规芯片",
    "冷链仓储",
    "工业机器人",
    "海缆",
    "特种玻璃",
    "预制菜",
    "创新药",
    "锂盐",
]
HEADS = ["订单为何回暖", "成本压力仍在", "机构怎么看", "下一步看点", "背后的账本"]
QUARTERS = ["一季度", "上半年", "前三季度", "四季度"]


def linked(word: str, market: int, code: str) -> str:
    """First mention of a security, as the linker marks it."""
    link = f'<a href="http://quote.eastmoney.com/unify/r/{market}.{code}" class="keytip" data-code="{market},{code}">{word}</a>'
    if market == 116:
        return f'<span id="Info.{market}.{code}">{link}</span>'
    kind, holder = ("bk", "bkquote") if market == 90 else ("stock", "quote")
    return f'<span id="{kind}_{market}.{code}">{link}</span><span id="{holder}_{market}.{code}"></span>'


def kline(market: int, code: str) -> str:
    """K-line block of a security."""
    kinds = {0: (2, 6), 1: (1, 2)}.get(market, (7, 3))
    one, two = f"{code}|{market}|{kinds[0]}", f"{code}|{market}|{kinds[1]}|"
    return (
        f'<!-- EM_StockImg_Start --><p style="text-align:center;"><a href="http://quote.eastmoney.com/unify/r/{market}.{code}" '
        f'data-code="{one}" data-code2="{two}" class="EmImageRemark" target="_blank"><img src="https://webquoteklinepic'
        f'.eastmoney.com/GetPic.aspx?nid={market}.{code}&imageType=k&token=0123456789abcdef0123456789abcdef&at=1" '
        f'border="0" alt="K图 {code}_0" data-code="K {one}" data-code2="K {two}" style="border:#d1d1d1 1px solid;" '
        'width="578" height="276" /></a></p><!-- EM_StockImg_End -->'
    )


class Draws(dict[str, str]):
    """Fields of a sentence: *known* ones, and numbers drawn when they are asked for."""

    def __init__(self, dice: random.Random, **known: str) -> None:
        super().__init__(known)
        self.dice = dice

    def __missing__(self, name: str) -> str:
        one = self.dice.random()
        match name:
            case "year":
                return str(2023 + int(4 * one))
            case "quarter":
                return QUARTERS[int(4 * one)]
            case "day":
                return f"{1 + int(12 * one)}月{1 + int(336 * one) % 28}日"
            case "trend":
                return "增长" if one < 0.5 else "下降"
            case "trend2":
                return ("走强", "震荡", "回落")[int(3 * one)]
            case "few":
                return str(2 + int(8 * one))
            case "months":
                return str(11 + int(38 * one))
            case "amount":
                return str(101 + int(9700 * one))
            case "amount2":
                return str(60 + int(36 * one))
        return f"{0.3 + 59 * one:.2f}"  # money, percent


def write_body(key: str, images: int) -> str:
    """A body of 2 to 8 KB from the stock of sentences, the same for the same *key*: the detail JSON holds it twice, and
    is 4 to 16 KB, as the source's are."""
    dice = random.Random(key)
    medium = dice.choice(MEDIA)
    company, board = dice.choice(COMPANIES), dice.choice(BOARDS)
    thing = dice.choice(THINGS)

    draws = Draws(dice, company=company[0], board=board[0], thing=thing)

    def sentence(form: str) -> str:
        return form.format_map(draws)

    first = sentence(dice.choice(OPENINGS))
    first = first.replace(company[0], linked(*company), 1).replace(
        board[0], linked(board[0], 90, board[1]), 1
    )
    pieces = [kline(company[1], company[2])] if dice.random() < 0.4 else []
    pieces.append(f"<p>　　{first}</p>")
    size, aim = 0, dice.randint(500, 1900)  # characters, of three bytes for the most part
    spots = sorted(dice.randint(100, aim) for _ in range(images))
    later = (
        f'<span web="1" href="http://quote.eastmoney.com/unify/r/{company[1]}.{company[2]}" class="em_stock_key_common" '
        f'data-code="{company[1]},{company[2]}">{company[0]}</span>'
    )
    while size < aim or spots:
        if spots and size >= spots[0]:
            spots.pop(0)
            pieces.append(
                f'<center><img src="https://dfscdn.dfcfw.com/download/D77{dice.randrange(10**18):018d}_w800h500.jpg" '
                'width="580" style="border:#d1d1d1 1px solid;padding:3px;margin:5px 0;" /></center>'
            )
        if dice.random() < 0.08:
            pieces.append(f"<p><strong>{dice.choice(HEADS)}</strong></p>")
        paragraph = "".join(map(sentence, dice.sample(SENTENCES, dice.randint(2, 4))))
        size += len(paragraph)
        if dice.random() < 0.3:
            paragraph = paragraph.replace(company[0], later)
        pieces.append(f"<p>　　{paragraph}</p>")
    pieces.append(f'<p class="em_media">（文章来源：{medium}）</p>')
    return "".join(pieces)


def generate(count: int, images: int = 0, seed: int = 1) -> list[Article]:
    """*count* plausible articles with *images* pictures each; ids depend on *seed* and place alone."""
    made = []
    begin = beijing("2025-01-02 08:30:00")
    for index in range(count):
        key = f"{seed}:{index}"
        dice = random.Random(key)
        medium = dice.choice(MEDIA)  # as in write_body: the dice fall alike
        shown = begin + timedelta(minutes=37 * index % (500 * 24 * 60), seconds=dice.randint(0, 59))
        # 7,654,321 and 10^10 have no common factor: the digits are all different, and not in order of time.
        digits = (1_234_567_891 * (seed + 2) + 7_654_321 * (index + 1)) % 10**10
        company, thing = dice.choice(COMPANIES)[0], dice.choice(THINGS)
        mood, head = dice.choice(("回暖", "放量", "承压")), dice.choice(HEADS)
        made.append(
            Article(
                name=f"generated-{index + 1}",
                id=f"{shown:%Y%m%d}{digits:010d}",
                title=f"{company}：{thing}订单{mood} {head}（{index + 1}）",
                showtime=f"{shown:%Y-%m-%d %H:%M:%S}",
                source=medium,
                feeds=["rolling"] if index % 2 else ["media", f"market-{37 + index // 2 % 3}"],
                write=partial(write_body, key, images),
            )
        )
    return made
