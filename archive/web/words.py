"""What blanks, choices and columns of questions, and values of the archive, are called on a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from archive import outcomes
from archive.language import gettext, gettext_noop, pgettext, pgettext_noop
from archive.questions import SPANS

BLANKS = {
    "t": gettext_noop("moment"),
    "q": gettext_noop("words"),
    "publisher": gettext_noop("publisher"),
    "security": gettext_noop("security"),
    "kind": gettext_noop("kind"),
    "market": gettext_noop("market"),
    "session": gettext_noop("session"),
    "outcome": gettext_noop("outcome"),
    "rule": gettext_noop("rule"),
    "by": gettext_noop("by"),
    "day": gettext_noop("day"),
    "from": gettext_noop("from"),
    "to": gettext_noop("to"),
}
"""Names of the blanks of questions as a person reads them, in the order of a form; others are shown as they are."""
CHOICES = {
    "by": SPANS,
    "kind": ("stock", "board", "index", "fund", "bond"),
    "market": ("CN", "HK"),
    "session": ("pre_open", "morning", "noon", "afternoon", "after_close", "closed"),
    "outcome": outcomes.FAILED,
}
"""What can be chosen in blanks that take no other value."""
CHOSEN = (
    pgettext_noop("choice", "stock"), pgettext_noop("choice", "board"), pgettext_noop("choice", "index"),
    pgettext_noop("choice", "fund"), pgettext_noop("choice", "bond"),
    pgettext_noop("choice", "day"), pgettext_noop("choice", "week"), pgettext_noop("choice", "month"), pgettext_noop("choice", "CN"),
    pgettext_noop("choice", "HK"), pgettext_noop("choice", "pre_open"), pgettext_noop("choice", "morning"),
    pgettext_noop("choice", "noon"), pgettext_noop("choice", "afternoon"), pgettext_noop("choice", "after_close"),
    pgettext_noop("choice", "closed"), pgettext_noop("choice", "gone"), pgettext_noop("choice", "not_article"),
    pgettext_noop("choice", "walled"), pgettext_noop("choice", "unreachable"), pgettext_noop("choice", "unreadable"),
    pgettext_noop("choice", "unknown_site"), pgettext_noop("choice", "refused"), pgettext_noop("choice", "failed"),
)  # fmt: skip
"""All that `CHOICES` holds."""
COLUMNS = (
    pgettext_noop("answer", "published_at"), pgettext_noop("answer", "first_seen_at"), pgettext_noop("answer", "changed_at"),
    pgettext_noop("answer", "withdrawn_at"), pgettext_noop("answer", "last_tried_at"), pgettext_noop("answer", "day"),
    pgettext_noop("answer", "start"), pgettext_noop("answer", "trading_day"), pgettext_noop("answer", "session"),
    pgettext_noop("answer", "headline"), pgettext_noop("answer", "old_headline"), pgettext_noop("answer", "excerpt"),
    pgettext_noop("answer", "description"), pgettext_noop("answer", "body_text"), pgettext_noop("answer", "publisher"),
    pgettext_noop("answer", "first_publisher"), pgettext_noop("answer", "publishers"), pgettext_noop("answer", "name"),
    pgettext_noop("answer", "code"), pgettext_noop("answer", "security_id"), pgettext_noop("answer", "kind"),
    pgettext_noop("answer", "articles"), pgettext_noop("answer", "mentions"), pgettext_noop("answer", "stories"),
    pgettext_noop("answer", "feeds"), pgettext_noop("answer", "images"), pgettext_noop("answer", "percent"),
    pgettext_noop("answer", "before"), pgettext_noop("answer", "change"), pgettext_noop("answer", "surprise"),
    pgettext_noop("answer", "first"), pgettext_noop("answer", "followed_within_an_hour"), pgettext_noop("answer", "place"),
    pgettext_noop("answer", "revision"), pgettext_noop("answer", "withdrawn"), pgettext_noop("answer", "grew"),
    pgettext_noop("answer", "text_removed"), pgettext_noop("answer", "text_added"), pgettext_noop("answer", "figures_removed"),
    pgettext_noop("answer", "figures_added"), pgettext_noop("answer", "percentages_removed"),
    pgettext_noop("answer", "percentages_added"), pgettext_noop("answer", "codes_removed"), pgettext_noop("answer", "codes_added"),
    pgettext_noop("answer", "cn_trades"), pgettext_noop("answer", "hk_trades"), pgettext_noop("answer", "tables"),
    pgettext_noop("answer", "feed"), pgettext_noop("answer", "listed_median"), pgettext_noop("answer", "listed_p90"),
    pgettext_noop("answer", "archived_median"), pgettext_noop("answer", "archived_p90"), pgettext_noop("answer", "backfilled"),
    pgettext_noop("answer", "from_at"), pgettext_noop("answer", "to_at"), pgettext_noop("answer", "filled_at"),
    pgettext_noop("answer", "state"), pgettext_noop("answer", "tries"), pgettext_noop("answer", "reason"),
    pgettext_noop("answer", "outcome"), pgettext_noop("answer", "status"), pgettext_noop("answer", "url"),
    pgettext_noop("answer", "canonical_url"), pgettext_noop("answer", "rule"), pgettext_noop("answer", "text"),
    pgettext_noop("answer", "hours"), pgettext_noop("answer", "headline_unknown"), pgettext_noop("answer", "time_unknown"),
    pgettext_noop("answer", "publisher_unknown"), pgettext_noop("answer", "pictures"), pgettext_noop("answer", "pictures_failed"),
    pgettext_noop("answer", "id"),
)  # fmt: skip
"""The columns of all questions; files and English pages name them as they are."""
VALUES = (
    gettext_noop("stock"), gettext_noop("board"), gettext_noop("index"), gettext_noop("fund"), gettext_noop("bond"),
    gettext_noop("second"), gettext_noop("minute"), gettext_noop("home"), pgettext_noop("image", "failed"),
    pgettext_noop("image", "refused"), gettext_noop("Forbidden"),
    gettext_noop("SQL Interrupted"), gettext_noop("Invalid SQL"),
)  # fmt: skip
"""Values of the archive, and words of Datasette's, that pages show in words."""


def blank_label(name: str) -> str:
    """What the blank of a question is called."""
    return gettext(BLANKS.get(name, name))


def choice_label(value: str) -> str:
    """What a value of `CHOICES` is called."""
    return pgettext("choice", value) if value else ""


def column_label(name: str) -> str:
    """What the column of a question is called."""
    return pgettext("answer", name)


def in_order(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The blanks of a question and their values as a form has them: the days last.

    >>> in_order({"from": "", "own": "", "q": "储能"})
    [('q', '储能'), ('from', ''), ('own', '')]
    """
    names = [*BLANKS, *values]
    return sorted(values.items(), key=lambda blank: names.index(blank[0]))


def blanks_to_fill(values: Mapping[str, Any], sql: str) -> list[str]:
    """What the blanks of a question are called that are empty and that it does not do without.

    >>> blanks_to_fill({"q": "", "publisher": "", "to": ""}, "... WHERE q = :q AND (:publisher = '' OR ...) AND day < nullif(:to, '')")
    ['words']
    """
    optional = re.compile(r":(\w+) = ''|\b(?:nullif|length)\(:(\w+)")
    known = {name for match in optional.finditer(sql) for name in match.groups()}
    return [blank_label(name) for name, value in values.items() if not value and name not in known]


def translate(text: Any) -> Any:
    """A text that only a value names, such as a column's description, in the reader's language."""
    return gettext(text) if isinstance(text, str) else text
