"""Posts: front matter that every YAML reader reads back equal, and a body that no template engine touches, in each flavour."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from archive.late_pattern import compile_late
from archive.post_text import UNTITLED, clean_title, inert, quoted, safe_body
from archive.times import BEIJING

OLD_HOST = "finews.withounder.com"
LOCAL_IMAGE = compile_late(r'(<img\b[^<>]*?\bsrc=")(images/)')
SAFE_ID = compile_late(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
PLAIN_WORD = compile_late(r"(?!(?i:y|n|yes|no|on|off|true|false|null|nan)$)[^\W\d][\w-]*")


@dataclass(frozen=True, slots=True)
class Post:
    """A post file."""

    path: str
    """Relative to the posts folder."""
    text: str


def beijing(text: str) -> datetime:
    """A UTC time of the archive in Beijing."""
    return datetime.fromisoformat(text).astimezone(BEIJING)


def moment_of(article: Mapping[str, Any]) -> datetime:
    """When an article is dated: its time, else the day in its code, else when it was first seen."""
    if article.get("published_at"):
        return beijing(article["published_at"])
    if match := re.search(r"(20\d{2})(\d{2})(\d{2})\d{6,}", article.get("info_code") or article["id"]):
        try:
            return datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=BEIJING)
        except ValueError:
            pass
    return beijing(article["first_seen_at"])


def name_of(article: Mapping[str, Any]) -> str:
    """The article's code, fit for a file name and an address."""
    code = article.get("info_code") or str(article["id"]).partition(":")[2]
    return (
        code
        if SAFE_ID.fullmatch(code)
        else "x" + hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()[:20]
    )


def tag_of(publisher: str) -> str:
    """A publisher's tag, as the older site had it: the name and 新闻."""
    tag = re.sub(r"[/\\]", "-", clean_title(publisher)).lstrip(".")[:56]
    return f"{tag}新闻"


def render_post(article: Mapping[str, Any], flavour: str, image_base: str | None = None) -> Post:
    """The post of an article (a row of `news` with ``images``) in one of the flavours. A function of these fields alone."""
    return FLAVOURS[flavour](article, image_base or "")


def body_of(article: Mapping[str, Any], prefix: str) -> str:
    """The body with its images' addresses behind *prefix*."""
    return LOCAL_IMAGE.sub(lambda m: f"{m[1]}{prefix}{m[2]}", article["body_html"])


def images_of(article: Mapping[str, Any]) -> list[str]:
    """Paths of the stored images."""
    return [image["path"] for image in article.get("images") or [] if image.get("status") == "stored"]


def listed(values: list[str]) -> str:
    """A YAML list of strings on one line."""
    return "[" + ", ".join(quoted(value) for value in values) + "]"


def matter(pairs: list[tuple[str, str]]) -> str:
    """A front-matter block."""
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in pairs) + "---\n"


def common(article: Mapping[str, Any], moment: datetime, name: str, address: str) -> list[tuple[str, str]]:
    """Keys that all YAML flavours have; *address* is the key that pins the page's address."""
    publisher, slug = article.get("publisher"), article.get("publisher_slug")
    return [
        ("title", quoted(clean_title(article["headline"]) or UNTITLED)),
        ("date", moment.isoformat(timespec="seconds")),
        (address, quoted(f"/news/{str(moment)[:10].replace('-', '/')}/{name}.html")),
        ("categories", listed([slug] if slug else [])),
        ("tags", listed([tag_of(publisher)] if publisher else [])),
        ("info_code", quoted(article.get("info_code") or "")),
        ("source_url", quoted(article.get("share_url") or article.get("canonical_url") or "")),
        ("images", listed(images_of(article))),
    ]


UP = "../../../../"  # from /news/YYYY/MM/DD/NAME.html to the site's root


@dataclass(frozen=True, slots=True)
class Layout:
    """A flavour whose posts are YAML front matter and a body."""

    path: str
    """Of the file, with the ``{day}`` (``2022-02-21``), its ``{month}``, ``{year}`` and ``{number}`` of the month, and the ``{name}``."""
    address: str = "permalink"
    """Key that pins the page's address."""
    first: tuple[tuple[str, str], ...] = ()
    """Keys before the common ones."""
    last: tuple[tuple[str, str], ...] = ()
    up: str = UP
    """From a page to the site's root, where images are by default."""

    def __call__(self, article: Mapping[str, Any], base: str) -> Post:
        moment, name = moment_of(article), name_of(article)
        day = str(moment)[:10]  # strftime costs 3 µs
        front = matter([*self.first, *common(article, moment, name, self.address), *self.last])
        return Post(
            self.path.format(day=day, month=day[:7], year=day[:4], number=day[5:7], name=name),
            f"{front}{safe_body(body_of(article, base or self.up))}\n",
        )


