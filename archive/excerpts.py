"""What a list says of an article under its headline: the publisher's digest, as long as the newest text still says so."""

from __future__ import annotations

from markupsafe import Markup

LENGTH = 120  # characters

NEWEST = (
    "CASE WHEN a.revision > 1 AND a.description IS NOT NULL THEN coalesce((SELECT replace(substr(x.body_text, 1, "
    f"{LENGTH}), char(10), ' ') FROM texts AS x WHERE x.article_id = a.id AND NOT instr(x.body_text, a.description)), a.description)"
    " ELSE a.description END"
)
"""SQL: `newest_excerpt` of article ``a``."""


def newest_excerpt(description: str | None, body_html: str, revision: int) -> str | None:
    """The digest, or how the text begins where an edit took back what the digest says.

    >>> newest_excerpt("暂无伤亡。", "<p>已扑灭，暂无伤亡。</p>", 2), newest_excerpt("暂无伤亡。", "<p>已扑灭，无伤亡。</p>", 2)
    ('暂无伤亡。', '已扑灭，无伤亡。')
    """
    if revision > 1 and description:
        text = Markup(body_html).striptags()
        if description not in text:
            return text[:LENGTH]
    return description
