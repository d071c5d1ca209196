"""Pages that say that what was asked for is not there."""

from __future__ import annotations

import re

from crawler.extraction.document import squeeze
from crawler.extraction.page_words import ERROR, MISSING
from crawler.extraction.titles import PARTS

GONE = re.compile(
    r"\b404\b|页面(?:不存在|没有找到|未找到|找不到|走丢|已删除)|(?:内容|文章|新闻|作品|稿件|信息)(?:不存在|已?被?(?:发布者)?删除|已下线|已失效)|Not Found|已停止访问",
    re.IGNORECASE,
)
STATUS_404 = rf"(?:(?:{ERROR})\s?)?404(?:\s(?:{ERROR}))?"
NO_PAGE = re.compile(
    rf"\W*(?:{STATUS_404}|(?:{STATUS_404}\W*)?(?:(?:sorry,? )?(?:we )?(?:can(?:no|['’])t|could(?:n['’]t| not)) find (?:the|this|that) page|(?:the |this |that )?page (?:can(?:no|['’])t be found|(?:was |is )?not (?:be )?found|does(?:n['’]t| not) exist)|{MISSING}"
    r"|(?:お探しの|ご指定の|この)?(?:ページ|記事)(?:の(?:公開|掲載|配信))?[がは]?(?:見つかりません(?:でした)?|存在しません|(?:終了|削除)(?:しました|しています|されました|されています))|(?:요청하신 )?페이지를 찾을 수 없습니다|삭제되었?거나 존재하지 않는 (?:기사|페이지)입니다|(?:您[访訪][问問]的)?[页頁]面?(?:不存在|找不到|[没沒]有找到)))[\W1]*",
    re.IGNORECASE,
)
"""A headline that says there is no such page, whatever else stands on it."""


def find_missing_notice(title: str, headline: str, is_short: bool) -> str | None:
    """What a page says, by its *title* or *headline*, instead of showing an article; None where it says no such thing. With
    little text (*is_short*) the notice may be a part of them.

    >>> find_missing_notice("Page not found | Harrow Post", "", is_short=False), find_missing_notice("404 days at sea", "", is_short=False)
    ('Page not found', None)
    """
    match = GONE.search(f"{title} {headline}") if is_short else None
    match = match or NO_PAGE.fullmatch(headline) or NO_PAGE.fullmatch(PARTS.split(title)[0])
    return squeeze(match[0]) if match else None
