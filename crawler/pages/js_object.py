"""Object literals of scripts -> Python values: the data that a page's script starts from, where that is not JSON.

Read are texts, numbers, ``true``/``false``/``null``, lists and objects, texts within a call (``JsDecode('…')``), and numbers as
``'8' * 1``; any other expression is None. Nothing is evaluated.
"""

from __future__ import annotations

import re
from typing import Any

from crawler.extraction.document import unquote_js

SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
TEXT = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""", re.DOTALL)
KEY = re.compile(r"""[\w$]+|'[^'\\\n]*'|"[^"\\\n]*\"""")
CALL = re.compile(r"[\w$.]+\(\s*(?=['\"])")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?![\w.])")
WORDS = {"true": True, "false": False, "null": None}
NESTING = 60  # levels read; data does not go deeper


class _Reader:
    """Reads values from *source* at ``index``, which each step moves on."""

    def __init__(self, source: str, index: int, longest: int | None):
        self.source, self.index, self.longest = source, index, longest

    def skip_space(self) -> str:
        """The next character that counts; empty at the end."""
        match = SPACE.match(self.source, self.index)
        self.index = match.end() if match else self.index
        return self.source[self.index : self.index + 1]

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """A match at the index, which moves behind it."""
        match = pattern.match(self.source, self.index)
        if match:
            self.index = match.end()
        return match

    def read_value(self, depth: int) -> Any:
        """The value at the index; the rest of its expression is skipped."""
        character = self.skip_space()
        value: Any = None
        if character == "{":
            value = self.read_object(depth + 1)
        elif character == "[":
            value = self.read_list(depth + 1)
        elif self.take(CALL) or character in ("'", '"'):
            text = self.take(TEXT)
            raw = text and (text[1] if text[1] is not None else text[2])
            value = unquote_js(raw) if raw is not None and len(raw) <= (self.longest or len(raw)) else None
            if value and re.match(r"\s*\*\s*1\b", self.source[self.index : self.index + 12]):
                value = int(value) if re.fullmatch(r"-?\d{1,18}", value) else None
        elif match := self.take(NUMBER):
            value = float(match[0]) if "." in match[0] else int(match[0])
        elif match := self.take(KEY):
            value = WORDS.get(match[0])
        self.skip_expression()
        return value

    def skip_expression(self) -> None:
        """Move to the comma or bracket that ends the value."""
        depth = 0
        while character := self.skip_space():
            if character in "'\"":
                if not self.take(TEXT):
                    self.index += 1
                continue
            if character in ")]}" and depth == 0 and character != ")":
                return
            if character == "," and depth == 0:
                return
            depth += (character in "([{") - (character in ")]}" and depth > 0)
            self.index += 1

    def read_object(self, depth: int) -> dict[str, Any]:
        """The object at the index."""
        entries: dict[str, Any] = {}
        self.index += 1
        while (character := self.skip_space()) and character != "}" and depth < NESTING:
            key = self.take(KEY)
            if key and self.skip_space() == ":":
                self.index += 1
                entries.setdefault(key[0].strip("'\""), self.read_value(depth))
            else:
                self.skip_expression()
                if self.skip_space() not in (",", "}"):
                    break
            if self.skip_space() == ",":
                self.index += 1
        self.index += 1
        return entries

    def read_list(self, depth: int) -> list[Any]:
        """The list at the index."""
        entries: list[Any] = []
        self.index += 1
        while (character := self.skip_space()) and character not in "]}" and depth < NESTING:
            entries.append(self.read_value(depth))
            if self.skip_space() == ",":
                self.index += 1
        self.index += 1
        return entries


def read_js_object(source: str, index: int, longest: int | None = None) -> dict[str, Any]:
    r"""The object literal whose ``{`` is at *index* of *source*; as far as it can be read where it is cut short. Texts of more
    than *longest* characters are None: an article's HTML takes 50 ms.

    >>> read_js_object("x = {a: JsDecode('1\\x0a2'), 'b': '8' * 1, c: [{d: f(1, 2), e: \"x\"},], g: true}", 4)
    {'a': '1\n2', 'b': 8, 'c': [{'d': None, 'e': 'x'}], 'g': True}
    """
    return _Reader(source, index, longest).read_object(0)


def read_js_list(source: str, index: int) -> list[Any]:
    """The list literal whose ``[`` is at *index* of *source*; as far as it can be read where it is cut short.

    >>> read_js_list("x = [{a: 1}, 'b']", 4)
    [{'a': 1}, 'b']
    """
    return _Reader(source, index, None).read_list(0)
