"""Links as people paste them: out of a chat, a mail, a list, a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]")
# What a sentence goes on with behind an address; addresses that hold these are copied with them escaped.
NOT_IN_ADDRESSES = r"\s\u3000<>\"“”‘’「」『』《》【】（），。；！？、…｜\ufffd"
ADDRESS = re.compile(rf"https?://(?:(?!\]\()[^{NOT_IN_ADDRESSES}])+", re.IGNORECASE)
WITHOUT_SCHEME = re.compile(
    rf"(?:https?:)?(?://)?((?:[\w-]+\.)+[a-z][a-z0-9-]*(?::\d+)?/[^{NOT_IN_ADDRESSES}]+)", re.IGNORECASE
)
CLOSING = {")": "(", "]": "[", "}": "{"}


def without_tail(address: str) -> str:
    """An address without the punctuation of the sentence that it stood in.

    >>> without_tail("http://a.example/x)."), without_tail("http://a.example/x_(y)")
    ('http://a.example/x', 'http://a.example/x_(y)')
    """
    while address:
        last = address[-1]
        if last in CLOSING:
            if address.count(CLOSING[last]) >= address.count(last):
                break
        elif last not in ".,;:!'*`":
            break
        address = address[:-1]
    return address


def addresses_in(text: str) -> list[str]:
    """The http and https addresses in *text*, with ``http://`` before one that lacks it; [] where there is none.

    >>> addresses_in("【央行开展逆回购】http://a.example/s?infoCode=NW1。来自东方财富")
    ['http://a.example/s?infoCode=NW1']
    >>> addresses_in("finance.example.com/a/1.html")
    ['http://finance.example.com/a/1.html']
    """
    text = UNSEEN.sub("", text).strip()
    if "://" not in text:
        text = unicodedata.normalize("NFKC", text)  # typed with a Chinese keyboard's wide signs
    found = [without_tail(address) for address in ADDRESS.findall(text)]
    if not found and "://" not in text and (bare := WITHOUT_SCHEME.fullmatch(text)):
        found = [f"http://{without_tail(bare[1])}"]
    return found


def links_in(lines: Iterable[str]) -> Iterator[str]:
    """The links in *lines*, without comments and blanks. A line without any address is given as it is, for its outcome
    to say so.

    >>> list(links_in(["# mine", "", " http://a.example/x ", "<http://b.example>  # his"]))
    ['http://a.example/x', 'http://b.example']
    """
    for line in lines:
        text = UNSEEN.sub("", line).strip()
        if text and not text.startswith("#"):
            yield from addresses_in(text.split(" #")[0]) or [text]
