"""Shards into one archive: as if one machine had crawled, whatever the order, twice is once, killed anywhere."""

import itertools
import json
import shutil
import sqlite3
import threading
from hashlib import sha256

import pytest

from archive.captures import Capture
from archive.edits.changes import text_digest
from archive.forget import forget
from archive.lock import DirectoryLock
from archive.merge.bundle import CHILDREN, SHARED
from archive.merge.run import merge
from archive.verify import verify
from archive.writer import Archive, Entry
from pipelines.write_frontmatter import PostWriter
from tests.archive.test_killed import SCENARIOS
from tests.kill_points import contents, kill_everywhere
from tests.killing import kill_in_process
from tests.new_archive import lay_archive

MINUTES = "2026-02-21T07:{:02d}:00Z"
PICTURES = {sha256(data).hexdigest(): data for data in (b"one picture", b"another picture")}
ONE, ANOTHER = PICTURES
STORIES = (
    "央行今日开展逆回购操作，利率与此前持平，市场流动性合理充裕，国债收益率小幅下行，国家高山滑雪中心的债券上市。",
    "多家光伏企业下调硅片报价，产业链库存仍处高位，分析人士认为价格战短期难以结束，国家高山滑雪中心将采购组件。",
    "国家高山滑雪中心的造雪工作已经完成，张家口赛区准备就绪，各国代表团在本周内陆续抵达，志愿者上岗服务。",
    "新能源汽车出口创下新高，港口滚装船运力紧张，车企自建船队陆续投入运营，国家高山滑雪中心迎来首批电动巴士。",
)
WORDS = "张家口赛区准备就绪，国家高山滑雪中心的造雪工作已经完成，各国代表团在本周内陆续抵达，第{}号公告。"
RENDER = PostWriter("jekyll", "")


def writing(folder, search=True, captures=False) -> Archive:
    lay_archive(folder, search, captures)
    archive = Archive(folder, MINUTES.format(59), search=search, captures=captures).open()
    archive.render = RENDER
    archive.recover()
    return archive


def article(archive: Archive, number: int, minute: int, text: str | None = None, **columns) -> Entry:
    """An article as the pipelines store it, received at *minute*."""
    text = text or WORDS.format(number)
    moment = MINUTES.format(minute)
    row = {
        "id": f"finews:{number}", "site": "finews", "info_code": f"NW{number}", "share_url": f"http://paper.example/{number}",
        "canonical_url": None, "headline": f"第{number}篇", "headline_from": "feed", "alternative_headline": None,
        "publisher": "新京报", "publisher_slug": "xinjingbao", "authors": "[]", "editors": "[]", "description": None,
        "published_at": moment, "published_precision": "second", "published_raw": moment, "published_from": "feed",
        "first_seen_at": moment, "retrieved_at": moment, "revision": 1, "withdrawn_at": None, "text_sha256": text_digest(text),
        "kind": "article", "access": "open", "served_from": "http://paper.example", "reader": "1", "source_sha256": None,
    } | columns  # fmt: skip
    entry = Entry(row, new=True, body_html=f"<p>{text}</p>", body_text=text)
    key = {"article_id": row["id"]}
    entry.rows = {
        "article_feeds": [{**key, "feed": "rolling", "first_listed_at": moment}],
        "article_captures": [{**key, "capture_id": f"c{number}"}],
        "article_publishers": [{**key, "origin": "feed", "name": "新京报"}],
        "publishers": [{"name": "新京报", "slug": "xinjingbao"}],
        "checks": [{**key, "next_check_at": None, "done": 1, "last_checked_at": moment, "etag": None, "last_modified": None}],
        "securities": [{"id": "1.600160", "market": "1", "code": "600160", "exchange": "SH", "name": "巨化股份", "kind": "stock"}],
    }  # fmt: skip
    entry.replace = {
        "article_securities": [{**key, "security_id": "1.600160", "origin": "link", "mentions": 1, "doubtful": 0}],
        "article_links": [{**key, "position": 1, "url": "http://other.example/", "text": "更多", "kind": "related"}],
        "removals": [{**key, "position": 1, "rule": "editor", "text": "（责任编辑：某）", "html": "<p>（责任编辑：某）</p>"}],
        "article_images": [],
    }  # fmt: skip
    return entry


