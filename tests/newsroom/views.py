"""What the newsroom shows of its articles: list records by feed, the detail JSON, the public page."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.newsroom.articles import BEIJING, Article, beijing, unlinked

WEEK = ("一", "二", "三", "四", "五", "六", "日")


def relative(shown: datetime, now: datetime) -> str:
    """As a list prints it for readers of the same day: ``今天 16:25``."""
    days = (now.astimezone(BEIJING).date() - shown.date()).days
    if days in (0, 1):
        return f"{('今天', '昨天')[days]} {shown:%H:%M}"
    return f"{shown:%m-%d %H:%M}" if shown.year == now.astimezone(BEIJING).year else f"{shown:%Y-%m-%d %H:%M}"


def ago(shown: datetime, now: datetime) -> str:
    """``25分钟前``, ``3小时前``; older than a day as `relative`."""
    minutes = int((now - shown).total_seconds() // 60)
    if minutes < 60:
        return f"{minutes}分钟前" if minutes else "刚刚"
    return f"{minutes // 60}小时前" if minutes < 24 * 60 else relative(shown, now)


SHOWTIME: dict[str, Callable[[datetime, datetime], Any]] = {
    "plain": lambda shown, now: f"{shown:%Y-%m-%d %H:%M:%S}",
    "minute": lambda shown, now: f"{shown:%Y-%m-%d %H:%M}",
    "slash": lambda shown, now: f"{shown:%Y/%m/%d %H:%M:%S}",
    "chinese": lambda shown, now: f"{shown:%Y年%m月%d日 %H:%M}",
    "weekday": lambda shown, now: f"{shown:%Y年%m月%d日} 星期{WEEK[shown.weekday()]} {shown:%H:%M}",
    "rfc3339": lambda shown, now: shown.isoformat(),
    "epoch_s": lambda shown, now: int(shown.timestamp()),
    "epoch_ms": lambda shown, now: int(shown.timestamp() * 1000),
    "relative": relative,
    "ago": ago,
}


def printed(article: Article, now: datetime, form: str | None = None) -> Any:
    """Its time as list records print it."""
    return SHOWTIME[form or article.showtime_as](article.published, now)


def row(article: Article, feed: str, now: datetime, fields: dict[str, Any]) -> dict[str, Any]:
    """A list record: *fields*, what differs in this feed, and empty ones while it is incomplete."""
    fields |= article.records.get(feed, {})
    if article.complete_from and now < beijing(article.complete_from):
        fields |= {key: "" for key in ("title", "showtime", "url_w", "datetime", "simtitle") if key in fields}
    return fields


def rolling_row(article: Article, now: datetime) -> dict[str, Any]:
    return row(
        article,
        "rolling",
        now,
        {
            "id": article.id,
            "infoCode": article.info_code,
            "title": article.title,
            "digest": article.digest,
            "url_w": article.url,
            "showtime": printed(article, now),
        },
    )


def media_row(article: Article, now: datetime) -> dict[str, Any]:
    return row(
        article,
        "media",
        now,
        {
            "infocode": article.info_code,
            "title": article.title,
            "from": article.source,
            "showtime": printed(article, now),
            "simtitle": article.title,
            "simdigest": article.digest,
        },
    )


def market_row(article: Article, now: datetime, feed: str) -> dict[str, Any]:
    return row(
        article,
        feed,
        now,
        {
            "infoCode": article.info_code,
            "title": article.title,
            "medianame": article.source,
            "datetime": printed(article, now),
        },
    )


def sort_key(article: Article) -> str:
    """The public lists' cursor of an article: epoch second and six digits."""
    return f"{int(article.published.timestamp())}{article.id[-6:]}"


def fast_row(article: Article, now: datetime) -> dict[str, Any]:
    """A row of getFastNewsList."""
    return {
        "code": article.id,
        "title": article.title,
        "summary": article.digest,
        "showTime": printed(article, now, "plain"),
        "stockList": [],
        "realSort": sort_key(article),
        "titleColor": 0,
    }


def column_row(article: Article, now: datetime) -> dict[str, Any]:
    """A row of getNewsByColumns."""
    return {
        "code": article.id,
        "title": article.title,
        "mediaName": article.source,
        "summary": article.digest,
        "image": "",
        "showTime": printed(article, now, "plain"),
        "url": f"http://{article.site}.eastmoney.com/a/{article.id}.html",
        "uniqueUrl": f"http://finance.eastmoney.com/a/{article.id}.html",
        "Np_dst": "CMS",
    }


def live_row(article: Article, now: datetime) -> dict[str, Any]:
    """A row of getlist_102."""
    shown = printed(article, now, "plain")
    return {
        "id": article.id,
        "newsid": article.id,
        "title": article.title,
        "digest": article.digest,
        "simdigest": article.digest,
        "showtime": shown,
        "ordertime": shown,
        "url_w": article.url,
        "url_m": f"http://wap.eastmoney.com/a/{article.id}.html",
        "url_unique": f"http://finance.eastmoney.com/a/{article.id}.html",
        "column": f"102,{article.column}",
    }


