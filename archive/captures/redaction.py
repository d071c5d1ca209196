"""What of a capture is not kept: credentials in headers and addresses, and what a source marks as personal."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable

REDACTED = "[redacted]"
SECRET_HEADERS = frozenset(
    ("authorization", "cookie", "proxy-authorization", "set-cookie", "www-authenticate")
)
USER_INFO = re.compile(r"(?<=://)[^/?#@\s]*@")

Header = tuple[str, str]


def redact_headers(headers: Iterable[Header]) -> tuple[list[Header], list[str]]:
    """Headers without credentials, and the names of those that held some.

    >>> redact_headers([("Accept", "*/*"), ("Cookie", "a=b")])
    ([('Accept', '*/*'), ('Cookie', '[redacted]')], ['header Cookie'])
    """
    redacted, marks = [], []
    for name, value in headers:
        if name.lower() in SECRET_HEADERS:
            redacted.append((name, REDACTED))
            marks.append(f"header {name}")
        else:
            redacted.append((name, value))
    return redacted, marks


def redact_url(url: str) -> str:
    """*url* without user name and password.

    >>> redact_url("http://me:secret@paper.example/a")
    'http://paper.example/a'
    """
    return USER_INFO.sub("", url, count=1) if "@" in url else url


def redact_json(body: bytes, keys: Collection[str]) -> tuple[bytes, list[str]]:
    """*body*, JSON or JSONP in UTF-8, with the values of *keys* replaced, wherever they are; and the keys that were met.

    All other bytes stay as they were. A body that cannot be read is returned as it is, but for an empty list of marks.

    >>> redact_json(b'{"a": 1, "creator": "wang@paper.example", "list": [{"creator": null}]}', ["creator"])
    (b'{"a": 1, "creator": "[redacted]", "list": [{"creator": "[redacted]"}]}', ['key creator'])
    """
    present = [key for key in keys if f'"{key}"'.encode() in body]
    if not present:
        return body, []
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return body, []
    pattern = re.compile(rf'"(?:{"|".join(map(re.escape, present))})"\s*:\s*')
    decoder = json.JSONDecoder(strict=False)
    parts, end = [], 0
    for match in pattern.finditer(text):
        if match.start() < end:  # inside a value that is gone already
            continue
        try:
            _, after = decoder.raw_decode(text, match.end())
        except ValueError:
            continue
        parts += [text[end : match.end()], json.dumps(REDACTED)]
        end = after
    parts.append(text[end:])
    return "".join(parts).encode(), [f"key {key}" for key in present]
