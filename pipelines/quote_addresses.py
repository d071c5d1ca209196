"""What the source's quote pages and element ids name: market number and code of a security, or board.

The forms of 2016 to 2019 have no ``data-code``: ``quote.eastmoney.com/us/AAPL.html?Market=NASDAQ``, ``…/SZ300104.html``,
``id="stock_NASDAQ_AAPL7"``, ``id="bk_474"``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from archive.late_pattern import compile_late

AMERICAN = {"NASDAQ": "105", "NYSE": "106", "AMEX": "107"}
EXCHANGES = {"sh": "1", "sz": "0", "bj": "0"}
SecurityCode = tuple[str, str]


def _plain(match: re.Match[str]) -> SecurityCode | None:
    market, _, code = match[1].partition(".")
    return market, code.upper()


def _american(match: re.Match[str]) -> SecurityCode | None:
    return AMERICAN[match["market"].upper()], match["code"].upper()


def _board(match: re.Match[str]) -> SecurityCode | None:
    return "90", f"BK{int(match[1]):04}"


def _index(match: re.Match[str]) -> SecurityCode | None:
    return ("1" if match[1].startswith("000") else "0"), match[1]


def _fund(match: re.Match[str]) -> SecurityCode | None:
    """Funds that are traded on an exchange; others have no market."""
    code = match[1]
    return ("1", code) if code[0] == "5" else ("0", code) if code[:2] in ("15", "16", "18") else None


ADDRESSES: list[tuple[re.Pattern[str], Callable[[re.Match[str]], SecurityCode | None]]] = [
    (compile_late(r"/unify/c?r/(\d{1,3}\.[A-Z0-9_.]{1,12})", re.IGNORECASE), _plain),
    (compile_late(r"//quote\.eastmoney\.com/us/(?P<code>[A-Z._-]{1,8})\.html\?(?:[^#]*&)?Market=(?P<market>NASDAQ|NYSE|AMEX)\b", re.IGNORECASE), _american),
    (compile_late(r"//quote\.eastmoney\.com/hk/(\d{5})\b", re.IGNORECASE), lambda match: ("116", match[1])),
    (compile_late(r"//quote\.eastmoney\.com/(?:concept/)?(sh|sz|bj)(\d{6})\b", re.IGNORECASE), lambda match: (EXCHANGES[match[1].lower()], match[2])),
    (compile_late(r"//quote\.eastmoney\.com/(bj|kcb)/(\d{6})\b", re.IGNORECASE), lambda match: ("1" if match[1].lower() == "kcb" else "0", match[2])),
    (compile_late(r"//quote\.eastmoney\.com/zs(\d{6})\b", re.IGNORECASE), _index),
    (compile_late(r"//quote\.eastmoney\.com/gb/zs([A-Z0-9]{2,8})\.html", re.IGNORECASE), lambda match: ("100", match[1].upper())),
    (compile_late(r"//quote\.eastmoney\.com/(?:web/|bk/90\.)?BK(\d{4})\d?\b", re.IGNORECASE), _board),
    (compile_late(r"//stock\.eastmoney\.com/hangye/hy(\d{3,4})\.html", re.IGNORECASE), _board),
    (compile_late(r"//fund\.eastmoney\.com/(\d{6})\.html", re.IGNORECASE), _fund),
]  # fmt: skip
IDS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], SecurityCode | None]]] = [
    (compile_late(r"(?:stock|bk|Info)_?\.?(\d{1,3}\.[A-Z0-9_.]+)", re.IGNORECASE), _plain),
    (compile_late(r"stock_(?P<market>NASDAQ|NYSE|AMEX)_(?P<code>[A-Z._-]{1,8})7", re.IGNORECASE), _american),
    (
        compile_late(r"stock_(sh|sz|bj)(\d{6})", re.IGNORECASE),
        lambda match: (EXCHANGES[match[1].lower()], match[2]),
    ),
    (compile_late(r"stock_(\d{6})([12])"), lambda match: ({"1": "1", "2": "0"}[match[2]], match[1])),
    (compile_late(r"bk_(\d{3,4})"), _board),
]
"""``7`` behind an American ticker, ``1`` and ``2`` behind a number are the source's own market numbers of then."""


def code_of_address(address: str) -> SecurityCode | None:
    """Market and code that a quote page's address names.

    >>> code_of_address("http://quote.eastmoney.com/us/AAPL.html?Market=NASDAQ"), code_of_address("//quote.eastmoney.com/SZ300104.html")
    (('105', 'AAPL'), ('0', '300104'))
    >>> code_of_address("http://quote.eastmoney.com/ZS395031.html"), code_of_address("http://stock.eastmoney.com/hangye/hy474.html")
    (('0', '395031'), ('90', 'BK0474'))
    """
    if "eastmoney.com" not in address and "/unify/" not in address:
        return None
    return next((read(match) for pattern, read in ADDRESSES if (match := pattern.search(address))), None)


def code_of_id(identity: str) -> SecurityCode | None:
    """Market and code that the id of a span names; None for a word of the glossary.

    >>> code_of_id("Info.116.00700"), code_of_id("stock_NASDAQ_INTC7"), code_of_id("bk_474"), code_of_id("Info.385")
    (('116', '00700'), ('105', 'INTC'), ('90', 'BK0474'), None)
    """
    return next((read(match) for pattern, read in IDS if (match := pattern.fullmatch(identity))), None)
