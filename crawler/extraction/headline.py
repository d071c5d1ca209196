"""The article's headline: what a heading and the page's title agree on."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from crawler.extraction.document import Document, squeeze, text_of

HEADING_NAME = re.compile(
    r"(?:^|[\s_-])(?:title|headline|subject|tit|bt|biaoti|h1)(?:$|[\s_-])|title", re.IGNORECASE
)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "div", "p", "span", "strong", "td", "b", "a")
# A title's parts: site and channel stand behind one of these.
PARTS = re.compile(
    r"\s*[_|｜丨—－]+\s*|\s+[-–]+\s+|\s+[·•«]\s+|::|--|-(?=[^-\d][^-]{1,15}$|\d{2,3}[\u4e00-\u9fff]{1,3}$)|(?<=[。！？!?”\"])\s*-\s*|\s*>\s*"
)
SITE_WORDS = re.compile(
    r"网$|網$|新闻|新聞|频道|頻道|资讯|财经|财經|门户|日报|日報|晚报|官网|客户端|论坛|社区|首页|手机|视频|平台|中国|在线|在線|热线|\.com|\.cn|net\b|News",
    re.IGNORECASE,
)
QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』＂″‘’`'", '"'))
BLANK = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")
NO_HEADLINE = re.compile(
    r"[（(【]?原标题[:：]|^[（(【]?原标题|^首页|>|»|扫码|二维码|^(?:发布|发表)?(?:时间|日期)|来源[:：]|责任编辑|[，,：:]$|登录|APP"
)
LABEL = re.compile(r"^(?:标题|題目|题目|主题)\s*[:：]\s*")


LARGE = re.compile(r"font-size\s*:\s*(?:1[89]|[2-4]\d)(?:\.\d+)?\s*(?:px|pt)", re.IGNORECASE)
BARS = frozenset(("_", "-", "|", "｜", "–", "--", ">"))


def key(text: str) -> str:
    """*text* for comparing headlines: one form of letters and quotation marks, no blanks.

    >>> key("“甲” ＡB") == key('"甲"AB')
    True
    """
    return BLANK.sub("", unicodedata.normalize("NFKC", text)).translate(QUOTES).lower()


def said(document: Document) -> list[str]:
    """The titles that the page's head states."""
    found = [
        document.meta.get(name, "")
        for name in ("og:title", "twitter:title", "articletitle", "title", "dc.title")
    ]
    found.append(squeeze(str(document.linked_data.get("headline") or "")))
    return [one for one in found if one]


def without_site(title: str, site_name: str | None = None) -> str:
    """A page's title without the names of channel and site behind it.

    >>> without_site("某公司发布年报_财经频道_某某网")
    '某公司发布年报'
    >>> without_site("棱镜|数据业整顿_财经_某讯网")
    '棱镜|数据业整顿'
    """
    parts = [part.strip() for part in PARTS.split(title) if part.strip()]
    if (
        len(parts) > 1
        and SITE_WORDS.search(parts[0])
        and not SITE_WORDS.search(parts[-1])
        and len(parts[-1]) >= 8
    ):
        return parts[-1]  # some name the site first
    end = len(title)
    while cuts := [*PARTS.finditer(title[:end])]:
        cut = cuts[-1]
        head, bar, tail = title[: cut.start()].strip(), cut[0].strip(), title[cut.end() : end].strip()
        if len(head) < 5 or len(tail) > 20:
            break
        if not (
            bar in ("_", "-", "–", "--", "«", "::")
            or (bar in BARS and len(cuts) > 1)
            or SITE_WORDS.search(tail)
            or (site_name and key(tail) in key(site_name))
            or (len(head) >= 10 and len(tail) <= 6)
        ):
            break
        end = cut.start()
    return title[:end].strip() or title


