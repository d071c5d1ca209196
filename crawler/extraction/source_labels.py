"""The medium that a label names: 来源：某报, 转自, Source: …"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from crawler.extraction.document import squeeze
from crawler.extraction.media_names import NO_MEDIUM, clean_publisher
from crawler.extraction.trees import whole_text
from pipelines.printed_times import STAMP

# The source of an image or a figure is not the article's.
LABEL = r"(?:(?:文章|稿件|信息|新闻|新聞|内容|內容|消息|本文)(?:来源|來源)|(?<![片图圖据據料源头頭])(?:来源|來源)(?:于|於)?|稿源|(?:(?<!\w)|文章|新闻|稿件)出处|文源|转自|轉自|摘自|转载自|(?<!\w)(?:来自|來自|出自|媒体|媒體)|(?<![a-z])[Ss]ource)"
GIVEN_BY = re.compile(r"供稿(?:单位)?\s*[:：]\s*([^\s|｜丨,，;；:：]{2,30})")
STOP = r"(?=$|[\s|｜丨,，;；。/】）)\]]|原?作者|记者|編輯|编辑|責任|责任|责编|时间|時間|日期|(?:发布|发表|發布|發表)(?:时间|日期|于|[:：])|发稿|\d{4}[-年/.]|\d{1,2}:\d{2}|点击|浏览|阅读|評論|评论|字体|字号|分享|打印|撰文|文/|我要|【|\[|人气|查看|原文|查询|推荐|参与互动)"
ACCOUNT = r"(?:(?:微信)?(?:公众号|公眾號|公众平台|订阅号)\s{0,9}[:：]?\s{0,9})?"
LABELLED = re.compile(
    rf"{LABEL}\s{{0,9}}[:：]\s{{0,9}}{ACCOUNT}([^\s|｜丨,，;；:：]{{2,30}}?(?:\s?[·•・-]\s?[^\s|｜:：]{{2,12}})?){STOP}"
)
QUOTING = re.compile(r"(?:注明|註明|标注|標註|标明)[^。]{0,6}$")
"""In front of a label that a notice tells others to print."""
WHOLE = re.compile(rf"\W*{LABEL}\s*[:：]\s*{ACCOUNT}([^:：|｜]{{2,32}})")
"""An element that holds the label and the name, and nothing else."""
LABEL_ALONE = re.compile(rf"{LABEL}\s*[:：]\s*$")
NOWHERE = re.compile(r"(?:本站原创|作者|记者|时间|未知|本站|原创|网络|互联网|综合|整理|其他|佚名)$")
UNMARKED = re.compile(r"(?:^|[|｜\s])(?:来源|來源)\s*([^\s|｜:：]{2,20})(?=[\s|｜]|$)")


def find_labelled(lines: Iterable[str]) -> str | None:
    """The medium that one of *lines* names behind a label."""
    for line in lines:
        for found in LABELLED.finditer(line):
            name = clean_publisher(found[1])
            if name and not NOWHERE.match(name) and not QUOTING.search(line[: found.start()]):
                return name
    return None


def find_labelled_element(elements: Iterable[Any]) -> str | None:
    """The medium in an element that holds the label and the name, and nothing else; or in the alt of a logo behind the label."""
    for element in elements:
        if element.tag == "img":
            above = element.getparent()
            logo = above if above is not None and above.tag == "a" and above[0] is element else element
            previous, above = logo.getprevious(), logo.getparent()
            before = previous.tail if previous is not None else above.text if above is not None else ""
            if LABEL_ALONE.search(squeeze(before)) and (name := clean_publisher(element.get("alt"))):
                return name
            continue
        text = squeeze(whole_text(element))
        if len(text) < 45 and (match := WHOLE.fullmatch(text)) and not STAMP.search(text):
            name = clean_publisher(match[1])
            if name and not NOWHERE.match(name) and " " not in name:
                return name
    return None


def find_unmarked(lines: Iterable[str]) -> str | None:
    """The medium behind 来源 without a colon."""
    for line in lines:
        if (match := UNMARKED.search(line)) and not NO_MEDIUM.search(match[1]):
            return clean_publisher(match[1])
    return None


def find_giver(lines: Iterable[str]) -> str | None:
    """The office that gave the text (供稿单位)."""
    return next((clean_publisher(match[1]) for line in lines if (match := GIVEN_BY.search(line))), None)
