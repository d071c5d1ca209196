"""The data that frameworks such as Next.js, Nuxt or Vue leave in a page's scripts, as Python values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from crawler.extraction.document import SCRIPT_ENDS
from crawler.extraction.markup import contents_of

NAMES = (
    "__NEXT_DATA__",
    "INITIAL_STATE",
    "initialState",
    "PRELOADED_STATE",
    "APOLLO_STATE",
    "_ROUTER_DATA",
    "_DATA__",
    "pageData",
    "articleData",
    "articleDetail",
    "newsDetail",
)
"""Names, or ends of names, that pages give the state of their scripts."""
ASSIGNED = re.compile(
    r"""["'\w$\]]{0,40}(?:[^<>]{0,80}>\s*(?=[\[{])|\s*=\s*(?:JSON\.parse\(\s*(?=["'])|(?=[\[{])))"""
)
MOST_NAMES = 50
"""Of a page that are looked behind: what follows each may have to be read to its end."""
QUOTED = re.compile(r"""(["'])((?:\\.|(?!\1)[^\\])*+)\1""", re.DOTALL)
FLIGHT = "__next_f"
FLIGHT_CHUNK = re.compile(r"""__next_f\.push\(\[1,\s*("(?:[^"\\]|\\.)*")\s*\]\)""", re.DOTALL)
"""A part of the rows that Next.js streams to its scripts."""
FLIGHT_ROW = re.compile(rb"([0-9a-f]*):(?:T([0-9a-f]+),)?")
NUXT_DATA = "__NUXT_DATA__"
NUXT_SCRIPT = re.compile(r"""<script[^<>]{0,200}\bid=["']?__NUXT_DATA__[^<>]{0,200}>""")
WRAPPED = frozenset(("Reactive", "ShallowReactive", "Ref", "ShallowRef", "EmptyRef", "EmptyShallowRef"))
"""What Nuxt writes in front of a value that its scripts watch."""


def holds_state(html: str) -> bool:
    """Whether a page's scripts can hold such data: a quick look."""
    return FLIGHT in html or NUXT_DATA in html or any(name in html for name in NAMES)


def find_state_names(html: str) -> Iterator[int]:
    """Where one of `NAMES` ends in the page's source."""
    for name in NAMES:
        position = html.find(name)
        while position >= 0:
            yield position + len(name)
            position = html.find(name, position + len(name))


def parse_states(html: str) -> Iterator[Any]:
    """What the page's scripts assign to names such as ``__INITIAL_STATE__``, as far as it is JSON."""
    decoder = json.JSONDecoder(strict=False)
    for end_of_name in islice(find_state_names(html), MOST_NAMES):
        if (assignment := ASSIGNED.match(html, end_of_name)) is None:
            continue
        position = assignment.end()
        try:
            if html[position] in "\"'":
                quoted = QUOTED.match(html, position)
                text = json.loads(f'"{quoted[2]}"', strict=False) if quoted else ""
                yield json.loads(text, strict=False)
            else:
                yield decoder.raw_decode(html, position)[0]
        except (ValueError, IndexError, RecursionError):
            continue
    if FLIGHT in html:
        yield from parse_flight(html)
    for data in islice(contents_of(html, NUXT_SCRIPT, SCRIPT_ENDS), 1):
        try:
            yield unflatten(json.loads(data, strict=False))
        except (ValueError, LookupError, TypeError, RecursionError):
            return


def parse_flight(html: str) -> Iterator[Any]:
    """The rows of JSON that Next.js streams (``ID:JSON``), with the texts that they name as ``$ID`` (``ID:Tsize,text``,
    the size in bytes)."""
    try:
        stream = "".join(json.loads(chunk, strict=False) for chunk in FLIGHT_CHUNK.findall(html)).encode(
            "utf-8", "replace"
        )
    except ValueError:  # JavaScript knows escapes that JSON does not
        return
    rows: list[bytes] = []
    texts: dict[str, str] = {}
    position = 0
    while match := FLIGHT_ROW.match(stream, position):
        position = match.end()
        if match[2]:
            end = position + int(match[2], 16)
            texts[match[1].decode()] = stream[position:end].decode("utf-8", "replace")
            position = end
        else:
            end = stream.find(b"\n", position)
            end = len(stream) if end < 0 else end
            rows.append(stream[position:end])
            position = end + 1

    def with_texts(record: dict[str, Any]) -> dict[str, Any]:
        named = {
            key: value[1:] for key, value in record.items() if isinstance(value, str) and value[:1] == "$"
        }
        return {**record, **{key: texts[name] for key, name in named.items() if name in texts}}

    for row in rows:
        if row[:1] in (b"[", b"{"):
            try:
                yield json.loads(row, strict=False, object_hook=with_texts)
            except (ValueError, RecursionError):
                continue


def unflatten(values: list[Any]) -> Any:
    """Nuxt's list of values, in which objects and lists name their members by their places, as one value.

    >>> unflatten([{"title": 1, "tags": 2}, "Bridge", [1]])
    {'title': 'Bridge', 'tags': ['Bridge']}
    """
    known: dict[int, Any] = {}

    def value_at(place: int) -> Any:
        if place < 0 or place in known:
            return known.get(place)
        value = values[place]
        if isinstance(value, dict):
            record: dict[str, Any] = {}
            known[place] = record
            record.update((key, value_at(member)) for key, member in value.items())
        elif isinstance(value, list) and value and isinstance(value[0], str):
            known[place] = value_at(value[1]) if value[0] in WRAPPED else None
        elif isinstance(value, list):
            items: list[Any] = []
            known[place] = items
            items.extend(value_at(member) for member in value)
        else:
            known[place] = value
        return known[place]

    return value_at(0)
