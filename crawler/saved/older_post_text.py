"""Post files of the older site: what its script wrote of a finews article, one Jekyll file each.

| variant | front matter | main part |
|---|---|---|
| ``nw`` | title, date, tags: medium + 新闻 | body HTML straight after it |
| ``em`` | tags: 东财滚动新闻 | ``> digest``, blank line, body HTML |
| ``d0`` to ``d5``, ``n0`` to ``n5`` | ``n``: a date without a zone; ``d0``: an empty line before it | blank line, digest as plain text |
| ``simtitle`` | tags: medium + 新闻 | short title, newline, short digest, as plain text |

Behind it ``<share link>`` and two links back to the site, absolute or relative. Titles stand unescaped in quotation marks, so
the front matter need not be YAML. One article may have several files: ``-NW<id>.md`` and ``-<id>.md``, in ``_posts`` and
``old_post``, with different content.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from html import escape, unescape
from typing import Any

from archive.times import BEIJING
from crawler.extraction.decoding import decode
from crawler.pages import PageError
from crawler.pages.finews_detail import is_blank

ROLLING = "东财滚动新闻"
"""Tag of what the rolling feed brought; it names no medium."""
NAME = re.compile(r"(?:\d{4}-\d\d-\d\d)?-?(?:NW)?(20\d{12,18})", re.IGNORECASE)
KEY = re.compile(r"(layout|title|date|categories|tags|permalink|info_code|source_url|images):[ \t]*(.*)")
RETURN_LINK = r"\[返回[^\n\]]*\]\((?:https?:)?[./][^)\s]*\)"
TAIL = re.compile(
    rf"(?:^|\n)[ \t]*<(?P<url>(?:(?:https?:)?//|[\w-]+\.|NW\d)[^<>\n]*|None|null|[ \t]*)>(?P<links>(?:\s{{0,9}}[|｜]?\s{{0,9}}{RETURN_LINK})*)\s{{0,9}}$|(?:^|\n)(?P<only>{RETURN_LINK}(?:\s{{0,9}}[|｜]?\s{{0,9}}{RETURN_LINK})*)\s{{0,9}}$"
)
DASHES = re.compile(r"-{3,}")
"""Before and behind the front matter."""
QUOTED = re.compile(r"(?:>[^\n]*(?:\n|$))+")
TAGS = re.compile(
    r"</?(?:p|center|div|table|img|strong|span|br|a|h[1-6]|ul|ol|section)\b[^<>]*>", re.IGNORECASE
)
ZONE = re.compile(r"\s{0,9}[+-]\d\d:?\d\d$")
DAY = re.compile(r"\d{4}[-/]\d\d?[-/]\d\d?")
LEAST_REPEATED = 10  # characters of a digest that a file holds twice


@dataclass(slots=True)
class Post:
    """What one file holds; unknown is None."""

    native_id: str | None = None
    """The article's id in the file's name."""
    title: str | None = None
    published_raw: str | None = None
    publisher: str | None = None
    """The medium that the tags name; None for the rolling feed."""
    rolling: bool = False
    """Whether the rolling feed brought it."""
    url: str | None = None
    """The share link."""
    digest: str | None = None
    """Plain text."""
    body_html: str | None = None
    removals: list[dict[str, Any]] = field(default_factory=list)
    """What of the file is none of the article: ``rule``, ``text``, ``html``."""

    @property
    def weight(self) -> tuple[int, int, int]:
        """How full it is: characters of the body's text and its images, of its markup (the variant with links tells more), of
        the digest."""
        body = self.body_html or ""
        visible_text = "".join(TAGS.sub("", body).split())
        return len(visible_text) + body.count("<img"), len(body), len(self.digest or "")

    def feeds(self, seen_at: datetime) -> list[dict[str, Any]]:
        """The feeds that brought it, listed when it was published; *seen_at* where that is not known."""
        try:
            listed_at = datetime.fromisoformat(self.published_raw or "").replace(tzinfo=BEIJING)
        except ValueError:
            listed_at = seen_at
        names = [
            name for name, is_in_feed in (("rolling", self.rolling), ("media", self.publisher)) if is_in_feed
        ]
        return [{"feed": name, "first_listed_at": listed_at} for name in names]


def native_id_of(name: str) -> str | None:
    """The article's id in the name of a post file.

    >>> native_id_of("2022-02-21-NW202202212283238167.md"), native_id_of("2021-12-01-init.md")
    ('202202212283238167', None)
    >>> native_id_of("-202202212283238167.md")  # of a record without a time
    '202202212283238167'
    """
    match = NAME.fullmatch(name.rpartition(".")[0])
    return match[1] if match else None


def read_post(name: str, data: bytes) -> Post:
    """What the file *name* (without folders) holds. Raises PageError where it is none of the older site's files."""
    if not data.strip(b"\x00 \t\r\n"):
        raise PageError("the file is empty")
    if b"\x00" in data[:4096]:
        raise PageError("the file is binary, not a post")
    text = decode(data).removeprefix("\ufeff")
    text = text if "\n" in text else text.replace("\r", "\n")
    front, rest = split_front_matter(text)
    post = Post(native_id=native_id_of(name))
    post.title = stated(" ".join(unquote_title(front.get("title", "")).split()))
    printed = ZONE.sub("", front.get("date", "").strip(" \"'"))
    post.published_raw = printed if DAY.match(printed) else None
    tag = front.get("tags", "").strip(" []\"'")
    post.rolling = tag == ROLLING
    post.publisher = tag.removesuffix("新闻") or None if tag and not post.rolling else None
    rest = cut_tail(rest, post)
    read_main_part(rest, post)
    return post


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Front matter by key, and what follows it, with its line ends. Values are as written, a title over several lines too.

    >>> split_front_matter('\\n---\\ntitle: "他说"好""\\ndate: 2022-02-21\\n---\\n<p>x</p>')
    ({'title': '"他说"好""', 'date': '2022-02-21'}, '<p>x</p>')
    """
    lines = text.splitlines(keepends=True)
    start = next((n for n, line in enumerate(lines) if line.strip()), len(lines))
    if start == len(lines) or not DASHES.fullmatch(lines[start].strip()):
        return {}, text
    front: dict[str, str] = {}
    key = None
    for number, line in enumerate(lines[start + 1 :], start + 1):
        bare = line.rstrip("\r\n")
        if DASHES.fullmatch(bare.rstrip()):
            return front, "".join(lines[number + 1 :])
        if match := KEY.fullmatch(bare):
            key = match[1]
            front[key] = match[2]
        elif key is None or key == "tags" or not bare.strip():  # its end was lost
            return front, "".join(lines[number:])
        else:
            front[key] += f" {bare.strip()}"
    return front, ""


def stated(value: str | None) -> str | None:
    """*value*, None where it is empty or a script's word for nothing.

    >>> stated(" None "), stated("甲")
    (None, '甲')
    """
    return value.strip() if value and not is_blank(value) else None


def unquote_title(value: str) -> str:
    """A title without its quotation marks. Those inside stand as they are; where each is escaped, it was written as YAML.

    >>> unquote_title('"甲"乙"丙"'), unquote_title(r'"甲\\"乙"'), unquote_title("甲：乙")
    ('甲"乙"丙', '甲"乙', '甲：乙')
    """
    value = value.strip()
    if len(value) < 2 or value[0] != value[-1] or value[0] not in "\"'":
        return value.removeprefix('"')
    inner = value[1:-1]
    if value[0] == "'":
        return inner.replace("''", "'")
    return re.sub(r'\\(["\\])', r"\1", inner) if re.fullmatch(r'(?:[^"\\]|\\["\\])*', inner) else inner


def cut_tail(text: str, post: Post) -> str:
    """*text* without the share link and the links back to the site at its end, which go to *post*."""
    while match := TAIL.search(text := text.rstrip()):
        post.url = post.url or stated(unescape(match["url"] or ""))
        piece = match[0].strip()
        post.removals.insert(0, {"rule": "older_post_tail", "text": piece, "html": escape(piece)})
        text = text[: match.start()]
    return text


def read_main_part(text: str, post: Post) -> None:
    """Tell digest and body apart: a digest is plain text, in which ``<1%`` is no tag."""
    is_set_off = not text.partition("\n")[0].strip()  # as a digest is: HTML follows the front matter at once
    shown, has_markup = text.strip(), TAGS.search(text) is not None
    if (quoted := QUOTED.match(shown)) and (has_markup or not is_set_off):
        post.digest = " ".join(line.lstrip("> ").strip() for line in quoted[0].splitlines()).strip() or None
        post.body_html = shown[quoted.end() :].strip()
    elif has_markup and (not is_set_off or shown.startswith("<")):
        post.body_html = shown
    else:
        post.digest = read_plain_text(shown, post)
    post.body_html, post.digest = stated(post.body_html), stated(post.digest)
    if post.digest:
        post.digest = drop_repetition(post.digest, post)


def read_plain_text(text: str, post: Post) -> str | None:
    """The digest in a main part without HTML; the short title on a line before it goes to *post*."""
    short_title, newline, digest = text.partition("\n")
    if newline and digest.strip():
        short_title, text = short_title.strip(), digest.strip()
        post.title = post.title or short_title
        post.removals.insert(
            0, {"rule": "older_post_short_title", "text": short_title, "html": escape(short_title)}
        )
    return " ".join(text.split("\n")).strip() or None


def drop_repetition(digest: str, post: Post) -> str:
    """A digest that a file holds twice, once.

    >>> drop_repetition("今天上午股市重启升势。今天上午股市重启升势。（证券时报）", Post())
    '今天上午股市重启升势。（证券时报）'
    """
    for end in range(len(digest), 2 * LEAST_REPEATED - 1, -1):
        half = end // 2
        if end % 2 == 0 and digest[:half] == digest[half:end]:
            rest = digest[end:]
            if rest and not re.fullmatch(r"\s*[（(][^（()）]{1,20}[）)]\s*", rest):
                continue
            post.removals.insert(
                0, {"rule": "older_post_repetition", "text": digest[:half], "html": escape(digest[:half])}
            )
            return digest[half:]
    return digest
