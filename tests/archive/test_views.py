"""The analyst's views, each on rows made for it."""

import json
import re
import sqlite3

import pytest
from sqlite_utils import Database

from archive.edits.changes import changes, text_columns
from archive.schema import STEPS, migrations, open_archive, statements
from archive.views.declared_types import NOT_THESE
from tests.bench.archive import make_archive
from tests.bench.views import questions
from tests.new_archive import lay_archive

SHA = "a" * 64


class Rows:
    """Adds rows, and asks."""

    def __init__(self, conn: sqlite3.Connection):
        self.conn, self.arrival = conn, 0

    def add(self, table: str, **row) -> None:
        names = ", ".join(row)
        self.conn.execute(
            f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values())
        )

    def article(self, name: str, published_at: str | None = "2022-02-21T07:54:48Z", **more) -> str:
        """An article of that headline, its text included; its id."""
        self.arrival += 1
        html, text = more.pop("body_html", "<p>文</p>"), more.pop("body_text", "文")
        row = {
            "id": f"finews:{name}", "arrival": self.arrival, "site": "finews", "headline": name,
            "headline_from": "feed", "publisher": "新京报", "published_at": published_at,
            "published_precision": published_at and "second", "published_from": published_at and "feed",
            "first_seen_at": published_at or "2022-02-21T08:00:00Z", "retrieved_at": "2022-02-21T08:00:00Z",
            "text_sha256": "0" * 64,
        }  # fmt: skip
        self.add("articles", **(row | more))
        self.add("texts", article_id=row["id"], body_html=html, body_text=text)
        return row["id"]

    def picture(
        self, article_id: str, position: int, status: str = "stored", reason: str | None = None
    ) -> None:
        if status == "stored":
            self.conn.execute(
                "INSERT OR IGNORE INTO images VALUES (?, 'image/jpeg', 1, 1, 9, ?)",
                [SHA, f"images/aa/{SHA}.jpg"],
            )
        self.add(
            "article_images", article_id=article_id, position=position, url=f"http://x/{position}.jpg", status=status,
            sha256=SHA if status == "stored" else None, reason=reason,
        )  # fmt: skip

    def security(
        self, article_id: str, code: str, origin: str = "link", mentions: int = 1, doubtful: int = 0
    ) -> None:
        self.conn.execute(
            "INSERT OR IGNORE INTO securities VALUES (?, '1', ?, 'SH', ?, 'stock')",
            [f"1.{code}", code, f"名{code}"],
        )
        self.add(
            "article_securities", article_id=article_id, security_id=f"1.{code}", origin=origin, mentions=mentions,
            doubtful=doubtful,
        )  # fmt: skip

    def __call__(self, sql: str) -> list[tuple]:
        return [tuple(row) for row in self.conn.execute(sql)]


@pytest.fixture
def rows(tmp_path):
    lay_archive(tmp_path, captures=False)
    conn = open_archive(tmp_path / "archive.db")
    yield Rows(conn)
    conn.close()


def test_articles_by_day_publisher_counts_beijing_days(rows):
    rows.article("一", "2022-02-20T15:59:59Z")
    rows.article("二", "2022-02-20T16:00:00Z")
    rows.article("三", "2022-02-21T15:59:59Z")
    rows.article("四", "2022-02-21T03:00:00Z", publisher=None)
    rows.article("五", None)
    assert rows("SELECT * FROM articles_by_day_publisher ORDER BY 1, 2") == [
        (None, "新京报", 1), ("2022-02-20", "新京报", 1), ("2022-02-21", None, 1), ("2022-02-21", "新京报", 2),
    ]  # fmt: skip


def test_a_day_is_looked_up_in_the_index(rows):
    for sql in (
        "SELECT * FROM articles_by_day_publisher WHERE day = '2022-02-21'",
        "SELECT * FROM front_page WHERE day = '2022-02-21'",
        "SELECT * FROM articles WHERE day = '2022-02-21'",
        "SELECT * FROM news WHERE day >= '2022-02-21'",
        "SELECT * FROM articles_by_day_publisher WHERE day BETWEEN '2022-02-01' AND '2022-02-28'",
    ):
        plan = [row[3] for row in rows(f"EXPLAIN QUERY PLAN {sql}")]
        assert any("articles_by_day (day" in step for step in plan), plan


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """An archive of the benchmarks', small enough to be made here."""
    data = tmp_path_factory.mktemp("large") / "data"
    make_archive(data, 1500, characters=40)
    conn = sqlite3.connect(data / "archive.db")
    yield conn
    conn.close()


