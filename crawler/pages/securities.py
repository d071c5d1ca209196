"""Securities that a site states beside its text, as entries of `Article.securities`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from crawler.sources.codes import by_letters, market_number, tag

NUMBERED = re.compile(r"(\d{1,3})\.([0-9A-Z._]{1,12})", re.IGNORECASE)  # 0.300024
MAINLAND = re.compile(r"(?:[0346]\d|8[37]|9[02]|1[56]|5\d)\d{4}")  # not 88xxxx, boards of 10jqka


def stated_security(code: str, market: str | None, name: str | None) -> list[dict[str, Any]]:
    """The entry for a security; none where its market is not known.

    >>> [entry["id"] for code in ("0.300024", "sh600718", "NVDA.O", "600438", "883436") for entry in stated_security(code, None, None)]
    ['0.300024', '1.600718', '105.NVDA', '1.600438']
    """
    if market:
        return tag(market if market.isdigit() else market_number(market, code), code, name)
    if match := NUMBERED.fullmatch(code):
        return tag(match[1], match[2].upper(), name)
    if MAINLAND.fullmatch(code):
        return tag(market_number("CN", code), code, name)
    return by_letters(code, name)


def stated_securities(stated: Iterable[tuple[str | None, str | None, str | None]]) -> list[dict[str, Any]]:
    """Entries for ``(code, market, name)`` each, *market* None where the code states it; each security once."""
    entries: dict[str, dict[str, Any]] = {}
    for code, market, name in stated:
        for entry in stated_security(code.strip(), market, name) if code else ():
            entries.setdefault(entry["id"], entry)
    return list(entries.values())
