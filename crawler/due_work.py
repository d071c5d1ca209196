"""SQL of what a scheduled crawl has to do, for the light check before it (`crawler.preflight`), which loads this file by itself.

``:now`` is UTC text, ``:feeds`` a JSON array of names of feeds; each query has a row where there is something.
"""

# Another try is due after 5 minutes, doubled with each try up to a day, as `archive.feed_state.patience` has it.
# A time that is still to come was written by a clock that was ahead, so it holds nothing back.
AHEAD = "strftime('%Y-%m-%dT%H:%M:%SZ', :now, '+5 minutes')"
DUE = (
    "(strftime('%s', {since}) + min(300 << min(max(tries - 1, 0), 12), 86400) <= strftime('%s', :now) + 0"
    f" OR {{since}} > {AHEAD})"
)
# A gap knows when it was opened, not when it was last tried: all its waits together, as `archive.feed_state.waited`.
GAP_DUE = (
    "(strftime('%s', opened_at) + 300 * ((1 << min(tries, 9)) - 1) + max(tries - 9, 0) * 86400"
    f" <= strftime('%s', :now) + 0 OR opened_at > {AHEAD})"
)
ASKED = "SELECT value FROM json_each(:feeds)"
FOLLOWED = "SELECT feed FROM feeds WHERE followed_at IS NOT NULL"
RETRIED = "('walled', 'unreachable', 'unreadable', 'refused', 'failed')"
# Both halves of the first: a row of a clock that was ahead is found by an index of its own.
CHECKS = (
    "SELECT 1 FROM (SELECT article_id FROM checks WHERE next_check_at <= :now"
    f" UNION SELECT article_id FROM checks WHERE last_checked_at > {AHEAD}) AS due JOIN articles AS a ON a.id = due.article_id"
    " WHERE a.share_url IS NOT NULL AND (EXISTS (SELECT 1 FROM article_feeds AS f WHERE f.article_id = a.id AND f.feed IN ({feeds}))"
    " OR NOT EXISTS (SELECT 1 FROM article_feeds AS f WHERE f.article_id = a.id)) LIMIT 1"
)
FAILED = (
    f"SELECT 1 FROM links WHERE outcome IN {RETRIED} AND {{sites}} AND {DUE.format(since='last_tried_at')}"
    " AND NOT EXISTS (SELECT 1 FROM articles WHERE id = links.article_id) LIMIT 1"
)
# As `archive.reader_marks.WAITING`.
ADDED = (
    "SELECT 1 FROM added_links AS a LEFT JOIN links AS l ON l.url = a.link"
    f" WHERE l.url IS NULL OR l.last_tried_at < a.added_at OR l.last_tried_at > {AHEAD} OR (l.outcome = 'failed' AND l.tries < 5) LIMIT 1"
)
NOT_HAD = (
    "SELECT 1 FROM pending_records p JOIN links l ON l.article_id = p.article_id"
    f" WHERE p.feed IN ({{feeds}}) AND {DUE.format(since='l.last_tried_at')} LIMIT 1"
)
KILLED = "SELECT 1 FROM crawls WHERE finished_at IS NULL AND outcome IS NULL LIMIT 1"
ALERTS = (
    "SELECT 1 FROM alerts WHERE sent_at IS NULL AND (next_try_at IS NULL OR next_try_at <= :now"
    f" OR EXISTS (SELECT 1 FROM watches WHERE looked_at > {AHEAD})) LIMIT 1"
)
WAITING = {
    "checks are due": CHECKS.format(feeds=ASKED),
    "a gap is due for another try": "SELECT 1 FROM gaps WHERE filled_at IS NULL AND final_at IS NULL"
    f" AND feed IN ({ASKED}) AND {GAP_DUE} LIMIT 1",
    "articles that could not be had are due": NOT_HAD.format(feeds=ASKED),
    "failed links are due for another try": FAILED.format(sites="article_id GLOB 'finews:*'"),
    "links that readers added wait": ADDED,
    "the last crawl was killed": KILLED,
    "alerts are due": ALERTS,
    "a feed was not read by the last poll": f"SELECT 1 FROM ({ASKED}) j LEFT JOIN feeds f ON f.feed = j.value"
    f" WHERE f.last_read_at IS NULL OR f.failures > 0 OR f.last_polled_at > {AHEAD} LIMIT 1",
}
DUE_SOURCES = {
    "a list is due": "SELECT 1 FROM feeds WHERE followed_at IS NOT NULL AND (next_poll_at IS NULL OR next_poll_at <= :now"
    f" OR last_polled_at > {AHEAD}) LIMIT 1",
    "articles that could not be had are due": NOT_HAD.format(feeds=FOLLOWED),
    "failed links are due for another try": FAILED.format(
        sites="substr(article_id, 1, instr(article_id, ':') - 1) IN"
        " (SELECT source FROM feeds WHERE followed_at IS NOT NULL)"
    ),
    "checks are due": CHECKS.format(feeds=FOLLOWED),
    "links that readers added wait": ADDED,
    "the last crawl was killed": KILLED,
    "alerts are due": ALERTS,
}
NEWS = f"""
SELECT count(*) FROM (
  SELECT 'finews:' || json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS feed,
    json_extract(value, '$[2]') AS whole FROM json_each(:listed)
) r LEFT JOIN articles a ON a.id = r.id
WHERE CASE WHEN a.id IS NULL THEN NOT EXISTS (SELECT 1 FROM forgotten WHERE id = r.id) AND NOT EXISTS (
    SELECT 1 FROM links WHERE article_id = r.id AND (outcome = 'gone' OR outcome IN {RETRIED})
      AND NOT ({DUE.format(since="last_tried_at")}))
  ELSE (r.whole AND (a.headline_from = 'body' OR a.published_from = 'id' OR a.published_at IS NULL))
    OR NOT EXISTS (SELECT 1 FROM article_feeds f WHERE f.article_id = r.id AND f.feed = r.feed)
  END
"""
