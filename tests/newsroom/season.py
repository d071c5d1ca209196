"""Two months of a made-up market for ``make demo``: briefs that make trends, and stories that several media carry."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from tests.newsroom.articles import BOARDS, COMPANIES, MEDIA, Article, beijing, linked

DAYS = 60
LAST = beijing("2026-06-30 00:00:00")
TOPICS = {
    "储能": "储能电池订单环比增长{percent}%，{company}称排产已到{months}个月以后。",
    "光伏": "光伏组件报价下调{percent}%，{company}表示将控制开工率。",
    "航运": "航运运价指数上涨{percent}%，{company}新增{months}条航线。",
    "创新药": "创新药出海提速，{company}一项授权的首付款约{money}亿元。",
    "人工智能": "人工智能算力需求上升，{company}拟投资{money}亿元扩建机房。",
}
"""What a topic's briefs say, by the word that a trend is asked for."""
MORE = (
    "公司董秘在互动平台回复称，相关业务对当期业绩影响有限。",
    "有机构在研报中上调了目标区间，理由是竞争格局正在改善。",
    "截至收盘，该股成交额超过{money}亿元，换手率为{percent}%。",
    "行业协会预计，全年市场规模将达到{amount}亿元。",
)
STORIES = (
    (
        "2026-06-29 20:10",
        "芦汀食品：拟以{money}亿元收购青砚光电一处厂房",
        "芦汀食品",
        (
            "芦汀食品公告，拟以自有资金{money}亿元收购青砚光电位于临港的一处厂房，用于建设冷链仓储中心，交易不构成关联交易。"
            "公告显示，该厂房建筑面积约四万平方米，配套变电站一座，交割后三个月内完成改造。公司称，项目达产后仓储能力将提高一倍，"
            "预计年内不会对利润产生重大影响。董事会已审议通过该议案，尚需股东大会批准。"
        ),
    ),
    (
        "2026-06-30 08:05",
        "赤岩矿业：锂盐项目投产推迟至四季度",
        "赤岩矿业",
        (
            "赤岩矿业公告，受雨季施工影响，公司位于西岭的锂盐项目投产时间由三季度推迟至四季度，总投资{money}亿元不变。"
            "公司表示，主要设备已全部到场，供电线路与尾水处理设施仍在调试，推迟不影响已签订的长期供货合同。"
            "多家机构认为，短期供给收缩或支撑锂盐价格，但全年供需格局没有改变。"
        ),
    ),
    (
        "2026-06-30 15:35",
        "云栖水务与三家银行签署{amount}亿元授信协议",
        "云栖水务",
        (
            "云栖水务公告，与三家银行签署总额{amount}亿元的授信协议，期限五年，资金将用于智慧水网改造与污水处理厂扩建。"
            "根据协议，首笔资金在签约后三十个工作日内到位，利率参照同期贷款市场报价。公司称，改造完成后漏损率有望降至百分之八以下，"
            "并为沿线两个工业园区提供再生水。"
        ),
    ),
)
"""Time of the first telling, headline, company and text of what several media carry."""
FOLLOWERS = (0, 12, 47, 130)
"""Minutes behind the first."""


def season() -> list[Article]:
    """All of them; ids, texts and times are the same each time."""
    dice = random.Random(630)
    return [*briefs(dice), *stories(dice)]


def briefs(dice: random.Random) -> list[Article]:
    """One or two a working day; storage grows from rare to most frequent, which a trend shows."""
    made = []
    for back in range(DAYS, -1, -1):
        day = LAST - timedelta(days=back)
        if day.weekday() >= 5:
            continue
        weights = [1 + 4 * (DAYS - back) // DAYS, 3, 2, 2, 2]
        for topic in dice.choices(list(TOPICS), weights, k=dice.choice((1, 2, 2))):
            moment = day + timedelta(hours=dice.randint(8, 16), minutes=dice.randint(0, 59))
            company = dice.choice(COMPANIES)
            values = draw(dice) | {"company": company[0]}
            lead = TOPICS[topic].format_map(values)
            made.append(
                article(
                    dice,
                    moment,
                    lead.partition("，")[0],
                    company,
                    [lead, dice.choice(MORE).format_map(values)],
                )
            )
    return made


def stories(dice: random.Random) -> list[Article]:
    """Each story by as many media as there are `FOLLOWERS`, in nearly the same words."""
    made = []
    for first, headline, name, text in STORIES:
        company = next(company for company in COMPANIES if company[0] == name)
        values = draw(dice)
        media = dice.sample(MEDIA, len(FOLLOWERS))
        for medium, behind in zip(media, FOLLOWERS, strict=True):
            moment = beijing(f"{first}:00") + timedelta(minutes=behind)
            sentences = text.format_map(values).split("。")[: None if behind < 100 else -2]
            body = "。".join(sentences).rstrip("。") + "。"
            title = (
                headline.format_map(values)
                if behind < 30
                else headline.format_map(values).replace("：", " ", 1)
            )
            made.append(article(dice, moment, title, company, [body], medium))
    return made


def draw(dice: random.Random) -> dict[str, str]:
    """Numbers for a text."""
    return {
        "percent": f"{dice.uniform(0.5, 30):.1f}",
        "money": f"{dice.uniform(0.4, 30):.1f}",
        "months": str(dice.randint(2, 12)),
        "amount": str(dice.randint(20, 900)),
    }


def article(
    dice: random.Random,
    moment: datetime,
    title: str,
    company: tuple[str, int, str],
    paragraphs: list[str],
    medium: str | None = None,
) -> Article:
    """One article, which the rolling feed lists."""
    medium = medium or dice.choice(MEDIA)
    ident = f"{moment:%Y%m%d}9{dice.randrange(10**9):09d}"
    board = dice.choice(BOARDS)
    body = "".join(f"<p>　　{paragraph}</p>" for paragraph in paragraphs)
    body = body.replace(company[0], linked(*company), 1).replace(board[0], linked(board[0], 90, board[1]), 1)
    return Article(
        name=f"season-{ident}",
        id=ident,
        title=title,
        showtime=f"{moment:%Y-%m-%d %H:%M:%S}",
        source=medium,
        digest=paragraphs[0],
        content=body + f'<p class="em_media">（文章来源：{medium}）</p>',
        feeds=["rolling"],
    )
