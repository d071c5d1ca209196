"""Text that stands in no block of its own, or in lines cut by ``<br>`` -> paragraphs."""

from __future__ import annotations

from typing import Any

from lxml import etree

from crawler.extraction.trees import INLINE


def lines_to_paragraphs(element: Any) -> None:
    """Text that line breaks cut into lines -> a paragraph each, so that rules see lines as a reader does."""
    holders = [element, *element.iter("div", "section", "td", "p", "center", "article", "blockquote", "font")]
    for holder in holders:
        breaks = any(child.tag == "br" for child in holder)
        blocks = any(child.tag not in INLINE for child in holder)
        if not (breaks or blocks) or not has_loose_text(holder):
            continue
        if holder.tag == "p" and holder is not element:
            holder.tag = "div"
        for run in split_runs(holder):
            if run.tag != "p" or len(run) or (run.text or "").strip():
                holder.append(run)


def has_loose_text(holder: Any) -> bool:
    """Whether an element holds text, or inline elements, that stand in no block of their own."""
    if (holder.text or "").strip():
        return True
    return any(child.tag in INLINE or (child.tail or "").strip() for child in holder)


def split_runs(holder: Any) -> list[Any]:
    """Empty *holder* and give its content as paragraphs, cut at line breaks and round the blocks in it."""
    children = list(holder)
    runs: list[Any] = []
    run = etree.Element("p")
    run.text, holder.text = holder.text, None
    for child in children:
        tail, child.tail = child.tail, None
        holder.remove(child)
        if child.tag == "br" or child.tag not in INLINE:
            runs.append(run)
            if child.tag != "br":
                runs.append(child)
            run = etree.Element("p")
            run.text = tail
        else:
            run.append(child)
            child.tail = tail
    return [*runs, run]
