"""Archives of two machines, merged in either order: what the captures say of each article is what its row says."""

from datetime import timedelta

import pytest

from tests.crawler.replaying import files_of, rows_of, run, tables_of
from tests.crawler.test_older_posts import BODY, DIGEST, ID, post, write
from tests.newsroom.server import Newsroom
from tests.scrapy_process import run_scrapy
from tests.websites import Websites, news_page

pytestmark = pytest.mark.slow  # a dozen crawls of two archives


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    """Two archives of the same lists, polled in turn, with pages and imports of one article each."""
    folder = tmp_path_factory.mktemp("machines")
    first, second = folder / "first", folder / "second"
    with Newsroom() as room:
        websites = Websites(room)

        def crawl(data, *words):
            given = {
                "DATA_DIR": data, "FINEWS_ORIGINS": room.origin, "FINEWS_ARTICLE_PAGE": f"{room.origin}/a/{{id}}.html", "FINEWS_PLACES": "",
                "FINEWS_NOW": room.now.isoformat(), "LOG_LEVEL": "WARNING", "RETRY_TIMES": 0, "CONNECT_TO": websites.everywhere,
            }  # fmt: skip
            done = run_scrapy("crawl", *words, *[part for name, value in given.items() for part in ("-s", f"{name}={value}")])  # fmt: skip
            assert done.returncode in (0, 3), done.stderr
            room.now += timedelta(seconds=5)

        for data, wait in ((first, 1), (second, 7), (first, 24 * 8), (second, 1)):
            crawl(data, "finews")
            room.now += timedelta(hours=wait)
        link = "http://news.example/n/8.html"
        websites.put(link, news_page("两篇报道之一", behind="<img src='/p/a.jpg'>"))
        crawl(first, "share", "-a", f"url={link}")
        correction = "<p>更正：总投资为十二亿元，此前有误，特此说明。</p>"
        websites.put(link, news_page("两篇报道之一", behind=correction))
        crawl(second, "share", "-a", f"url={link}")
        saved = f"<!-- saved from url=({len(link):04}){link} -->".encode() + news_page("两篇报道之一")
        crawl(first, "saved", "-a", f"path={write(folder / 'saved', {'page.html': saved})}")
        for data, body in ((first, f"\n{DIGEST}"), (second, BODY)):
            files = write(folder / f"older-{data.name}", {f"2021-12-08-{ID}.md": post(body)})
            crawl(data, "older_posts", "-a", f"path={files}")
    return first, second


def test_either_order_is_sound_and_the_same(machines, tmp_path):
    orders = {"there": machines, "back": machines[::-1]}
    for name, order in orders.items():
        data = tmp_path / name
        assert run("merge", *order, data_dir=data).returncode == 0
        checked = run("verify", data_dir=data)
        assert checked.returncode == 0, checked.stdout
        again = run("reparse", "--dry-run", data_dir=data)
        assert ": 0 would change" in again.stdout, again.stdout
    there, back = (tmp_path / name for name in orders)
    assert tables_of(there) == tables_of(back)
    assert files_of(there) == files_of(back)
    [(text, captured_from)] = rows_of(there, "SELECT body_text, captured_from FROM news WHERE site = 'web'")
    assert ("更正" in text, captured_from) == (True, None)
