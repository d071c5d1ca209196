"""The archive as Datasette queries it: in processes of its own (`archive.web.query_process`), which can be ended."""

from __future__ import annotations

import marshal
import queue
import sqlite3
import subprocess
import sys
from asyncio import get_running_loop
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from datasette.database import Database, QueryInterrupted, Results
from datasette.views.base import DatasetteError

from archive.search.advice import explain
from archive.web.adding import Adding
from archive.web.not_now import not_now
from archive.web.query_process import read_message, write_message

PROCESSES = 3  # queries at once
COUNT_MS = 30
"""Longest time that counting the rows of a table takes; one that takes longer has ``many rows``, JSON null."""
ROWS_OF_A_PAGE = 500
"""Most rows of an answer that its page shows; files hold all of them."""

is_page: ContextVar[bool] = ContextVar("is_page", default=False)
"""Whether the current request is for a page, and not for a file or JSON."""

of_a_table: ContextVar[bool] = ContextVar("of_a_table", default=False)
"""Whether the current query belongs to the page of a table or view."""


class ResultRow(tuple[Any, ...]):
    """A row that can be read by position and by column, as `sqlite3.Row`."""

    columns: list[str]

    def __getitem__(self, key: Any) -> Any:
        return tuple.__getitem__(self, self.columns.index(key) if isinstance(key, str) else key)

    def keys(self) -> list[str]:
        """Names of the columns."""
        return self.columns


class QueryProcess:
    """One process; started with the first query, and again after it was ended."""

    def __init__(self, uri: str):
        self.command = [sys.executable, "-m", "archive.web.query_process", uri]
        self.process: subprocess.Popen[bytes] | None = None

    def query(self, sql: str, params: Any, seconds: float, most: int | None) -> Any:
        """What `archive.web.query_process.answer` returned; None where the process died of the query."""
        request = marshal.dumps((sql, params, seconds, most))
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdin
        assert self.process.stdout
        try:
            write_message(self.process.stdin, request)
            result = read_message(self.process.stdout)
        except BrokenPipeError:
            result = None
        if result is None:
            self.end()
        return result

    def end(self) -> None:
        """Kill the process, whatever it does."""
        if self.process:
            self.process.kill()
            self.process.communicate()
            self.process = None


class Archive(Database):
    """Queries of pages and of readers run in processes; what Datasette asks of the schema, in its own threads.

    Datasette counts what a page's filters select with the time limit of a query, which is right for queries. A view over
    securities or stories shows its first rows at once, and takes seconds to be counted.
    """

    def __init__(self, datasette: Any, path: str, is_mutable: bool, uri: str):
        super().__init__(datasette, path=path, is_mutable=is_mutable)
        self.adding: Adding | None = None
        """How readers add links and marks; None: the server only reads."""
        self._processes = [QueryProcess(uri) for _ in range(PROCESSES)]
        self._idle: queue.SimpleQueue[QueryProcess] = queue.SimpleQueue()
        for process in self._processes:
            self._idle.put(process)
        self._threads = ThreadPoolExecutor(PROCESSES, thread_name_prefix="query")

    async def execute(
        self,
        sql: str,
        params: Any = None,
        truncate: bool = False,
        custom_time_limit: int | None = None,
        page_size: int | None = None,
        log_sql_errors: bool = True,
    ) -> Results:
        if custom_time_limit is None and of_a_table.get() and sql.startswith("select count(*) from "):
            custom_time_limit = COUNT_MS
        milliseconds = min(custom_time_limit or self.ds.sql_time_limit_ms, self.ds.sql_time_limit_ms)
        most = ROWS_OF_A_PAGE if is_page.get() and not of_a_table.get() else self.ds.max_returned_rows
        if most == (page_size or self.ds.page_size):
            most += 1
        return await self._run(sql, params, milliseconds / 1000, most if truncate else None)

    async def execute_up_to(self, sql: str, params: Any, most: int) -> Results:
        """Likewise, with at most *most* rows, whatever a page shows; `Results.truncated` says that there are more."""
        return await self._run(sql, params, self.ds.sql_time_limit_ms / 1000, most)

    async def _run(self, sql: str, params: Any, seconds: float, most: int | None) -> Results:
        try:
            return await get_running_loop().run_in_executor(
                self._threads, self._query, sql, plain_params(params), seconds, most
            )
        except sqlite3.OperationalError as exc:
            raise not_now(Path(self.path), exc) or sqlite3.OperationalError(explain(str(exc), sql)) from None

    def _query(self, sql: str, params: Any, seconds: float, most: int | None) -> Results:
        process = self._idle.get()
        try:
            result = process.query(sql, params, seconds, most)
        finally:
            self._idle.put(process)
        if result is None or result[1] == "interrupted":
            raise QueryInterrupted(sqlite3.OperationalError("interrupted"), sql, params)
        if len(result) == 2:
            raise getattr(sqlite3, result[0])(result[1])
        rows, truncated, columns = result
        row_class = type("Row", (ResultRow,), {"columns": columns, "__slots__": ()})
        return Results([row_class(row) for row in rows], truncated, [(column,) for column in columns])

    async def table_counts(self, limit: int = 10) -> dict[str, int | None]:
        """Rows of each table, counted in *limit* milliseconds; None of the hidden ones: to count the full-text index takes seconds.
        None, too, of one that a crawl removes as it brings the archive up to date."""
        counts: dict[str, int | None] = {}
        hidden = set(await self.hidden_table_names())
        for name in await self.table_names():
            counts[name] = None
            if name not in hidden:
                with suppress(QueryInterrupted, DatasetteError):
                    [(counts[name],)] = (
                        await self.execute(f"SELECT count(*) FROM [{name}]", custom_time_limit=limit)
                    ).rows
        return counts

    def close(self) -> None:
        """End the processes."""
        for process in self._processes:
            process.end()
        self._threads.shutdown(wait=False, cancel_futures=True)
        super().close()


def plain_params(params: Any) -> Any:
    """Parameters as `marshal` takes them: no subclasses of str.

    >>> plain_params({"q": "a", "n": 1}), plain_params(None), plain_params(["a"])
    ({'q': 'a', 'n': 1}, {}, ['a'])
    """
    if params is None:
        return {}
    if hasattr(params, "keys"):
        return {str(name): plain_value(params[name]) for name in params.keys()}  # noqa: SIM118 (no dict)
    return [plain_value(value) for value in params]


def plain_value(value: Any) -> Any:
    """A parameter's value without its subclass."""
    return str(value) if isinstance(value, str) else value