def with_image(archive: Archive, entry: Entry, digest: str, status: str = "stored") -> Entry:
    path = f"images/{digest[:2]}/{digest}.jpg"
    image = {
        "article_id": entry.article["id"],
        "position": 1,
        "url": "http://paper.example/1.jpg",
        "caption": None,
        "alt": None,
    }
    if status == "stored":
        archive.stage_image(PICTURES[digest], digest, ".jpg")
        entry.images = [path]
        entry.rows["images"] = [
            {"sha256": digest, "media_type": "image/jpeg", "width": 1, "height": 1, "bytes": len(PICTURES[digest]), "path": path}
        ]  # fmt: skip
        entry.replace["article_images"] = [{**image, "sha256": digest, "status": "stored", "reason": None}]
    else:
        entry.replace["article_images"] = [{**image, "sha256": None, "status": status, "reason": "404"}]
    return entry


def bring(archive: Archive, entry: Entry) -> None:
    """Archive an article as the pipelines do, with its post and its link."""
    bundle = {
        **entry.article, "authors": [], "editors": [], "body_html": entry.body_html,
        "images": [{"path": next(iter(entry.images), None), **image} for image in entry.replace["article_images"]],
    }  # fmt: skip
    entry.post = RENDER(bundle)
    entry.article["post_path"] = entry.post[0]
    archive.add(entry)
    row = {
        "url": entry.article["share_url"],
        "article_id": entry.article["id"],
        "outcome": "archived",
        "reason": None,
    }
    archive.add_link({**row, "last_tried_at": entry.article["first_seen_at"]})


def shard(folder, *articles, search=False, **more) -> None:
    """A shard of articles: numbers, or what makes an entry of its archive."""
    with writing(folder, search) as archive:
        for made in articles:
            entry = made(archive) if callable(made) else article(archive, made, made, **more)
            bring(archive, entry)


def merged(folder, *shards, search=True):
    with writing(folder, search) as archive:
        return merge(archive, list(shards))


def rows(folder, sql, *params):
    with sqlite3.connect(folder / "archive.db") as conn:
        conn.row_factory = sqlite3.Row
        return [dict(row) for row in conn.execute(sql, params)]


def put(folder, table, **values):
    with sqlite3.connect(folder / "archive.db") as conn:
        names = ", ".join(values)
        conn.execute(
            f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})", list(values.values())
        )


@pytest.fixture(scope="module")
def one_machine(tmp_path_factory):
    """Twelve articles of one machine, and the same in three shards."""
    folder = tmp_path_factory.mktemp("merge")
    # Copies of one story in several shards; an image that two articles share.
    texts = {number: STORIES[number % 4] for number in range(1, 13)}

    def made(number):
        def make(archive):
            entry = article(archive, number, number, texts[number])
            return with_image(archive, entry, ONE) if number % 5 == 0 else entry

        return make

    shard(folder / "whole", *map(made, range(1, 13)), search=True)
    for part in range(3):
        shard(folder / f"part{part}", *(made(number) for number in range(1, 13) if number % 3 == part))
    return folder


@pytest.mark.parametrize("order", list(itertools.permutations(range(3)))[::2])
def test_shards_come_out_as_if_one_machine_had_crawled(one_machine, tmp_path, order):
    done = merged(tmp_path, *(one_machine / f"part{part}" for part in order))
    assert (done.new, done.changed, done.links, done.problems) == (12, 0, 12, [])
    assert contents(tmp_path) == contents(one_machine / "whole")
    hits = rows(tmp_path, "SELECT id FROM search WHERE q = '高山滑雪' ORDER BY arrival")
    assert [hit["id"] for hit in hits] == [f"finews:{number}" for number in range(1, 13)]
    assert len(rows(tmp_path, "SELECT * FROM stories WHERE articles = 3")) == 4
    with sqlite3.connect(tmp_path / "archive.db") as conn:
        conn.execute("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")
    found = verify(tmp_path, RENDER, Archive(tmp_path, MINUTES.format(59)).now()).findings
    assert [finding for finding in found if finding.check != "capture"] == []  # no captures were made


