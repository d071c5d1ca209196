"""The view ``as_of`` as it refuses to be asked without a moment, in the way of `archive.search.needs_words`; `as_of_each` is the view
without this. Other than the search it is in every archive, so the rows to loop over are those of ``json_each``.
"""

from archive.search.needs_words import complaint

NO_MOMENT = "the view as_of needs a moment"
MESSAGE = (
    f"{NO_MOMENT}: add WHERE t = ''2026-06-30T15:00:00+08:00''; for moments from a column ask as_of_each"
)
EACH = "  -- The view as_of for moments that come from a column or a subquery: FROM asked JOIN as_of_each ON t = asked.moment.\n"


def needs_moment(sql: str) -> str:
    """SQL that makes both views, of the *sql* of the step that made ``as_of``."""
    view = sql[sql.index("CREATE VIEW as_of") : sql.index("CREATE VIEW mentions")]
    use = view[view.index("  -- Every") : view.index("  SELECT\n")]
    refusing = view.replace(
        "FROM fts3tokenize", "FROM json_each('[0,1]') AS asked CROSS JOIN fts3tokenize"
    ).replace(
        "moment.position = 0", f"moment.position = 0 AND {complaint('asked.key', 'moment.input', MESSAGE)}"
    )
    return f"DROP VIEW as_of;\n{refusing}{view.replace('VIEW as_of', 'VIEW as_of_each').replace(use, EACH)}"


NO_TIME = "the moment of as_of is not a time with a zone: give 2026-06-30T15:00:00+08:00, 2026-06-30T07:00:00Z or a Beijing day"
IS_TIME = (
    "julianday(moment.input) IS NOT NULL AND (length(moment.input) = 10 OR moment.input GLOB '*Z'"
    " OR moment.input GLOB '*[+-][0-9][0-9]:[0-9][0-9]')"
)


def needs_time(sql: str) -> str:
    """SQL that makes both views again, of the *sql* of `needs_moment`, so that they refuse what is not a time instead of finding nothing,
    and a time without a zone: read as UTC, Beijing's half past nine would see eight hours ahead."""
    checked = f"moment.position = 0 AND ({IS_TIME} OR json_extract('{{}}', '{NO_TIME}' || substr('', moment.start)))"
    return "DROP VIEW as_of_each;\n" + sql.replace("moment.position = 0", checked)
