"""Draws how a page's text was found: the elements that could hold it, with what their blocks are worth."""

from __future__ import annotations

from typing import Any

from crawler.extraction.block_layout import BlockLayout
from crawler.extraction.body import Body
from crawler.extraction.boilerplate import is_boilerplate
from crawler.extraction.document import squeeze
from crawler.extraction.trees import INLINE, own_text

WIDTH = 24  # characters of the longest bar
LEAST_SHARE = 0.02  # of the heaviest element's worth, from which on an element is drawn
MOST_LINES = 60
EXCERPT = 30  # characters of a block's text


def draw_candidates(layout: BlockLayout, body: Body | None) -> str:
    """The elements of a page in reading order, indented as they are nested: worth, characters of text and of links, a bar
    (``#`` for the article, ``-`` against it), the element, and why it counts as it does."""
    most = max((value for value in layout.value.values()), default=0.0) or 1.0
    lines = ["  worth   text  links"]
    depths: dict[Any, int] = {}
    for element in layout.order:
        value = layout.value.get(element, 0.0)
        if abs(value) < LEAST_SHARE * most or element.tag in INLINE or is_wrapper(layout, element, body):
            depths[element] = depths.get(element.getparent(), 0)
            continue
        depth = depths.get(element.getparent(), 0)
        depths[element] = depth + 1
        bar = ("#" if value > 0 else "-") * max(1, round(WIDTH * min(abs(value) / most, 1)))
        plain = sum(layout.plain.get(inner, 0) for inner in element.iter())
        linked = sum(layout.linked.get(inner, 0) for inner in element.iter())
        notes = ", ".join(describe(layout, element, body))
        text = squeeze(own_text(element))[:EXCERPT] if element in layout.plain else ""
        line = f"{value:7.0f} {plain:6} {linked:6}  {'  ' * depth}{bar} {name_of(element)}"
        lines.append(line + (f"  [{notes}]" if notes else "") + (f"  {text}" if text else ""))
    hidden = len(lines) - 1 - MOST_LINES
    return "\n".join(lines[: MOST_LINES + 1] + ([f"... {hidden} more"] if hidden > 0 else []))


def is_wrapper(layout: BlockLayout, element: Any, body: Body | None) -> bool:
    """Whether an element adds nothing to its only child of the same worth."""
    if body is not None and element is body.element:
        return False
    value = layout.value.get(element, 0.0)
    return element not in layout.plain and any(layout.value.get(child) == value for child in element)


def describe(layout: BlockLayout, element: Any, body: Body | None) -> list[str]:
    """What is special about an element."""
    notes = []
    if body is not None and element is body.element:
        notes.append("the body")
    if body is not None and element is body.heading:
        notes.append("the headline")
    if element in layout.named:
        notes.append("named as a body")
    if is_boilerplate(element):
        notes.append("named as boilerplate")
    if element in layout.related:
        notes.append("list of other articles")
    if element is layout.end:
        notes.append("the end")
    return notes


def name_of(element: Any) -> str:
    """An element as CSS writes it: tag, id and first class."""
    identity = f"#{element.get('id')}" if element.get("id") else ""
    classes = (element.get("class") or "").split()
    return f"{element.tag}{identity}{'.' + classes[0] if classes else ''}"[:50]


def draw_fields(read: dict[str, Any]) -> str:
    """The fields of an article, or why there is none, a line each."""
    if read.get("outcome"):
        return f"{read['outcome']}: {read.get('reason')}"
    fields = (
        ("headline", read.get("headline")),
        ("published_at", f"{read.get('published_at')} ({read.get('published_precision')}, as {read.get('published_raw')!r})"),
        ("publisher", read.get("publisher")),
        ("authors", ", ".join(read.get("authors") or ()) or None),
        ("kind, access", f"{read.get('kind')}, {read.get('access')}"),
        ("body_text", f"{len(read.get('body_text') or '')} characters, {len(read.get('images') or ())} images"),
    )  # fmt: skip
    lines = [f"{name:<13} {value}" for name, value in fields]
    lines += [
        f"taken out     {one['rule']}: {squeeze(one['text'])[:60]}" for one in read.get("removals") or ()
    ]
    return "\n".join(lines)
