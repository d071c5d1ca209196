"""Codes of securities as lists write them (``sz300476``, ``002171.SZ``, a market number beside a code) -> entries of
`Article.securities`."""

from __future__ import annotations

import re
from typing import Any

from pipelines.doubtful_links import is_doubtful
from pipelines.lift_securities import kind_of, security

MARKETS = {
    "SH": "1", "SZ": "0", "BJ": "0", "HK": "116", "US": "105", "NASDAQ": "105", "NYSE": "106", "O": "105", "N": "106", "OQ": "105",
    "AMEX": "107", "CN": "", "FUND": "",
}  # fmt: skip
"""Market numbers of the archive by the letters that lists use."""
SHANGHAI = re.compile(r"[569]\d{5}|11\d{4}")
PREFIXED = re.compile(r"(sh|sz|bj|hk|us|gb_)[._]?([0-9a-z.]+)", re.IGNORECASE)
SUFFIXED = re.compile(r"([0-9A-Za-z]+)\.([A-Za-z]+)")


def market_number(letters: str, code: str) -> str | None:
    """Market number of a code listed under *letters*; mainland codes tell Shanghai from Shenzhen by their digits.

    >>> market_number("CN", "600718"), market_number("SZ", "300476"), market_number("XX", "1")
    ('1', '0', None)
    """
    market = MARKETS.get(letters.upper())
    if market == "":
        return "1" if SHANGHAI.fullmatch(code) else "0"
    return market


def tag(market: str | None, code: str, name: str | None, text: str | None = None) -> list[dict[str, Any]]:
    """One security that a list names, none where its market is not known. With *text*, a name that does not stand
    there, or only within other words, makes it doubtful: such lists match names blindly."""
    if not market or not code:
        return []
    code = code.zfill(5) if market == "116" and code.isdigit() else code
    doubtful = False
    if text is not None:
        start = text.find(name) if name else -1
        before, after = text[:start][-12:], text[start + len(name or "") :][:12]
        doubtful = start < 0 or is_doubtful(name or "", kind_of(market, code.upper()), before, after)
    return [security(market, code, name, "link", doubtful)]


def by_letters(written: str, name: str | None, text: str | None = None) -> list[dict[str, Any]]:
    """A security written with its exchange in front or behind.

    >>> [one["id"] for text in ("sz300476", "002171.SZ", "HK.00700", "gb_nvda") for one in by_letters(text, None)]
    ['0.300476', '0.002171', '116.00700', '105.NVDA']
    """
    if match := SUFFIXED.fullmatch(written):
        letters, code = match[2], match[1]
        if letters.upper() not in MARKETS:
            letters, code = match[1], match[2]
    elif match := PREFIXED.fullmatch(written):
        letters, code = ("US" if match[1].lower() == "gb_" else match[1]), match[2]
    else:
        return []
    return tag(market_number(letters, code), code.upper(), name, text)
