"""The titles that a page's head states: compared, and without the name of the site."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

from crawler.extraction.document import Document, squeeze
from crawler.extraction.trees import NO_LETTER, fold_letters

# A title's parts: site and channel stand behind one of these.
PARTS = re.compile(
    r"\s{0,9}[_|｜丨—－]+\s{0,9}|\s{1,9}[-–]+\s{1,9}|\s{1,9}[·•«]\s{1,9}|::|--|(?:(?<=[^\x21-\u024f\s])-|-(?=[\u3400-\u9fff]))(?=[^-\d][^-]{1,15}$|\d{2,3}[\u4e00-\u9fff]{1,3}$)|(?<=[。！？!?”\"])\s{0,9}-\s{0,9}|\s{0,9}>\s{0,9}"
)
SITE_WORDS = re.compile(
    r"网$|網$|新闻|新聞|频道|頻道|资讯|财经|财經|门户|日报|日報|晚报|官网|客户端|论坛|社区|首页|手机|视频|平台|中国|在线|在線|热线|\.com|\.cn|net\b|News",
    re.IGNORECASE,
)
QUOTES = re.compile("[“”„‟«»「」『』＂″‘’`']")
ASCII_TITLE = {
    ord(char): QUOTES.sub('"', char).lower() for char in map(chr, range(128)) if not char.isspace()
} | dict.fromkeys(map(ord, filter(str.isspace, map(chr, range(128)))))
"""`fold_title` of each ASCII character: a table is many times faster than patterns."""
BLANK = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")
SHORT_TITLE = 12  # characters of a title that may be a site's name
LONGEST_SITE = 200  # characters that a name in a title has; a label of a host has 63
ALPHABETIC_PARTS = re.compile(r"\s{1,9}[|—–·•-]\s{1,9}|:\s{1,9}")
NO_NAME = re.compile(r"^the\s|\b(?:news|online|magazine|blog)$|\.(?:com?|org|net)\b")
LONGEST_WITH_SITE = 1_000  # characters of a title whose parts are looked at
BARS = frozenset(("_", "-", "|", "｜", "–", "--", ">"))


@lru_cache(maxsize=256)
def fold_title(text: str) -> str:
    """*text* for comparing headlines: one form of letters and quotation marks, no blanks. Remembered: a page's first lines are compared
    several times.

    >>> fold_title("“甲” ＡB") == fold_title('"甲"AB')
    True
    """
    if text.isascii():
        return text.translate(ASCII_TITLE)
    return QUOTES.sub('"', BLANK.sub("", unicodedata.normalize("NFKC", text))).lower()


def metadata_titles(document: Document) -> list[str]:
    """The titles that the page's head states."""
    titles = [
        document.meta.get(name, "")
        for name in (
            "dc:title",
            "dc.title",
            "og:title",
            "twitter:title",
            "articletitle",
            "title",
            "parsely-title",
        )
    ]
    titles.append(squeeze(str(document.linked_data.get("headline") or "")))
    return [title for title in titles if title]


def without_site(title: str, site_name: str | None = None) -> str:
    """A page's title without the names of channel and site behind it.

    >>> without_site("某公司发布年报_财经频道_某某网")
    '某公司发布年报'
    >>> without_site("棱镜|数据业整顿_财经_某讯网")
    '棱镜|数据业整顿'
    """
    if len(title) > LONGEST_WITH_SITE:
        return title
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
            or (site_name and fold_title(tail) in fold_title(site_name))
            or (len(head) >= 10 and len(tail) <= 6)
        ):
            break
        end = cut.start()
    return title[:end].strip() or title


def fold_words(text: str) -> str:
    """Letters and digits of *text* alone, as `fold_title` writes them: a kicker is parted from its headline by a colon in
    the metadata, and by an element on the page."""
    return fold_letters(text) if text.isascii() else NO_LETTER.sub("", fold_title(text))


def all_titles(document: Document) -> list[str]:
    """The titles that the page states, without the site's name."""
    site_name = document.meta.get("og:site_name")
    titles = [
        without_site(stated, site_name) for stated in (*metadata_titles(document), document.title) if stated
    ]
    return titles if document.is_cjk else [without_host(stated, document.url) for stated in titles]


def without_host(title: str, url: str) -> str:
    """A title in an alphabetic script without the site's name in front of it or behind it, where the host has that name.

    >>> without_host("Pumps open | The Harrow Post", "https://www.harrowpost.example/1"), without_host("Harrow Bay | a town", "https://harrowpost.example/")
    ('Pumps open', 'Harrow Bay | a town')
    """
    marks = [*ALPHABETIC_PARTS.finditer(title)]
    for mark in marks[::-1]:
        if len(title) - mark.end() > LONGEST_SITE:
            break
        if is_host_name(title[mark.end() :], url):
            return title[: mark.start()].strip()
    # In front of a colon is the subject of many headlines.
    if marks and is_host_name(title[: marks[0].start()], url, least=1):
        return title[marks[0].end() :].strip()
    return title


def is_host_name(name: str, url: str, least: float = 0.5) -> bool:
    """Whether the letters of a name, but for an article and words such as News, are that share of a label of a URL's host.

    >>> is_host_name("The Post News", "https://www.harrow-post.example/"), is_host_name("Harrow Post", "https://harrow-post.example/", 1)
    (False, True)
    """
    if len(name) > LONGEST_SITE:
        return False
    letters = re.sub(r"\W", "", NO_NAME.sub("", name.lower()))
    labels = (urlsplit(url).hostname or "").lower().replace("-", "").split(".")
    return len(letters) > 2 and any(
        letters in label and len(letters) >= least * len(label.removeprefix("the")) for label in labels
    )


def names_site(title: str, document: Document) -> bool:
    """Whether a title says no more than what site it is of."""
    return (
        len(title) < SHORT_TITLE
        or is_host_name(title, document.url)
        or fold_title(title) == fold_title(document.meta.get("og:site_name", ""))
    )


def is_cut_at_quote(title: str, full: str) -> bool:
    """Whether a quotation mark cut *title* short, as it ends an attribute's value in broken markup.

    >>> is_cut_at_quote("Sieger und", 'Sieger und "hoher Besuch"'), is_cut_at_quote("Sieger", "Sieger - Blatt")
    (True, False)
    """
    short, whole = fold_title(title), fold_title(full)
    return len(short) < len(whole) and whole.startswith(short) and whole[len(short)] == '"'


def titles_agree(document: Document) -> bool:
    """Whether schema.org's headline, or Open Graph's title of a page that calls itself an article, is the page's title, or
    the description begins with that."""
    linked = squeeze(str(document.linked_data.get("headline") or ""))
    stated = linked or (
        document.meta.get("og:title", "") if document.meta.get("og:type") == "article" else ""
    )
    if len(stated) >= 12 and share_words(stated, document.title):
        return True
    title = fold_title(PARTS.split(document.title)[0])
    return len(title) >= 12 and fold_title(document.meta.get("description", "")).startswith(title[:20])


def is_short_form(short: str, full: str) -> bool:
    """Whether all characters of *short* are in *full*, in the same order.

    >>> is_short_form("学会召开年会", "学会在江州召开第九届年会")
    True
    """
    rest = iter(full)
    return all(char in rest for char in short)


def share_words(title: str, other: str) -> bool:
    """Whether two titles have a run of six characters in common."""
    first, second = fold_title(title), fold_title(other)
    return any(first[n : n + 6] in second for n in range(max(len(first) - 5, 1)))
