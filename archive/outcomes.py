"""How a link can end: the values of `links.outcome`, and what each means for a crawl. Their one home."""

from __future__ import annotations

ARRIVED = ("archived", "unchanged")
"""The article is there."""
GONE = "gone"
"""404 or 410 of the publisher's own host, a blank body of its endpoint, or its notice of withdrawal."""
NOT_ARTICLE = "not_article"
"""A list, home, account or search page, or a file of a kind that no reader reads."""
WALLED = "walled"
"""Login, captcha, bot challenge, 403, or a page that only a browser fills."""
UNREACHABLE = "unreachable"
"""No such host, no connection, TLS failure, time-out, 429 and 5xx after the retries, 404 of a place not the publisher's."""
UNREADABLE = "unreadable"
"""A shape that we do not know, an answer for another article, or one that takes more CPU time or memory than allowed."""
UNKNOWN_SITE = "unknown_site"
"""No reader claims the link."""
REFUSED = "refused"
"""robots.txt or the fetch guard forbids the request."""
FAILED_HERE = "failed"
"""A bug of ours, or stopped before its turn."""
DROPPED = "dropped"
"""A pipeline of the user's raised DropItem; its words are the reason."""

FAILED = (GONE, NOT_ARTICLE, WALLED, UNREACHABLE, UNREADABLE, UNKNOWN_SITE, REFUSED, FAILED_HERE)
"""Outcomes that bring no article and count as failures of a crawl."""
RETRIED = (WALLED, UNREACHABLE, UNREADABLE, REFUSED, FAILED_HERE)
"""Outcomes that later crawls try again, with back-off."""
FINAL = (NOT_ARTICLE, DROPPED, UNKNOWN_SITE)
"""Outcomes without an article that another try would not change."""
ALL = (*ARRIVED, DROPPED, *FAILED)

LONGEST_REASON = 1000  # characters


def plain_reason(reason: str | None) -> str | None:
    """A reason as one line that a terminal prints as it is: what it quotes of a page or file can be long, and control it.

    >>> plain_reason("no page:\\n\\x1b[31m\\u202e"), len(plain_reason("x" * 5000)), plain_reason(None)
    ('no page:  [31m ', 1000, None)
    """
    if reason is None or (len(reason) <= LONGEST_REASON and reason.isprintable()):
        return reason
    line = "".join(char if char.isprintable() else " " for char in reason[: LONGEST_REASON + 1])
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"


def sql_list(outcomes: tuple[str, ...]) -> str:
    """*outcomes* as a list of SQL literals, for ``IN``.

    >>> sql_list(("gone", "walled"))
    "('gone', 'walled')"
    """
    return "(" + ", ".join(f"'{outcome}'" for outcome in outcomes) + ")"