def test_twice_is_once(one_machine, tmp_path):
    shards = [one_machine / f"part{part}" for part in range(3)]
    merged(tmp_path, *shards)
    before = contents(tmp_path)
    again = merged(tmp_path, *shards)
    assert (again.new, again.changed, again.links, again.compared) == (0, 0, 0, 12)
    assert contents(tmp_path) == before


def test_one_shard_after_the_other(one_machine, tmp_path):
    for part in (2, 0, 1):
        assert merged(tmp_path, one_machine / f"part{part}").new == 4
    but = ("arrival",)  # the order in which they came here
    assert contents(tmp_path, but) == contents(one_machine / "whole", but)


def test_shards_are_left_as_they_are(one_machine, tmp_path):
    before = {path: path.stat().st_mtime_ns for path in one_machine.rglob("*.db")}
    merged(tmp_path, one_machine / "part0")
    assert {path: path.stat().st_mtime_ns for path in one_machine.rglob("*.db")} == before


def test_while_a_shard_is_being_written(tmp_path):
    live = writing(tmp_path / "live", search=False)
    bring(live, article(live, 1, 1))
    live.flush()
    assert merged(tmp_path / "main", tmp_path / "live").new == 1
    bring(live, article(live, 2, 2))
    live.flush()
    assert merged(tmp_path / "main", tmp_path / "live").new == 1
    live.close()
    assert [
        row["arrival"] for row in rows(tmp_path / "main", "SELECT arrival FROM articles ORDER BY id")
    ] == [1, 2]


def test_a_shard_that_is_written_to_all_the_time(tmp_path):
    live = tmp_path / "live"
    shard(live, 1)
    stop = threading.Event()

    def crawl():
        with writing(live, search=False) as archive:
            for number in range(2, 60):
                bring(archive, article(archive, number, number))
                archive.flush()
                if stop.is_set():
                    return

    writer = threading.Thread(target=crawl)
    writer.start()
    try:
        for _ in range(4):
            merged(tmp_path / "main", live)
            lost = "SELECT * FROM links WHERE article_id NOT IN (SELECT id FROM articles)"
            assert rows(tmp_path / "main", lost) == []
    finally:
        stop.set()
        writer.join()
    merged(tmp_path / "main", live)
    assert rows(tmp_path / "main", "SELECT id FROM articles ORDER BY id") == rows(
        live, "SELECT id FROM articles ORDER BY id"
    )


# -- one article in several shards ---------------------------------------------------------------------------------------


def both_ways(tmp_path, *makers):
    """The merge of shards of one article each, in every order, one call each; all are equal."""
    for number, maker in enumerate(makers):
        shard(tmp_path / f"s{number}", maker)
    found = []
    for order in itertools.permutations(range(len(makers))):
        main = tmp_path / "main-{}".format("".join(map(str, order)))
        for number in order:
            merged(main, tmp_path / f"s{number}")
        stand = contents(main)
        assert merged(main, *(tmp_path / f"s{number}" for number in order)).changed == 0
        assert contents(main) == stand
        found.append(stand)
    assert all(one == found[0] for one in found)
    return tmp_path / "main-{}".format("".join(map(str, range(len(makers)))))


