"""The medium that an article comes from: the source line, an unlabelled name beside the time, the metadata."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from crawler.extraction.byline import NAME
from crawler.extraction.document import Document, squeeze
from crawler.extraction.headline import PARTS, SITE_WORDS, key
from crawler.extraction.published import STAMP

STOP = r"(?=$|[\s|｜丨,，;；。/】）)\]]|作者|记者|编辑|責任|责任|责编|时间|時間|日期|发布|发表|发稿|\d{4}[-年/.]|\d{1,2}:\d{2}|点击|浏览|阅读|評論|评论|字体|字号|分享|打印|撰文|文/|我要|【|\[|阅读|人气|查看|原文|查询|推荐)"
LABELLED = re.compile(
    rf"(?:文章来源|稿件来源|信息来源|新闻来源|资料来源|内容来源|来源于|来源|來源|稿源|出处|文源|转自|摘自|供稿)\s*[:：]\s*([^\s|｜丨,，;；:：]{{2,30}}?(?:\s?[·•・-]\s?[^\s|｜:：]{{2,12}})?){STOP}"
)
SOURCE_NAME = re.compile(
    r"(?:^|[\s_-])(?:\w*source\w*|media|medianame|media[-_]name|laiyuan|ly|origin|from|site[-_]?name|copyfrom|author-name|account)(?:$|[\s_-])",
    re.IGNORECASE,
)
MEDIUM = re.compile(
    r"[^\s:：，。、|｜/（(]{1,14}(?:网|網|报|報|社|台|臺|新闻|新聞|日报|周刊|週刊|杂志|在线|財經|财经|时报|時報|观察|频道|传媒|资讯|快报|电视|广播|中心|客户端|发布|办事处|政府|发改委|局|学会|协会|参考|大学|委员会|集团)(?:[-·][^\s:：]{2,8})?"
)
NO_MEDIUM = re.compile(
    r"\d|评论|摘要|导读|核心提示|关键词|标签|跟贴|分享|收藏|字号|字体|打印|首页|关注|微信|微博|点击|浏览|阅读|举报|作者|编辑|记者|责任|新闻中心|正文|发布|更新|时间|登录|更多|原创|来源|微信扫|：|:|http|转载|纠错|订阅|下载|客户端$",
    re.IGNORECASE,
)
RELATIVE = re.compile(r"\s+(?:昨天|今天|前天|刚刚|\d+\s?(?:分钟|小时|天|周|个月)前).*$")
UNMARKED = re.compile(r"(?:^|[|｜\s])(?:来源|來源)\s*([^\s|｜:：]{2,20})(?=[\s|｜]|$)")
BESIDE_NAME = re.compile(
    rf"^(?:{NAME})\s*[/／]\s*([^\s/／|｜\d]{{2,14}})(?=$|\s)|^([^\s/／|｜\d]{{2,14}})[/／](?:{NAME})(?=$|\s)"
)
META_NAMES = (
    "source",
    "mediaid",
    "article:source",
    "og:article:source",
    "contentsource",
    "publisher",
    "bytedance:source",
    "dc.publisher",
    "newssource",
    "media",
)


def clean(name: str | None) -> str | None:
    """A medium's name without what stands round it; None where nothing is left.

    >>> clean("【某某网】")
    '某某网'
    """
    name = RELATIVE.sub("", squeeze(name)).strip(' \u3000:：|｜-—_·,，;；.。"“”[]【】()（）<>《》')
    return name if name and 1 < len(name) <= 30 else None


def find_publisher(document: Document, near: list[str], elements: list[Any], after: list[str]) -> str | None:
    """The medium; None where nothing names one. *elements* are those between headline and text."""
    for line in near:
        if found := LABELLED.search(line):
            name = clean(found[1])
            if name and not re.search(r"^(?:作者|记者|时间|未知|本站|原创)$", name):
                return name
        if (found := UNMARKED.search(line)) and not NO_MEDIUM.search(found[1]):
            return clean(found[1])
    for line in near:
        if found := BESIDE_NAME.search(unicodedata.normalize("NFKC", line)):
            return clean(found[1] or found[2])
    for element in elements:
        if SOURCE_NAME.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            name = clean("".join(element.itertext()))
            if name and len(name) <= 20 and not NO_MEDIUM.search(name):
                return name
    for name in META_NAMES:
        stated = clean(re.sub(r"^来源[:：]", "", document.meta.get(name, "")))
        if stated and not stated.startswith("http") and not stated.isdigit():
            return stated
    for line in near:
        if found := STAMP.search(line):
            rest = [
                part
                for part in re.split(r"[\s|｜]+", f"{line[found.end() :]} {line[: found.start()]}")
                if part
            ]
            for part in rest[:4]:
                name = clean(part)
                if name and len(name) <= 14 and not NO_MEDIUM.search(name) and not is_person(name):
                    return name
    for line in near:
        if (found := MEDIUM.fullmatch(line.strip())) and not NO_MEDIUM.search(line):
            return clean(found[0])
    for line in after:
        if found := LABELLED.search(line):
            return clean(found[1])
    linked = document.linked_data.get("publisher")
    if isinstance(linked, dict) and (name := clean(str(linked.get("name") or ""))):
        return name
    return site_of(document)


def is_person(name: str) -> bool:
    """Whether an unlabelled name is rather the writer's than a medium's."""
    return re.fullmatch(NAME, name) is not None and MEDIUM.fullmatch(name) is None


def site_of(document: Document) -> str | None:
    """The name of the site itself, from og:site_name or the end of the page's title."""
    if name := clean(document.meta.get("og:site_name")):
        return name
    parts = [part.strip() for part in PARTS.split(document.title) if part and part.strip()]
    if (
        len(parts) > 1
        and len(parts[-1]) <= 14
        and SITE_WORDS.search(parts[-1])
        and key(parts[-1]) != key(parts[0])
    ):
        return clean(parts[-1])
    return None
