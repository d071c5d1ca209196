"""Takes out what pages insert between paragraphs, and other articles that they show behind the own one."""

from __future__ import annotations

import re
from typing import Any

from crawler.extraction.block_layout import BlockLayout
from crawler.extraction.body import Body
from crawler.extraction.document import Document, squeeze, text_of
from crawler.extraction.titles import fold_title
from crawler.extraction.trees import INLINE, is_within, own_text, remove, whole_text
from pipelines.printed_times import STAMP

LONGEST = 240  # characters of a line that frames an embedded post
NETWORK = re.compile(
    r"(?:facebook|twitter|x|line|plurk|weibo|whatsapp|wechat|telegram|linkedin|pinterest|email|print|微博|微信|朋友圈|QQ空间|脸书|臉書|ツイート|シェア|ポスト|はてなブックマーク|카카오톡|페이스북|트위터|네이버\s?밴드)(?:\s?(?:分享|でシェア|で送る|공유(?:하기)?))?",
    re.IGNORECASE,
)
"""A line that is a button to share."""
NAMES = r"(?:Instagram|Facebook|Twitter|X|YouTube|TikTok|Threads|Telegram|微博)"
EMBED = re.compile(
    r"(?:View this (?:post|profile|photo) on Instagram|この投稿をInstagramで見る|(?:在 ?Instagram ?)?查看[这這]?(?:则|則|篇|個|个)?(?:帖子|貼文|Instagram)|Instagram에서 이 게시물 보기)\W*"
    r"|.{0,60}(?:\(@[\w.]{2,30}\))?\s?(?:分享的(?:帖子|貼文)|がシェアした投稿|님의 공유 게시물|님이 공유한 게시물)\W*|(?:A post shared by|A photo posted by) .{2,80}"
    r"|This content is imported from .{0,200}"
    rf"|(?:跳[过過]|[结結]尾|[允容][许許])\s?{NAMES}\s?(?:帖子|[内內]容|視頻|视频)?(?:\s?\d+)?|此文包含{NAMES}提供的[内內]容。.{{0,200}}|告知[:：]\s?BBC.{{0,40}}|.{{0,8}}{NAMES}의? 콘텐츠를 (?:허용|표시).{{0,40}}"
    r"|(?:很抱歉[，,])?(?:当前)?视频播放失败|错误代码[:：]\s?[\w.]{2,20}|[时時][长長][:：]\s?\d\d:\d\d.{0,20}|\[?(?:广告|廣告|広告|광고|PR|AD)\]?\s{0,3}(?:[请請][继繼][续續]往下[阅閱][读讀])?[.…。]*|(?:記事|文章)?(?:は|が)?(?:下|この下)に続きます\W*|(?:[请請])?(?:[继繼][续續])?往下看更多\W*",
    re.IGNORECASE,
)
"""A line that frames an embedded post or an advertisement."""

BEGIN = 12  # letters of a heading that tell it from others
BESIDE = 200  # characters behind a headline in which its time stands


def drop_appended(document: Document) -> None:
    """Remove the articles that a page shows behind its own to go on reading: each has a headline in an element like the
    first one's, and a time of its own."""
    title = fold_title(document.title)
    headings = [heading for heading in document.root.iter("h1") if heading.get("class")]
    # A heading may hold a button as well.
    own = next((one for one in headings if is_in(title, one)), None)
    if own is None:
        return
    above = set(own.iterancestors())
    articles: dict[Any, Any] = {}  # -> their first headings; those that share an element are looked at once
    for other in headings[headings.index(own) + 1 :]:
        if other.get("class") != own.get("class") or is_in(title, other):
            continue
        article = other
        while (parent := article.getparent()) is not None and parent not in above and article not in articles:
            article = parent
        if parent is not None:
            articles.setdefault(article, other)
    for article, heading in articles.items():
        if STAMP.search(squeeze(whole_text(article)), 0, len(text_of(heading)) + BESIDE):
            remove(article)


def is_in(title: str, heading: Any) -> bool:
    """Whether a heading begins as a folded title does somewhere."""
    text = fold_title(text_of(heading))[:BEGIN]
    return len(text) > 3 and text in title


def cut_inserted(layout: BlockLayout, body: Body) -> None:
    """Forms, lines that are a button to share, and the frames of posts that the page shows from elsewhere."""
    for form in layout.forms:
        if form is not body.element and is_within(form, body.element):
            body.take_out("form", form)
    for line in [line for line in body.element.iter() if line.tag not in INLINE and own_text(line).strip()]:
        text = squeeze(own_text(line))
        if line is body.element or not is_within(line, body.element) or len(text) > LONGEST:
            continue
        is_button = NETWORK.fullmatch(text) is not None and line.find(".//a") is not None
        if (is_button or EMBED.fullmatch(text)) and line.find(".//img") is None:
            body.take_out("inserted_line", line)
