"""The finews feeds as a source among others: what `crawl finews` archives, `crawl feeds` does as well."""


def test_all_that_the_feeds_list_is_archived_once(newsroom, crawl, rows):
    done = crawl("feeds", "sources=finews", LOG_LEVEL="WARNING")
    assert done.returncode in (0, 3), done.stderr
    archived = {row["id"] for row in rows("SELECT id FROM articles")}
    feeds = {row["feed"] for row in rows("SELECT DISTINCT feed FROM article_feeds")}
    newsroom.requests.clear()
    again = crawl("feeds", "sources=finews", LOG_LEVEL="WARNING")
    assert again.returncode in (0, 3), again.stderr
    assert {row["id"] for row in rows("SELECT id FROM articles")} == archived
    listed = {f"finews:{article.id}" for article in newsroom.listed()}
    ended = {row["article_id"] for row in rows("SELECT article_id FROM links")}
    assert listed <= archived | ended
    assert feeds >= {"rolling", "media", "market-37"}


def test_the_words_are_those_of_the_finews_crawl(newsroom, crawl, rows):
    columns = "SELECT id, headline, headline_from, publisher, published_at, published_from, description FROM articles ORDER BY id"
    crawl("feeds", "sources=finews")
    by_feeds = rows(columns)
    crawl("finews")
    assert rows(columns) == by_feeds
    assert rows("SELECT * FROM revisions") == []
