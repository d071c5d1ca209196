"""What a batch holds, and how each kind of row is brought up to date."""

import pytest

from archive.batch import Batch, Entry
from archive.captures.journal import Noted
from archive.writer import Archive
from tests.archive.test_writer import NOW, entry
from tests.new_archive import lay_archive

LATER = "2026-02-21T10:00:00Z"


@pytest.fixture
def archive(tmp_path):
    lay_archive(tmp_path, captures=False)
    with Archive(tmp_path) as archive:
        archive.render = lambda article: (article["post_path"], f"post of {article['headline']}\n")
        yield archive


def rows(archive, query):
    return [tuple(row) for row in archive.conn.execute(query)]


def link(url, article_id=None, outcome="archived"):
    return {"url": url, "article_id": article_id, "outcome": outcome, "reason": None, "tries": 1, "last_tried_at": NOW, "spider": "share"}  # fmt: skip


def edited(number, text, **more):
    one = entry(number, **more)
    one.article["revision"] = 2
    one.body_html, one.body_text = f"<p>{text}</p>", text
    return one


@pytest.mark.parametrize(
    "what",
    [
        {"entries": {"web:1": Entry({})}},
        {"links": {"http://a/": link("http://a/")}},
        {"rows": {"checks": [{"article_id": "web:1"}]}},
        {"withdrawals": {"web:1": NOW}},
        {"journal": [Noted(NOW, "article", "web:1", {})]},
    ],
    ids=lambda what: next(iter(what)),
)
def test_a_batch_that_holds_anything_waits(what):
    assert not Batch()
    assert Batch(**what)


def test_the_journal_has_each_link_and_withdrawal_once():
    batch = Batch(
        links={"http://a/": link("http://a/", "web:1"), "http://b/": link("http://b/", outcome="failed")},
        withdrawals={"web:2": LATER},
        journal=[Noted(NOW, "article", "web:1", {})],
        link_captures={"http://b/": ("c1", "c2")},
    )
    assert [(noted.kind, noted.article_id) for noted in batch.noted()] == [("article", "web:1"), ("withdrawal", "web:2"), ("link", "web:1"), ("link", None)]  # fmt: skip
    *_, first, second = batch.noted()
    assert "captures" not in first.entry
    assert second.entry == {"url": "http://b/", "outcome": "failed", "reason": None, "spider": "share", "captures": ["c1", "c2"]}  # fmt: skip


def test_leaving_out_a_link_leaves_out_what_it_brought_and_nothing_else():
    batch = Batch(
        entries={"web:1": Entry({}), "web:2": Entry({})},
        links={"http://a/": link("http://a/", "web:1"), "http://b/": link("http://b/", "web:2")},
        rows={"checks": [{"article_id": "web:1"}, {"article_id": "web:2"}]},
        withdrawals={"web:1": NOW, "web:2": NOW},
        journal=[Noted(NOW, "article", "web:1", {}), Noted(NOW, "article", "web:2", {})],
    )
    batch.leave_out(["http://a/"])
    assert list(batch.entries) == list(batch.withdrawals) == ["web:2"]
    assert list(batch.links) == ["http://b/"]
    assert batch.rows == {"checks": [{"article_id": "web:2"}]}
    assert [noted.article_id for noted in batch.journal] == ["web:2"]


def test_a_new_text_takes_the_place_of_the_old_one_and_is_found(archive):
    archive.add(entry(1, new=True))
    archive.flush()
    again = edited(1, "储能电站并网")
    again.article["arrival"] = 1
    archive.add(again)
    archive.flush()
    assert rows(archive, "SELECT body_text FROM texts") == [("储能电站并网",)]
    assert rows(archive, "SELECT id FROM search WHERE q = '电站'") == [("finews:1",)]
    assert rows(archive, "SELECT id FROM search WHERE q = '文'") == []
    assert rows(archive, "SELECT id, arrival, revision FROM articles") == [("finews:1", 1, 2)]


def test_new_texts_are_found(archive):
    archive.add(entry(1, new=True))
    archive.flush()
    assert rows(archive, "SELECT id FROM search WHERE q = '文'") == [("finews:1",)]
    assert rows(archive, "SELECT id FROM search WHERE q = '第1篇'") == [("finews:1",)]


def test_a_new_text_beside_a_new_article_is_found_once_by_its_words(archive):
    archive.add(edited(1, "储能电站并网", new=True))
    archive.flush()
    archive.add(edited(1, "光伏电站停工"))
    archive.add(edited(2, "海风电场开建", new=True))
    archive.add(Entry({**entry(3).article}, new=True))
    archive.flush()
    for words, found in (("光伏", ["finews:1"]), ("储能", []), ("海风", ["finews:2"])):
        assert rows(archive, f"SELECT id FROM search WHERE q = '{words}'") == [(one,) for one in found]
    archive.add(edited(1, "港口扩建"))
    archive.flush()
    assert rows(archive, "SELECT id FROM search WHERE q = '光伏'") == []


