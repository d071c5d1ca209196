"""Questions to the archive as it was known at a moment: a back-test, or an agent in one, must not see what came later.

Each answer rests on articles archived by then, with the text that they had then. Newest first, never by rank: the rank of a
search counts words in all articles, later ones among them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from archive.api import Moment, ReadOnlyArchive, Record, instant
from archive.edits.revisions import UnknownArticle
from archive.questions import NARROWED, WITHIN, span_starts, start_sql, trend_records
from archive.search.match import excerpt, matches

END_OF_TIME = "9999-12-31T23:59:59Z"
SAME_TEXT = "(a.retrieved_at <= :t OR NOT EXISTS (SELECT 1 FROM revisions AS v WHERE v.article_id = a.id))"
"""SQL: article ``a`` has the text now that it had at the moment."""
UNCHANGED = f"a.first_seen_at <= :t AND {SAME_TEXT}"
SHOWN = ("id", "headline", "excerpt", "publisher", "published_at", "first_seen_at", "url")


class FencedArchive:
    """The archive of *data_dir* up to a moment. Raises NoArchive; ValueError for a moment that is none.

    Every method takes ``as_of``, a moment that may be earlier than the fence; a later one is the fence.
    """

    def __init__(self, data_dir: Path, fence: Moment | None = None):
        self.archive = ReadOnlyArchive(data_dir)
        self.fence = instant(fence, "as-of") if fence is not None else END_OF_TIME
        self._changed: tuple[Record, dict[str, Record]] | None = None
        """The last answer of `_changed_since`, and what it was asked."""

    def moment(self, as_of: Moment | None) -> str:
        """UTC text: *as_of*, but no later than the fence. Raises ValueError."""
        return min(instant(as_of, "as_of"), self.fence) if as_of else self.fence

    def search(
        self,
        query: str,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        publisher: str = "",
        security: str = "",
        limit: int = 20,
        as_of: Moment | None = None,
    ) -> list[Record]:
        """Articles whose text then matches a query of the view `search`, newest first. Raises ValueError."""
        self._require_index()
        parameters = self._parameters(as_of, since, until, publisher, security)
        rows = self.archive.sql(
            "SELECT a.id, a.headline, f.excerpt, a.publisher, a.published_at, a.first_seen_at, a.share_url AS url"
            " FROM search AS f JOIN articles AS a ON a.arrival = f.arrival"
            f" WHERE f.q = :q AND {UNCHANGED} AND {WITHIN} AND {NARROWED} ORDER BY f.arrival DESC LIMIT :limit",
            {**parameters, "q": query, "limit": limit},
        )
        for row in self._changed_that_match(query, parameters):
            rows.append(
                {name: row.get(name) for name in SHOWN} | {"excerpt": excerpt(query, row["body_text"])}
            )
        rows.sort(key=lambda row: (row["first_seen_at"], row["id"]), reverse=True)
        return rows[:limit]

    def article(self, name: str, as_of: Moment | None = None) -> Record:
        """An article as it was then. Raises UnknownArticle, also where it was not archived then."""
        unknown = UnknownArticle(f"the archive holds no article {name!r} as of {self.moment(as_of)}")
        try:
            archived = self.archive.article(name)
        except UnknownArticle:  # in the words for one that is archived later
            raise unknown from None
        rows = self.archive.sql(
            "SELECT id, headline, publisher, published_at, first_seen_at, retrieved_at, revision, withdrawn_at, body_text"
            " FROM as_of WHERE t = :t AND id = :id",
            {"t": self.moment(as_of), "id": archived["id"]},
        )
        if not rows:
            raise unknown
        securities = self.archive.sql(
            "SELECT security_id, code, name, kind FROM mentions WHERE article_id = ? AND NOT doubtful",
            [archived["id"]],
        )
        if archived["id"] in self._changed_since(self.moment(as_of)):
            securities = [security for security in securities if _names(rows[0], security)]
        return {
            **rows[0],
            "url": archived["share_url"] or archived["canonical_url"],
            "securities": securities,
        }

    def known(
        self,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        publisher: str = "",
        security: str = "",
        limit: int = 20,
        as_of: Moment | None = None,
    ) -> list[Record]:
        """The articles known then, newest first, without their texts."""
        parameters = self._parameters(as_of, since, until, publisher, security)
        rows = self.archive.sql(
            "SELECT a.id, a.headline, a.publisher, a.published_at, a.first_seen_at, a.share_url AS url FROM articles AS a"
            f" WHERE {UNCHANGED} AND {WITHIN} AND {NARROWED} ORDER BY a.arrival DESC LIMIT :limit",
            {**parameters, "limit": limit},
        )
        rows += [
            {name: row.get(name) for name in SHOWN if name != "excerpt"}
            for row in self._changed_within(parameters)
        ]
        rows.sort(key=lambda row: (row["first_seen_at"], row["id"]), reverse=True)
        return rows[:limit]

    def mentions(
        self,
        security: str,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        limit: int = 20,
        as_of: Moment | None = None,
    ) -> list[Record]:
        """The articles that mention a security (id, code or name), newest first, each once. Raises ValueError."""
        if not security:
            raise ValueError("name a security: its id, code or name")
        return self.known(since=since, until=until, security=security, limit=limit, as_of=as_of)

    def trend(
        self,
        *queries: str,
        by: Literal["day", "week", "month"] = "day",
        first: str,
        last: str,
        publisher: str = "",
        security: str = "",
        as_of: Moment | None = None,
    ) -> list[Record]:
        """How often queries match, by Beijing days: ``start``, ``query``, ``articles``, ``percent`` of all known. Raises ValueError."""
        self._require_index()
        starts = span_starts(first, last, by)
        parameters = {
            **self._parameters(as_of, None, None, publisher, security),
            "first": first,
            "last": last,
        }
        days = "date(a.published_at, '+8 hours') BETWEEN :first AND :last"
        totals = self._counts(
            f"SELECT {start_sql(by)} AS start, count(*) AS n FROM articles AS a"
            f" WHERE a.first_seen_at <= :t AND {days} AND {NARROWED} GROUP BY 1",
            parameters,
        )
        records: list[Record] = []
        for query in queries:
            counts = self._counts(
                f"SELECT {start_sql(by)} AS start, count(*) AS n FROM search AS f JOIN articles AS a ON a.arrival = f.arrival"
                f" WHERE f.q = :q AND {UNCHANGED} AND {days} AND {NARROWED} GROUP BY 1",
                {**parameters, "q": query},
            )
            ids = [row["id"] for row in self._changed_that_match(query, parameters)]
            extra = self._counts(
                f"SELECT {start_sql(by)} AS start, count(*) AS n FROM articles AS a"
                f" WHERE a.id IN (SELECT value FROM json_each(:ids)) AND {days} GROUP BY 1",
                {**parameters, "ids": json.dumps(ids)},
            )
            counts = {start: counts.get(start, 0) + extra.get(start, 0) for start in starts}
            records += trend_records(query, counts, totals, starts)
        return records

    def edits(
        self,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        publisher: str = "",
        figures: bool = False,
        limit: int = 20,
        as_of: Moment | None = None,
    ) -> list[Record]:
        """What publishers changed or withdrew by then, newest first; *figures*: only edits of figures and percentages."""
        lists = (
            "text_removed",
            "text_added",
            "figures_removed",
            "figures_added",
            "percentages_removed",
            "percentages_added",
        )
        rows = self.archive.sql(
            f"SELECT c.id, c.changed_at, c.old_headline, c.new_headline, {', '.join(f'c.{name}' for name in lists)}, c.withdrawn"
            " FROM revision_changes AS c JOIN articles AS a USING (id) WHERE c.cause = 'publisher' AND c.changed_at <= :t"
            " AND (:since = '' OR c.changed_at >= :since) AND (:until = '' OR c.changed_at < :until)"
            " AND (:publisher = '' OR a.publisher = :publisher OR a.publisher_slug = :publisher)"
            " AND (NOT :figures OR coalesce(c.figures_removed, c.percentages_removed) IS NOT NULL)"
            " ORDER BY c.changed_at DESC, c.id LIMIT :limit",
            {**self._parameters(as_of, since, until, publisher, ""), "figures": int(figures), "limit": limit},
        )
        for row in rows:
            row |= {name: json.loads(row[name] or "[]") for name in lists}
            row["withdrawn"] = bool(row["withdrawn"])
        return rows

    # -- articles that have another text now ------------------------------------------------------------------------

    def _changed_since(self, moment: str) -> dict[str, Record]:
        """Articles known at a moment whose text was replaced after it, as they were then, by id."""
        if moment == END_OF_TIME:
            return {}
        [key] = self.archive.sql(
            "SELECT :t AS t, (SELECT count(*) FROM revisions) AS revisions", {"t": moment}
        )
        if self._changed is None or self._changed[0] != key:
            rows = self.archive.sql(
                f"SELECT f.*, a.share_url AS url, a.publisher_slug FROM as_of AS f JOIN articles AS a USING (id)"
                f" WHERE f.t = :t AND NOT {SAME_TEXT}",
                {"t": moment},
            )
            self._changed = key, {row["id"]: row for row in rows}
        return self._changed[1]

    def _changed_within(self, parameters: Record) -> list[Record]:
        """Those of them that a question is about."""
        rows = list(self._changed_since(parameters["t"]).values())
        if parameters["publisher"]:
            rows = [
                row for row in rows if parameters["publisher"] in (row["publisher"], row["publisher_slug"])
            ]
        if since := parameters["since"]:
            rows = [row for row in rows if (row["published_at"] or "") >= since]
        if until := parameters["until"]:
            rows = [row for row in rows if row["published_at"] and row["published_at"] < until]
        if security := parameters["security"]:
            [*securities] = self.archive.sql(
                "SELECT code, name FROM securities WHERE :s IN (id, code, name)", {"s": security}
            )
            rows = [row for row in rows if any(_names(row, name) for name in securities)]
        return rows

    def _changed_that_match(self, query: str, parameters: Record) -> list[Record]:
        return [
            row
            for row in self._changed_within(parameters)
            if matches(query, row["headline"], row["body_text"] or "")
        ]

    # -- parts of questions -------------------------------------------------------------------------------------------

    def _parameters(
        self, as_of: Moment | None, since: Moment | None, until: Moment | None, publisher: str, security: str
    ) -> Record:
        return {
            "t": self.moment(as_of), "publisher": publisher, "security": security,
            "since": instant(since, "since") if since else "", "until": instant(until, "until") if until else "",
        }  # fmt: skip

    def _counts(self, sql: str, parameters: Record) -> dict[str, int]:
        return {row["start"]: row["n"] for row in self.archive.sql(sql, parameters)}

    def _require_index(self) -> None:
        if not self.archive.sql("SELECT 1 FROM sqlite_master WHERE name = 'search'"):
            raise ValueError("this archive has no search index; a crawl with -s SEARCH_INDEX=True builds it")


def _names(article: Record, security: Record) -> bool:
    """Whether the text that an article had then has the code or name of a security."""
    text = f"{article['headline']}\n{article['body_text']}"
    return any(part and part in text for part in (security["code"], security["name"]))
