"""Markup that nobody wrote to be read: what is never closed, thousands of times, kept from taking time with its square."""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_IN_TAG = 100
"""Signs ``<`` before the next ``>``: in a page's text, and in its scripts, there are a few."""


def close_tags(html: str) -> str:
    """*html* without the ``<`` within what a browser takes for one tag, where there are more than `MOST_IN_TAG` in it. A
    pattern that looks for the end of a tag from each would go over the rest of the page as often.

    >>> close_tags("<p>1 < 2</p>")
    '<p>1 < 2</p>'
    >>> close_tags("<p>" + "<img " * 300).count("<")
    2
    """
    if html.count("<") <= MOST_IN_TAG:
        return html
    parts = html.split(">")
    unclosed = [
        n for n, part in enumerate(parts) if len(part) > MOST_IN_TAG and part.count("<") > MOST_IN_TAG
    ]
    for index in unclosed:
        before, _, tag = parts[index].partition("<")
        parts[index] = f"{before}<{tag.replace('<', ' ')}"
    return ">".join(parts) if unclosed else html


def contents_of(html: str, opens: re.Pattern[str], ends: re.Pattern[str]) -> Iterator[str]:
    """What stands between each tag that *opens* matches and its end; nothing of one that is not closed."""
    return (content for _, content in elements_of(html, opens, ends))


def elements_of(
    html: str, opens: re.Pattern[str], ends: re.Pattern[str]
) -> Iterator[tuple[re.Match[str], str]]:
    """Each tag that *opens* matches, and what stands between it and its end; in one go over the text, however many are not
    closed, as the pattern ``<(name)>(.*?)</name`` is not."""
    position = 0
    while (tag := opens.search(html, position)) and (end := ends.search(html, tag.end())):
        yield tag, html[tag.end() : end.start()]
        position = end.end()


class ElementCutter:
    """Takes comments and the elements *names* out of HTML, with their content; one that is not closed stays. What the
    pattern ``<(name)\\b[^>]*>.*?</\\1\\s*>`` does, but in one go over the text, however many are not closed."""

    def __init__(self, *names: str):
        self._opens = re.compile(rf"<!--|<({'|'.join(names)})\b", re.IGNORECASE)
        self._ends = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in names}
        self._ends[""] = re.compile("-->")

    def cut(self, html: str, replacement: str) -> str:
        """*html* with *replacement* in the place of each.

        >>> ElementCutter("script").cut("a<script>b</script>c<!-- d -->e<script>f", " ")
        'a c e<script>f'
        """
        parts: list[str] = []
        done = position = 0
        unclosed: set[str] = set()
        while match := self._opens.search(html, position):
            position = match.end()
            name = (match[1] or "").lower()
            if name in unclosed:
                continue
            content = html.find(">", position) if name else position
            end = self._ends[name].search(html, content) if content >= 0 else None
            if end is None:
                unclosed.add(name)
                continue
            parts += html[done : match.start()], replacement
            done = position = end.end()
        return "".join((*parts, html[done:]))
