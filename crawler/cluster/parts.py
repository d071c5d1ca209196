"""Which part of a list of links a machine crawls, without anything that the machines share."""

from __future__ import annotations

import re
import zlib

from crawler.pages import LinkError, target_of


def part_of(text: str | None) -> tuple[int, int]:
    """``(which, of how many)`` of ``part=2/8``. Raises ValueError."""
    match = re.fullmatch(r"([1-9]\d{0,4})/([1-9]\d{0,4})", text or "1/1")
    if not match or int(match[1]) > int(match[2]):
        raise ValueError(f"part={text}: give which part of how many, e.g. 2/8")
    return int(match[1]), int(match[2])


def is_in_part(link: str, part: tuple[int, int]) -> bool:
    """Whether a link belongs to a part of all links; those that lead to one article all do, or none.

    >>> [is_in_part("http://a.example/1.html", (number, 3)) for number in (1, 2, 3)].count(True)
    1
    """
    number, count = part
    if count == 1:
        return True
    try:
        key = target_of(link).article_id
    except LinkError:
        key = link
    return zlib.crc32(key.encode("utf-8", "surrogatepass")) % count == number - 1
