"""The search box of Datasette's tables asks the view ``search``: in `scrapy serve`, and where Datasette is started by itself."""

from __future__ import annotations

from typing import Any

from datasette import hookimpl
from datasette.filters import FilterArguments
from datasette.views.base import DatasetteError

from archive.language import gettext, gettext_noop
from archive.search.of_tables import condition, key_of_articles
from archive.web.ask import fetch_value, has_search
from archive.web.database import of_a_table

NO_INDEX = gettext_noop(
    "This archive was made without a search index; scrapy crawl with -s SEARCH_INDEX=True builds it."
)
OURS = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'article_securities'"


@hookimpl(trylast=True)  # what comes last counts: Datasette's own search knows nothing of our index
def filters_from_request(request: Any, database: str, table: str, datasette: Any) -> Any:
    """The search box of every table whose rows belong to articles: it asks the view ``search``."""

    async def filters() -> FilterArguments | None:
        if not await fetch_value(datasette, OURS, database):
            return None
        of_a_table.set(True)
        line = (request.args.get("_search") or "").strip()
        key = key_of_articles(await datasette.get_database(database).table_columns(table))
        here = key is not None and await has_search(datasette, database)
        if line and not here:
            why = (
                gettext(NO_INDEX) if key else gettext("Rows of {table} have no text to search.", table=table)
            )
            raise DatasetteError(why, title=gettext("Nothing to search"), status=400)
        context = {"supports_search": here, "search": line}
        if not line or key is None:
            return FilterArguments([], extra_context=context)
        return FilterArguments(
            [condition(table, key, ":line")],
            {"line": line},
            [gettext("search finds {line}", line=line)],
            context,
        )

    return filters