def test_an_entry_without_a_text_leaves_the_text_alone(archive):
    archive.add(entry(1, new=True))
    archive.flush()
    one = entry(1)
    one.body_html = one.body_text = None
    one.article["headline"] = "新题"
    archive.add(one)
    archive.flush()
    assert rows(archive, "SELECT headline, body_text FROM news") == [("新题", "文")]


def test_rows_that_replace_take_the_place_of_all_that_this_article_had(archive):
    def removals(number, *texts):
        return [{"article_id": f"finews:{number}", "position": at, "rule": "ad", "text": text, "html": ""} for at, text in enumerate(texts, 1)]  # fmt: skip

    for number in (1, 2):
        archive.add(entry(number, new=True, replace={"removals": removals(number, "甲", "乙")}))
    archive.flush()
    archive.add(entry(1, replace={"removals": removals(1, "丙")}))
    archive.add(entry(2))
    archive.flush()
    assert rows(archive, "SELECT article_id, text FROM removals ORDER BY 1, position") == [("finews:1", "丙"), ("finews:2", "甲"), ("finews:2", "乙")]  # fmt: skip


def test_rows_of_a_table_that_keeps_the_first_stay_and_others_are_brought_up_to_date(archive):
    def feed(at):
        return {"article_id": "finews:1", "feed": "f", "first_listed_at": at}

    def check(at):
        return {"article_id": "finews:1", "next_check_at": at, "last_checked_at": at}

    for at in (NOW, LATER):
        archive.add(entry(1, rows={"article_feeds": [feed(at)], "checks": [check(at)]}))
        archive.flush()
    assert rows(archive, "SELECT first_listed_at FROM article_feeds") == [(NOW,)]
    assert rows(archive, "SELECT next_check_at FROM checks") == [(LATER,)]


def test_a_withdrawn_article_is_not_checked_again(archive):
    archive.add(entry(1, new=True, rows={"checks": [{"article_id": "finews:1", "next_check_at": LATER, "last_checked_at": NOW}]}))  # fmt: skip
    archive.flush()
    assert archive.withdraw("finews:1", LATER)
    archive.flush()
    assert rows(archive, "SELECT next_check_at, last_checked_at FROM checks") == [(None, LATER)]
    assert rows(archive, "SELECT changes FROM revisions") == [('{"withdrawn": true}',)]
    assert rows(archive, "SELECT revision, withdrawn_at FROM articles") == [(2, LATER)]


def test_a_copy_joins_the_story_and_leaves_it_with_its_text(archive):
    text = "山南市储能电站一期工程昨日并网，装机容量为二十万千瓦，由当地两家企业共同投资。项目负责人在现场表示，二期工程计划于明年春天开工，届时总投资将超过十亿元。"
    for number in (1, 2):
        one = edited(number, text, new=True)
        one.article["published_at"] = NOW
        archive.add(one)
    archive.flush()
    assert rows(archive, "SELECT count(DISTINCT story_id) FROM articles") == [(1,)]
    archive.add(edited(2, "央行今日开展一千亿元逆回购操作，中标利率与上次持平，市场人士认为流动性合理充裕，短期利率有望保持平稳运行。"))  # fmt: skip
    archive.flush()
    assert rows(archive, "SELECT count(DISTINCT story_id) FROM articles") == [(2,)]


def test_an_article_stays_in_its_story_with_its_text_and_gives_it_a_name_by_its_time(archive):
    text = "山南市储能电站一期工程昨日并网，装机容量为二十万千瓦，由当地两家企业共同投资。项目负责人在现场表示，二期工程计划于明年春天开工，届时总投资将超过十亿元。"
    for number in (1, 2):
        one = edited(number, text, new=True)
        one.article["published_at"] = NOW
        archive.add(one)
    archive.flush()
    stories = "SELECT DISTINCT story_id FROM articles"
    assert rows(archive, stories) == [("finews:1",)]
    renamed = entry(2)
    renamed.body_html = renamed.body_text = None
    renamed.article["headline"] = "另一个标题"
    archive.add(renamed)
    archive.flush()
    assert rows(archive, stories) == [("finews:1",)], "the text is as it was"
    late = entry(1)
    late.body_html = late.body_text = None
    late.article["published_at"] = LATER
    archive.add(late)
    archive.flush()
    assert rows(archive, stories) == [("finews:2",)], "which came first now"
    archive.add(edited(2, "央行今日开展一千亿元逆回购操作，中标利率与上次持平，市场人士认为流动性合理充裕，短期利率有望保持平稳运行。"))  # fmt: skip
    archive.flush()
    assert rows(archive, "SELECT id, story_id FROM articles ORDER BY id") == [
        ("finews:1", "finews:1"),
        ("finews:2", "finews:2"),
    ]


def test_a_security_that_only_a_chart_names_is_there_without_a_name(archive):
    security = {
        "id": "1.600160",
        "market": "1",
        "code": "600160",
        "exchange": "SH",
        "kind": "stock",
        "name": None,
    }
    archive.add(entry(1, rows={"securities": [security]}))
    archive.flush()
    assert rows(archive, "SELECT id, name FROM securities") == [("1.600160", None)]
