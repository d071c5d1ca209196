"""The archive as Datasette asks it: the count of a table's rows may not hold its page up."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from datasette.database import Database

COUNT_MS = 500
"""Longest time that counting the rows of a table takes; one that takes longer has ``many rows``, JSON null."""

of_a_table: ContextVar[bool] = ContextVar("of_a_table", default=False)
"""Whether what is asked now is asked for the page of a table or view."""


class Archive(Database):
    """Datasette counts what a page's filters choose with the time limit of a question, which is right for questions.

    A view over securities or stories shows its first rows at once, and takes seconds to be counted.
    """

    async def execute(
        self,
        sql: str,
        params: Any = None,
        truncate: bool = False,
        custom_time_limit: int | None = None,
        **more: Any,
    ) -> Any:
        if custom_time_limit is None and of_a_table.get() and sql.startswith("select count(*) from "):
            custom_time_limit = COUNT_MS
        return await super().execute(sql, params, truncate, custom_time_limit, **more)
