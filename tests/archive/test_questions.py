"""Questions that pages and the Python API share, each on rows made for it."""

import csv
import sqlite3

import pytest

from archive.exports import format_named
from archive.exports.run import export_file
from archive.exports.selection import Selection
from archive.questions import FIRST_REPORTERS, SURGES, trend_sql
from archive.schema import open_archive
from tests.archive.test_views import Rows
from tests.new_archive import lay_archive

ALL = {"first": "0001-01-01", "last": "9999-12-31", "publisher": "", "security": ""}


@pytest.fixture
def made(tmp_path):
    lay_archive(tmp_path, captures=False)
    conn = open_archive(tmp_path / "archive.db")
    conn.execute("PRAGMA trusted_schema = ON")
    yield Rows(conn)
    conn.close()


def ask(made, sql, *params):
    return made.conn.execute(sql, *params).fetchall()


# -- as of a moment ----------------------------------------------------------------------------------------------------


@pytest.fixture
def edited(made):
    """One article with three texts, one withdrawn, one archived late."""
    article_id = made.article(
        "新题",
        first_seen_at="2026-06-01T10:00:00Z",
        retrieved_at="2026-06-01T12:00:00Z",
        revision=3,
        body_text="第三",
    )
    for revision, hour, headline, text in ((1, 10, "旧题", "第一"), (2, 11, "新题", "第二")):
        made.add(
            "revisions", article_id=article_id, revision=revision, retrieved_at=f"2026-06-01T{hour}:00:00Z",
            headline=headline, body_html=f"<p>{text}</p>", body_text=text,
        )  # fmt: skip
    gone = made.article(
        "撤稿", first_seen_at="2026-06-01T10:00:00Z", retrieved_at="2026-06-01T10:00:00Z", revision=2, body_text="原文",
        withdrawn_at="2026-06-01T11:30:00Z",
    )  # fmt: skip
    made.add(
        "revisions", article_id=gone, revision=1, retrieved_at="2026-06-01T10:00:00Z", headline="撤稿",
        body_html="<p>原文</p>", body_text="原文", changes='{"withdrawn": true}',
    )  # fmt: skip
    made.article(
        "早文晚收",
        "2026-05-01T00:00:00Z",
        first_seen_at="2026-06-02T00:00:00Z",
        retrieved_at="2026-06-02T00:00:00Z",
    )
    return made


@pytest.mark.parametrize(
    ("moment", "texts"),
    [
        ("2026-06-01T09:59:59Z", []),
        ("2026-06-01T10:00:00Z", [("旧题", 1, None, "第一"), ("撤稿", 1, None, "原文")]),
        ("2026-06-01T10:59:59Z", [("旧题", 1, None, "第一"), ("撤稿", 1, None, "原文")]),
        ("2026-06-01T19:00:00+08:00", [("新题", 2, None, "第二"), ("撤稿", 1, None, "原文")]),
        ("2026-06-01T11:30:00Z", [("新题", 2, None, "第二"), ("撤稿", 2, "2026-06-01T11:30:00Z", "原文")]),
        ("2026-06-02", [("新题", 3, None, "第三"), ("撤稿", 2, "2026-06-01T11:30:00Z", "原文")]),
        ("2026-06-02T00:00:00Z", [("新题", 3, None, "第三"), ("撤稿", 2, "2026-06-01T11:30:00Z", "原文"), ("早文晚收", 1, None, "文")]),
        ("", []),
    ],
)  # fmt: skip
def test_nothing_of_later_is_known_at_a_moment(edited, moment, texts):
    sql = "SELECT headline, revision, withdrawn_at, body_text FROM as_of WHERE t = ? ORDER BY arrival"
    assert ask(edited, sql, [moment]) == texts


def test_the_newest_moment_is_the_archive(edited):
    later = ask(
        edited,
        "SELECT id, headline, revision, retrieved_at, body_html FROM as_of WHERE t = '2100-01-01' ORDER BY id",
    )
    assert later == ask(
        edited, "SELECT id, headline, revision, retrieved_at, body_html FROM news ORDER BY id"
    )


def test_a_moment_s_articles_are_found_by_the_index(edited):
    plan = ask(edited, "EXPLAIN QUERY PLAN SELECT * FROM as_of WHERE t = '2026-06-02' AND id = 'finews:新题'")
    assert any("SEARCH a USING INDEX" in row[-1] for row in plan)


def test_an_export_has_what_the_view_has(edited, tmp_path):
    edited.conn.commit()
    for moment in ("2026-06-01T11:00:00Z", "2026-06-02T00:00:00Z"):
        export_file(tmp_path, tmp_path / "then.csv", format_named("csv"), Selection(as_of=moment))
        with (tmp_path / "then.csv").open(encoding="utf-8", newline="") as file:
            rows = [
                (row["id"], row["headline"], row["revision"], row["withdrawn_at"], row["body_text"])
                for row in csv.DictReader(file)
            ]
        sql = "SELECT id, headline, CAST(revision AS TEXT), coalesce(withdrawn_at, ''), body_text FROM as_of WHERE t = ? ORDER BY published_at, id"
        assert rows == ask(edited, sql, [moment])
        assert len(rows) > 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM as_of LIMIT 1",
        "SELECT count(*) FROM as_of WHERE headline LIKE '%题'",
        "SELECT o.id FROM articles AS a JOIN as_of AS o USING (id) ORDER BY a.published_at",
        "SELECT id FROM as_of WHERE t = (SELECT max(first_seen_at) FROM articles)",
    ],
)
def test_without_a_moment_it_says_what_to_add(edited, sql):
    with pytest.raises(sqlite3.OperationalError, match=r"needs a moment: add WHERE t = .*ask as_of_each"):
        ask(edited, sql)


