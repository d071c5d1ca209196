"""The index that the crawl keeps itself is the one that the trigger would have made."""

import random
import sqlite3

import pytest

from archive.search.bulk_load import bulk_load, index, pairs
from archive.writer import Archive
from tests.bench.search import answers, entry
from tests.new_archive import lay_archive

TEXTS = (
    "", "涨", "涨停", "张家口赛区准备就绪。\n蔚来ET7上月交付2.3万辆", "ＥＴ７销量１２３辆，ｈｆｏ％～｀", "😀a😀\tb", "Élan Vital与ΑΒΓ \"f\" 'g'",
    "长" * 1023 + "短", "零一二三" * 5000,
)  # fmt: skip


@pytest.fixture
def archive(tmp_path):
    lay_archive(tmp_path, captures=False)
    archive = Archive(tmp_path).open()
    yield archive
    archive.close()


def cut_in_sql(archive) -> dict[int, tuple[str | None, str | None]]:
    rows = archive.conn.execute("SELECT arrival, headline, body FROM search_pairs")
    return {arrival: (headline or "", body or "") for arrival, headline, body in rows}


def test_python_cuts_as_the_view_does(archive):
    dice = random.Random(4)
    alphabet = "的一是不了在人有我他这ＡＢＣａｚ０９！～abcXYZ019 \n\t　，。“”😀é\u0301-_%"
    texts = [*TEXTS, *("".join(dice.choices(alphabet, k=dice.randint(1, 3000))) for _ in range(100))]
    for number, text in enumerate(texts, 1):
        archive.add(entry(number, text[::-1][:40], text))
    archive.flush()
    assert cut_in_sql(archive) == {
        number: (pairs(text[::-1][:40]), pairs(text)) for number, text in enumerate(texts, 1)
    }
    with archive.conn:
        archive.conn.execute("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")


def test_others_have_the_trigger(archive, tmp_path):
    archive.add(entry(1, "一", "张家口赛区"))
    archive.flush()
    assert archive.conn.execute("SELECT count(*) FROM search_bulk_load").fetchone()[0] == 0
    other = sqlite3.connect(tmp_path / "archive.db")
    other.execute("DELETE FROM texts")
    other.execute("INSERT INTO texts SELECT id, '', '蔚来上月交付' FROM articles")
    other.commit()
    other.close()
    assert answers(archive.conn, "蔚来") == {1}
    assert answers(archive.conn, "张家口") == set()


def test_a_failed_transaction_leaves_the_trigger_at_work(archive):
    archive.add(entry(1, "一", "张家口赛区"))
    archive.flush()
    conn = archive.conn
    conn.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.IntegrityError), bulk_load(conn):
        conn.execute("INSERT INTO texts VALUES ('finews:none', NULL, NULL)")
    index(conn, [])
    conn.execute("ROLLBACK")
    assert conn.execute("SELECT count(*) FROM search_bulk_load").fetchone()[0] == 0
    with conn:
        conn.execute("DELETE FROM texts")
        conn.execute("INSERT INTO texts SELECT id, '', '冬奥会' FROM articles")
    assert answers(conn, "冬奥会") == {1}
