"""The view ``search`` as it refuses to be asked without words: plain SQL can raise an error of its own nowhere but here.

``fts3tokenize`` without a line ends with ``SQL logic error``. So a row of `search_numbers` is read before it: row 1 where the line is a
constant or a parameter, which SQLite then puts in its place in ``asked.n = (line.input >= -9e999)``; all rows, from row 0 on, where
there is no such line. Row 0 has ``json_extract`` complain of a path, which is the message. Words that come from a column of
another table are no constant, either: `search_each` is the view without this.
"""

from archive.search.sql import SEARCH_VIEW

NO_WORDS = "the view search needs words"
MESSAGE = f"{NO_WORDS}: add WHERE q = ''储能 -航运''; for words from a column ask search_each"
"""What SQLite reports, within a message on a JSON path; quotation marks as in SQL."""

ROWS = "FROM fts3tokenize AS line, search_index AS found, articles AS a\n  WHERE line.position = 0"


def complaint(row: str, line: str, message: str) -> str:
    """SQL: a condition that raises *message* where nothing is known of the column *line*; *row* is the number of the row before it."""
    return f"{row} = ({line} >= -9e999)\n  AND ({row} = 1 OR json_extract('{{}}', '{message}' || substr('', {row})))"


NEEDS_WORDS = (
    "FROM search_numbers AS asked CROSS JOIN fts3tokenize AS line, search_index AS found, articles AS a\n"
    f"  WHERE line.position = 0 AND {complaint('asked.n', 'line.input', MESSAGE)}"
)
USE = SEARCH_VIEW[SEARCH_VIEW.index("  -- Search as a table") : SEARCH_VIEW.index("  SELECT\n")]
EACH = "  -- The view search for words that come from a column, one line of words after the other: FROM asked JOIN search_each ON q = asked.line.\n"

SEARCH_VIEWS = SEARCH_VIEW.replace(ROWS, NEEDS_WORDS) + SEARCH_VIEW.replace(
    "CREATE VIEW search AS", "CREATE VIEW search_each AS"
).replace(USE, EACH)
SEARCH_NEEDS_WORDS = f"DROP VIEW search;\n{SEARCH_VIEWS}"
PUBLISHED = "    a.published_at, -- articles.published_at\n"
SEARCH_DAY = "DROP VIEW search;\nDROP VIEW search_each;\n" + SEARCH_VIEWS.replace(
    PUBLISHED, f"{PUBLISHED}    a.day, -- articles.day\n"
)
