"""Articles that lists named and that could not be had."""

import pytest

from archive.feed_state import GONE_TRIES
from archive.list_state import ListState
from archive.schema import open_archive


@pytest.mark.parametrize(
    ("outcome", "tries", "is_kept"),
    [
        ("unreachable", 99, True),
        ("gone", 1, True),
        ("gone", GONE_TRIES, False),
        ("not_article", 1, False),
    ],
)
def test_what_may_yet_appear_is_asked_for_again_after_its_list_has_moved_on(
    tmp_path, outcome, tries, is_kept
):
    conn = open_archive(tmp_path / "archive.db")
    state = ListState(conn)
    row = ["http://a.example/1", "web:1", outcome, tries, "2026-07-01T00:00:00Z", "2026-07-01T00:00:00Z"]
    conn.execute(
        "INSERT INTO links (url, article_id, outcome, tries, first_tried_at, last_tried_at) VALUES (?, ?, ?, ?, ?, ?)",
        row,
    )
    state.keep_pending([{"article_id": "web:1", "feed": "paper", "url": row[0], "record": {}}])
    state.settle()
    assert conn.execute("SELECT count(*) FROM pending_records").fetchone() == (is_kept,)
    conn.close()
