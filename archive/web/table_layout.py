"""Which columns of a table are shown, and in which order: the important ones first, empty ones not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

FIRST = (
    "published_at", "changed_at", "last_tried_at", "first_listed_at", "started_at", "day", "place", "headline", "new_headline",
    "text_removed", "text_added", "figures_removed", "figures_added", "name", "other_name", "publisher", "hours", "lag", "seconds",
    "feed", "cn_session", "cn_trading_day", "hk_session", "hk_trading_day", "outcome", "reason", "rule", "text", "caption", "sha256",
    "path", "code", "other_code", "articles", "mentions", "kind", "security_id", "other_id", "status", "pictures", "stored", "url",
    "description",
)  # fmt: skip
"""Columns of tables and views that come first; the others keep their order."""
EMPTY = ("", "\xa0", "&nbsp;", "None")


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a page's table."""

    columns: list[int]
    """Positions of the columns that are shown, in order."""
    numeric: set[int]
    """Those of them that hold numbers alone."""
    empty: list[str]
    """Names of the columns that no row fills."""


def lay_out(names: Sequence[str], rows: Sequence[Iterable[Any]], reorder: bool) -> Layout:
    """The layout of *rows* of cells: Datasette's dicts with ``raw`` and ``value``, or a query's values.

    *reorder* is for tables; a query has the order that its author chose.

    >>> layout = lay_out(["a", "headline", "n"], [["", "x", 1], ["", "y", 2]], reorder=True)
    >>> layout.columns, layout.numeric, layout.empty
    ([1, 2], {2}, ['a'])
    """
    filled, numeric = set(), set()
    cells = [list(row) for row in rows]
    for index in range(len(names)):
        values = [value for row in cells if not is_empty(value := raw_value(row[index]))]
        if values:
            filled.add(index)
            if all(isinstance(value, int | float) for value in values):
                numeric.add(index)
    order = sorted(filled)
    if reorder:
        rank = {name: place for place, name in enumerate(FIRST)}
        rank["Link"] = len(names) + len(
            rank
        )  # Datasette's, to the row: a key of several columns, each of which is there
        if "published_at" in names:
            rank.pop("day")  # says nothing new
        order.sort(key=lambda index: (rank.get(names[index], len(FIRST)), index))
    return Layout(order, numeric, [name for index, name in enumerate(names) if index not in filled])


def raw_value(cell: Any) -> Any:
    """The value behind a cell."""
    return cell["raw"] if isinstance(cell, dict) else cell


def is_empty(value: Any) -> bool:
    """Whether a cell shows nothing."""
    return value is None or (isinstance(value, str) and str(value) in EMPTY) or value == "[]"