def find_headline(document: Document, before: list[Any]) -> tuple[str | None, Any]:
    """The headline as one line, and the heading that shows it; None where the page has none.

    *before* are the elements right before the text: a heading there counts where the head's titles name the site only.
    """
    claims = [one for one in (document.title, *said(document)) if one]
    keys = [key(one) for one in claims]
    best: tuple[int, int, str, Any] | None = None
    for element in document.root.iter(*HEADINGS):
        rank = (
            3
            if element.tag == "h1"
            else 2
            if element.tag in ("h2", "h3")
            else int(element.tag in ("h4", "h5"))
        )
        if HEADING_NAME.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            rank += 1
        if not rank:
            continue
        text = text_of(element)
        if not 4 <= len(text) <= 150:
            continue
        text = LABEL.sub("", text)
        plain = key(text)
        if not any(0 <= one.find(plain) * 3 <= len(one) for one in keys):
            cut = [one.rstrip(".…") for one in keys if one.endswith(("...", "…"))]
            if not any(len(one) >= 8 and plain.startswith(one) for one in cut):
                continue
            rank -= 1  # the head's title is cut
        # The whole headline rather than a part of it; a real heading rather than a link that repeats it.
        size = len(plain)
        if element.tag == "a" or (element.getparent() is not None and element.getparent().tag == "a"):
            rank -= 2
        entry = (size, rank, text, element)
        if (
            best is None
            or (size > best[0] * 1.2 and rank >= best[1] - 2)
            or (size * 1.2 >= best[0] and rank > best[1])
        ):
            best = entry
    if best is not None:
        return best[2], best[3]
    if shown := shown_part(document.title, before):
        return shown
    if shown := printed_large(document.title, before):
        return shown
    site_name = document.meta.get("og:site_name")
    near = [
        one
        for one in before
        if is_heading(one) and 6 <= len(text_of(one)) <= 100 and not NO_HEADLINE.search(text_of(one))
    ]
    stated = [without_site(one, site_name) for one in (*said(document), document.title) if one]
    if near and (not stated or len(stated[0]) < 12 or not shared(stated[0], text_of(near[-1]))):
        by_rank = max(near, key=lambda one: (one.tag == "h1", before.index(one)))
        return text_of(by_rank), by_rank
    # A quotation mark can cut the title in a meta tag short.
    full = key(stated[-1]) if stated else ""
    stated.sort(key=lambda one: key(one) in full and key(one) != full)
    lone = [one for one in document.root.iter("h1") if 4 <= len(text_of(one)) <= 100]
    if stated:
        shown = next((one for one in reversed(near) if shared(stated[0], text_of(one))), None)
        return stated[0], shown if shown is not None else lone[0] if len(lone) == 1 else None
    return (text_of(lone[0]), lone[0]) if len(lone) == 1 else (None, None)


def shown_part(title: str, before: list[Any]) -> tuple[str, Any] | None:
    """The part of a page's title that stands above the text by itself, in an element of whatever name; or what stands
    there and of which the title is a shorter form."""
    split = [part.strip() for part in PARTS.split(title) if part and part.strip()]
    parts = {key(part) for part in split if len(part) >= 6}
    short = key(split[0]) if split and len(split[0]) >= 8 else ""
    for element in reversed(before):
        if (
            element.tag in ("td", "div", "p", "font", "b", "strong", "span", "center")
            and element.find(".//a") is None
        ):
            text = text_of(element)
            if not 6 <= len(text) <= 100:
                continue
            plain = key(text)
            if plain in parts and len(split) > 1:
                return text, element
            full = short and short not in plain and len(short) < len(plain) <= 2 * len(short)
            if full and is_short_form(short, plain) and not NO_HEADLINE.search(text):
                return text, element
    return None


def printed_large(title: str, before: list[Any]) -> tuple[str, Any] | None:
    """What stands above the text in large letters, as old pages print headlines, and has words of the page's title."""
    for element in reversed(before):
        size = element.get("size") if element.tag == "font" else None
        style = LARGE.search(element.get("style") or "")
        if not (style or (size and size.lstrip("+").isdigit() and int(size.lstrip("+")) >= 4)):
            continue
        text = text_of(element)
        if 6 <= len(text) <= 60 and element.find(".//a") is None and shared(title, text):
            return text, element
    return None


def is_short_form(short: str, full: str) -> bool:
    """Whether all characters of *short* are in *full*, in the same order.

    >>> is_short_form("学会召开年会", "学会在江州召开第九届年会")
    True
    """
    rest = iter(full)
    return all(char in rest for char in short)


def is_heading(element: Any) -> bool:
    """Whether an element is, or is named, a heading; no link to somewhere else."""
    named = HEADING_NAME.search(f"{element.get('class') or ''} {element.get('id') or ''}") is not None
    plain = element.tag in ("div", "p", "span", "strong", "td") and named and len(element) <= 2
    return (element.tag in ("h1", "h2", "h3", "h4", "h5") or plain) and element.find(".//a") is None


def shared(one: str, other: str) -> bool:
    """Whether two titles have a run of six characters in common."""
    first, second = key(one), key(other)
    return any(first[n : n + 6] in second for n in range(max(len(first) - 5, 1)))