def security_row(article: Article, now: datetime) -> dict[str, Any]:
    """A row of getListInfo, the news of one security."""
    return {
        "Art_Code": article.id,
        "Art_Title": article.title,
        "Art_ShowTime": printed(article, now, "plain"),
        "Art_MediaName": article.source,
        "Art_Url": f"http://{article.site}.eastmoney.com/a/{article.id}.html",
        "Art_OriginUrl": f"http://finance.eastmoney.com/a/{article.id}.html",
        "Art_SortStart": sort_key(article),
    }


def app_row(article: Article, now: datetime) -> dict[str, Any]:
    """A record of the Choice app's getInformationList."""
    return {
        "code": article.info_code,
        "data": {
            "title": article.title,
            "simdigest": article.digest,
            "from": article.source,
            "showtime": relative(article.published, now),
        },
    }


def detail(article: Article) -> Any:
    """The detail JSON."""
    if article.detail is not None:
        return article.detail
    content = article.body()
    text = article.text if article.text is not None else unlinked(content)
    return {"content": content, "text": text} | article.detail_extra


SHELL = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title></title></head>
<body><div id="app"></div><script src="/js/newsshare.js?v=3"></script></body></html>
"""

STATEMENT = (
    "郑重声明：东方财富发布此内容旨在传播更多信息，与本站立场无关，不构成投资建议。据此操作，风险自担。"
)


def article_page(article: Article, now: datetime) -> str:
    """The public page.

    ``article.page`` may hold: ``title``, ``time``, ``source`` (where the page differs), ``summary``, ``editor``,
    ``original_title``, ``related`` (pairs of address and text), ``adverts`` (false: none), ``old`` (true: the older
    page with ``div.Body``), ``gone`` (true: there is no page).
    """
    page = article.page
    title = html.escape(page.get("title", article.title), quote=False)
    shown = page.get("time") or printed(article, now, "chinese")
    source = html.escape(page.get("source", article.source), quote=False)
    adverts = page.get("adverts", True)
    parts = [
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title} _ 东方财富网</title>',
        f'<meta name="description" content="{html.escape(article.digest)}"><script src="/js/article.js"></script></head>',
        '<body><div class="topbar"><a href="http://www.eastmoney.com/">首页</a><a href="http://stock.eastmoney.com/">股票</a>',
        '<a href="http://fund.eastmoney.com/">基金</a></div><div class="main"><div class="contentwrap">',
        f'<div class="title">{title}</div><div class="infos"><div class="item">{shown}</div>',
        f'<div class="item">来源：{source}</div><div class="item">编辑：财小编</div>' if source else "",
        '<div class="item shareBox"><span>分享到</span><em>打开微信，点击底部的“发现”，使用“扫一扫”即可将网页分享至朋友圈。</em></div></div>',
    ]
    if adverts:
        parts.append(
            '<a class="toplink" href="https://acttg.eastmoney.com/pub/web_app_dcsy_zwdb_01_02_01_0">全新妙想投研助理，立即体验</a>'
        )
    if summary := page.get("summary"):
        parts.append(f'<div class="b-review"><em>摘要</em>{html.escape(summary, quote=False)}</div>')
    old = page.get("old", False)
    parts.append('<div id="ContentBody" class="Body">' if old else '<div class="txtinfos" id="ContentBody">')
    if adverts:
        parts.append(
            '<div class="ad_context3"><a href="https://acttg.eastmoney.com/pub/web_app_zwzx_01"><img class="em_handle_adv_close" '
            'src="https://np-newspic.dfcfw.com/download/D25000000000000000009_w690h90.jpg" /></a></div>'
        )
    if original := page.get("original_title"):
        parts.append(f'<div class="zwothers">原标题：{html.escape(original, quote=False)}</div>')
    parts.append(article.body() or article.text or "")
    if adverts:
        parts.append(
            '<p class="em_xuangu"><a href="https://acttg.eastmoney.com/pub/web_kh_zwdb">在东方财富看资讯行情，选东方财富证券一站式开户交易&gt;&gt;</a></p>'
        )
    if editor := page.get("editor"):
        parts.append(f'<p class="res-edit">（责任编辑：{html.escape(editor, quote=False)}）</p>')
    parts.append("</div>")
    if related := page.get("related"):
        parts.append('<div class="xgbd"><p><strong>相关报道：</strong></p>')
        parts += [f'<p>　　<a href="{address}" target="_blank">{text}</a></p>' for address, text in related]
        parts.append("</div>")
    parts += [
        f'<div class="statement">{STATEMENT}</div>',
        '</div></div><div class="footer">信息网络传播视听节目许可证 版权所有</div></body></html>',
    ]
    return "".join(parts)
