"""The archive from Python: questions as methods, answers as lists of dicts, which pandas, polars and pyarrow take as they are.

Each call reads the archive as it is at that moment; a crawl may write meanwhile, and nothing is held open between calls.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from archive import reader
from archive.edits.revisions import Change, UnknownArticle, find_article, texts_of
from archive.exports import WrongUsage
from archive.exports.selection import Selection, Snapshot, parse_time
from archive.questions import (
    FIRST_REPORTERS,
    NARROWED,
    SURGES,
    WITHIN,
    days_between,
    span_starts,
    trend_records,
    trend_sql,
)
from archive.search.advice import explain

Record = dict[str, Any]
Moment = str | date | datetime
"""A Beijing day (``2026-06-30`` is its beginning) or a time: ISO text or an object, without an offset Beijing's."""


def open_archive(data_dir: str | os.PathLike[str] = "data") -> ReadOnlyArchive:
    """The archive of *data_dir* for reading. Raises NoArchive where there is none, or it cannot be read."""
    return ReadOnlyArchive(Path(data_dir).expanduser().resolve())


class ReadOnlyArchive:
    """Methods return records in a fixed order. They raise ValueError for arguments that make no sense."""

    def __init__(self, data_dir: Path):
        reader.open_for_reading(data_dir).close()
        self.data_dir = data_dir

    def __repr__(self) -> str:
        return f"open_archive({str(self.data_dir)!r})"

    def sql(self, query: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> list[Record]:
        """The answer to any query. Raises sqlite3.Error."""
        with closing(Snapshot(self.data_dir)) as archive:
            try:
                cursor = archive.conn.execute(query, params)
                names = [column[0] for column in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor]
            except sqlite3.OperationalError as exc:
                raise sqlite3.OperationalError(explain(str(exc), query)) from exc

    def search(
        self,
        query: str,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        publisher: str = "",
        security: str = "",
        newest_first: bool = False,
        limit: int = 100,
    ) -> list[Record]:
        """Articles that match a *query* of the view `search`, best first: ``id``, ``headline``, ``excerpt``, ``publisher``, ``published_at``.

        *since* is inclusive, *until* exclusive. *publisher*: name or slug, *security*: id, code or name.
        """
        self._require_index()
        order = "a.published_at DESC" if newest_first else "f.rank"
        return self.sql(
            "SELECT a.id, a.headline, f.excerpt, a.publisher, a.published_at FROM search AS f JOIN articles AS a"
            f" ON a.arrival = f.arrival WHERE f.q = :q AND {WITHIN} AND {NARROWED} ORDER BY {order}, a.id LIMIT :limit",
            {"q": query, **_span(since, until), "publisher": publisher, "security": security, "limit": limit},
        )

    def articles(
        self,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        publishers: Sequence[str] = (),
        securities: Sequence[str] = (),
        search: str | None = None,
        doubtful: bool = False,
        columns: Sequence[str] | None = None,
    ) -> list[Record]:
        """Articles by publication time, with the columns of ``scrapy export`` (None: all); lists are lists."""
        selection = Selection(
            since=instant(since, "since") if since is not None else None,
            until=instant(until, "until") if until is not None else None,
            publishers=tuple(publishers),
            securities=tuple(securities),
            doubtful=doubtful,
            search=search,
        )
        with closing(Snapshot(self.data_dir)) as archive:
            try:
                chosen = archive.choose(list(columns) if columns is not None else list(archive.columns))
                arrivals = archive.find(selection).arrivals
            except WrongUsage as exc:
                raise ValueError(str(exc)) from None
            return list(archive.rows(arrivals, chosen, doubtful))

    def article(self, name: str) -> Record:
        """The newest text of an article with all columns of the view `news`. *name*: an id, a native id, an info code or a link.

        Raises UnknownArticle.
        """
        with closing(reader.open_for_reading(self.data_dir)) as conn:
            article_id = _id_of(conn, name)
        [record] = self.sql("SELECT * FROM news WHERE id = ?", [article_id])
        return record

    def changes(self, name: str) -> list[Change]:
        """What each edit of an article changed, the oldest first (`archive.edits.revisions.Change`). Raises UnknownArticle."""
        with closing(reader.open_for_reading(self.data_dir)) as conn:
            texts = texts_of(conn, _id_of(conn, name))
        return [Change(old, new) for old, new in pairwise(texts)]

    def as_of(
        self,
        moment: Moment,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        publisher: str = "",
        security: str = "",
    ) -> list[Record]:
        """Articles as they were known at a moment, by publication time: the view `as_of`, for back-tests.

        Nothing that was archived or edited later is in it; publisher, publication time and description are today's.
        """
        return self.sql(
            f"SELECT a.* FROM as_of AS a WHERE a.t = :t AND {WITHIN} AND (:publisher = '' OR a.publisher = :publisher)"
            " AND (:security = '' OR a.id IN (SELECT article_id FROM mentions WHERE NOT doubtful"
            "   AND :security IN (security_id, code, name))) ORDER BY a.published_at, a.id",
            {
                "t": instant(moment, "moment"),
                **_span(since, until),
                "publisher": publisher,
                "security": security,
            },
        )

    def mentions(
        self,
        security: str,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        doubtful: bool = False,
    ) -> list[Record]:
        """The articles that mention a security (id, code or name), each once, by publication time: the view `mentions`."""
        return self.sql(
            f"SELECT a.* FROM mentions AS a WHERE a.security_id IN (SELECT id FROM securities WHERE :security IN (id, code, name))"
            f" AND a.doubtful <= :doubtful AND {WITHIN} ORDER BY a.published_at, a.article_id",
            {"security": security, "doubtful": int(doubtful), **_span(since, until)},
        )

    def trend(
        self,
        *queries: str,
        by: Literal["day", "week", "month"] = "day",
        first: date | str,
        last: date | str,
        publisher: str = "",
        security: str = "",
    ) -> list[Record]:
        """How often queries match from *first* to *last*, Beijing days: ``start`` of the span, ``query``, ``articles``, ``percent`` of all.

        Every span has a record; ``percent`` is None where there was no article at all.
        """
        self._require_index()
        starts = span_starts(str(first), str(last), by)
        params = {"first": str(first), "last": str(last), "publisher": publisher, "security": security}
        totals = {row["start"]: row["articles"] for row in self.sql(trend_sql(by, words=False), params)}
        records = []
        for query in queries:
            rows = self.sql(trend_sql(by, words=True), {"q": query, **params})
            counts = {row["start"]: row["articles"] for row in rows}
            records += trend_records(query, counts, totals, starts)
        return records

    def surges(self, first: date | str, last: date | str, *, kind: str = "") -> list[Record]:
        """Securities by how much more articles mention them from *first* to *last* than in the as long span before."""
        begin, end = days_between(str(first), str(last))
        before = begin - (end - begin) - date.resolution
        return self.sql(SURGES, {"before": str(before), "first": str(begin), "last": str(end), "kind": kind})

    def first_reporters(self, first: date | str, last: date | str, *, security: str = "") -> list[Record]:
        """Publishers by how often they were first with a story that several carry."""
        begin, end = days_between(str(first), str(last))
        return self.sql(
            FIRST_REPORTERS, {"first": str(begin), "last": str(end), "publisher": "", "security": security}
        )

    def _require_index(self) -> None:
        if not self.sql("SELECT 1 FROM sqlite_master WHERE name = 'search'"):
            raise ValueError(
                f"{self.data_dir} has no search index; a crawl with -s SEARCH_INDEX=True builds it"
            )


def _id_of(conn: sqlite3.Connection, name: str) -> str:
    """The id of the article that *name* means. Raises UnknownArticle."""
    try:
        return str(find_article(conn, name)["id"])
    except UnknownArticle as exc:
        raise UnknownArticle(str(exc) or f"the archive holds no article {name!r}") from None


def _span(since: Moment | None, until: Moment | None) -> Record:
    """Parameters of `WITHIN`. Raises ValueError."""
    return {
        "since": instant(since, "since") if since is not None else "",
        "until": instant(until, "until") if until is not None else "",
    }


def instant(moment: Moment, name: str) -> str:
    """A moment as UTC text. Raises ValueError.

    >>> instant(date(2026, 6, 30), "since"), instant("2026-06-30T18:15", "since")
    ('2026-06-29T16:00:00Z', '2026-06-30T10:15:00Z')
    """
    text = moment.isoformat() if isinstance(moment, date) else moment
    try:
        return parse_time(text, name)
    except WrongUsage as exc:
        raise ValueError(str(exc).removeprefix("--")) from None