@pytest.mark.parametrize("view", ["as_of", "as_of_each"])
@pytest.mark.parametrize(
    "moment",
    ["tomorrow", "2026-06-01T12:00", "2026-06-01 12:00:00", "2026-06-01T12:00 08:00", "2026-02-30T99:00Z"],
)
def test_what_is_not_a_moment_is_refused(edited, view, moment):
    with pytest.raises(sqlite3.OperationalError, match="not a time with a zone"):
        ask(edited, f"SELECT id FROM {view} WHERE t = ?", [moment])


def test_moments_may_come_from_a_column(edited):
    sql = "WITH asked (moment) AS (VALUES ('2026-06-01T10:00:00Z'), ('2026-06-02'), ('2020-01-01')) SELECT moment, count(*) FROM asked"
    assert ask(edited, f"{sql} JOIN as_of_each ON t = moment GROUP BY 1") == [
        ("2026-06-01T10:00:00Z", 2),
        ("2026-06-02", 2),
    ]


# -- mentions ----------------------------------------------------------------------------------------------------------


def test_a_security_counts_once_an_article_whatever_the_origins(made):
    first, second = made.article("甲"), made.article("乙")
    made.security(first, "600160", "link", mentions=3)
    made.security(first, "600160", "text", mentions=2)
    made.security(first, "600160", "chart", doubtful=1)
    made.security(second, "600160", "link", doubtful=1)
    assert ask(
        made, "SELECT article_id, code, mentions, doubtful FROM mentions ORDER BY article_id DESC"
    ) == [
        (first, "600160", 3, 0),
        (second, "600160", 1, 1),
    ]


# -- trend -------------------------------------------------------------------------------------------------------------


def test_a_trend_counts_by_day_week_and_month(made):
    for number, moment in enumerate(
        ("2026-05-31T15:59:59Z", "2026-05-31T16:00:00Z", "2026-06-07T15:59:59Z", "2026-06-07T16:00:00Z")
    ):
        made.article(f"储能{number}", moment)
    made.article("别的", "2026-06-07T16:00:00Z", publisher="江海日报", publisher_slug="jianghai")
    made.add("publishers", name="江海日报", slug="jianghai")
    expected = {
        "day": [("2026-05-31", 1), ("2026-06-01", 1), ("2026-06-07", 1), ("2026-06-08", 1)],
        "week": [("2026-05-25", 1), ("2026-06-01", 2), ("2026-06-08", 1)],
        "month": [("2026-05-01", 1), ("2026-06-01", 3)],
    }
    for span, counts in expected.items():
        assert ask(made, trend_sql(span, True), ALL | {"q": "储能"}) == counts, span
    assert ask(made, trend_sql("month", False), ALL) == [("2026-05-01", 1), ("2026-06-01", 4)]
    assert ask(made, trend_sql("month", False), ALL | {"publisher": "jianghai"}) == [("2026-06-01", 1)]
    assert ask(made, trend_sql("day", True), ALL | {"q": "储能", "first": "2026-06-08"}) == [
        ("2026-06-08", 1)
    ]


def test_a_trend_can_be_of_a_security(made):
    made.security(made.article("储能甲"), "600160")
    made.security(made.article("储能乙"), "600160", doubtful=1)
    assert ask(made, trend_sql("day", True), ALL | {"q": "储能", "security": "600160"}) == [("2022-02-21", 1)]


# -- surges and first reporters ------------------------------------------------------------------------------------------


def test_surges_rank_by_what_chance_would_not_do(made):
    for code, before, after in (("600001", 4, 8), ("600002", 100, 110), ("600003", 0, 3), ("600004", 5, 0)):
        for number in range(before + after):
            day = "2026-06-01" if number < before else "2026-06-08"
            made.security(made.article(f"{code}-{number}", f"{day}T04:00:00Z"), code)
    span = {"before": "2026-06-01", "first": "2026-06-08", "last": "2026-06-14", "kind": ""}
    rows = ask(made, f"SELECT code, articles, before, change, surprise FROM ({SURGES})", span)
    assert rows == [
        ("600003", 3, 0, 3, 3.0),
        ("600001", 8, 4, 4, 1.8),
        ("600002", 110, 100, 10, 1.0),
        ("600004", 0, 5, -5, -2.0),
    ]


def test_first_reporters_and_whether_others_follow_within_an_hour(made):
    def story(*told):
        ids = [
            made.article(f"{publisher}{moment}", f"2026-06-01T{moment}:00Z", publisher=publisher)
            for publisher, moment in told
        ]
        made.conn.executemany("UPDATE articles SET story_id = ? WHERE id = ?", [(ids[0], one) for one in ids])
        return ids

    story(("甲报", "01:00"), ("乙报", "01:30"), ("甲报", "01:40"))
    story(("甲报", "02:00"), ("丙报", "05:00"))
    [first, *_] = story(("乙报", "03:00"), ("甲报", "03:05"))
    story(("甲报", "04:00"), ("甲报", "04:05"))
    made.security(first, "600160")
    assert ask(made, FIRST_REPORTERS, ALL) == [
        ("甲报", 3, 2, 66.7, 1),
        ("乙报", 2, 1, 50.0, 1),
        ("丙报", 1, 0, 0.0, 0),
    ]
    assert ask(made, FIRST_REPORTERS, ALL | {"first": "2026-06-02"}) == []
