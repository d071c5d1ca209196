"""What sources share that read JSON lists: the list in an answer, first texts, heads of flashes."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterable
from html import escape
from typing import Any
from urllib.parse import urljoin

from scrapy.http import Response

from crawler.extraction.decoding import decode
from crawler.pages import first_text
from crawler.sources import Listing, Record, SourceError, SourceRefused

HEAD = re.compile(r"(?<!\s)\s*+【([^】]{1,200})】")
TAG = re.compile(r"<[a-zA-Z/!]")
MOST_UNREAD = 50  # rows of a list that are named as unread
UNREAD_LENGTH = 500  # characters of such a row


def read_json(response: Response, source: str) -> Any:
    """The JSON of an answer, a JSONP or ``var x=`` wrapper cut away. Raises SourceError."""
    text = decode(response.body).strip()
    for candidate in (text, text[text.find("{") : text.rfind("}") + 1] if text[:1] not in "<{[" else ""):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    start = " ".join(text[:60].split())
    raise SourceError(f"{source}: {response.url} answered {start!r}, which is not JSON")


def find_list(data: Any, path: str, source: str, url: str) -> list[Any]:
    """The list at *path* (``data.list``). Raises SourceError with the keys that are there instead."""
    node = data
    for step in path.split("."):
        if not isinstance(node, dict) or step not in node:
            keys = ", ".join(sorted(map(str, node))[:8]) if isinstance(node, dict) else type(node).__name__
            raise SourceError(f"{source}: {url} has no {path}: at {step!r} there is {keys or 'nothing'}")
        node = node[step]
    if not isinstance(node, list):
        raise SourceError(f"{source}: {url}: {path} is {type(node).__name__}, not a list")
    return node


def check_code(
    data: Any, key: str, accepted: Iterable[Any], source: str, url: str, words: str = "message"
) -> None:
    """Raise SourceRefused where an answer's own code under *key* is not *accepted*."""
    code = data.get(key) if isinstance(data, dict) else None
    if code not in list(accepted):
        reason = first_text(data, words, "msg", "message") if isinstance(data, dict) else None
        raise SourceRefused(f"{source}: {url} answered {key} {code!r}: {reason or 'no reason given'}")


def dicts(rows: Any) -> list[dict[str, Any]]:
    """The objects of a list; nothing where it is none.

    >>> dicts([{"a": 1}, 2]), dicts(None), dicts("ab")
    ([{'a': 1}], [], [])
    """
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def read_rows(
    rows: Iterable[Any],
    read: Callable[[dict[str, Any]], Record | None],
    source: str,
    url: str,
    key: str | None = None,
) -> Listing:
    """What *read* makes of the rows of a list. A row is passed over, and stands in ``unread``, where it is no object, says
    nothing under *key*, has values of another type than ever before, or *read* finds no id in it. Raises SourceError where
    that goes for all of them."""
    listing = Listing(records=[])
    count = 0
    for row in rows:
        count += 1
        record = None
        if isinstance(row, dict) and (key is None or first_text(row, key)):
            with contextlib.suppress(TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
                record = read(row)
        if record is not None:
            listing.records.append(record)
        elif len(listing.unread) < MOST_UNREAD:
            listing.unread.append(json.dumps(row, ensure_ascii=False, sort_keys=True)[:UNREAD_LENGTH])
    if count and not listing.records:
        raise SourceError(
            f"{source}: none of the {count} rows of {url} could be read; the first is {listing.unread[0][:120]}"
        )
    return listing


def check_read(rows: list[Any], records: list[Any], source: str, url: str) -> None:
    """Raise SourceError where there are rows, and no record could be made of any."""
    if rows and not records:
        keys = (
            ", ".join(sorted(map(str, rows[0]))[:8]) if isinstance(rows[0], dict) else type(rows[0]).__name__
        )
        raise SourceError(
            f"{source}: none of the {len(rows)} rows of {url} could be read; the first has {keys}"
        )


def number(value: Any) -> int:
    """A whole number, 0 where there is none that the archive can keep.

    >>> number("3"), number(None), number(2.0), number("x"), number(float("inf")), number(10**19)
    (3, 0, 2, 0, 0, 0)
    """
    try:
        integer = int(value or 0)
    except (TypeError, ValueError, OverflowError):
        return 0
    return integer if abs(integer) < 2**63 else 0


def stated_number(value: Any) -> int | None:
    """A whole number, None where none is stated.

    >>> stated_number("1"), stated_number(0), stated_number(None), stated_number("")
    (1, 0, None, None)
    """
    return None if value in (None, "") else number(value)


def raw_text(row: dict[str, Any], name: str) -> str:
    """A text as served, its lines kept; empty where there is none."""
    value = row.get(name)
    return value if isinstance(value, str) else ""


def sub_object(row: dict[str, Any], name: str) -> dict[str, Any]:
    """An object within a row; empty where there is none."""
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def texts(value: Any, key: str | None = None) -> list[str]:
    """The texts of a list, or of its objects' *key*.

    >>> texts([{"name": "a"}, {"name": ""}, 3], "name"), texts(None)
    (['a'], [])
    """
    rows = value if isinstance(value, list) else []
    values = [(row.get(key) if isinstance(row, dict) else None) if key else row for row in rows]
    return [text.strip() for text in values if isinstance(text, str) and text.strip()]


def head_of(text: str) -> str | None:
    """The title that a flash begins with in 【】.

    >>> head_of("【甲公司：停牌】财联社11月21日电"), head_of("甲公司停牌")
    ('甲公司：停牌', None)
    """
    match = HEAD.match(TAGS.sub("", text))
    return match[1].strip() or None if match else None


TAGS = re.compile(r"<[^<>]*>")


def paragraphs(text: str, images: Iterable[str] = ()) -> str:
    """HTML of a flash that may be text or HTML: a paragraph a line, images behind.

    >>> paragraphs("甲 < 乙\\n丙")
    '<p>甲 &lt; 乙</p><p>丙</p>'
    """
    if TAG.search(text):
        html = text
    else:
        html = "".join(
            f"<p>{escape(line.strip(), quote=False)}</p>" for line in text.splitlines() if line.strip()
        )
    return html + "".join(f'<p><img src="{escape(address)}"></p>' for address in images)


def absolute_url(value: Any, base: str = "") -> str | None:
    """An http address, as seen from *base*, with a scheme added to ``//host/path``; None for anything else.

    >>> absolute_url("//a.test/b"), absolute_url(""), absolute_url("/b")
    ('https://a.test/b', None, None)
    >>> absolute_url("/b", "http://a.test/c"), absolute_url("http://[", "http://a.test/c")
    ('http://a.test/b', None)
    """
    text = value.strip() if isinstance(value, str) else ""
    if base:
        try:
            text = urljoin(base, text)
        except ValueError:
            return None
    text = f"https:{text}" if text.startswith("//") else text
    return text if text.lower().startswith(("http://", "https://")) else None