FEW = {"s", "o", "p", "pair", "securities", "r"}
"""What a question about little may read from end to end: the securities, their pairs counted one by one, and the edits."""


@pytest.mark.slow
@pytest.mark.parametrize("at", range(len(questions("2022-01-02", "finews:1", "finews:1"))))
def test_a_question_about_little_reads_little(large, at):
    article, story = large.execute("SELECT id, story_id FROM articles WHERE arrival = 750").fetchone()
    one = questions("2022-01-02", article, story)[at]
    assert large.execute(one.sql).fetchall() or one.kind == "look-up"
    plan = [row[3] for row in large.execute(f"EXPLAIN QUERY PLAN {one.sql}")]
    made = {step.split()[1] for step in plan if step.startswith(("CO-ROUTINE", "MATERIALIZE"))}
    in_order = "LIMIT 20" in one.sql and not any(step.startswith("USE TEMP B-TREE") for step in plan)
    scanned = {step.split()[1] for step in plan if step.startswith("SCAN")} - made - FEW
    assert one.kind == "whole" or in_order or not scanned, plan


@pytest.mark.slow
def test_views_of_an_archive_of_before_answer_the_same_faster(tmp_path):
    """Step 0010 makes views again: on rows that were there before, each answers as it did."""
    data = tmp_path / "data"
    make_archive(data, 800, characters=40)
    conn = sqlite3.connect(data / "archive.db")
    views = (
        "articles_with_images",
        "data_quality",
        "news_by_security",
        "first_mentions",
        "co_mentions",
        "stories",
        "link_outcomes",
    )
    new = {view: sorted(conn.execute(f"SELECT * FROM {view}").fetchall(), key=repr) for view in views}
    for view in views:
        conn.execute(f"DROP VIEW {view}")
    for name in ("0004_views", "0005_stories"):
        for statement in statements(dict(STEPS)[name]):
            if any(statement.startswith(f"CREATE VIEW {view} ") for view in views):
                conn.execute(statement)
    for view in views:
        assert sorted(conn.execute(f"SELECT * FROM {view}").fetchall(), key=repr) == new[view], view
        assert new[view], view
    conn.close()


def test_top_publishers(rows):
    rows.article("一", "2022-02-20T01:00:00Z")
    rows.article("二", "2022-02-20T02:00:00Z")
    rows.article("三", "2022-02-21T03:00:00Z")
    rows.article("四", "2022-02-21T04:00:00Z", publisher="央视")
    assert rows("SELECT * FROM top_publishers") == [
        ("新京报", 3, 0.75, 2, "2022-02-20T01:00:00Z", "2022-02-21T03:00:00Z"),
        ("央视", 1, 0.25, 1, "2022-02-21T04:00:00Z", "2022-02-21T04:00:00Z"),
    ]


def test_front_page_orders_by_feeds_then_time_within_each_day(rows):
    for name, time, feeds in (
        ("晚", "2022-02-21T09:00:00Z", 1), ("早", "2022-02-21T01:00:00Z", 1), ("重", "2022-02-21T05:00:00Z", 2),
        ("前日", "2022-02-20T05:00:00Z", 0), ("无时", None, 3),
    ):  # fmt: skip
        article_id = rows.article(name, time)
        for feed in range(feeds):
            rows.add("article_feeds", article_id=article_id, feed=f"market-{feed}", first_listed_at="2022-02-21T09:00:00Z")  # fmt: skip
    rows.picture("finews:重", 1)
    rows.picture("finews:重", 2, "failed", "HTTP 404")
    assert rows("SELECT day, place, headline, feeds, pictures FROM front_page ORDER BY day, place") == [
        ("2022-02-20", 1, "前日", 0, 0), ("2022-02-21", 1, "重", 2, 1), ("2022-02-21", 2, "早", 1, 0),
        ("2022-02-21", 3, "晚", 1, 0),
    ]  # fmt: skip
    assert rows("SELECT id FROM front_page WHERE day = '2022-02-21' AND place = 3") == [("finews:晚",)]


def test_articles_with_tables(rows):
    rows.article(
        "有", body_html="<p>前</p><table><tr><td>1</td></tr></table><table><tr><td>2</td></tr></table>"
    )
    rows.article("无", body_html="<p>&lt;table&gt; table</p>")
    assert rows("SELECT * FROM articles_with_tables") == [("finews:有", "2022-02-21", "有", "新京报", 2)]


