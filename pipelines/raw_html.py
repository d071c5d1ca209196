"""Foreign HTML as text, before it is parsed: frames, what is for readers without scripts, blocks too deep within each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from archive.late_pattern import compile_late

FRAME, NOSCRIPT, IMAGE = (
    compile_late(rf"<{name}\b", re.IGNORECASE) for name in ("iframe", "noscript", "img")
)
FRAME_ENDS = compile_late(r"</iframe\s*>", re.IGNORECASE)
NOSCRIPT_ENDS = compile_late(r"</noscript\s*>", re.IGNORECASE)
SOURCE = compile_late(r"\bsrc\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
ADDRESS = compile_late(r"[^\s\"'<>()]+")
OPENS_OR_CLOSES = compile_late(
    r"<(/?)(?:div|section|article|aside|main|header|footer|nav|ul|ol|dl|menu|dir|blockquote|center|figure|fieldset|details|form|address)(?![a-z0-9])",
    re.IGNORECASE,
)
"""Elements that the sanitiser's parser looks through, all that are open, whenever one begins or ends."""
MOST_OPEN = 400
HTTP = compile_late(r"(?:https?:)?//", re.IGNORECASE)


def find_elements(
    html: str, opens: re.Pattern[str], ends: re.Pattern[str]
) -> Iterator[tuple[int, int, int, int]]:
    """Where elements stand: start of the tag, of the content, its end, and that of the element. Reads *html* once, whatever
    it holds: an element that is not closed goes to the end."""
    pos = 0
    while tag := opens.search(html, pos):
        content = html.find(">", tag.end()) + 1
        if not content:
            content = len(html)
        closing = ends.search(html, content)
        end, pos = closing.span() if closing else (len(html), len(html))
        yield tag.start(), content, end, pos


def replace_elements(
    html: str, opens: re.Pattern[str], ends: re.Pattern[str], replacement: Callable[[str, str], str]
) -> str:
    """*html* with each element replaced by ``replacement(tag, content)``."""
    parts: list[str] = []
    done = 0
    for start, content, end, after in find_elements(html, opens, ends):
        parts += html[done:start], replacement(html[start:content], html[content:end])
        done = after
    return "".join(parts) + html[done:]


def image_addresses(html: str) -> list[str]:
    """The ``src`` of each ``<img>``."""
    addresses = []
    pos = 0
    while tag := IMAGE.search(html, pos):
        pos = html.find(">", tag.end())
        if pos < 0:
            pos = len(html)
        if source := SOURCE.search(html, tag.end(), pos):
            addresses.append(source[1])
    return addresses


def unwrap_noscripts(html: str) -> str:
    """*html* with what a reader without scripts is shown: its images, unless a script shows them, too."""
    counts: Counter[str] = Counter()

    def replace_noscript(tag: str, content: str) -> str:
        addresses = image_addresses(content)
        if not addresses:
            return ""
        if not counts:
            counts.update(word.removeprefix("src=").strip(",;") for word in ADDRESS.findall(html))
        shown = Counter(word.removeprefix("src=").strip(",;") for word in ADDRESS.findall(content))
        return content if all(counts[address] == shown[address] for address in addresses) else ""

    return replace_elements(html, NOSCRIPT, NOSCRIPT_ENDS, replace_noscript)


def frame_as_link(tag: str, content: str) -> str:
    """A link in the place of a frame: it is a player, as a rule."""
    source = SOURCE.search(tag)
    return f'<p><a href="{source[1]}">视频</a></p>' if source and HTTP.match(source[1]) else ""


def limit_depth(html: str) -> str:
    """*html* without the tags of blocks within more than `MOST_OPEN` others.

    >>> limit_depth("<div>" * 500 + "x" + "</div>" * 500).count("<div>") == MOST_OPEN
    True
    """
    parts, done, depth, dropped = [], 0, 0, 0
    for tag in OPENS_OR_CLOSES.finditer(html):
        if tag[1] and not dropped:
            depth = max(0, depth - 1)
            continue
        if not tag[1] and depth < MOST_OPEN:
            depth += 1
            continue
        dropped += -1 if tag[1] else 1
        parts.append(html[done : tag.start()])
        done = html.find(">", tag.end()) + 1 or len(html)
        if done == len(html):
            break
    return "".join(parts) + html[done:]