def test_a_later_text_makes_a_revision(tmp_path):
    main = both_ways(
        tmp_path,
        lambda a: article(a, 1, 5, "营收3亿元，净利润大幅增长，公司拟派发股息。"),
        lambda a: article(a, 1, 9, "营收4亿元，净利润大幅增长，公司拟派发股息。"),
        lambda a: article(a, 1, 7, "营收5亿元，净利润大幅增长，公司拟派发股息。"),
    )
    [row] = rows(main, "SELECT revision, retrieved_at, first_seen_at, body_text FROM news")
    assert (row["revision"], row["retrieved_at"], row["first_seen_at"]) == (
        3,
        MINUTES.format(9),
        MINUTES.format(5),
    )
    assert row["body_text"].startswith("营收4亿元")
    old = rows(main, "SELECT * FROM revision_changes ORDER BY revision")
    assert [(one["revision"], one["figures_removed"], one["figures_added"], one["cause"]) for one in old] == [
        (1, '["3亿元"]', '["5亿元"]', "publisher"), (2, '["5亿元"]', '["4亿元"]', "publisher"),
    ]  # fmt: skip
    assert rows(main, "SELECT id FROM search WHERE q = '营收4亿元'") == [{"id": "finews:1"}]


def test_the_same_text_is_one_article(tmp_path):
    main = both_ways(
        tmp_path,
        lambda a: with_image(
            a, article(a, 1, 9, headline="占位", headline_from="body", description="摘要"), ONE
        ),
        lambda a: with_image(a, article(a, 1, 5, published_at=None, published_from=None), ONE, "failed"),
        lambda a: article(a, 1, 7, publisher=None, publisher_slug=None),
    )
    [row] = rows(main, "SELECT * FROM articles")
    assert (row["headline"], row["headline_from"], row["description"], row["revision"]) == (
        "第1篇",
        "feed",
        "摘要",
        1,
    )
    assert (row["published_at"], row["publisher_slug"]) == (MINUTES.format(9), "xinjingbao")
    assert row["retrieved_at"] == row["first_seen_at"] == MINUTES.format(5)
    assert [image["status"] for image in rows(main, "SELECT status FROM article_images")] == ["stored"]
    assert (main / f"images/{ONE[:2]}/{ONE}.jpg").read_bytes() == PICTURES[ONE]
    assert rows(main, "SELECT first_listed_at FROM article_feeds") == [{"first_listed_at": MINUTES.format(5)}]
    assert "第1篇" in (main / row["post_path"]).read_text()


def test_the_whole_text_wins_over_a_later_preview(tmp_path):
    main = both_ways(
        tmp_path,
        lambda a: article(a, 1, 5, "全文在此，净利润大幅增长，公司拟派发股息。"),
        lambda a: article(a, 1, 9, "全文在此", access="preview"),
    )
    assert rows(main, "SELECT access, revision, body_text FROM news") == [
        {"access": "open", "revision": 1, "body_text": "全文在此，净利润大幅增长，公司拟派发股息。"}
    ]


@pytest.mark.parametrize("text", ["净利润增长一成，公司拟派发股息。", "净利润增长两成，公司拟派发股息。"])
def test_an_import_is_no_newer_truth_than_what_was_served(tmp_path, text):
    served = "净利润增长两成，公司拟派发股息。"
    main = both_ways(
        tmp_path,
        lambda a: article(a, 1, 5, served),
        lambda a: article(a, 1, 9, text, captured_from="saved"),
        lambda a: article(a, 1, 9, "净利润增长", access="preview", captured_from="older_posts"),
    )
    assert rows(main, "SELECT body_text, captured_from FROM news") == [
        {"body_text": served, "captured_from": None}
    ]


def test_of_two_post_files_the_longer_is_the_text(tmp_path):
    main = both_ways(
        tmp_path,
        lambda a: article(a, 1, 5, "净利润增长两成，公司拟派发股息。", captured_from="older_posts"),
        lambda a: article(a, 1, 9, "净利润增长。", captured_from="older_posts"),
    )
    assert rows(main, "SELECT body_text FROM news") == [{"body_text": "净利润增长两成，公司拟派发股息。"}]


def test_of_two_ways_to_say_one_time_the_first_stays(tmp_path):
    """As where the readings are made again: the list says "2 hours ago", later "3 hours ago"."""
    same = {"published_at": MINUTES.format(1), "published_from": "feed"}
    main = both_ways(
        tmp_path,
        lambda a: article(a, 1, 9, published_raw="3小时前", **same),
        lambda a: article(a, 1, 5, published_raw="2小时前", **same),
    )
    assert rows(main, "SELECT published_raw FROM articles") == [{"published_raw": "2小时前"}]


