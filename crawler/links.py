"""Links as people paste them: out of a chat, a mail, a list, a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from w3lib.url import safe_url_string

from archive.late_pattern import compile_late

INVISIBLE = compile_late("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]")
# What a sentence goes on with behind an address; addresses that hold these are copied with them escaped.
NOT_IN_ADDRESSES = r"\s\u3000<>\"“”‘’「」『』《》【】（），。；！？、…｜\ufffd"
IN_ADDRESS = rf"(?:(?!\]\()[^{NOT_IN_ADDRESSES}])"  # ](  parts text and address of a Markdown link
HOST = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]+(?::\d+)?"
ADDRESS = compile_late(
    rf"(?P<address>https?://{IN_ADDRESS})|(?P<bare>(?<![\w@./:%-])(?://)?{HOST}/{IN_ADDRESS})"
    r"|(?P<code>(?<![0-9A-Za-z_=/&?%.-])NW20[0-9]{15,16}(?![0-9A-Za-z]))",
    re.IGNORECASE,
)
"""How an address begins; where it ends `trim_address` says, which looks at no character twice."""
# Where an address may end; so it does where the next one begins, behind a mark that separates the two or behind nothing: one
# behind a slash or an equals sign is a part of it.
BREAK = compile_late(rf"\]\(|[()\[\]{{}}{NOT_IN_ADDRESSES}]|(?<=[\w;|,])https?://", re.IGNORECASE)
ID = compile_late(
    r"20[0-9]{15,16}"
)  # an article's code without its letters: taken for one only alone on its line
WITHOUT_SCHEME = compile_late(rf"(?:https?:)?(?://)?({HOST}/{IN_ADDRESS}+)", re.IGNORECASE)
CREDENTIALS = compile_late(r"^(https?://)[^/?#]*@", re.IGNORECASE)
"""User name and password, which no request sends: a link is written down and passed on."""
AMPERSAND = compile_late(r"&(?:(?:amp|#0*38|#x0*26);)+", re.IGNORECASE)  # escaped once or more often
# What runs on behind a file's name or a number, without a space: http://a.example/1.html这条
RUN_ON = compile_late(r"(\.s?html?|(?<![0-9])[0-9]{6,}+)[\u3400-\u9fff][^/?&=%#]{0,200}$", re.IGNORECASE)
OPENING = {")": "(", "]": "[", "}": "{"}


def can_be_asked(address: str) -> bool:
    """Whether Scrapy makes a request of an address: of what the net sends, not each is one.

    >>> can_be_asked("http://a.example/"), can_be_asked("http://[::1]:80@a.example/"), can_be_asked("http://a.example:99999/")
    (True, False, False)
    """
    try:
        safe_url_string(address)
    except ValueError:
        return False
    return True


def visible(text: str) -> str:
    """*text* without characters that cannot be seen, and without blanks around it.

    >>> visible(" http://a.example/\\u200bx\\n")
    'http://a.example/x'
    """
    text = text.strip()
    return text if text.isprintable() else INVISIBLE.sub("", text).strip()


def trim_address(text: str, start: int = 0) -> str:
    """The address at *start* of *text*, without the brackets and the punctuation of the sentence around it.

    >>> trim_address("http://a.example/x)."), trim_address("http://a.example/x_(y)")
    ('http://a.example/x', 'http://a.example/x_(y)')
    >>> trim_address("http://a.example/1)[next")
    'http://a.example/1'
    >>> trim_address("http://a.example/1;https://b.example/2"), trim_address("http://a.example/web/https://b.example/2")
    ('http://a.example/1', 'http://a.example/web/https://b.example/2')
    >>> trim_address("http://a.example/1.html这条很重要"), trim_address("http://a.example/wiki/A股")
    ('http://a.example/1.html', 'http://a.example/wiki/A股')
    """
    depth = dict.fromkeys(OPENING.values(), 0)
    end = len(text)
    for match in BREAK.finditer(text, start + 1):
        character = match[0]
        if character in depth:
            depth[character] += 1
            continue
        if opening := OPENING.get(character):
            depth[opening] -= 1
            if depth[opening] >= 0:
                continue
        end = match.start()
        break
    text = text[start:end]
    return (text if text.isascii() else RUN_ON.sub(r"\1", text)).rstrip(".,;:!|'*`")


def complete_address(link: str) -> str:
    """*link* without angle brackets, and with ``http://`` before an address that lacks its scheme; others as they are.

    >>> complete_address("finance.example.com/a/1.html"), complete_address("<http://a.example/1>")
    ('http://finance.example.com/a/1.html', 'http://a.example/1')
    """
    link = link.strip()
    if link.startswith("<") and link.endswith(">"):
        link = link[1:-1].strip()
    if "://" not in link and (bare := WITHOUT_SCHEME.fullmatch(link)):
        return f"http://{bare[1]}"
    return link


def addresses_in(text: str) -> list[str]:
    """The addresses and article codes in *text*, each once, with ``http://`` before an address that lacks its scheme.

    >>> addresses_in("【央行开展逆回购】http://a.example/s?infoCode=NW1。来自东方财富")
    ['http://a.example/s?infoCode=NW1']
    >>> addresses_in("见 finance.example.com/a/1.html 和 NW202202212283238167")
    ['http://finance.example.com/a/1.html', 'NW202202212283238167']
    >>> addresses_in("http://me:secret@a.example/@x/1 http://me@work:p@ss@a.example/2")
    ['http://a.example/@x/1', 'http://a.example/2']
    """
    text = visible(text)
    text = text.replace("\\/", "/")  # out of JSON
    if "://" not in text:
        text = unicodedata.normalize("NFKC", text)  # typed with a Chinese keyboard's full-width characters
    if ID.fullmatch(text):
        return [text]
    links: dict[str, None] = {}
    index = 0
    while match := ADDRESS.search(text, index):
        address = match[0] if match["code"] else trim_address(text, match.start())
        index = match.start() + max(len(address), 1)
        if address:
            link = CREDENTIALS.sub(r"\1", AMPERSAND.sub("&", address))
            links[link if not match["bare"] else f"http://{link.removeprefix('//')}"] = None
    joined = "".join(link for link in links if "://" in link)
    return [link for link in links if "://" in link or link not in joined]


def links_in(lines: Iterable[str]) -> Iterator[str]:
    """The links in *lines*, without comments and blank lines. A line without any is given as it is, for its outcome to
    report it.

    >>> list(links_in(["# mine", "", " http://a.example/x ", "<http://b.example>  # his"]))
    ['http://a.example/x', 'http://b.example']
    """
    for line in lines:
        if (
            not line.isascii()
        ):  # bytes of a list that are no UTF-8 stand in it as surrogates, which nothing can keep
            line = line.encode("utf-8", "replace").decode("utf-8")
        text = visible(line)
        if text and not text.startswith("#"):
            yield from addresses_in(text.split(" #")[0]) or [text]
