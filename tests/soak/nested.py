"""Bodies of elements that open and close as chance has it: within each other, across each other, by the hundred."""

from __future__ import annotations

import random

TAGS = (
    "p", "div", "span", "b", "i", "em", "a", "u", "s", "sub", "code", "pre", "h1", "h2", "h3", "li", "ul", "ol", "dl", "dt", "dd", "table",
    "tr", "td", "th", "tbody", "thead", "caption", "colgroup", "col", "blockquote", "section", "figure", "figcaption", "center", "font",
    "button", "select", "option", "object", "marquee", "svg", "math", "mi", "template", "noscript", "video", "audio", "source", "nobr",
    "small", "label", "form", "fieldset", "input", "img", "hr", "br", "address", "header", "details", "summary", "ruby", "rt", "iframe",
    "textarea", "listing", "body", "html",
)  # fmt: skip
LIKELY = (
    "table", "tr", "td", "tbody", "caption", "p", "a", "a", "li", "div", "b", "h1", "h2", "dd", "dl", "ul", "select", "object",
)  # fmt: skip
ADDRESSES = (
    "http://a.example/",
    "//a.example/",
    "//a\ufffdb/",
    "/",
    "?a&b;=",
    "http:",
    "http://a\nb.example/\t",
    "http://a.example/ ",
    "//a:b@c:",
    "http://中.example/字",
    "HTTPS://[::1]/",
    "mailto:a@b",
    "x:",
    "\\\\a/",
    "#",
)
WITH_ADDRESS = {"a": "href", "img": "src", "video": "src", "audio": "src", "iframe": "src"}
TEXTS = ("甲", "乙丙", "x ", " ", "12", "\n")


def nested_body(dice: random.Random) -> str:
    """A body of up to thirty tags and texts, a few of them repeated up to 700 times."""
    parts: list[str] = []
    opened: list[str] = []
    for number in range(dice.choice((3, 6, 12, 30))):
        turn = dice.random()
        if turn < 0.55:
            name = dice.choice(TAGS if dice.random() < 0.5 else LIKELY)
            address = (
                f" {WITH_ADDRESS.get(name, 'id')}='{dice.choice(ADDRESSES)}{number}'"
                if dice.random() < 0.7
                else ""
            )
            parts.append(f"<{name}{address}>")
            opened.append(name)
        elif turn < 0.8 and opened:
            parts.append(f"</{opened.pop() if dice.random() < 0.7 else dice.choice(opened)}>")
        if turn >= 0.8 or dice.random() < 0.6:
            parts.append(f"{dice.choice(TEXTS)}{number}")
    if dice.random() < 0.25:
        start = dice.randrange(len(parts) + 1)
        end = start + dice.randrange(1, 6)
        parts[start:end] = parts[start:end] * dice.choice((30, 50, 80, 149, 200, 700))
    if dice.random() < 0.25:
        parts += [f"</{name}>{dice.choice(TEXTS)}" for name in reversed(opened)]
    return "".join(parts)