def withdrawn(number, minute, found_at):
    def make(archive):
        bring(archive, article(archive, number, minute))
        archive.withdraw(f"finews:{number}", MINUTES.format(found_at))
        archive.flush()
        stored = archive.known(f"finews:{number}")
        entry = article(
            archive, number, minute, withdrawn_at=stored["withdrawn_at"], revision=stored["revision"]
        )
        entry.new, entry.article["arrival"] = False, stored["arrival"]
        return entry

    return make


def test_a_withdrawal_stays_and_ends_with_a_later_text(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    main = both_ways(tmp_path / "one", withdrawn(1, 5, 9), lambda a: article(a, 1, 7))
    [row] = rows(main, "SELECT withdrawn_at, revision, retrieved_at FROM articles")
    assert row == {"withdrawn_at": MINUTES.format(9), "revision": 2, "retrieved_at": MINUTES.format(5)}
    main = both_ways(tmp_path / "other", withdrawn(1, 5, 9), lambda a: article(a, 1, 11))
    [row] = rows(main, "SELECT withdrawn_at, revision, retrieved_at FROM articles")
    assert row == {"withdrawn_at": None, "revision": 2, "retrieved_at": MINUTES.format(11)}
    assert [old["changes"] for old in rows(main, "SELECT changes FROM revisions")] == ['{"withdrawn": true}']


def test_another_article_under_the_same_id_takes_nothing_of_it(tmp_path):
    main = both_ways(
        tmp_path,
        lambda a: article(
            a,
            1,
            5,
            "晨光股份今日公告，拟以集中竞价方式回购股份，回购价格不超过每股十二元。",
            description="回购",
        ),
        lambda a: article(
            a,
            1,
            9,
            "冬奥会张家口赛区准备工作已经全部就绪，各国代表团陆续抵达。",
            headline="冬奥",
            headline_from="page",
        ),
    )
    [row] = rows(main, "SELECT headline, description, revision FROM articles")
    assert row == {"headline": "冬奥", "description": None, "revision": 2}
    assert json.loads(rows(main, "SELECT changes FROM revisions")[0]["changes"])["replaced"]


def test_links_end_with_the_later_outcome_and_never_with_our_failure(tmp_path):
    main, one, other = (tmp_path / name for name in ("main", "one", "other"))
    shard(one, 1)
    shard(other, 2)
    given = {
        "http://a/": (("failed", 9), ("archived", 5), "archived"),
        "http://b/": (("gone", 9), ("archived", 5), "gone"),
        "http://c/": (("archived", 9), ("unreachable", 5), "archived"),
        "http://d/": (("unchanged", 5), ("archived", 5), "archived"),
        "http://e/": (("failed", 5), ("failed", 9), "failed"),
    }
    for url, (*ends, _) in given.items():
        for folder, (outcome, minute) in zip((one, other), ends, strict=True):
            moment = MINUTES.format(minute)
            put(
                folder,
                "links",
                url=url,
                outcome=outcome,
                reason=f"at {minute}",
                tries=minute,
                first_tried_at=moment,
                last_tried_at=moment,
            )
    for order in ((one, other), (other, one)):
        shutil.rmtree(main, ignore_errors=True)
        for folder in order:
            merged(main, folder)
        for url, (*_, outcome) in given.items():
            [row] = rows(main, "SELECT * FROM links WHERE url = ?", url)
            assert (row["outcome"], row["tries"], row["first_tried_at"][14:16]) == (
                outcome,
                max(t for _, t in given[url][:2]),
                "05",
            )
        assert merged(main, one, other).links == 0


# -- what is kept beside articles ------------------------------------------------------------------------------------------


def test_every_table_is_merged_or_follows_from_others(tmp_path):
    shard(tmp_path, 1, search=True)
    known = rows(tmp_path, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'")
    names = {row["name"] for row in known if not row["name"].startswith(("search_", "_sqlite_"))}
    of_articles = {"articles", "texts", "publishers", *CHILDREN, *SHARED}
    by_key = {
        "links",
        "crawls",
        "feeds",
        "gaps",
        "pending_records",
        "forgotten",
        "restorations",
        "reader_marks",
    }
    made_anew = {"story_keys", "trading_days"}
    of_one_machine = {
        "watches",
        "alerts",
        "added_links",
    }  # each has its own watches, and crawls what was added to it
    assert names == of_articles | by_key | made_anew | of_one_machine, (
        "say in archive/merge how a new table is merged"
    )


def test_crawls_and_lists(tmp_path):
    main, one, other = (tmp_path / name for name in ("main", "one", "other"))
    shard(one, 1)
    shard(other, 2)
    put(one, "crawls", id="x@a", spider="feeds", started_at=MINUTES.format(1))
    put(
        other,
        "crawls",
        id="x@b",
        spider="share",
        started_at=MINUTES.format(1),
        finished_at=MINUTES.format(2),
        outcome="finished",
    )
    put(one, "feeds", feed="rolling", last_polled_at=MINUTES.format(3), newest_at=MINUTES.format(3))
    put(other, "feeds", feed="rolling", last_polled_at=MINUTES.format(4), newest_at=MINUTES.format(4))
    gap = {
        "feed": "rolling",
        "from_at": MINUTES.format(0),
        "to_at": MINUTES.format(1),
        "opened_at": MINUTES.format(2),
    }
    put(one, "gaps", **gap, tries=1)
    put(other, "gaps", **gap, tries=3, filled_at=MINUTES.format(5))
    pending = {"feed": "rolling", "url": "http://paper.example/", "record": "{}"}
    put(one, "pending_records", article_id="finews:2", **pending)
    put(one, "pending_records", article_id="finews:9", **pending)
    merged(main, one, other)
    with sqlite3.connect(one / "archive.db") as conn:
        conn.execute(
            "UPDATE crawls SET finished_at = ?, outcome = 'finished' WHERE id = 'x@a'", [MINUTES.format(8)]
        )
    merged(main, other, one)
    assert {row["id"]: row["finished_at"][14:16] for row in rows(main, "SELECT * FROM crawls")} == {
        "x@a": "08",
        "x@b": "02",
    }
    assert rows(main, "SELECT newest_at FROM feeds") == [{"newest_at": MINUTES.format(4)}]
    assert rows(main, "SELECT tries, filled_at FROM gaps") == [{"tries": 3, "filled_at": MINUTES.format(5)}]
    assert rows(main, "SELECT article_id FROM pending_records") == [{"article_id": "finews:9"}]


def test_what_was_taken_down_stays_down(tmp_path):
    main, one, other = (tmp_path / name for name in ("main", "one", "other"))
    shard(one, 1, 2)
    shard(other, 2, 3)
    merged(main, one)
    with writing(other) as archive:
        forget(archive, "finews:2")
    with writing(main) as archive:
        forget(archive, "finews:1")
    done = merged(main, one, other)
    assert done.forgotten == 1
    assert rows(main, "SELECT id FROM articles") == [{"id": "finews:3"}]
    assert rows(main, "SELECT outcome FROM links WHERE article_id <> 'finews:3' GROUP BY 1") == [
        {"outcome": "dropped"}
    ]
    assert merged(main, one, other).new == 0


def test_captures_are_merged_without_what_was_taken_down(tmp_path):
    main, one = tmp_path / "main", tmp_path / "one"
    native = "20260221000000001"
    body = json.dumps({"list": [{"id": native, "title": "甲"}, {"id": "20260221000000002"}]}).encode()
    with writing(one, captures=True) as archive:
        listed = archive.capture(Capture("http://paper.example/list", 200, [], body))
        alone = archive.capture(Capture("http://paper.example/own", 200, [], b"<p>own</p>"))
        entry = article(archive, int(native), 1)
        entry.rows["article_captures"] = [
            {"article_id": entry.article["id"], "capture_id": one_id} for one_id in (listed, alone)
        ]
        bring(archive, entry)
        other = article(archive, 20260221000000002, 2)
        other.rows["article_captures"] = [{"article_id": other.article["id"], "capture_id": listed}]
        bring(archive, other)
    with writing(tmp_path / "plain", captures=True) as archive:
        assert merge(archive, [one]).captures == 2
        assert merge(archive, [one]).captures == 0
        assert archive.captures.body(listed) == body
        assert [one_id["id"] for one_id in archive.captures.find()] == [listed, alone]
    with writing(main, captures=True) as archive:
        with archive.transaction() as conn:
            conn.execute("INSERT INTO forgotten VALUES (?, ?)", [f"finews:{native}", MINUTES.format(9)])
        assert merge(archive, [one]).captures == 1
        [kept] = archive.captures.find()
        assert json.loads(archive.captures.body(kept["id"])) == {"list": [{"id": "20260221000000002"}]}
        assert kept["redacted"] == ["forgotten article"]


# -- shards that cannot be merged -----------------------------------------------------------------------------------------


def test_a_bad_shard_is_named_and_the_others_are_merged(tmp_path):
    shard(tmp_path / "good", 1)
    (tmp_path / "empty").mkdir()
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd/archive.db").write_bytes(b"not a database at all" * 100)
    done = merged(
        tmp_path / "main", tmp_path / "empty", tmp_path / "odd", tmp_path / "good", tmp_path / "main"
    )
    assert done.new == 1
    assert [problem.rpartition(": ")[2] for problem in done.problems] == [
        "there is no archive.db in it", "file is not a database", f"{tmp_path / 'main'} is the archive itself",
    ]  # fmt: skip


def older(folder):
    from sqlite_utils import Database

    folder.mkdir()
    prepare, _ = SCENARIOS["migration"]
    prepare(folder)
    return Database(folder / "archive.db")


def test_a_shard_of_an_earlier_version_is_brought_up_to_date_unless_it_is_in_use(tmp_path):
    older(tmp_path / "old").close()
    lock = DirectoryLock(tmp_path / "old")
    lock.acquire()
    done = merged(tmp_path / "main", tmp_path / "old")
    assert "is being written by an earlier version" in done.problems[0]
    lock.release()
    assert merged(tmp_path / "main", tmp_path / "old").new == 2


def test_a_shard_of_a_newer_version_is_refused(tmp_path):
    shard(tmp_path / "new", 1)
    put(
        tmp_path / "new",
        "_sqlite_migrations",
        migration_set="finews_archive",
        name="9999_later",
        applied_at="2099-01-01",
    )
    done = merged(tmp_path / "main", tmp_path / "new")
    assert "made by a newer version (its step 9999_later is unknown here)" in done.problems[0]


def test_a_shard_that_names_files_outside_of_it_is_refused(tmp_path):
    shard(tmp_path / "odd", lambda a: with_image(a, article(a, 1, 5), ONE))
    with sqlite3.connect(tmp_path / "odd/archive.db") as db:
        db.execute("UPDATE images SET path = '../../secret.jpg'")
    db.close()
    done = merged(tmp_path / "main", tmp_path / "odd")
    assert "names ../../secret.jpg as an image of its own" in done.problems[0]


# -- killed ---------------------------------------------------------------------------------------------------------------


def two_shards_and_an_archive(folder):
    shard(folder / "one", lambda a: with_image(a, article(a, 1, 5), ONE), 2)
    shard(
        folder / "other",
        lambda a: article(a, 1, 9, "营收4亿元，净利润大幅增长。"),
        lambda a: with_image(a, article(a, 3, 3), ANOTHER),
    )
    shard(folder / "main", 4, search=True)


def merge_both(folder):
    with writing(folder / "main") as archive:
        merge(archive, [folder / "one", folder / "other"])


MERGE = (two_shards_and_an_archive, merge_both)


@pytest.mark.slow
def test_killed_at_many_points(tmp_path):
    """``make soak`` kills at every one."""
    assert kill_everywhere(tmp_path, *MERGE, stride=7) > 20


@pytest.mark.slow
def test_killed_at_many_writes():
    assert kill_in_process("merge", writes=True, stride=17) > 10
