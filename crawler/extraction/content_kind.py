"""What a response is, by its bytes; the Content-Type is a hint where they do not decide, as it is often wrong."""

from __future__ import annotations

import json
import re

KINDS = (
    "html",
    "json",
    "feed",
    "pdf",
    "image",
    "video",
    "audio",
    "archive",
    "office",
    "text",
    "empty",
    "binary",
)
"""What `content_kind` answers."""
SIGNATURES = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"\x1aE\xdf\xa3", "video"),
    (b"FLV\x01", "video"),
    (b"\x00\x00\x01\xba", "video"),
    (b"\x00\x00\x01\xb3", "video"),
    (b"#EXTM3U", "video"),
    (b"ID3", "audio"),
    (b"OggS", "audio"),
    (b"fLaC", "audio"),
    (b"\xff\xfb", "audio"),
    (b"\xff\xf3", "audio"),
    (b"#!AMR", "audio"),
    (b"PK\x03\x04", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
)
"""First bytes of files."""
BRANDS = {b"avif": "image", b"heic": "image", b"mif1": "image", b"M4A ": "audio"}
"""Brands of ISO media files that are not videos."""
RIFF = {b"WEBP": "image", b"WAVE": "audio", b"AVI ": "video"}
BLANK = b" \t\r\n\x0b\x0c\xef\xbb\xbf"
FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
HTML = re.compile(
    rb"<!doctype\s+html|<(?:html|head|body|meta|title|script|link|div|p|article|section|main|h[1-6]|table|span|a|br|img|center|font)[\s>/]",
    re.IGNORECASE,
)
JSONP = re.compile(rb"^[\w.$]{1,60}\s*\(\s*(?=[\[{])")
READ = 4096  # bytes at the begin that decide


def content_kind(body: bytes, content_type: str | None = None) -> str:
    """One of `KINDS` for a response of *body* whose header Content-Type says *content_type*.

    >>> content_kind(b"%PDF-1.7 ...", "text/html"), content_kind(b'{"data": []}', "text/html; charset=utf-8")
    ('pdf', 'json')
    >>> content_kind("<p>一</p>".encode("utf-16"), "text/html"), content_kind(b"Roads open.", "text/plain")
    ('html', 'text')
    """
    stated = (content_type or "").partition(";")[0].strip().lower()
    start = body[:READ]
    if not start.strip(BLANK + b"\x00"):
        return "empty"
    if (kind := _by_signature(start)) and not (kind == "archive" and _is_office(body, stated)):
        return kind
    if kind == "archive":
        return "office"
    text = _narrow(start).lstrip(BLANK)
    if text[:1] in (b"{", b"[") or JSONP.match(text):
        if _is_json(body, stated):
            return "json"
        return "html" if HTML.search(text) or "html" in stated else "text"
    if text[:1] == b"<":
        if FEED.search(text[:1024]):
            return "feed"
        if SVG.match(
            re.sub(rb"^(?:<\?xml[^>]*>|<!--.*?-->|<!doctype[^>]*>|\s)+", b"", text, flags=re.I | re.S)
        ):
            return "image"
        return "html" if HTML.search(text) or "html" in stated or "xml" not in stated else "text"
    if HTML.search(text) or HTML.search(_narrow(body[READ : 20 * READ])):
        return "html"
    return _by_header(stated, text)


def _by_signature(start: bytes) -> str | None:
    kind = next((kind for signature, kind in SIGNATURES if start.startswith(signature)), None)
    if kind == "image" and start.startswith(b"BM"):
        return kind if b"\x00" in start[:16] else None  # a text may begin so
    if kind is None and start[4:8] == b"ftyp":
        return BRANDS.get(start[8:12], "video")
    if kind is None and start.startswith(b"RIFF"):
        return RIFF.get(start[8:12], "binary")
    if kind is None and b"%PDF-" in start[:1024] and not HTML.search(start[:1024]):
        return "pdf"
    return kind


def _is_office(body: bytes, stated: str) -> bool:
    return "officedocument" in stated or b"[Content_Types].xml" in body[:READ] or b"word/" in body[:READ]


def _is_json(body: bytes, stated: str) -> bool:
    """Whether a body that begins with a bracket is JSON: it parses, or is called so."""
    text = JSONP.sub(b"", _narrow(body).strip(BLANK)).rstrip(b"); \r\n")
    try:
        json.loads(text.decode("utf-8", "replace"), strict=False)
        return True
    except (ValueError, RecursionError):
        return "json" in stated or "javascript" in stated or not ("html" in stated and b"<" in text[:READ])


def _by_header(stated: str, text: bytes) -> str:
    """The kind of what no byte decides: text where it is, else as the header says."""
    major = stated.partition("/")[0]
    if b"\x00" in text[:512]:
        return (
            major if major in ("image", "video", "audio") else "pdf" if stated.endswith("/pdf") else "binary"
        )
    return "html" if "html" in stated else "text"


def _narrow(data: bytes) -> bytes:
    """UTF-16 as bytes of one width, for looking at its first characters."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace").encode("utf-8")
    return data


PLAYED = (
    ("video", re.compile(r"Video|Movie|Clip", re.IGNORECASE)),
    ("audio", re.compile(r"Audio|Podcast|Radio|Music|Episode", re.IGNORECASE)),
)
FEW = 400  # characters of text beside a player, at most, that make the player the page's content
PLAYER = re.compile(r"<video\b", re.IGNORECASE)
"""A sound player reads many pages aloud, so it says nothing."""


def media_kind(og_type: str, linked_type: str, html: str, size: int) -> str:
    """``article``, ``video`` or ``audio``: what a page is whose Open Graph type, schema.org type, source and number of
    characters of text are these.

    >>> media_kind("video.other", "", "", 900), media_kind("", "NewsArticle", "<video src=a>", 90), media_kind("", "", "<video>", 90)
    ('video', 'article', 'video')
    """
    if re.search(r"article|posting|report", linked_type, re.IGNORECASE):
        return "article"
    for kind, pattern in PLAYED:
        if pattern.search(linked_type) or og_type.lower().startswith((f"{kind}.", kind)):
            return kind
    if "music" in og_type.lower():
        return "audio"
    has_player = size < FEW and "article" not in og_type.lower() and PLAYER.search(html)
    return "video" if has_player else "article"
