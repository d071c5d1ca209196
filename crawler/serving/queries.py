"""Questions with blanks to fill in, each one SQL: what comes up every week. A blank left empty asks for everything.

A blank that is named ``day``, ``from`` or ``to`` takes a Beijing day; ``to`` is the last day that counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field


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


DAYS = "BETWEEN coalesce(nullif(:from, ''), '0001-01-01') AND coalesce(nullif(:to, ''), '9999-12-31')"
ABOUT = "(s.id = :security OR s.code = :security OR s.name = :security)"
NEWEST_DAY = "(SELECT date(max(published_at), '+8 hours') FROM articles)"

QUERIES = [
    Query(
        "search",
        "Search headlines and texts",
        "Words of one character and more, all of which must occur; -word must not, a|b is either. Best first.",
        "SELECT headline, excerpt, publisher, published_at, id FROM search WHERE q = :q ORDER BY rank LIMIT 200",
        {"q": "储能 -港股"},
    ),
    Query(
        "search_by_day",
        "How often a word occurs, by day",
        "Articles of each day that the search finds, and their share of that day's articles.",
        "SELECT f.day, f.articles, round(f.articles * 100.0 / (\n"
        "    SELECT count(*) FROM articles AS a WHERE date(a.published_at, '+8 hours') = f.day), 1) AS percent\n"
        "FROM (SELECT date(published_at, '+8 hours') AS day, count(*) AS articles FROM search WHERE q = :q GROUP BY 1) AS f\n"
        "WHERE f.day IS NOT NULL ORDER BY f.day DESC",
        {"q": "储能"},
    ),
    Query(
        "articles_of_a_publisher",
        "Articles of a publisher and a span of days",
        "publisher: its name or slug, e.g. 新京报.",
        "SELECT published_at, headline, publisher, description, id FROM articles\n"
        "WHERE (:publisher = '' OR publisher = :publisher OR publisher_slug = :publisher)\n"
        f"  AND date(published_at, '+8 hours') {DAYS}\nORDER BY published_at DESC, id",
        {"publisher": "证券早知道", "from": "2026-01-01"},
    ),
    Query(
        "articles_on_a_security",
        "Articles that name a security",
        "security: its id, code or name, e.g. 1.600160, 600160 or 巨化股份. Probably wrong matches are left out.",
        "SELECT a.published_at, a.headline, a.publisher, s.name, sum(x.mentions) AS mentions, a.id\n"
        "FROM securities AS s JOIN article_securities AS x ON x.security_id = s.id JOIN articles AS a ON a.id = x.article_id\n"
        f"WHERE {ABOUT} AND NOT x.doubtful AND date(a.published_at, '+8 hours') {DAYS}\n"
        "GROUP BY a.id, s.id ORDER BY a.published_at DESC, a.id",
        {"security": "300991"},
    ),
    Query(
        "named_together",
        "What is named together with a security",
        "security: its id, code or name.",
        "SELECT other.id AS security_id, other.code, other.name, other.kind, count(DISTINCT y.article_id) AS articles\n"
        "FROM securities AS s JOIN article_securities AS x ON x.security_id = s.id AND NOT x.doubtful\n"
        "  JOIN article_securities AS y ON y.article_id = x.article_id AND y.security_id <> s.id AND NOT y.doubtful\n"
        "  JOIN securities AS other ON other.id = y.security_id\n"
        f"WHERE {ABOUT} GROUP BY other.id ORDER BY articles DESC, other.id",
        {"security": "储能"},
    ),
    Query(
        "most_mentioned_securities",
        "Securities that most articles name",
        "kind: stock, board, index, fund, ...",
        "SELECT s.id AS security_id, s.code, s.name, s.kind, count(DISTINCT x.article_id) AS articles, sum(x.mentions) AS mentions\n"
        "FROM article_securities AS x JOIN securities AS s ON s.id = x.security_id JOIN articles AS a ON a.id = x.article_id\n"
        f"WHERE NOT x.doubtful AND (:kind = '' OR s.kind = :kind) AND date(a.published_at, '+8 hours') {DAYS}\n"
        "GROUP BY s.id ORDER BY articles DESC, mentions DESC, s.id",
        {"kind": "stock"},
    ),
    Query(
        "newly_named_securities",
        "Securities that were never named before",
        "from: named for the first time on that day or later.",
        "SELECT day, name, code, security_id, headline, publisher, id FROM first_mentions\n"
        "WHERE day >= coalesce(nullif(:from, ''), '0001-01-01') ORDER BY day DESC, security_id",
        {"from": "2026-06-01"},
    ),
    Query(
        "front_page_of_a_day",
        "Front page of a day",
        "The articles that most list feeds named come first. day: empty for the newest.",
        "SELECT place, headline, publisher, published_at, feeds, pictures, id FROM front_page\n"
        f"WHERE day = coalesce(nullif(:day, ''), {NEWEST_DAY}) ORDER BY place",
        {"day": "2026-06-30"},
    ),
    Query(
        "stories_of_a_span",
        "Stories that several publishers told",
        "By the day of their first article.",
        "SELECT date(first_published_at, '+8 hours') AS day, headline, first_publisher, articles, publishers, story_id AS id\n"
        f"FROM stories WHERE publishers > 1 AND date(first_published_at, '+8 hours') {DAYS}\n"
        "ORDER BY articles DESC, first_published_at DESC",
        {"from": "2026-06-01"},
    ),
    Query(
        "who_was_first",
        "Who told stories first",
        "How many of the stories that a publisher shares with others it told before them; times of day only.",
        "SELECT publisher, count(*) AS stories, sum(place = 1) AS first, round(avg(place = 1) * 100.0, 1) AS percent FROM (\n"
        "  SELECT publisher, row_number() OVER (PARTITION BY story_id ORDER BY min(published_at)) AS place,\n"
        "    count(*) OVER (PARTITION BY story_id) AS publishers\n"
        "  FROM articles WHERE publisher IS NOT NULL AND published_precision <> 'day' AND story_id IS NOT NULL\n"
        "  GROUP BY story_id, publisher)\n"
        "WHERE publishers > 1 GROUP BY publisher ORDER BY first DESC, stories DESC, publisher",
    ),
    Query(
        "volume_by_day",
        "Articles a day",
        "publisher: its name; empty for all.",
        "SELECT day, sum(articles) AS articles, count(*) AS publishers FROM articles_by_day_publisher\n"
        f"WHERE (:publisher = '' OR publisher = :publisher) AND day {DAYS} GROUP BY day ORDER BY day DESC",
        {"from": "2026-06-01"},
    ),
    Query(
        "publishers_of_a_span",
        "Who published most",
        "With the share of all articles of those days, in percent.",
        "SELECT publisher, count(*) AS articles, round(count(*) * 100.0 / sum(count(*)) OVER (), 1) AS percent\n"
        f"FROM articles WHERE date(published_at, '+8 hours') {DAYS} GROUP BY publisher ORDER BY articles DESC, publisher",
        {"from": "2026-06-30", "to": "2026-06-30"},
    ),
    Query(
        "what_changed",
        "What edits changed",
        "Sentences, figures, percentages and codes that an edit took out or put in, and withdrawn articles.",
        "SELECT changed_at, new_headline AS headline, nullif(old_headline, new_headline) AS old_headline, text_removed,\n"
        "  text_added, figures_removed, figures_added, percentages_removed, percentages_added, codes_removed, codes_added, withdrawn,\n"
        "  new_length - old_length AS grew, revision, id\n"
        f"FROM revision_changes WHERE date(changed_at, '+8 hours') {DAYS} ORDER BY changed_at DESC, id, revision DESC",
    ),
    Query(
        "figures_changed",
        "Edits that changed a figure",
        "Edits after which other figures or percentages stood in the text.",
        "SELECT changed_at, new_headline AS headline, figures_removed, figures_added, percentages_removed, percentages_added, id\n"
        "FROM revision_changes\n"
        "WHERE figures_removed <> '[]' OR figures_added <> '[]' OR percentages_removed <> '[]' OR percentages_added <> '[]'\n"
        "ORDER BY changed_at DESC, id",
    ),
    Query(
        "tables_about",
        "Articles with tables",
        "q: words that headline or text must hold; empty for all.",
        "SELECT t.day, t.headline, t.publisher, t.tables, t.id FROM articles_with_tables AS t\n"
        "WHERE :q = '' OR t.id IN (SELECT id FROM search WHERE q = :q) ORDER BY t.day DESC, t.id",
        {"q": "万元"},
    ),
    Query(
        "open_gaps",
        "Holes in the feeds",
        "Spans of time in which articles may have come and gone between two polls; open ones first.",
        "SELECT feed, from_at, to_at, CASE WHEN filled_at IS NULL THEN 'open' ELSE 'closed' END AS state, tries, reason, filled_at\n"
        "FROM gaps ORDER BY filled_at IS NOT NULL, opened_at DESC",
    ),
    Query(
        "failed_links",
        "Links that failed",
        "outcome: gone, unreadable, unknown_site, refused or failed.",
        "SELECT last_tried_at, outcome, reason, url, tries FROM links\n"
        "WHERE outcome NOT IN ('archived', 'unchanged') AND (:outcome = '' OR outcome = :outcome) ORDER BY last_tried_at DESC, url",
        {"outcome": "gone"},
    ),
    Query(
        "missing_pictures",
        "Pictures that are missing",
        "And why; the failed ones are tried again whenever their article is crawled.",
        "SELECT day, headline, status, reason, url, id FROM images_missing ORDER BY day DESC, id, position",
    ),
    Query(
        "taken_out",
        "What was taken out of the texts",
        "rule: name of a boilerplate rule; empty for all. Each fragment stands as it was.",
        "SELECT r.rule, r.text, a.headline, a.id FROM removals AS r JOIN articles AS a ON a.id = r.article_id\n"
        "WHERE :rule = '' OR r.rule = :rule ORDER BY r.rule, r.article_id, r.position",
    ),
    Query(
        "archived_late",
        "Articles that were archived late",
        "More than a day after they came out.",
        "SELECT hours, headline, publisher, published_at, first_seen_at, id FROM late_arrivals ORDER BY hours DESC, id",
    ),
    Query(
        "data_quality_by_day",
        "What is missing, by day",
        "Shares of a day's articles, 0 to 1.",
        f"SELECT * FROM data_quality WHERE day {DAYS} ORDER BY day DESC",
    ),
]


def needs_search(query: Query) -> bool:
    """Whether an archive without a search index cannot answer it.

    >>> [query.name for query in QUERIES if needs_search(query)]
    ['search', 'search_by_day', 'tables_about']
    """
    return "FROM search " in query.sql
