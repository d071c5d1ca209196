"""One article imported from the older site, saved by hand and fetched, in every order: what the source serves is the truth."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from scrapy.http import HtmlResponse
from scrapy.utils.project import get_project_settings

from archive.feed_state import FeedState
from archive.writer import Archive
from crawler.listed_articles import mark_saved
from crawler.offline.offline_pipelines import OfflinePipelines
from crawler.offline.replay import article_in
from crawler.pages import target_of
from crawler.saved.older_post import article_of_posts
from tests.new_archive import lay_archive
from tests.websites import news_page

KEY = "202112082206900001"
ID = f"finews:{KEY}"
LINK = f"https://finance.eastmoney.com/a/{KEY}.html"
NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)
TEXTS = {
    "older": "晨光股份今日表示，产能将于明年释放。",
    "saved": "晨光股份公告，公司拟投资十亿元扩产，项目将于明年投产，详情见公告全文。",
    "live": "晨光股份公告，公司拟投资九亿元扩产，项目将于后年投产，详情见公告全文。",
}


def read_older(text, moment):
    front = f'---\nlayout: post\ntitle: "旧标题"\ndate: 2021-12-08 12:41:23 +0800\ncategories: emnews\ntags: 东财滚动新闻\n---\n\n{text}\n\n<{LINK}>'
    return article_of_posts([(f"_posts/2021-12-08-{KEY}.md", front.encode())], moment)[0]


def read_live(text, moment):
    page = news_page("晨光股份扩产", paragraphs=(text, *[f"{text}{n}号产线也在扩建。" for n in range(4)]))
    response = HtmlResponse(LINK, body=page, headers={"Content-Type": "text/html; charset=utf-8"})
    return article_in(response, target_of(LINK), moment)


def read_saved(text, moment):
    article = read_live(text, moment)
    mark_saved(article, is_part=False)
    return article


READ = {"older": read_older, "saved": read_saved, "live": read_live}


def bring(folder, forms):
    """Archive the forms one after the other, an hour apart; the row, and how many earlier texts there are, after each."""
    lay_archive(folder)
    with Archive(folder) as archive:
        pipelines = OfflinePipelines(get_project_settings(), archive, stores=True)
        for hour, form in enumerate(forms):
            moment = NOON + timedelta(hours=hour)
            archive.set_clock(moment)
            pipelines.process(READ[form](TEXTS[form], moment))
            archive.flush()
            [earlier] = archive.conn.execute("SELECT count(*) FROM revisions").fetchone()
            yield archive.stored(ID), earlier, FeedState(archive.conn).states([ID])[ID]


@pytest.mark.parametrize("forms", list(permutations(TEXTS)), ids=" ".join)
def test_what_was_served_is_the_truth(tmp_path, forms):
    for count, (row, earlier, is_complete) in enumerate(bring(tmp_path, forms), 1):
        seen = forms[:count]
        best = next(form for form in ("live", "saved", "older") if form in seen)
        came_from = {"live": None, "saved": "saved", "older": "older_posts"}[best]
        assert row["body_text"].startswith(TEXTS[best]), seen
        assert row["captured_from"] == came_from
        assert row["access"] == ("preview" if best == "older" else "open")
        assert is_complete == (best != "older"), (
            "a list that names it has it fetched until more than a post file is there"
        )
        # A text that was only a part is completed; only what was whole and then served otherwise is an edit.
        assert earlier == (tuple(form for form in seen if form != "older") == ("saved", "live"))
        assert row["retrieved_at"] == f"2026-07-01T{4 + forms.index(best):02}:00:00Z"
