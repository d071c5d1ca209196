"""Market charts, which the source draws anew for each reader: removed, or kept as of their fetch."""

from tests.crawler.replaying import rows_of, run


def test_charts_are_kept_as_of_their_fetch_and_marked(newsroom, crawl, data_dir):
    link = newsroom.share_link("kline-of-a-board")
    assert crawl("share", f"url={link}", KEEP_CHARTS="True").returncode == 0
    [(html,)] = rows_of(data_dir, "SELECT body_html FROM texts")
    [(url, sha256, drawn_at)] = rows_of(
        data_dir, "SELECT url, sha256, drawn_at FROM article_images WHERE drawn_at IS NOT NULL"
    )
    assert "webquote" in url
    assert sha256
    assert drawn_at == "2026-06-30T10:00:00Z"
    assert 'title="行情图，抓取于 2026-06-30 18:00"' in html
    assert rows_of(data_dir, "SELECT rule FROM removals WHERE rule LIKE '%chart%'") == []
    kept = run("reparse", "--dry-run", data_dir=data_dir, KEEP_CHARTS="True")
    assert "0 would change" in kept.stdout, kept.stdout
    gone = run("reparse", data_dir=data_dir)
    assert "1 changed" in gone.stdout, gone.stdout
    assert "webquote" not in rows_of(data_dir, "SELECT body_html FROM texts")[0][0]


def test_by_default_they_are_removed(newsroom, crawl, data_dir):
    assert crawl("share", f"url={newsroom.share_link('kline-of-a-board')}").returncode == 0
    assert rows_of(data_dir, "SELECT count(*) FROM article_images WHERE drawn_at IS NOT NULL") == [(0,)]
    assert rows_of(data_dir, "SELECT rule FROM removals WHERE rule LIKE '%chart%'") != []
    again = run("reparse", "--dry-run", data_dir=data_dir, KEEP_CHARTS="True")
    assert "0 would change" in again.stdout, again.stdout  # a chart that is drawn now would be another one
