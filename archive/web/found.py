"""SQL of the articles that the fields of a search choose: words, publisher, security, days."""

from __future__ import annotations

from archive.questions import NAMES, SECURITIES, utc_sql

NEWEST = 10_000
"""Most matches of words that are counted and ranked: those that were archived last."""


def chosen_sql(asked: dict[str, str]) -> str:
    """SQL from FROM on: the articles ``a`` that the fields of the form choose, without the words. Indexes answer it: of the articles
    of a security alone the rows are read."""
    source, where = "articles AS a", ["1"]
    if asked["security"]:
        named = f"SELECT DISTINCT article_id FROM article_securities WHERE doubtful = 0 AND security_id IN {SECURITIES}"
        source = f"({named}) AS x CROSS JOIN articles AS a ON a.id = x.article_id"
    if asked["publisher"]:
        where.append(f"a.publisher IN {NAMES}")
    if asked["from"]:
        where.append(f"a.published_at >= {utc_sql(':from')}")
    if asked["to"]:
        end = utc_sql(":to, '+1 day'")
        where.append(f"a.published_at < {end}")
    return f"FROM {source} WHERE {' AND '.join(where)}"


def found_newest_sql(asked: dict[str, str], most: int) -> str:
    """SQL: ``arrival``, ``rank`` and ``published_at`` of those of the articles with the words and fields of the form that were
    archived last, *most* at most."""
    among = ""
    if any(asked[field] for field in ("publisher", "security", "from", "to")):
        chosen = f"SELECT a.arrival {chosen_sql(asked)}"
        among = f" AND arrival >= (SELECT min(arrival) FROM ({chosen})) AND +arrival IN ({chosen})"
    return f"SELECT arrival, rank, published_at FROM search WHERE q = :q{among} ORDER BY arrival DESC LIMIT {most}"
