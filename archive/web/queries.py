"""Questions with blanks to fill in, each one SQL: what comes up every week. A blank left empty asks for everything.

A blank that is named ``day``, ``from`` or ``to`` takes a Beijing day; ``to`` is the last day that counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from archive import questions
from archive.language import gettext_noop
from archive.search.sql import found_sql


@dataclass(frozen=True, slots=True)
class Query:
    """A canned query of Datasette."""

    name: str
    """The last part of its address."""
    title: str
    says: str
    """What it answers, and what its blanks take."""
    sql: str
    example: dict[str, str] = field(default_factory=dict)
    """Blanks as somebody would fill them in."""
    days: int = 0
    """Its page opens with so many newest days as *from*, where all would be slow; 0: with an empty one. Files are whole."""


FIRST = "coalesce(nullif(:from, '') || substr('0001-01-01', length(:from) + 1), '0001-01-01')"
LAST = "coalesce(nullif(:to, ''), '9999-12-31')"
"""SQL: the Beijing days that a question is about; a month or year begins with its first one."""
DAYS = f"BETWEEN {FIRST} AND {LAST}"
PUBLISHED = questions.within_days("published_at", FIRST, LAST)
A_PUBLISHED = questions.within_days("a.published_at", FIRST, LAST)
NEWEST_DAY = "(SELECT date(max(published_at), '+8 hours') FROM articles)"
LATELY = "coalesce(nullif(:from, ''), (SELECT date(max(published_at), '+8 hours', '-30 days') FROM articles))"

FROM_TO = {":first": FIRST, ":last": LAST}
"""Beijing days of the shared questions by the blanks of a form."""


def with_blanks(sql: str, **replaced: str) -> str:
    """A shared question with the blanks of a form."""
    for name, blank in (FROM_TO | {f":{name}": value for name, value in replaced.items()}).items():
        sql = re.sub(rf"{name}\b", lambda _: blank, sql)  # noqa: B023 (used at once)
    return sql


NEWEST = "coalesce(nullif(:to, ''), (SELECT date(max(published_at), '+8 hours') FROM articles))"
WEEK = f"coalesce(nullif(:from, ''), date({NEWEST}, '-6 days'))"

EMPTY = "''"
NEWEST_FOUND = "SELECT arrival, rank FROM search WHERE q = :q ORDER BY arrival DESC LIMIT 10000"
"""SQL: what a search finds, without reading all that there ever was."""
CHANGED = f"""(
  SELECT r.article_id, r.revision FROM revisions AS r JOIN articles AS a ON a.id = r.article_id WHERE {questions.within_days(questions.CHANGED_AT, FIRST, LAST)}
) AS k CROSS JOIN revision_changes AS v ON v.id = k.article_id AND v.revision = k.revision"""
"""SQL: the rows of `revision_changes` of some days, whose texts are read only then."""

QUERIES = [
    Query(
        "search",
        gettext_noop("Search headlines and texts"),
        gettext_noop(
            "Words of one character and more, all of which must occur; -word must not, a|b is either. The best 200 of the 10,000 that"
            " were archived last."
        ),
        "SELECT headline, excerpt, publisher, published_at, id FROM search WHERE q = :q\n"
        f"  AND arrival >= (SELECT min(arrival) FROM ({NEWEST_FOUND}))\n"
        f"  AND +arrival IN (SELECT arrival FROM ({NEWEST_FOUND}) ORDER BY rank LIMIT 200) ORDER BY rank",
        {"q": "储能 -港股"},
    ),
    Query(
        "search_by_day",
        gettext_noop("How often a word occurs, by day"),
        gettext_noop("Articles of each day that the search finds, and their share of that day's articles."),
        "SELECT f.start AS day, f.articles, round(f.articles * 100.0 / (\n"
        "  SELECT count(*) FROM articles AS a WHERE a.published_at >= strftime('%Y-%m-%dT%H:%M:%SZ', f.start, '-8 hours')\n"
        "    AND a.published_at < strftime('%Y-%m-%dT%H:%M:%SZ', f.start, '+16 hours')), 1) AS percent\n"
        f"FROM ({with_blanks(questions.trend_sql('day', True), publisher=EMPTY, security=EMPTY)}) AS f ORDER BY f.start DESC",
        {"q": "储能"},
        days=60,
    ),
    Query(
        "trend_of_words",
        gettext_noop("How often words occur, by day, week or month"),
        gettext_noop(
            "by: day, week or month. Articles that the search finds, by the first day of each span."
        ),
        "SELECT start, articles FROM (\n"
        + "\nUNION ALL ".join(
            f"SELECT * FROM ({with_blanks(questions.trend_sql(span, True))}) WHERE coalesce(nullif(:by, ''), 'day') = '{span}'"
            for span in questions.SPANS
        )
        + "\n) ORDER BY start DESC",
        {"q": "储能", "by": "month"},
        days=366,
    ),
    Query(
        "as_of",
        gettext_noop("Articles as they were known at a moment"),
        gettext_noop(
            "moment: a UTC time (2026-06-30T07:00:00Z), one with an offset (2026-06-30T15:00:00+08:00) or a Beijing day, which means its"
            " beginning. What was archived or edited later is not there: for back-tests. publisher: its name."
        ),
        "SELECT o.published_at, o.headline, o.publisher, o.revision, o.first_seen_at, o.withdrawn_at, o.body_text, o.id\n"
        "FROM articles AS a CROSS JOIN as_of_each AS o ON o.id = a.id\n"
        "WHERE :t <> '' AND o.t = :t AND (:publisher = '' OR a.publisher = :publisher) ORDER BY a.published_at DESC, a.id",
        {"t": "2026-06-30T12:00:00Z"},
    ),
    Query(
        "articles_of_a_publisher",
        gettext_noop("Articles of a publisher and a span of days"),
        gettext_noop("publisher: its name or slug, e.g. 新京报."),
        "\nUNION ALL ".join(
            f"SELECT published_at, headline, publisher, description, id FROM articles WHERE {whose} AND {PUBLISHED}"
            for whose in (
                ":publisher = ''",
                "publisher = nullif(:publisher, '')",
                "publisher IN (SELECT name FROM publishers WHERE slug = :publisher AND name <> :publisher)",
            )
        )
        + "\nORDER BY published_at DESC, id",
        {"publisher": "证券早知道", "from": "2026-01-01"},
    ),
    Query(
        "articles_on_a_security",
        gettext_noop("Articles that name a security"),
        gettext_noop(
            "security: its id, code or name, e.g. 1.600160, 600160 or 巨化股份. Probably wrong matches are left out."
        ),
        "SELECT a.published_at, a.headline, a.publisher, s.name, x.mentions, a.id FROM (\n"
        "  SELECT article_id, security_id, sum(mentions) AS mentions FROM article_securities\n"
        f"  WHERE doubtful = 0 AND security_id IN {questions.SECURITIES} GROUP BY article_id, security_id) AS x\n"
        "CROSS JOIN securities AS s ON s.id = x.security_id CROSS JOIN articles AS a ON a.id = x.article_id\n"
        f"WHERE {A_PUBLISHED} ORDER BY a.published_at DESC, a.id, s.id",
        {"security": "300991"},
    ),
    Query(
        "named_together",
        gettext_noop("What is named together with a security"),
        gettext_noop("security: its id, code or name."),
        "SELECT other_name AS name, other_code AS code, other_kind AS kind, articles, other_id AS security_id FROM mentioned_with\n"
        "WHERE security_id = :security OR code = :security OR name = :security ORDER BY articles DESC, other_id",
        {"security": "储能"},
    ),
    Query(
        "most_mentioned_securities",
        gettext_noop("Securities that most articles name"),
        gettext_noop("kind: stock, board, index, fund or bond; empty for all."),
        "SELECT s.name, s.code, s.kind, c.articles, c.mentions, s.id AS security_id FROM (\n"
        "  SELECT x.security_id, count(DISTINCT a.arrival) AS articles, sum(x.mentions) AS mentions\n"
        "  FROM articles AS a CROSS JOIN article_securities AS x ON x.article_id = a.id\n"
        f"  WHERE NOT x.doubtful AND {A_PUBLISHED} GROUP BY x.security_id) AS c\n"
        "JOIN securities AS s ON s.id = c.security_id WHERE :kind = '' OR s.kind = :kind\n"
        "ORDER BY articles DESC, mentions DESC, s.id",
        {"kind": "stock"},
        days=30,
    ),
    Query(
        "who_writes_about_what",
        gettext_noop("Who writes about which securities"),
        gettext_noop(
            "publisher: its name; security: its id, code or name; empty for all. Probably wrong matches are left out."
        ),
        "SELECT publisher, s.name, s.code, count(DISTINCT arrival) AS articles, sum(mentions) AS mentions, s.id AS security_id FROM (\n"
        "  SELECT a.publisher, a.arrival, x.security_id, x.mentions FROM articles AS a\n"
        "  CROSS JOIN article_securities AS x ON x.article_id = a.id\n"
        f"  WHERE :security = '' AND x.doubtful = 0 AND {A_PUBLISHED}\n"
        "  UNION ALL SELECT a.publisher, a.arrival, x.security_id, x.mentions FROM article_securities AS x\n"
        "  CROSS JOIN articles AS a ON a.id = x.article_id\n"
        f"  WHERE x.security_id IN {questions.SECURITIES} AND x.doubtful = 0 AND {A_PUBLISHED})\n"
        "JOIN securities AS s ON s.id = security_id WHERE :publisher = '' OR publisher = :publisher\n"
        "GROUP BY publisher, s.id ORDER BY articles DESC, mentions DESC, publisher, s.id",
        {"security": "300991"},
        days=30,
    ),
    Query(
        "surging_securities",
        gettext_noop("Securities that surge"),
        gettext_noop(
            "Mentioned by more articles than in the as long span before. surprise: the change in units of chance, 3 and more are"
            " hardly chance. from, to: empty for the newest week. kind: stock, board, index, fund or bond; empty for all."
        ),
        re.sub(
            r":before\b",
            lambda _: (
                f"date({WEEK}, '-' || CAST(julianday({NEWEST}) - julianday({WEEK}) + 1 AS INTEGER) || ' days')"
            ),
            questions.SURGES,
        )
        .replace(":first", WEEK)
        .replace(":last", NEWEST),
        {"kind": "stock"},
    ),
    Query(
        "articles_of_a_session",
        gettext_noop("Articles by trading session"),
        gettext_noop(
            "session: pre_open, morning, noon, afternoon, after_close or closed; market: CN (Shanghai and Shenzhen) or HK. trading_day:"
            " the first day on which the market could react."
        ),
        "SELECT CASE WHEN :market = 'HK' THEN hk_trading_day ELSE cn_trading_day END AS trading_day,\n"
        "  CASE WHEN :market = 'HK' THEN hk_session ELSE cn_session END AS session, published_at, headline, publisher, id\n"
        f"FROM market_sessions WHERE {PUBLISHED}\n"
        "  AND (:session = '' OR CASE WHEN :market = 'HK' THEN hk_session ELSE cn_session END = :session)\n"
        "ORDER BY published_at DESC, id",
        {"session": "after_close", "market": "CN", "from": "2026-06-01"},
    ),
    Query(
        "newly_named_securities",
        gettext_noop("Securities that were never named before"),
        gettext_noop("from: named for the first time on that day or later; empty for the last 30 days."),
        "SELECT f.day, f.name, f.code, f.headline, f.publisher, f.security_id, f.id FROM first_mentions AS f WHERE f.security_id IN (\n"
        "  SELECT new.id FROM (\n"
        "    SELECT DISTINCT x.security_id AS id FROM articles AS a CROSS JOIN article_securities AS x ON x.article_id = a.id\n"
        f"    WHERE NOT x.doubtful AND date(a.published_at, '+8 hours') >= {LATELY}) AS new\n"
        "  WHERE NOT EXISTS (SELECT 1 FROM article_securities AS y CROSS JOIN articles AS b ON b.id = y.article_id\n"
        f"    WHERE y.security_id = new.id AND NOT y.doubtful AND date(b.published_at, '+8 hours') < {LATELY}))\n"
        "ORDER BY f.day DESC, f.security_id",
        {"from": "2026-06-01"},
    ),
    Query(
        "front_page_of_a_day",
        gettext_noop("Front page of a day"),
        gettext_noop("The articles that most list feeds named come first. day: empty for the newest."),
        "SELECT row_number() OVER (ORDER BY feeds DESC, published_at, arrival) AS place, headline, publisher, published_at, feeds,\n"
        "  images, id FROM (SELECT a.*, (SELECT count(*) FROM article_feeds AS f WHERE f.article_id = a.id) AS feeds,\n"
        "    (SELECT count(*) FROM article_images AS i WHERE i.article_id = a.id AND i.status = 'stored') AS images\n"
        f"  FROM articles AS a WHERE date(published_at, '+8 hours') = coalesce(nullif(:day, ''), {NEWEST_DAY})) ORDER BY place",
        {"day": "2026-06-30"},
    ),
    Query(
        "stories_of_a_span",
        gettext_noop("Stories that several publishers carried"),
        gettext_noop("By the day of their first article."),
        "SELECT date(first_published_at, '+8 hours') AS day, headline, first_publisher, articles, publishers, id FROM (\n"
        "  SELECT f.published_at AS first_published_at, f.headline, f.publisher AS first_publisher, f.story_id AS id,\n"
        "    (SELECT count(*) FROM articles AS a WHERE a.story_id = f.story_id) AS articles,\n"
        "    (SELECT count(DISTINCT a.publisher) FROM articles AS a WHERE a.story_id = f.story_id) AS publishers\n"
        f"  FROM articles AS f WHERE f.story_id = f.id AND {questions.within_days('f.published_at', FIRST, LAST)}\n"
        "    AND EXISTS (SELECT 1 FROM articles AS a WHERE a.story_id = f.story_id AND a.id <> f.id) LIMIT -1)\n"
        "WHERE publishers > 1 ORDER BY articles DESC, first_published_at DESC",
        {"from": "2026-06-01"},
        days=30,
    ),
    Query(
        "who_was_first",
        gettext_noop("Who carried stories first"),
        gettext_noop(
            "How many of the stories that a publisher shares with others it had before them, and with how many of these another"
            " followed within an hour; times of day only. security: id, code or name; empty for all."
        ),
        with_blanks(questions.FIRST_REPORTERS, publisher=EMPTY),
        days=30,
    ),
    Query(
        "volume_by_day",
        gettext_noop("Articles a day"),
        gettext_noop("publisher: its name; empty for all."),
        "SELECT date(published_at, '+8 hours') AS day, count(*) AS articles, count(DISTINCT coalesce(publisher, '')) AS publishers\n"
        f"FROM articles WHERE (:publisher = '' OR publisher = :publisher) AND {PUBLISHED} GROUP BY day ORDER BY day DESC",
        {"from": "2026-06-01"},
        days=90,
    ),
    Query(
        "coverage_by_day",
        gettext_noop("Coverage by publisher and day"),
        gettext_noop(
            "cn_trades, hk_trades: whether Shanghai and Shenzhen, or Hong Kong, trade on that day; empty beyond the calendar."
            " publisher: its name; empty for all."
        ),
        "SELECT d.day, d.publisher, d.articles,\n"
        "  CASE WHEN d.day BETWEEN c.first AND c.last THEN EXISTS (SELECT 1 FROM trading_days WHERE market = 'CN' AND day = d.day) END"
        " AS cn_trades,\n"
        "  CASE WHEN d.day BETWEEN c.first AND c.last THEN EXISTS (SELECT 1 FROM trading_days WHERE market = 'HK' AND day = d.day) END"
        " AS hk_trades\n"
        "FROM articles_by_day_publisher AS d,\n"
        "  (SELECT strftime('%Y-01-01', min(day)) AS first, strftime('%Y-12-31', max(day)) AS last FROM trading_days) AS c\n"
        f"WHERE (:publisher = '' OR d.publisher = :publisher) AND d.day {DAYS} ORDER BY d.day DESC, d.articles DESC, d.publisher",
        {"from": "2026-06-01"},
        days=30,
    ),
    Query(
        "articles_found",
        gettext_noop("Articles by words, publisher, security and days"),
        gettext_noop(
            "As the search of the pages finds them, newest first. words: as in the search; publisher: name or slug; security: id, code or name;"
            " empty for all."
        ),
        "SELECT a.published_at, a.headline, a.publisher, a.description, a.canonical_url, a.id FROM articles AS a\n"
        f"WHERE (:q = '' OR +a.arrival IN ({found_sql()}))\n"
        f"  AND {questions.NARROWED_ARRIVAL}\n  AND {A_PUBLISHED}\nORDER BY a.published_at DESC, a.id",
        {"q": "储能", "from": "2026-01-01"},
    ),
    Query(
        "publishers_of_a_span",
        gettext_noop("Who published most"),
        gettext_noop("With the share of all articles of those days, in percent."),
        "SELECT publisher, count(*) AS articles, round(count(*) * 100.0 / sum(count(*)) OVER (), 1) AS percent\n"
        f"FROM articles WHERE {PUBLISHED} GROUP BY publisher ORDER BY articles DESC, publisher",
        {"from": "2026-06-30", "to": "2026-06-30"},
        days=30,
    ),
    Query(
        "what_changed",
        gettext_noop("What edits changed"),
        gettext_noop(
            "Sentences, figures, percentages and codes that an edit took out or put in, and withdrawn articles."
        ),
        "SELECT v.changed_at, new_headline AS headline, nullif(old_headline, new_headline) AS old_headline, text_removed,\n"
        "  text_added, figures_removed, figures_added, percentages_removed, percentages_added, codes_removed, codes_added, withdrawn,\n"
        "  new_length - old_length AS grew, v.revision, v.id\n"
        f"FROM {CHANGED} ORDER BY v.changed_at DESC, v.id, v.revision DESC",
        days=30,
    ),
    Query(
        "figures_changed",
        gettext_noop("Edits that changed a figure"),
        gettext_noop("Edits after which other figures or percentages stood in the text."),
        "SELECT v.changed_at, new_headline AS headline, figures_removed, figures_added, percentages_removed, percentages_added, v.id\n"
        f"FROM {CHANGED}\n"
        "  AND (figures_removed <> '[]' OR figures_added <> '[]' OR percentages_removed <> '[]' OR percentages_added <> '[]')\n"
        "ORDER BY v.changed_at DESC, v.id",
        days=30,
    ),
    Query(
        "tables_about",
        gettext_noop("Articles with tables"),
        gettext_noop("words: those that headline or text must hold; empty for all."),
        "SELECT date(a.published_at, '+8 hours') AS day, a.headline, a.publisher,\n"
        "  (length(t.body_html) - length(replace(t.body_html, '<table', ''))) / 6 AS tables, a.id\n"
        "FROM articles AS a CROSS JOIN texts AS t ON t.article_id = a.id\n"
        "WHERE +a.id IN (SELECT article_id FROM texts WHERE instr(body_html, '<table') > 0)\n"
        f"  AND (:q = '' OR +a.arrival IN ({found_sql()})) ORDER BY a.published_at DESC, a.id",
        {"q": "万元"},
    ),
    Query(
        "how_late_feeds_are",
        gettext_noop("How late each feed is"),
        gettext_noop(
            "Minutes from publication until half, and nine of ten, of a feed's articles were listed, and until they were archived. What"
            " was listed more than a day late is counted apart. from: empty for the last 30 days."
        ),
        with_blanks(questions.FEED_DELAYS, first=LATELY),
        {"from": "2026-06-01"},
    ),
    Query(
        "open_gaps",
        gettext_noop("Gaps in the feeds"),
        gettext_noop(
            "Spans of time in which articles may have come and gone between two polls; open ones first."
        ),
        "SELECT feed, from_at, to_at, CASE WHEN filled_at IS NOT NULL THEN 'closed' WHEN final_at IS NOT NULL THEN 'cannot be filled' ELSE 'open' END AS state,\n"
        "  tries, reason, filled_at\nFROM gaps ORDER BY filled_at IS NOT NULL, final_at IS NOT NULL, opened_at DESC",
    ),
    Query(
        "failed_links",
        gettext_noop("Links that failed"),
        gettext_noop(
            "outcome: gone, not_article, walled, unreachable, unreadable, unknown_site, refused or failed; empty for all."
        ),
        "SELECT last_tried_at, outcome, reason, url, tries FROM links\n"
        "WHERE outcome NOT IN ('archived', 'unchanged') AND (:outcome = '' OR outcome = :outcome) ORDER BY last_tried_at DESC, url",
        {"outcome": "gone"},
    ),
    Query(
        "missing_images",
        gettext_noop("Missing images"),
        gettext_noop("And why; the failed ones are tried again whenever their article is crawled."),
        "SELECT day, headline, status, reason, url, id FROM images_missing ORDER BY day DESC, id, position",
    ),
    Query(
        "taken_out",
        gettext_noop("What was taken out of the texts"),
        gettext_noop("rule: name of a boilerplate rule; empty for all. Each fragment stands as it was."),
        "SELECT r.rule, r.text, a.headline, a.id FROM removals AS r JOIN articles AS a ON a.id = r.article_id\n"
        "WHERE :rule = '' OR r.rule = :rule ORDER BY r.rule, r.article_id, r.position",
    ),
    Query(
        "archived_late",
        gettext_noop("Articles that were archived late"),
        gettext_noop("More than a day after they came out."),
        "SELECT hours, headline, publisher, published_at, first_seen_at, id FROM late_arrivals ORDER BY hours DESC, id",
    ),
    Query(
        "data_quality_by_day",
        gettext_noop("What is missing, by day"),
        gettext_noop("Shares of a day's articles, 0 to 1."),
        f"SELECT * FROM data_quality WHERE day {DAYS} ORDER BY day DESC",
        days=30,
    ),
]


def needs_search(query: Query) -> bool:
    """Whether an archive without a search index cannot answer it.

    >>> [query.name for query in QUERIES if needs_search(query)]
    ['search', 'search_by_day', 'trend_of_words', 'articles_found', 'tables_about']
    """
    return "FROM search" in query.sql