def test_articles_with_images_and_images_missing(rows):
    rows.picture(rows.article("图"), 1)
    rows.picture("finews:图", 2, "failed", "HTTP 404")
    rows.picture(rows.article("缺"), 1, "refused", "tracking pixel")
    rows.article("无图")
    assert rows("SELECT headline, day, pictures, stored, path FROM articles_with_images ORDER BY 1 DESC") == [
        ("缺", "2022-02-21", 1, 0, None),
        ("图", "2022-02-21", 2, 1, f"images/aa/{SHA}.jpg"),
    ]
    assert rows("SELECT headline, day, position, url, status, reason FROM images_missing ORDER BY id") == [
        ("图", "2022-02-21", 2, "http://x/2.jpg", "failed", "HTTP 404"),
        ("缺", "2022-02-21", 1, "http://x/1.jpg", "refused", "tracking pixel"),
    ]


def test_late_arrivals_give_a_mere_day_until_its_end(rows):
    rows.article("准时", first_seen_at="2022-02-22T07:54:48Z")
    rows.article("迟", first_seen_at="2022-02-22T19:54:48Z")
    midnight = "2022-02-20T16:00:00Z"
    rows.article("日", midnight, published_precision="day", first_seen_at="2022-02-22T16:00:00Z")
    rows.article("日迟", midnight, published_precision="day", first_seen_at="2022-02-22T16:30:00Z")
    rows.article("无时", None, first_seen_at="2030-01-01T00:00:00Z")
    assert rows("SELECT headline, published_precision, hours FROM late_arrivals ORDER BY id") == [
        ("日迟", "day", 24.5),
        ("迟", "second", 36.0),
    ]


def test_boilerplate_by_rule(rows):
    one, two = rows.article("一"), rows.article("二")
    for article_id, position, rule, text in (
        (one, 1, "app_banner", None), (one, 2, "app_banner", "打开APP"), (two, 1, "app_banner", "下载APP"),
        (two, 2, "disclaimer", "风险自负"),
    ):  # fmt: skip
        rows.add("removals", article_id=article_id, position=position, rule=rule, text=text)
    assert rows("SELECT * FROM boilerplate_by_rule") == [
        ("app_banner", 3, 2, "打开APP"),
        ("disclaimer", 1, 1, "风险自负"),
    ]


def test_link_outcomes_tell_the_latest_reason(rows):
    for url, outcome, reason, last in (
        ("http://x/1", "failed", "HTTP 500", "2022-02-21T01:00:00Z"), ("http://x/2", "failed", "HTTP 503", "2022-02-21T15:00:00Z"),
        ("http://x/3", "failed", "HTTP 502", "2022-02-21T02:00:00Z"), ("http://x/4", "failed", "timeout", "2022-02-21T16:00:00Z"),
        ("http://x/5", "archived", None, "2022-02-21T02:00:00Z"),
    ):  # fmt: skip
        rows.add("links", url=url, outcome=outcome, reason=reason, first_tried_at=last, last_tried_at=last)
    assert rows("SELECT * FROM link_outcomes ORDER BY outcome, day") == [
        ("archived", "2022-02-21", 1, "2022-02-21T02:00:00Z", None),
        ("failed", "2022-02-21", 3, "2022-02-21T15:00:00Z", "HTTP 503"),
        ("failed", "2022-02-22", 1, "2022-02-21T16:00:00Z", "timeout"),
    ]


def test_feed_latency_leaves_out_times_that_are_only_days(rows):
    one, two = rows.article("一"), rows.article("二", published_precision="day")
    for article_id, feed, listed in (
        (one, "rolling", "2022-02-21T07:56:00Z"), (one, "media", "2022-02-21T07:54:40Z"),
        (two, "rolling", "2022-02-21T07:56:00Z"),
    ):  # fmt: skip
        rows.add("article_feeds", article_id=article_id, feed=feed, first_listed_at=listed)
    assert rows("SELECT feed, headline, seconds FROM feed_latency ORDER BY feed") == [
        ("media", "一", -8),
        ("rolling", "一", 72),
    ]


def test_data_quality(rows):
    rows.picture(rows.article("好"), 1)
    rows.picture("finews:好", 2, "failed", "HTTP 404")
    rows.picture("finews:好", 3, "refused", "tracking pixel")
    rows.picture("finews:好", 4)
    rows.article("无题", headline_from="body")
    rows.article("无日", None, publisher=None)
    rows.article("仿日", published_from="id", published_precision="day")
    rows.article("次日", "2022-02-22T07:54:48Z")
    assert rows("SELECT * FROM data_quality ORDER BY day") == [
        ("2022-02-21", 4, 0.25, 0.5, 0.25, 4, 0.25),
        ("2022-02-22", 1, 0.0, 0.0, 0.0, 0, None),
    ]


