"""``python -m tests.worked_queries`` writes ``docs/queries.md``: questions, their SQL, and what the sample newsroom's
archive answers. `test_worked_queries.py` asks them again."""

from __future__ import annotations

import sqlite3
import tempfile
from datetime import timedelta
from pathlib import Path

from tests.newsroom.server import NOW, Newsroom
from tests.scrapy_process import run_scrapy

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "queries.md"

HEAD = """# Questions to the archive

Each question is one SQL statement, shown with the answer of the sample newsroom's archive (that of `make demo` has more articles). Use `sqlite3
data/archive.db`, `sqlite-utils data/archive.db "..." --table` (`--csv`, `--json`), Datasette or Python, also during a crawl.
All tables, views and columns: [data/README.md](../data/README.md).

A query of the view `search` is a list of words that must all occur in headline or text: any run of one or more characters,
Chinese, Latin, digits or punctuation (but `%` or the like alone finds nothing). `-word` excludes a word, `a|b` matches either.
Case, full-width letters and double quotes do not matter. Use `WHERE q = '...'` with `ORDER BY rank` (best first; the headline
counts most) or `ORDER BY arrival DESC` (last archived first). If `sqlite3` (newer than 3.40) or another program reports
"unsafe use of virtual table", run `PRAGMA trusted_schema = ON;` first. An archive made without the search index does not have
this view. Asked without `q` it says what to add, as does `as_of` without `t`.
The words are a constant or a parameter. Where they come from a column, ask the view `search_each`:
`WITH asked (line) AS (VALUES ('储能'), ('航运')) SELECT line, count(*) FROM asked JOIN search_each ON q = line GROUP BY 1`.
Likewise `as_of_each` for moments from a column or a subquery.

`sqlite-utils search data/archive.db articles '储能 -航运' --table` and the search boxes of Datasette take the same words, for each table and view whose
rows belong to articles, where they are installed together with this project (as in `.venv`). Elsewhere they find no index that they could use: it holds pairs
of characters, as Chinese has no blanks between words.

A day is a Beijing day; times in columns that end in `_at` are UTC. This page is written by `python -m tests.worked_queries`.
"""

QUESTIONS = [
    (
        "Which articles write of energy storage together with a share that rose or a profit, but not of Hong Kong?",
        "SELECT headline, excerpt FROM search WHERE q = '储能 涨停|净利 -港股' ORDER BY rank LIMIT 3",
    ),
    (
        "What have the central bank and the foreign exchange office announced lately?",
        "SELECT published_at, headline FROM search WHERE q = '央行|外汇局' ORDER BY published_at DESC, id LIMIT 5",
    ),
    (
        "What led the news on 30 June?",
        "SELECT place, headline, feeds FROM front_page WHERE day = '2026-06-30' ORDER BY place LIMIT 5",
    ),
    (
        "Who publishes most?",
        "SELECT publisher, articles, share, days FROM top_publishers LIMIT 5",
    ),
    (
        "What was written about 300991 (and is not a doubtful match)?",
        "SELECT day, headline, mentions FROM news_by_security WHERE code = '300991' AND NOT doubtful ORDER BY published_at DESC",
    ),
    (
        "Which securities are named together with 储能?",
        "SELECT other_name, other_code, articles FROM mentioned_with WHERE name = '储能' ORDER BY articles DESC, 1, 2",
    ),
    (
        "What did the archive know of the warehouse fire at a quarter past six?",
        "SELECT headline, revision, body_text FROM as_of WHERE t = '2026-06-30T18:15:00+08:00' AND headline LIKE '%仓库起火%'",
    ),
    (
        "What came out after the close in Shanghai, and when could the market react?",
        "SELECT published_at, headline, cn_trading_day FROM market_sessions WHERE cn_session = 'after_close' AND day = '2026-06-30' ORDER BY published_at DESC, id LIMIT 3",
    ),
    (
        "What did edits change?",
        "SELECT new_headline, revision, text_removed, text_added, figures_added, withdrawn FROM revision_changes ORDER BY id, revision",
    ),
    (
        "Which edits of the week from 24 June changed figures?",
        "SELECT changed_at, new_headline, figures_removed, figures_added FROM revision_changes WHERE (figures_removed <> '[]' OR figures_added <> '[]') AND changed_at >= '2026-06-23T16:00:00Z' ORDER BY changed_at",
    ),
    (
        "Which articles were withdrawn?",
        "SELECT withdrawn_at, headline, publisher FROM articles WHERE withdrawn_at IS NOT NULL ORDER BY withdrawn_at, id",
    ),
    (
        "How often does 储能 occur, by month?",
        "SELECT substr(day, 1, 7) AS month, count(*) AS articles FROM search WHERE q = '储能' GROUP BY 1 ORDER BY 1",
    ),
    (
        "How late is each feed (minutes)?",
        "SELECT * FROM feed_delays ORDER BY listed_p90 DESC, feed LIMIT 5",
    ),
    (
        "What is missing in the last days?",
        "SELECT day, articles, headline_unknown, time_unknown, publisher_unknown FROM data_quality ORDER BY day DESC LIMIT 4",
    ),
    (
        "Which images could not be kept, and why?",
        "SELECT status, reason, count(*) AS images, min(headline) AS example FROM images_missing GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    (
        "Which articles hold tables with a figure in 万元?",
        "SELECT t.day, t.headline, t.tables FROM search AS s JOIN articles_with_tables AS t USING (id) WHERE q = '万元' ORDER BY 1 DESC",
    ),
]  # fmt: skip
"""``(question, SQL)``; each answers the same however often the newsroom is crawled."""


def make_archive(data: Path) -> sqlite3.Connection:
    """Crawl the sample newsroom into *data*, and what it edits in the hours after; a connection that reads it."""

    def crawl(*args: str, stdin: str = "") -> None:
        settings = {
            "DATA_DIR": str(data),
            "FINEWS_ORIGINS": room.origin,
            "FINEWS_ARTICLE_PAGE": f"{room.origin}/a/{{id}}.html",
            "FINEWS_PLACES": "",
            "FINEWS_NOW": room.now.isoformat(),
            "LOG_LEVEL": "ERROR",
        }
        flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        run = run_scrapy("crawl", *args, *flags, stdin=stdin)
        if run.returncode not in (0, 3):
            raise RuntimeError(f"{' '.join(run.args)} ended with {run.returncode}: {run.stderr[-2000:]}")

    with Newsroom() as room:
        crawl("finews")
        for later in (timedelta(minutes=30), timedelta(hours=3)):
            room.now = NOW + later
            chosen = [article for article in room.articles if article.versions or not article.feeds]
            crawl("share", "-a", "urls=-", stdin="\n".join(room.share_link(article) for article in chosen))
    return sqlite3.connect(f"{(data / 'archive.db').as_uri()}?mode=ro", uri=True)


def table(conn: sqlite3.Connection, sql: str) -> str:
    """The answer as a Markdown table."""
    found = conn.execute(sql)
    rows = [[name for name, *_ in found.description], *found.fetchall()]
    cells = [["" if cell is None else str(cell).replace("|", "\\|") for cell in row] for row in rows]
    cells.insert(1, ["---"] * len(cells[0]))
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def page(conn: sqlite3.Connection) -> str:
    """The whole of ``docs/queries.md``."""
    parts = [HEAD]
    for question, sql in QUESTIONS:
        parts.append(f"\n## {question}\n\n```sql\n{sql}\n```\n\n{table(conn, sql)}")
    return "".join(parts)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="worked-") as folder:
        PAGE.write_text(page(make_archive(Path(folder))), encoding="utf-8")
    print(f"{PAGE} written")
