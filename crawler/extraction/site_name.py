"""The name of the site, as its pages state it: in the title, behind or before the headline, and in the metadata."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from crawler.extraction.document import Document
from crawler.extraction.media_names import CHANNEL, clean_publisher
from crawler.extraction.titles import PARTS, SITE_WORDS

LEGAL_FORM = re.compile(r",?\s(?:Inc|LLC|Ltd|GmbH|S\.p\.A|S\.r\.l)\.?$")
SLOGAN_MARK = re.compile(r"\s{1,9}[–—-]\s{1,9}|[:,]\s{1,9}")
WORDS_OF_SLOGAN = 5  # at least
DOMAIN = re.compile(r"[（(][^（(）)]{0,99}[）)]$|\s{1,9}[A-Z]+\.(?:COM|NET|TW|CN)$", re.IGNORECASE)
GENERAL = re.compile(
    r"(?:新闻|要闻|公告|通知|工作|企业|公司|集团|行业|媒体|学校|校园)(?:动态|中心|资讯|公告|聚焦|要闻|列表|详情|报道)?$"
)
"""What sites call their sections."""
COLON_NAME = re.compile(
    r"^[^\u3040-\u30ff\uac00-\ud7af]*+[\u3040-\u30ff\uac00-\ud7af].*(?:\s[:：]\s|：)([^:：\s][^:：。「]{1,18})$"
)
"""The site's name behind a colon, as Japanese and Korean titles have it."""
LATIN_LETTERS = dict(
    zip(
        map(ord, "абвгґдезийіклмнопрстуфэыαβγδεζηικλμνοπρστυφωςжхцчшщюяёєїθξχψъь"),
        (*"abvggdeziiiklmnoprstufeyabgdeziiklmnoprstyfos", "zh", "kh", "ts", "ch", "sh", "sch", "yu", "ya", "e", "ie", "i", "th", "x", "ch", "ps", "", ""),
        strict=True,
    )
)  # fmt: skip
"""Cyrillic and Greek letters as addresses write them."""
SLOGAN = re.compile(r"专业|领先|权威|最|门户|第一|平台$|大全|网站$|全球|中国.{2,30}网$")


def without_slogan(name: str | None, document: Document) -> str:
    """A site's name without what it says of itself behind (or before) a bar, or behind the name that its host has; and
    without the legal form of its company."""
    name = LEGAL_FORM.sub("", name or "")
    parts = [part.strip() for part in re.split(r"[|｜]", name)]
    names = [
        part
        for part in parts
        if part and not re.search(r"[！!。？?]|No\.\s?\d|お届け|配信|ニュースサイト", part)
    ]
    if len(names) == 1 < len(parts):
        return names[0]
    first, *slogan = SLOGAN_MARK.split(name, maxsplit=1)
    is_slogan = slogan and len(slogan[0].split()) >= WORDS_OF_SLOGAN and is_of_host(first, document)
    return first if is_slogan else name


def find_site_name(document: Document) -> str | None:
    """The name of the site as the page's title states it behind (or before) the headline."""
    pieces = (part.split(" / ")[0] for part in PARTS.split(document.title))  # the rest is a section
    parts = [part for piece in pieces if (part := DOMAIN.sub("", piece).strip())]
    if not document.is_cjk and (name := find_named_after_host(document)):
        return name
    if len(parts) < 2:
        match = COLON_NAME.search(document.title)
        return clean_publisher(match[1]) if match else None
    if not document.is_cjk:
        return next((part for part in (*parts[:0:-1], parts[0]) if is_of_host(part, document)), None)
    longest = max(parts, key=len)
    others = [part for part in parts if part is not longest and is_site_part(part)]
    others = [part for part in others if not SLOGAN.search(part)] or others
    places = {part: place for place, part in reversed(list(enumerate(parts)))}  # where each is first
    behind = [part for part in others if places[part] > places[longest]] or others
    sure = [part for part in behind if SITE_WORDS.search(part) and not part.endswith(("频道", "頻道"))]
    # The site follows the last bar; what has no word of a site counts where it is as short as a name.
    if sure:
        return clean_publisher(sure[0] if longest is parts[-1] else sure[-1])
    return clean_publisher(behind[-1]) if behind and len(behind[-1]) <= 8 else None


def find_named_after_host(document: Document) -> str | None:
    """The last part of a title in an alphabetic script that ends with the site's domain, without that, or that stands behind a colon
    between blanks and has the host's name.

    >>> find_named_after_host(Document("<title>ข่าว | ประชาไท Harrow.com</title>", "https://harrow.com/1"))
    'ประชาไท'
    """
    last = PARTS.split(document.title)[-1].strip()
    if (match := DOMAIN.search(last)) and match.start() and is_of_host(match[0], document):
        return last[: match.start()].strip()
    before, colon, behind = last.rpartition(" : ")
    return behind if colon and before and is_of_host(behind, document) else None


def is_of_host(name: str, document: Document) -> bool:
    """Whether a part of a title is the site's name: its letters, or their initials, are in the host's name."""
    hosts = (urlsplit(url or "").hostname or "" for url in (document.url, document.canonical))
    labels = "".join(re.sub(r"\W", "", host.lower()) for host in hosts)
    name = "".join(char for char in unicodedata.normalize("NFD", name) if not unicodedata.combining(char))
    name = name.lower().translate(LATIN_LETTERS)
    letters = re.sub(r"\W", "", name)
    words = [word for word in re.split(r"\W+", name) if word and word not in ("the", "of", "and")]
    initials = "".join(word[0] for word in words)
    return 2 < len(letters) <= 40 and (
        letters.removeprefix("the") in labels
        or (len(initials) > 2 and initials in labels)
        or any(len(word) > 4 and word in labels for word in words)
    )


def is_site_part(part: str) -> bool:
    """Whether a part of a title can be a site's name: neither a channel nor a section."""
    return 2 <= len(part) <= 14 and part not in CHANNEL and not GENERAL.fullmatch(part)
