"""``docs/queries.md`` tells what the archive answers."""

from tests.worked_queries import PAGE, make_archive, page


def test_the_worked_questions_answer_as_the_page_says(tmp_path):
    conn = make_archive(tmp_path / "data")
    assert PAGE.read_text(encoding="utf-8") == page(conn), "run: python -m tests.worked_queries"
    conn.close()
