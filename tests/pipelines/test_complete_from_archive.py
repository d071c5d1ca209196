"""What is known of an article, what was served this time, and what becomes of the two."""

from datetime import UTC, datetime

import pytest
from scrapy.utils.test import get_crawler

from archive.record_rules import cause_of, keep_better
from archive.writer import Archive
from crawler.items import Article
from pipelines.complete_from_archive import CompleteFromArchivePipeline
from pipelines.store_sqlite import StoreSqlitePipeline
from tests.new_archive import lay_archive

NOW = datetime(2026, 2, 21, 8, tzinfo=UTC)
BUYBACK = "晨光股份今日公告，拟以集中竞价方式回购股份，回购价格不超过每股十二元，期限六个月。"
OLYMPICS = "冬奥会张家口赛区准备工作已经全部就绪，各国代表团陆续抵达，比赛将于下周开始。"


@pytest.fixture
def archive(tmp_path):
    lay_archive(tmp_path, captures=False)
    with Archive(tmp_path) as archive:
        yield archive


@pytest.fixture
def stats():
    return get_crawler().stats


@pytest.fixture
def store(archive, stats):
    def run(text: str, headline: str = "公告", **fields) -> Article:
        item = Article(
            **{
                "id": "finews:1", "site": "finews", "link": "http://paper.example/1", "retrieved_at": NOW, "headline": headline,
                "headline_from": "detail", "body_raw": f"<p>{text}</p>", "body_html": f"<p>{text}</p>", "body_text": text,
                **fields,
            }
        )  # fmt: skip
        CompleteFromArchivePipeline(stats, archive).process_item(item)
        StoreSqlitePipeline(stats, archive).process_item(item)
        archive.flush()
        return item

    return run


def test_of_two_equally_trusted_headlines_the_newer_one_is_kept():
    record = {"headline": "更正：净利增一成", "headline_from": "feed"}
    keep_better(record, {"headline": "净利增两成", "headline_from": "feed"}, "headline", "headline_from")
    assert record["headline"] == "更正：净利增一成"


def test_a_poorer_headline_does_not_replace_a_better_one():
    record = {"headline": "第一句话", "headline_from": "body"}
    keep_better(record, {"headline": "净利增两成", "headline_from": "feed"}, "headline", "headline_from")
    assert record == {"headline": "净利增两成", "headline_from": "feed"}


def test_an_edit_is_the_publishers(store, archive, stats):
    store(BUYBACK)
    assert store(BUYBACK.replace("十二元", "十三元")).archived == "changed"
    [row] = archive.rows_of("revisions", "finews:1")
    assert (row["revision"], row["cause"], row["body_text"]) == (1, "publisher", BUYBACK)
    assert stats.get_value("articles/changed") == 1


def test_another_text_of_the_same_body_is_the_readers(store, archive, stats):
    """A new rule of ours takes out a sentence that it left in before: nobody edited anything."""
    served = f"<p>{BUYBACK}</p><p>打开应用查看更多。</p>"
    store(f"{BUYBACK}\n打开应用查看更多。", body_raw=served, reader="1")
    again = store(BUYBACK, body_raw=served, reader="2")
    assert (again.archived, again.revision) == ("reread", 2)
    [row] = archive.rows_of("revisions", "finews:1")
    assert (row["cause"], row["reader"]) == ("reader", "1")
    assert stats.get_value("articles/changed") is None
    assert archive.known("finews:1")["reader"] == "2"


def test_another_article_under_a_known_id_is_flagged_and_both_are_kept(store, archive, stats, caplog):
    store(BUYBACK, headline="晨光股份拟回购", publishers={"feed": "证券时报"}, description="回购")
    other = store(OLYMPICS, headline="张家口赛区就绪", publishers={"body": "新京报"})
    assert (other.archived, other.revision, other.replaced) == ("changed", 2, True)
    assert (other.publisher, other.description) == ("新京报", None)
    [earlier] = archive.rows_of("revisions", "finews:1")
    assert (earlier["headline"], earlier["body_text"]) == ("晨光股份拟回购", BUYBACK)
    assert [
        tuple(row) for row in archive.conn.execute("SELECT revision, replaced FROM revision_changes")
    ] == [(1, 1)]
    assert stats.get_value("articles/replaced") == 1
    assert "serves another article" in caplog.text


def test_a_rewritten_article_is_an_edit(store, archive):
    store("快讯：晨光股份拟回购股份，回购价格不超过每股十二元。", headline="晨光股份拟回购")
    assert not store(BUYBACK, headline="晨光股份公告回购方案").replaced


def test_captures_of_an_article_are_named_once(store, archive):
    store(BUYBACK, captures=["20260221T080000.000Z-1", "20260221T080001.000Z-2"])
    store(BUYBACK, captures=["20260221T080001.000Z-2", "20260222T080000.000Z-1"])
    assert len(archive.rows_of("article_captures", "finews:1")) == 3


@pytest.mark.parametrize(
    ("source", "response", "cause"),
    [
        ("a", "r", "reader"),
        ("a", "s", "reader"),
        ("b", "r", "reader"),
        ("b", "s", "publisher"),
        (None, None, "publisher"),
    ],
)
def test_the_same_body_or_the_same_response_is_no_change_of_the_publisher(source, response, cause):
    known = {"source_sha256": "a", "response_sha256": "r"}
    assert cause_of({"source_sha256": source, "response_sha256": response}, known) == cause
