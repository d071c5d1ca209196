"""Page objects by date: a plugin that keeps the reader of a site's earlier form."""

from datetime import UTC, date, datetime

import pytest
from scrapy.http import HtmlResponse

from crawler.offline.replay import article_in
from crawler.pages import handles, page_at, registry, target_of
from crawler.pages.web import WebPage

URL = "http://plugin-paper.example/a/1.html"
OLD = "<html><body><h1>栏目</h1><h2 class='t'>旧版的标题在二级标题里</h2><div>2026-01-01 08:00</div><div><p>{0}</p><p>另外，{0}</p><p>此外，{0}</p></div></body></html>"
NEW = "<html><body><h1>新版的标题在一级标题里</h1><div>2026-01-01 08:00</div><div><p>{0}</p><p>另外，{0}</p><p>此外，{0}</p></div></body></html>"
TEXT = "山南市储能电站一期工程昨日并网，装机容量为二十万千瓦，由当地两家企业共同投资，预计明年扩建。"


@pytest.fixture(scope="module")
def plugin():
    """What an installed package's module of page objects does when it is loaded."""
    registry.load_sites()

    @handles("plugin-paper.example")
    class PaperPage(WebPage):
        site = "plugin-paper"

    @handles("plugin-paper.example")
    class PaperPageUntilMarch(WebPage):
        site = "plugin-paper"
        valid_until = date(2026, 3, 1)

        def article(self):
            article = super().article()
            article.headline = self.response.css("h2.t::text").get()
            return article

    registry.order_versions()
    yield PaperPage, PaperPageUntilMarch
    del registry._hosts["plugin-paper.example"], registry._earlier["plugin-paper.example"]
    registry.order_versions()


@pytest.mark.parametrize(
    ("moment", "version"),
    [
        (datetime(2025, 6, 1, tzinfo=UTC), 1),
        (datetime(2026, 3, 1, 15, 59, tzinfo=UTC), 1),
        (datetime(2026, 3, 1, 16, 0, tzinfo=UTC), 0),
        (datetime(2026, 6, 1, tzinfo=UTC), 0),
    ],
)
def test_the_day_decides_in_beijing(plugin, moment, version):
    assert page_at(target_of(URL).page, moment) is plugin[version]


def test_an_old_response_is_read_by_the_reader_of_its_time(plugin):
    old, new = (HtmlResponse(URL, body=form.format(TEXT).encode()) for form in (OLD, NEW))
    target = target_of(URL)
    assert article_in(old, target, datetime(2026, 1, 1, tzinfo=UTC)).headline == "旧版的标题在二级标题里"
    assert article_in(new, target, datetime(2026, 6, 1, tzinfo=UTC)).headline == "新版的标题在一级标题里"


def test_an_earlier_version_alone_is_refused():
    @handles("gone-paper.example")
    class GonePage(WebPage):
        site = "gone-paper"
        valid_until = date(2026, 3, 1)

    try:
        with pytest.raises(TypeError, match="register the page object of today"):
            registry.order_versions()
    finally:
        del registry._earlier["gone-paper.example"]
        registry.order_versions()


def test_two_versions_of_one_day_are_refused(plugin):
    @handles("plugin-paper.example")
    class Twin(WebPage):
        site = "plugin-paper"
        valid_until = date(2026, 3, 1)

    try:
        with pytest.raises(TypeError, match="are both valid until 2026-03-01"):
            registry.order_versions()
    finally:
        registry._earlier["plugin-paper.example"].remove(Twin)
        registry.order_versions()
