"""Headers of captured responses, split into what many have in common and what varies: times, lengths, tags."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from archive.captures.redaction import Header

VARYING_NAMES = frozenset(("age", "content-length", "date", "etag", "expires", "last-modified"))
VARYING = re.compile(r"[0-9]{4}|[0-9A-Fa-f]{10}")


def split_headers(headers: list[Header]) -> tuple[list[tuple[str, str | None]], list[str]]:
    """Headers that many responses have in common, None for values that vary, and those values in order.

    >>> split_headers([("Server", "nginx"), ("Content-Length", "312"), ("X-Trace", "5f0f2f6f3c11")])
    ([('Server', 'nginx'), ('Content-Length', None), ('X-Trace', None)], ['312', '5f0f2f6f3c11'])
    """
    common: list[tuple[str, str | None]] = []
    values = []
    for name, value in headers:
        if name.lower() in VARYING_NAMES or VARYING.search(value):
            common.append((name, None))
            values.append(value)
        else:
            common.append((name, value))
    return common, values


def header_set_of(headers: str) -> str | None:
    """The id of the header set that a value of ``captures.headers`` names; None in rows from before there were such.

    >>> header_set_of('["1f3a9c04", "312"]'), header_set_of('[["Content-Length","312"]]')
    ('1f3a9c04', None)
    """
    pairs = json.loads(headers)
    return pairs[0] if pairs and isinstance(pairs[0], str) else None


def fill_headers(common: Iterable[Sequence[str | None]], values: Iterable[str]) -> list[list[str]]:
    """The headers that `split_headers` has split.

    >>> fill_headers([("Server", "nginx"), ("Content-Length", None)], ["312"])
    [['Server', 'nginx'], ['Content-Length', '312']]
    """
    remaining = iter(values)
    return [[str(name), next(remaining) if value is None else value] for name, value in common]
