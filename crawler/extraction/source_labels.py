"""The medium that a label names: 来源：某报, 转自, Source: …"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from crawler.extraction.document import squeeze
from crawler.extraction.media_names import MEDIUM, NO_MEDIUM, clean_publisher
from crawler.extraction.trees import whole_text
from pipelines.printed_times import STAMP

# The source of an image or a figure is not the article's.
LABEL = r"(?:(?:文章|稿件|信息|新闻|新聞|内容|內容|消息|本文)(?:来源|來源)|(?<![片图圖据據料源头頭])(?:来源|來源)(?:于|於)?|稿源|(?:(?<!\w)|文章|新闻|稿件|原文)出[处處]|(?:[发發][布文]|信息[发發]布)(?:机[构關关]|机关|[单單]位)|文源|转自|轉自|摘自|转载自|(?<!\w)(?:来自|來自|出自|媒体|媒體)|(?<![a-z])[Ss]ource)"
GIVEN_BY = re.compile(r"供稿(?:单位)?\s*[:：]\s*([^\s|｜丨,，;；:：]{2,30})")
SEP = r"(?:\s{0,9}[:：丨]|(?:(?<=源)|(?<=[转轉摘载載]自))\s{0,3}[/／|｜])\s{0,9}"
STOP = r"(?=$|[\s|｜丨,，;；。/】）)\]]|[”」』](?=[^\s微公])|原?作者|记者|編輯|编辑|責任|责任|责编|时间|時間|日期|(?:发布|发表|發布|發表)(?:时间|日期|于|[:：])|发稿|\d{4}[-年/.]|\d{1,2}:\d{2}|点击|浏览|阅读|評論|评论|字体|字号|分享|打印|撰文|文/|我要|【|\[|人气|查看|原文|查询|推荐|参与互动)"
ACCOUNT = r"(?:(?:微信)?(?:公众号|公眾號|公众平台|订阅号)\s{0,9}[:：]?\s{0,9})?"
LABELLED = re.compile(
    rf"{LABEL}{SEP}{ACCOUNT}([^\s|｜丨,，;；:：]{{2,30}}?(?:\s?[·•・-]\s?[^\s|｜:：]{{2,12}})?){STOP}"
)
QUOTING = re.compile(r"(?:注明|註明|标注|標註|标明)[^。]{0,6}$")
"""In front of a label that a notice tells others to print."""
WHOLE = re.compile(rf"\W*{LABEL}{SEP}{ACCOUNT}([^:：|｜]{{2,32}})")
"""An element that holds the label and the name, and nothing else."""
LABEL_ALONE = re.compile(rf"{LABEL}\s*[:：]\s*$")
TOLD = re.compile(
    r"^\W*(?:本文|原文)?(?:(?:来源|來源|来自|來自|[转轉]?[载載]自|[转轉]自|摘自|[选選]自)(?:[于於])?|(?:刊[载載登]|原[载載]|[发發]表|首[发發])[于於])\s?[《「『“]?([^\s《》「」『』“”,，。:：]{2,16})[》」』”]?(?=$|[\s,，。)）|｜]|\d{4}[-年./])"
    r"|^\W*本文(?:[由获獲經经已]){1,2}\s?[《「『]?([^\s《》「」『』,，。]{2,16}?)[》」』]?\s?(?:同意)?(?:[授][权權])(?:[转轉][载載]|刊登|[发發]布)"
    r"|^\W*《([^》]{2,16})》\W{0,3}20\d\d\s?[年.-]\s?\d{1,2}\s?[月.-]\s?\d{1,2}日?\W.{0,12}版\W*$"
    r"|^\W*『([^』]{2,16})』.{0,24}号(?:より|掲載|から)\W*$"
)
"""What a line says of where the text is from: 本文转载自《某报》, 《某报》(2026年6月30日 9版), 『某誌』7月10日号より."""
PUT = re.compile(r"[发發]\S?[于於]")
"""Into a column, or onto a platform."""
GIVEN = re.compile(
    r"^\W*(?:(?:記事|情報)?提供元?|配信元?|出所|引用元|(?:기사\s?)?제공|언론사|출처)\s?[:：/／]\s?([^\s:：|｜)）]{2,20})|^\W*([^\s:：|｜]{2,20})\s(?:配信|제공)\W*$"
)
"""Japanese and Korean labels; images have some of them as well, so that the name must be a medium's."""
EASTERN_MEDIUM = re.compile(
    r"\S{1,14}(?:新聞(?:社|デジタル|オンライン|電子版)?|通信社?|ニュース|スポーツ|テレビ|放送|タイムズ|オンライン|デジタル|マガジン|日報)"
    r"|\S{1,10}(?:일보|신문|뉴스|경제|타임[스즈]|방송|데일리|투데이|저널|통신|미디어|스포츠)"
)
"""What names of Japanese and Korean media end in."""
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


def find_told(lines: Iterable[str]) -> str | None:
    """The medium that a line of its own says the text is from, in words or behind a Japanese or Korean label."""
    for line in lines:
        if len(line) > 60:
            continue
        if match := TOLD.match(line):
            name = clean_publisher(match[match.lastindex or 0])
            is_titled = name and re.search(rf"[《『]{re.escape(name)}", match[0])
            if (
                name
                and (is_titled or (MEDIUM.fullmatch(name) and not PUT.search(match[0])))
                and not NO_MEDIUM.search(name)
            ):
                return name
        if (match := GIVEN.match(line)) and EASTERN_MEDIUM.fullmatch(name := match[1] or match[2]):
            return clean_publisher(name)
    return None


def find_giver(lines: Iterable[str]) -> str | None:
    """The office that gave the text (供稿单位)."""
    return next((clean_publisher(match[1]) for line in lines if (match := GIVEN_BY.search(line))), None)
