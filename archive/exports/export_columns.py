"""What exports can hold of an article: columns of the view `news`, and SQL of those beside them."""

from __future__ import annotations

FEW = {
    "site", "headline_from", "publisher", "publisher_slug", "published_precision", "published_from", "day", "cn_session", "cn_trading_day", "hk_session", "hk_trading_day",
}  # fmt: skip
KINDS = {"INTEGER": "integer", "REAL": "real"}
"""Kinds of columns by their declared type; for texts the name decides."""
UPDATED = "max(coalesce(a.published_at, a.first_seen_at), iif(a.revision > 1, a.retrieved_at, ''), coalesce(a.withdrawn_at, ''))"
"""When an article last changed for its readers: published, edited or withdrawn."""
LISTS = {"tags"}
"""Lists of `articles` that may be NULL; the others are empty by default."""
SESSIONS = ("cn_session", "cn_trading_day", "hk_session", "hk_trading_day")
"""Columns of the view `market_sessions`."""
IN_ROW = {
    "day": ("text", "date(published_at, '+8 hours')"),
    "updated_at": ("time", f"(SELECT {UPDATED} FROM articles AS a WHERE a.id = news.id)"),
    **{
        name: ("text", f"(SELECT m.{name} FROM market_sessions AS m WHERE m.id = news.id)")
        for name in SESSIONS
    },
}
"""Columns beside those of the view `news`: ``(kind, SQL)``."""
OF_THE_TIME = ("day", *SESSIONS)
"""Those of them that the publication time alone decides."""
OF_ARTICLE = {
    "images": "SELECT article_id, path FROM article_images JOIN images USING (sha256) WHERE {ids} ORDER BY article_id, position",
    "image_urls": "SELECT article_id, url FROM article_images WHERE {ids} AND sha256 IS NOT NULL ORDER BY article_id, position",
    "securities": "SELECT DISTINCT article_id, security_id FROM article_securities WHERE {ids} AND doubtful <= {doubtful}"
    " ORDER BY 1, 2",
    "security_names": "SELECT DISTINCT article_id, coalesce(name, code), security_id FROM article_securities"
    " JOIN securities AS s ON s.id = security_id WHERE {ids} AND doubtful <= {doubtful} ORDER BY 1, 3",
    "feeds": "SELECT article_id, feed FROM article_feeds WHERE {ids} ORDER BY 1, 2",
    "publishers": "SELECT DISTINCT article_id, name FROM article_publishers WHERE {ids} ORDER BY 1, 2",
    "links": "SELECT article_id, url FROM article_links WHERE {ids} ORDER BY article_id, position",
}
"""Lists: SQL of ``(article id, value)`` in order."""
COUNTS = {"revisions": "SELECT article_id, count(*) FROM revisions WHERE {ids} GROUP BY 1"}
"""Numbers of rows elsewhere, 0 without any: SQL of ``(article id, count)``."""
