"""Takes out of a body what pages insert between its paragraphs: forms, buttons to share, frames of embedded posts."""

from __future__ import annotations

import re

from crawler.extraction.block_layout import BlockLayout
from crawler.extraction.body import Body
from crawler.extraction.document import squeeze
from crawler.extraction.trees import INLINE, is_within, own_text

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
    r"|\[?(?:广告|廣告|広告|광고|PR|AD)\]?\s{0,3}(?:[请請][继繼][续續]往下[阅閱][读讀])?[.…。]*|(?:記事|文章)?(?:は|が)?(?:下|この下)に続きます\W*|(?:[请請])?(?:[继繼][续續])?往下看更多\W*",
    re.IGNORECASE,
)
"""A line that frames an embedded post or an advertisement."""


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
