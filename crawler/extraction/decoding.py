"""Bytes of a page -> text. Headers and meta tags are often wrong, so what the bytes say counts first."""

from __future__ import annotations

import codecs
import re

BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w-]{2,20})""", re.IGNORECASE
)
HEADER = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w-]{2,20})", re.IGNORECASE)
# Supersets that browsers use instead of the declared encoding.
SUPERSETS = {
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030", "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs", "x-x-big5": "big5hkscs", "utf8": "utf-8", "iso-8859-1": "cp1252", "latin-1": "cp1252",
    "ascii": "cp1252", "us-ascii": "cp1252",
}  # fmt: skip
NO_CHARSETS = frozenset(("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7"))
"""Codecs of Python's that are no charsets of pages: some fail whatever they are told, or take time with the square."""
TYPICAL = re.compile("[的是在有了不和中人一這这為为國国，。]")
PRIVATE = re.compile("[\ue000-\uf8ff]")


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of *body*; *content_type* is the header of that name. Never fails: what cannot be read is U+FFFD.

    >>> decode("中文网页".encode("gbk"), "text/html; charset=utf-8")
    '中文网页'
    >>> decode("中文网页".encode("gbk"), "text/html; charset=idna")
    '中文网页'
    """
    for bom, name in BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    try:
        return body.decode("utf-8")  # other encodings of Chinese are not valid UTF-8 by chance
    except UnicodeDecodeError:
        pass
    loose = body.decode("utf-8", "replace")
    if loose.count("\ufffd") * 500 < count_foreign(loose):  # UTF-8 that was cut or patched
        return loose
    names: dict[str, None] = {}
    if match := HEADER.search(content_type or ""):
        names[match[1].lower()] = None
    names |= dict.fromkeys(encoding.decode().lower() for encoding in DECLARED.findall(body[:4096]))
    best, best_score = loose, -1.0
    for name in dict.fromkeys(
        [*(SUPERSETS.get(encoding, encoding) for encoding in names), "gb18030", "big5hkscs"]
    ):
        try:
            if codecs.lookup(name).name in NO_CHARSETS:
                continue
            text = body.decode(name, "replace")
        except LookupError:
            continue
        sample = text[:200_000]
        wrong = sample.count("\ufffd") + len(PRIVATE.findall(sample))
        score = (len(TYPICAL.findall(sample)) - 10 * wrong) / (count_foreign(sample) or 1)
        if score > best_score:
            best, best_score = text, score
    return best


def count_foreign(text: str) -> int:
    """How many characters of *text* are not ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))
