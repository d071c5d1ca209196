"""An HTML file as a browser or SingleFile saved it: where it came from, when, and the images inside it."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime
from html import unescape
from urllib.parse import unquote_to_bytes, urlsplit

from crawler.extraction.decoding import decode
from crawler.saved import SavedPage, embedded_address, in_utc
from pipelines.image_types import sniff

HEAD = 20_000  # characters in which a file states where it came from, without images
SINGLE_FILE = re.compile(r"<!--\s*Page saved with SingleFile(?P<facts>.{0,4000}?)-->", re.DOTALL)
FACT = re.compile(r"^\s{0,9}(url|saved date):\s{0,9}(.+?)\s{0,9}$", re.MULTILINE)
SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->", re.IGNORECASE)
STATED = (
    re.compile(r"""<link\b(?=[^<>]*\brel\s*=\s*["']?canonical\b)[^<>]*?\bhref\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE),
    re.compile(r"""<meta\b(?=[^<>]*\bproperty\s*=\s*["']?og:url\b)[^<>]*?\bcontent\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE),
)  # fmt: skip
DATA = re.compile(
    r"data:image/[\w.+-]+(?:;[\w.+-]+=[\w.+-]+)*(?P<coded>;base64)?,(?P<data>[A-Za-z0-9+/=%_-]*+)"
)
VARIABLE = re.compile(r"""(--sf-img-\d+)\s*:\s*url\(\s*["']?(http://embedded\.invalid/[^"')\s]+)""")
TAG = re.compile(r"""<img\b(?:[^"'<>]|"[^"]*"|'[^']*')*+>""", re.IGNORECASE)
USED = re.compile(r"var\((--sf-img-\d+)\)")
SRC = re.compile(r"""\ssrc\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
LEAST = 8  # pixels; smaller images are placeholders and trackers


def read_html(data: bytes) -> SavedPage:
    """The page in an HTML (or PDF) file."""
    if data.startswith(b"%PDF-"):
        return SavedPage(url=None, body=data, received=data)
    text = decode(data)
    images: dict[str, bytes] = {}
    prepared = lift_images(text, images)
    url, saved_at = find_origin(prepared)
    body = data if prepared is text else prepared.encode("utf-8", "surrogatepass")
    return SavedPage(url=url, body=body, received=data, saved_at=saved_at, find_image=images.get)


def find_origin(html: str) -> tuple[str | None, datetime | None]:
    """The address that a page was saved from, and when: as SingleFile or a browser wrote them down, else its own canonical address.

    >>> find_origin("<!-- saved from url=(0028)https://paper.example/a/1.html -->")
    ('https://paper.example/a/1.html', None)
    >>> find_origin("<!--\\n Page saved with SingleFile\\n url: https://a.example/1\\n saved date: Sat Feb 21 2026 15:54:48 GMT+0800 (CST)\\n-->")
    ('https://a.example/1', datetime.datetime(2026, 2, 21, 7, 54, 48, tzinfo=datetime.timezone.utc))
    """
    facts: dict[str, str] = {}
    if match := SINGLE_FILE.search(html[:HEAD]):
        facts = dict(FACT.findall(match["facts"]))
    saved_at = read_js_date(facts.get("saved date", ""))
    matches = (SAVED_FROM.search(html[:HEAD]), *(pattern.search(html) for pattern in STATED))
    candidates = [facts.get("url"), *(match and match[1] for match in matches)]
    return next((unescape(url) for url in candidates if url and is_page_address(url)), None), saved_at


def is_page_address(url: str) -> bool:
    """Whether *url* names a page: not a file, nor a site alone.

    >>> is_page_address("https://a.example/1"), is_page_address("https://a.example/"), is_page_address("/a/1")
    (True, False, False)
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and bool(parts.path.strip("/") or parts.query)
    )


def read_js_date(text: str) -> datetime | None:
    """A date as JavaScript prints it."""
    try:
        return in_utc(datetime.strptime(text.partition(" (")[0], "%a %b %d %Y %H:%M:%S GMT%z"))
    except ValueError:
        return None


def lift_images(html: str, images: dict[str, bytes]) -> str:
    """*html* with an address in the place of each embedded image; *images* gets their bytes by address."""
    if "data:image/" not in html:
        return html

    def lift(match: re.Match[str]) -> str:
        data = unpack(match["data"], bool(match["coded"]))
        image = sniff(data)
        if image is None:
            return match[0] if not match["coded"] else "data:,"
        if image.width < LEAST and image.height < LEAST:
            return "data:,"
        address = embedded_address(data, image.suffix)
        images[address] = data
        return address

    html = DATA.sub(lift, html)
    variables = dict(VARIABLE.findall(html))  # SingleFile keeps an image that occurs twice in a style sheet
    if not variables:
        return html

    def show(match: re.Match[str]) -> str:
        used = USED.search(match[0])
        address = variables.get(used[1]) if used else None
        if address is None:
            return match[0]
        return f'<img src="{address}"{SRC.sub("", match[0][4:])}'

    return TAG.sub(show, html)


def unpack(text: str, is_base64: bool) -> bytes:
    """The bytes of a data URI; empty where they cannot be read."""
    data = unquote_to_bytes(text)
    if not is_base64:
        return data
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except binascii.Error:
        return b""
