"""SQL of how late list feeds are: from publication until a feed named an article, and until it was archived.

Nearest-rank percentiles by window functions: SQLite before 3.50 has no ``median``. What a feed named more than a day after its
publication was back-filled and says nothing of how fast the feed is, so it is counted apart.
"""


def delays_sql(articles: str) -> str:
    """SQL: one row a feed, of *articles*: a table, or a subquery that starts with ``(``."""
    return f"""SELECT
    feed, -- rolling, media, market-37, ...
    sum(NOT late) AS articles, -- that it named within a day of publication; times of day only
    round(max(CASE WHEN NOT late AND list_place <= (size + 1) / 2 THEN listed END) / 60.0, 1) AS listed_median, -- minutes from publication until a crawl saw half of them in the feed
    round(max(CASE WHEN NOT late AND list_place <= (size * 9 + 9) / 10 THEN listed END) / 60.0, 1) AS listed_p90, -- likewise, nine of ten
    round(max(CASE WHEN NOT late AND archive_place <= (size + 1) / 2 THEN archived END) / 60.0, 1) AS archived_median, -- minutes from publication until half of them were archived
    round(max(CASE WHEN NOT late AND archive_place <= (size * 9 + 9) / 10 THEN archived END) / 60.0, 1) AS archived_p90, -- likewise, nine of ten
    sum(late) AS backfilled -- articles that it named later than a day after publication; they do not count above
  FROM (
    SELECT feed, late, listed, archived, count(*) OVER (PARTITION BY feed, late) AS size,
      row_number() OVER (PARTITION BY feed, late ORDER BY listed) AS list_place,
      row_number() OVER (PARTITION BY feed, late ORDER BY archived) AS archive_place
    FROM (
      SELECT f.feed, strftime('%s', f.first_listed_at) - strftime('%s', a.published_at) >= 86400 AS late,
        max(strftime('%s', f.first_listed_at) - strftime('%s', a.published_at), 0) AS listed,
        max(strftime('%s', a.first_seen_at) - strftime('%s', a.published_at), 0) AS archived
      FROM {articles} AS a CROSS JOIN article_feeds AS f ON f.article_id = a.id
      WHERE a.published_precision IN ('second', 'minute')))
  GROUP BY feed"""


FEED_DELAYS = f"""
CREATE VIEW feed_delays AS
  -- How late each list feed is, as far as our polls can tell: half, and nine of ten, of its articles came within so many minutes.
  {delays_sql("articles")}
"""
