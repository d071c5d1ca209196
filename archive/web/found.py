"""SQL of the articles that the fields of a search choose: words, publisher, security, days."""

from __future__ import annotations

from archive.questions import NAMES, SECURITIES, utc_sql

NEWEST = 10_000
"""Most matches of words that are counted and ranked: those that were archived last."""


def filter_sql(asked: dict[str, str]) -> str:
    """SQL of the articles that the fields of the form choose, without the words. Indexes answer it, the table need not be read."""
    where = ["1"]
    if asked["publisher"]:
        where.append(f"a.publisher IN {NAMES}")
    if asked["security"]:
        where.append(
            "+a.arrival IN (SELECT b.arrival FROM article_securities AS x JOIN articles AS b ON b.id = x.article_id"
            f" WHERE x.doubtful = 0 AND x.security_id IN {SECURITIES})"
        )
    if asked["from"]:
        where.append(f"a.published_at >= {utc_sql(':from')}")
    if asked["to"]:
        end = utc_sql(":to, '+1 day'")
        where.append(f"a.published_at < {end}")
    return " AND ".join(where)


def found_newest_sql(asked: dict[str, str], most: int) -> str:
    """SQL: ``arrival``, ``rank`` and ``published_at`` of those of the articles with the words and fields of the form that were
    archived last, *most* at most."""
    where = filter_sql(asked)
    among = ""
    if where != "1":
        chosen = f"SELECT arrival FROM articles AS a WHERE {where}"
        among = f" AND arrival >= (SELECT min(arrival) FROM ({chosen})) AND +arrival IN ({chosen})"
    return f"SELECT arrival, rank, published_at FROM search WHERE q = :q{among} ORDER BY arrival DESC LIMIT {most}"