def pelican(article: Mapping[str, Any], base: str) -> Post:
    """Pelican's Markdown reader: bare values, no YAML."""
    moment, name = moment_of(article), name_of(article)
    address = f"news/{moment:%Y/%m/%d}/{name}.html"
    publisher, slug = article.get("publisher"), article.get("publisher_slug")
    pairs = [
        ("Title", clean_title(article["headline"]) or UNTITLED),
        ("Date", moment.isoformat(timespec="seconds")),
        ("Slug", name.lower()),
        ("URL", address),
        ("Save_as", address),
        ("Category", slug or "unknown"),
    ]
    if publisher:
        pairs.append(("Tags", tag_of(publisher).replace(",", "，").replace(";", "；")))
    pairs += [
        (key, " ".join(value.split()))
        for key, value in (
            ("Info_code", article.get("info_code") or ""),
            ("Source_url", article.get("share_url") or article.get("canonical_url") or ""),
        )
        if value.strip()
    ]
    head = "".join(f"{key}: {value}\n" for key, value in pairs)
    return Post(
        f"{moment:%Y-%m}/{moment:%Y-%m-%d}-{name}.md", f"{head}\n{safe_body(body_of(article, base or UP))}\n"
    )


def old_word(text: str) -> str:
    """A scalar of the older site's front matter: bare where that is safe."""
    return text if PLAIN_WORD.fullmatch(text) else listed([text])


def old_post(
    *,
    title: str,
    date: datetime,
    category: str,
    tag: str,
    body_html: str,
    share_url: str,
    host: str = OLD_HOST,
) -> str:
    """The older site's form of a post, byte for byte."""
    date = date.astimezone(BEIJING)
    back = inert(re.sub(r"([\\\[\]<>])", lambda mark: f"&#{ord(mark[0])};", tag))
    share_url = share_url.replace("{", "%7B").replace("}", "%7D").replace(">", "%3E")
    folder = "emnews/" if category == "emnews" else f"category/{category}.html"
    return (
        f"---\nlayout: post\ntitle: {quoted(clean_title(title) or UNTITLED)}\ndate: {date:%Y-%m-%d %H:%M:%S} +0800\n"
        f"categories: {old_word(category)}\ntags: {old_word(tag)}\n---\n{old_body(body_html)}\n\n<{share_url}>\n\n"
        f"[返回{back}](//{host}/{folder})｜[返回首页](//{host}/)"
    )


def old_body(html: str) -> str:
    """A body on one line, as the older site had it, where no reader trips over that; else the safe form."""
    tree = etree.fromstring(
        f"<html><body><div>{html}</div></body></html>".encode(),
        etree.HTMLParser(huge_tree=True, encoding="utf-8"),
    )
    top = tree[0][0]
    blocks = {"p", "center", "div", "table", "ul", "ol", "blockquote", "figure", "h1", "h2", "h3", "h4"}
    loose = (top.text or "").strip() or any((child.tail or "").strip() for child in top)
    one_line = "\n" not in html and "\r" not in html
    inertly = not re.search(r"\{[{%#:]", html)
    if (
        one_line
        and inertly
        and not loose
        and len(top)
        and all(child.tag in blocks for child in top)
        and html.count("<") <= 600
    ):
        return html
    return safe_body(html)


def jekyll_old(article: Mapping[str, Any], base: str) -> Post:
    """The older site's form, from stored fields."""
    moment, name = moment_of(article), name_of(article)
    publisher = clean_title(article.get("publisher") or "") or "东财滚动"
    text = old_post(
        title=article["headline"],
        date=moment,
        category=article.get("publisher_slug") or "emnews",
        tag=tag_of(publisher),
        body_html=body_of(article, base or UP),
        share_url=article.get("share_url") or article.get("canonical_url") or "",
    )
    return Post(f"_posts/{moment:%Y-%m-%d}-{name}.md", text)


FLAVOURS: dict[str, Callable[[Mapping[str, Any], str], Post]] = {
    "jekyll": Layout("_posts/{day}/{day}-{name}.md", first=(("layout", "post"),)),
    "jekyll-old": jekyll_old,
    "hugo": Layout("news/{month}/{day}-{name}.md", address="url"),  # posts/ is its content folder
    "eleventy": Layout(
        "news/{month}/{day}-{name}.md",
        first=(("layout", "post.njk"),),
        last=(("templateEngineOverride", "false"),),
    ),
    "pelican": pelican,
    "plain": Layout("{year}/{number}/{day}-{name}.md", up="../../../"),  # Obsidian for one
}
"""``flavour(article, base) -> Post`` by the setting POST_FLAVOUR."""