def test_news_by_security_is_doubtful_only_where_every_mention_is(rows):
    one, two = rows.article("一"), rows.article("二", "2022-02-21T16:00:00Z")
    rows.security(one, "600160", "link", 2, doubtful=1)
    rows.security(one, "600160", "text", 1, doubtful=0)
    rows.security(two, "600160", "link", 1, doubtful=1)
    rows.security(two, "600519")
    assert rows("SELECT code, name, day, headline, mentions, doubtful FROM news_by_security ORDER BY code, id") == [
        ("600160", "名600160", "2022-02-21", "一", 3, 0),
        ("600160", "名600160", "2022-02-22", "二", 1, 1),
        ("600519", "名600519", "2022-02-22", "二", 1, 0),
    ]  # fmt: skip
    plan = [row[3] for row in rows("EXPLAIN QUERY PLAN SELECT * FROM news_by_security WHERE code = '600160'")]
    assert any("INDEX securities_code (code=?)" in step for step in plan), plan


def test_co_mentions_count_each_article_once_and_no_doubtful_ones(rows):
    one, two, three = rows.article("一"), rows.article("二"), rows.article("三")
    for article_id in (one, two):
        rows.security(article_id, "600519")
        rows.security(article_id, "600160")
    rows.security(one, "600160", "text", 5)
    rows.security(three, "600519", doubtful=1)
    rows.security(three, "600160")
    rows.security(three, "601398", doubtful=1)
    assert rows("SELECT * FROM co_mentions") == [("1.600160", "名600160", "1.600519", "名600519", 2)]


def test_mentioned_with_tells_each_pair_from_either_side(rows):
    one, two, three = rows.article("一"), rows.article("二"), rows.article("三")
    for article_id in (one, two):
        rows.security(article_id, "600519")
        rows.security(article_id, "600160")
    rows.security(one, "600160", "text", 5)
    rows.security(three, "600519", doubtful=1)
    rows.security(three, "600160")
    assert rows(
        "SELECT security_id, code, name, other_id, other_code, other_name, other_kind, articles FROM mentioned_with ORDER BY 1"
    ) == [
        ("1.600160", "600160", "名600160", "1.600519", "600519", "名600519", "stock", 2),
        ("1.600519", "600519", "名600519", "1.600160", "600160", "名600160", "stock", 2),
    ]


def test_first_mentions(rows):
    rows.security(rows.article("无时", None), "600160")
    rows.security(rows.article("晚", "2022-02-22T00:00:00Z"), "600160")
    rows.security(rows.article("早", "2022-02-21T00:00:00Z"), "600160")
    rows.security(rows.article("疑", "2022-02-20T00:00:00Z"), "600160", doubtful=1)
    rows.security("finews:无时", "600519")
    assert rows("SELECT code, day, headline FROM first_mentions ORDER BY code") == [
        ("600160", "2022-02-21", "早"),
        ("600519", None, "无时"),
    ]


def test_mentions_by_publisher(rows):
    rows.security(rows.article("一"), "600160", "link", 2)
    rows.security("finews:一", "600160", "text", 1)
    rows.security(rows.article("二"), "600160", "link", 4)
    rows.security(rows.article("三"), "600160", "link", 9, doubtful=1)
    rows.security(rows.article("四", publisher="央视"), "600160")
    assert rows(
        "SELECT publisher, code, articles, mentions FROM mentions_by_publisher ORDER BY mentions"
    ) == [
        ("央视", "600160", 1, 1),
        ("新京报", "600160", 2, 7),
    ]


