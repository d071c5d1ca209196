"""Figures and texts of the archive as a person reads them."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from archive.language import gettext, gettext_noop, ngettext, pgettext

UNKNOWN = gettext_noop("publisher unknown")
LONGEST = 30  # characters of a name; a longer one would push the figures off the page


def escape_foreign(text: Any, most: int | None = None) -> Markup:
    """Text of the archive for use within ours: isolated from its direction, without control characters.

    >>> str(escape_foreign("<新\u202e京>")), str(escape_foreign("abcdef", 4))
    ('<bdi>&lt;新 京&gt;</bdi>', '<bdi>abc…</bdi>')
    """
    return Markup("<bdi>{}</bdi>").format(plain(text, most))


def plain(text: Any, most: int | None = None) -> str:
    """`escape_foreign` where markup is not allowed."""
    line = "".join(char if char.isprintable() else " " for char in str(text))
    if most and len(line) > most:
        line = line[: most - 1] + "…"
    return line.encode("utf-8", "replace").decode()


def days_noun(count: int) -> str:
    """A number of days.

    >>> days_noun(1), days_noun(1200)
    ('1 day', '1,200 days')
    """
    return ngettext("{count:,} day", "{count:,} days", count)


def articles_noun(count: int) -> str:
    """A number of articles.

    >>> articles_noun(1), articles_noun(1200)
    ('1 article', '1,200 articles')
    """
    return ngettext("{count:,} article", "{count:,} articles", count)


def percent(part: float, whole: float) -> str:
    """A share for people; never "100%" or "0%" of what is not all or nothing.

    >>> percent(1, 3), percent(999, 1000), percent(9999, 10000), percent(1, 100000), percent(0, 9), percent(0, 0)
    ('33%', '99.9%', '99.9%', '0.1%', '0%', '–')
    """
    if not whole:
        return "–"
    share = part / whole * 100
    if share in (0, 100):
        return f"{share:.0f}%"
    share = min(max(share, 0.1), 99.9)
    return f"{share:.1f}%" if share < 2 or share > 98 else f"{share:.0f}%"


def minutes(count: float | None) -> str:
    """A span for people.

    >>> minutes(0), minutes(7), minutes(119), minutes(600), minutes(163), minutes(None)
    ('under 1 min', '7 min', '119 min', '10 h', '2.7 h', '–')
    """
    if count is None:
        return "–"
    if not count:
        return gettext("under 1 min")
    if count < 120:
        return gettext("{count} min", count=format(count, ".0f"))
    return gettext("{count} h", count=format(count / 60, ".1f").removesuffix(".0"))


def change(now: int, before: int | None) -> str:
    """How much more or less there is than before.

    >>> change(120, 100), change(50, 100), change(1001, 1000), change(7, 0), change(7, None)
    ('+20%', '−50%', '±0%', 'new', '')
    """
    if before is None:
        return ""
    if not before:
        return pgettext("change", "new") if now else "–"
    share = round((now - before) / before * 100)
    return f"{'+' if share > 0 else '−' if share < 0 else '±'}{abs(share)}%"


def publisher_label(publisher: str | None) -> str:
    """A publisher's name, cut where it is too long to be one."""
    if publisher is None:
        return gettext(UNKNOWN)
    return plain(publisher, LONGEST)
