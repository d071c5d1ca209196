"""The JSON answers that hold a finews article, and the names that each gives to its fields.

| place | object | body | headline, time, source |
|---|---|---|---|
| ``NewsData/GetNewsText.do?id=NW…`` | the answer itself, or ``data`` | ``content``, ``text`` | often none |
| ``kuaixun/v2/api/article/…`` | ``data``, about 110 keys, all strings | ``Art_Content`` | ``Art_Title``, ``Art_ShowTime``, ``Art_Media_Name`` |
| ``kuaixun/v2/api/content/getnews?newsid=…`` | ``news`` | ``body`` with placeholders for images and links | ``title``, ``showtime``, ``source`` |
"""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

from crawler.pages import Gone, PageError, first_text

HEADLINE = ("title", "newsTitle", "simtitle", "Art_Title")
PUBLISHED = ("showtime", "showTime", "datetime", "publishTime", "updatetime", "Art_ShowTime")
PUBLISHER = ("source", "from", "medianame", "mediaName", "Art_Media_Name")
DESCRIPTION = ("digest", "summary", "Art_Digest", "Art_Description", "description", "simdigest")
AUTHOR = ("author", "Art_Author_Name")
EDITOR = ("Art_Editor_Name", "Art_Editor_Code")
ORIGINAL_TITLE = ("Art_OriginalTitle",)
BODY = ("content", "text", "body", "Art_Content")
ID = ("infoCode", "infocode", "id", "code", "newsid", "artCode", "Art_Code")

read_json = json.JSONDecoder(strict=False).decode  # raw line breaks occur inside strings
NO_CONTENT = re.compile(
    r"(?:<[^>]*>|&(?:nbsp|#160|ensp|emsp);|[\s\u00ad\u200b-\u200f\u2060\ufeff])*+"
)  # fails at the first visible character
PLACEHOLDER = re.compile(r"<!--\s*(IMG|Link)#(\d+)\s*-->", re.IGNORECASE)
WITHDRAWN = re.compile(r"不存在|已?删除|下线|not (?:exist|found)", re.IGNORECASE)


def load_record(text: str, where: str) -> dict[str, Any]:
    """The object that holds the article's fields in *text*, the answer of the address *where*.

    Raises PageError where *text* is not such JSON, Gone where the answer states that there is no such article.
    """
    try:
        data = read_json(text)
    except RecursionError:
        raise PageError(f"finews detail: JSON nested too deep to be an article at {where}") from None
    except ValueError:
        data = unwrap_script(text)
        if data is None:
            raise PageError(
                f"finews detail: not JSON, or cut short after {len(text)} characters, at {where}"
            ) from None
    check_envelope(data, where)
    for _ in range(2):
        if isinstance(data, dict) and not any(name in data for name in BODY):
            data = next((data[name] for name in ("data", "news") if isinstance(data.get(name), dict)), data)
    if not isinstance(data, dict):
        raise PageError(f"finews detail: a JSON {type(data).__name__} instead of an object at {where}")
    return data


def unwrap_script(text: str) -> Any:
    """The JSON object within a script: ``callback({…});`` or ``var x={…};``. None where there is none."""
    start, end = text.find("{"), text.rfind("}")
    try:
        return read_json(text[start : end + 1]) if 0 < start < end else None
    except (ValueError, RecursionError):
        return None


def check_envelope(data: Any, where: str) -> None:
    """Raise Gone where the answer has the usual envelope and no record in it."""
    if not isinstance(data, dict) or any(name in data for name in BODY):
        return
    record = next((data[name] for name in ("data", "news") if name in data), ...)
    if record is ...:
        return
    message = first_text(data, "message", "me", "msg") or ""
    if record in (None, "", {}, []) or (not isinstance(record, dict) and WITHDRAWN.search(message)):
        raise Gone(
            f"finews detail: {where} holds no article{f' ({message})' if message else ''}: withdrawn, or never published"
        )


def find_body(record: dict[str, Any], where: str) -> str:
    """The body's HTML: ``content`` carries the auto-links, ``text`` is the same with them unwrapped.

    Raises PageError where *record* has no body, Gone where it is blank.
    """
    served = [(name, record[name]) for name in BODY if name in record]
    if not served:
        names = ", ".join(sorted(map(str, record))[:8]) or "none"
        raise PageError(f"finews detail: neither content nor text at {where}; keys there: {names}")
    for _, value in served:
        if isinstance(value, str) and not is_blank(value):
            return fill_placeholders(value, record)
    for name, value in served:
        if not isinstance(value, str | None):
            raise PageError(f"finews detail: {name} is a {type(value).__name__}, not a text, at {where}")
    raise Gone(f"finews detail: the article at {where} is blank: withdrawn, or never published")


def tagged_codes(record: dict[str, Any]) -> list[str]:
    """Codes such as ``0.300024`` of the securities with which the publisher tagged the article."""
    try:
        groups = read_json(str(record.get("Art_Tip_Info") or "[]"))
    except (ValueError, RecursionError):
        return []
    codes = (
        str(group.get("Code") or "").split(",")
        for group in (groups if isinstance(groups, list) else ())
        if isinstance(group, dict)
    )
    return [code.strip() for group in codes for code in group if code.strip()]


def is_blank(html: str) -> bool:
    """Whether a body has neither text nor an image. What only the pipelines can tell (all hidden, a chart) they find."""
    if len(html) < 20 and html.strip().lower() in ("null", "undefined", "none"):
        return True  # a script's word for nothing
    return NO_CONTENT.fullmatch(html) is not None and "<img" not in html.lower()


def fill_placeholders(html: str, record: dict[str, Any]) -> str:
    """*html* with the app's images and links in the place of ``<!--IMG#0-->`` and ``<!--Link#0-->``."""
    if "<!--" not in html:
        return html

    def fill(match: re.Match[str]) -> str:
        kind, index = match[1].lower(), int(match[2])
        listed = record.get("images" if kind == "img" else "links")
        entry = listed[index] if isinstance(listed, list) and index < len(listed) else None
        if not isinstance(entry, dict):
            return ""
        if kind == "img" and (src := first_text(entry, "src", "url")):
            code = f' data-code="{escape(str(entry["code"]))}"' if entry.get("code") else ""
            return f'<center><img src="{escape(src)}"{code}></center>'
        href, text = first_text(entry, "href", "url", "src"), first_text(entry, "text", "title", "name")
        if not href:
            return escape(text or "")
        return f'<a href="{escape(href)}">{escape(text or href)}</a>'

    return PLACEHOLDER.sub(fill, html)