def test_revision_changes(rows):
    texts = ["营收3亿元，增10%", "营收4亿元，增10%，代码600160", "营收4亿元，增12%"]
    article_id = rows.article(
        "终", revision=4, retrieved_at="2022-02-21T10:00:00Z", withdrawn_at="2022-02-21T11:00:00Z", body_text=texts[2]
    )  # fmt: skip
    told = [changes(texts[0], texts[1]), changes(texts[1], texts[2]), json.dumps({"withdrawn": True})]
    for number, headline in ((1, "初"), (2, "中"), (3, "终")):
        rows.add(
            "revisions", article_id=article_id, revision=number, retrieved_at=f"2022-02-21T0{7 + number - 1}:00:00Z",
            headline=headline, body_html="", body_text=texts[number - 1], changes=told[number - 1],
        )  # fmt: skip
    found = rows(
        "SELECT revision, changed_at, old_headline, new_headline, figures_removed, figures_added, percentages_removed,"
        " percentages_added, codes_removed, codes_added, withdrawn, old_length, new_length FROM revision_changes ORDER BY revision"
    )
    assert found == [
        (1, "2022-02-21T08:00:00Z", "初", "中", '["3亿元"]', '["4亿元"]', None, None, "[]", '["600160"]', 0, 10, 19),
        (2, "2022-02-21T09:00:00Z", "中", "终", None, None, '["10%"]', '["12%"]', '["600160"]', "[]", 0, 19, 10),
        (3, "2022-02-21T11:00:00Z", "终", "终", None, None, None, None, None, None, 1, 10, 10),
    ]  # fmt: skip


def test_revision_changes_of_words_alone(rows):
    article_id = rows.article("新", revision=2, retrieved_at="2022-02-21T10:00:00Z", body_text="新的文字")
    rows.add(
        "revisions", article_id=article_id, revision=1, retrieved_at="2022-02-21T08:00:00Z", headline="旧",
        body_html="", body_text="旧字", changes=None,
    )  # fmt: skip
    sql = "SELECT changed_at, old_headline, new_headline, figures_added, withdrawn, old_length, new_length FROM revision_changes"
    assert rows(sql) == [("2022-02-21T10:00:00Z", "旧", "新", None, 0, 2, 4)]


def test_revision_changes_lists_sentences(rows):
    old = "央行今日降准。市场反应平淡。\n产品\t2021\t2022\n甲\t1\t2"
    new = "市场反应平淡。\n央行今日降息，为年内首次。\n产品\t2021\t2022\n甲\t1\t3"
    article_id = rows.article("题", revision=2, body_text=new)
    rows.add(
        "revisions", article_id=article_id, revision=1, retrieved_at="2022-02-21T08:00:00Z", headline="题", body_html="",
        body_text=old, changes=changes(old, new), **text_columns(old, new),
    )  # fmt: skip
    one = "SELECT value FROM revision_changes, json_each({}) ORDER BY key"
    assert rows(one.format("text_removed")) == [("央行今日降准。",), ("甲\t1\t2",)]
    assert rows(one.format("text_added")) == [("央行今日降息，为年内首次。",), ("甲\t1\t3",)]


def test_earlier_texts_of_an_older_archive_get_their_sentences(tmp_path):
    path = tmp_path / "archive.db"
    db = Database(path)
    migrations().apply(db, stop_before="0008_revision_texts")
    old = Rows(db.conn)
    texts = ["一。二。", "一。三。", "三。四。"]
    article_id = old.article("题", revision=4, withdrawn_at="2022-02-21T12:00:00Z", body_text=texts[2])
    for number, change in ((1, None), (2, '{"figures": {}}'), (3, '{"withdrawn": true}')):
        old.add(
            "revisions", article_id=article_id, revision=number, retrieved_at=f"2022-02-21T0{7 + number}:00:00Z",
            headline="题", body_html="", body_text=texts[number - 1], changes=change,
        )  # fmt: skip
    db.conn.commit()
    db.close()
    found = open_archive(path)
    assert Rows(found)("SELECT revision, text_removed, text_added, withdrawn FROM revision_changes") == [
        (1, '["二。"]', '["三。"]', 0), (2, '["一。"]', '["四。"]', 0), (3, None, None, 1),
    ]  # fmt: skip
    assert Rows(found)("SELECT revision, changes FROM revisions WHERE changes IS NULL") == [(1, None)]
    found.close()


def test_what_views_compute_has_a_type(rows):
    """All but times, which indexes know, and what the search computes. SQLite before 3.41 shows it only in a table made of a view."""
    left, types = set(), {}
    for (view,) in rows("SELECT name FROM sqlite_master WHERE type = 'view'"):
        if view in NOT_THESE:
            continue
        rows(f"CREATE TEMP TABLE of_{view} AS SELECT * FROM {view}")
        types[view] = dict(rows(f"SELECT name, type FROM pragma_table_info('of_{view}')"))
        left |= {f"{view}.{name}" for name, kind in types[view].items() if not kind}
    assert {name for name in left if not re.search(r"\.(day|\w+_at|path|t|(cn|hk)_\w+)$", name)} == set()
    assert (types["top_publishers"]["articles"], types["top_publishers"]["share"]) == ("INT", "REAL")
