"""Quantities as people write and read them: spans of time, sizes in bytes."""

from __future__ import annotations

import re
from datetime import timedelta

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def span(text: str) -> timedelta:
    """A span of time as people write it. Raises ValueError.

    >>> str(span("15m")), str(span(" 2h")), str(span("1d"))
    ('0:15:00', '2:00:00', '1 day, 0:00:00')
    """
    match = re.fullmatch(r"([1-9]\d{0,5})([smhd])", text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a time span: give a number and s, m, h or d, e.g. 15m, 2h, 1d")
    return timedelta(seconds=int(match[1]) * UNITS[match[2]])


def size(text: str) -> int:
    """Bytes as people write them. Raises ValueError.

    >>> size("500M"), size("1G"), size("0")
    (524288000, 1073741824, 0)
    """
    match = re.fullmatch(r"(\d{1,9})([KMGT]?)", text.upper())
    if not match:
        raise ValueError(f"{text!r} is not a size: give a number and K, M, G or T, e.g. 500M, 1G")
    return int(match[1]) * 1024 ** " KMGT".index(match[2] or " ")


def in_bytes(number: int) -> str:
    """Bytes for people.

    >>> in_bytes(512), in_bytes(1536), in_bytes(3 * 1024**3)
    ('512 B', '1.5 KB', '3.0 GB')
    """
    if number < 1024:
        return f"{number} B"
    value, unit = float(number), "B"
    for unit in ("KB", "MB", "GB", "TB"):  # noqa: B007 (the last one reached is the answer)
        value /= 1024
        if value < 1024:
            break
    return f"{value:,.1f} {unit}"
