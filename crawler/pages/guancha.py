"""观察者网: www.guancha.cn/WangWen/2019_09_07_516891.shtml (``_2.shtml`` its second page, ``_s.shtml`` all of it), m.guancha.cn alike,
and 风闻, posts of its readers: user.guancha.cn/main/content?id=399176, user.guancha.cn/wap/content?id=399176.

Learned from: RSSHub's guancha routes, public scrapers of ``.all-txt`` and ``.article-txt-content``.
"""

from __future__ import annotations

import re

from crawler.extraction.document import absolute
from crawler.extraction.names import names_in
from crawler.pages import handles
from crawler.pages.web import WebPage, fields

NEXT = re.compile(r"""class=["']next["'][^<>]{0,300}?location\.href\s*=\s*\\?["']([^"'\\]+_\d+\.shtml)""")
# 【文/观察者网 某某】, （文/观察者网专栏作者 某某 编辑/某某）, 【编译/观察者网 某某】
BYLINE = re.compile(
    r"^[【（(\[]\s{0,9}(?:文|作者|撰文|采访|对话|采写|编译|整理)\s{0,9}[/／：:、|]\s{0,9}(?:[^\s】）)，,；;]{0,14}?(?:观察者网|工作室|专栏作者|特约作者|记者)\S{0,14}?[\s·]{1,9})?"
    r"(.{2,24}?)\s{0,9}(?:[】）)\]，,；;]|编辑|翻译|审校)"
)
NO_PERSON = re.compile(r"观察|网$|工作室|综合|编译")


def find_writers(line: str) -> list[str]:
    """The writers that a text's first line names, pen names as well; not the house or a studio.

    >>> find_writers("【文/观察者网专栏作者 王小棠，翻译/观察者网 李四】"), find_writers("（文/观察者网）")
    (['王小棠'], [])
    """
    if not (match := BYLINE.match(line)):
        return []
    pen_name = match[1].strip()
    return names_in(pen_name) or ([] if NO_PERSON.search(pen_name) else [pen_name])


@handles("guancha.cn")
class GuanchaPage(WebPage):
    """An article or a reader's post of guancha.cn."""

    site = "guancha"
    id_at = (
        re.compile(r"/\d{4}_\d\d_\d\d_(\d+)(?:_\w+)?\.shtml"),
        re.compile(r"(user)\.guancha\.cn/\w+/content\?(?:.*&)?id=(\d+)"),
    )
    page_part = re.compile(r"(/\d{4}_\d\d_\d\d_\d+)_\d+(?=\.shtml)")
    gone = re.compile(
        r">\s*(?:抱歉[，,]|对不起[，,])?(?:您(?:访问|查看)的|[该此])(?:页面|文章|帖子|内容)(?:不存在|已被?删除|已下线)[^<]{0,20}<(?!/p>\s*<p)"
    )
    headline_at = fields(
        "//li[contains(@class, 'left-main')]/h3", "//div[contains(@class, 'article-content')]//h1"
    )
    published_at = fields(
        "//li[contains(@class, 'left-main')]/div[contains(@class, 'time')][1]/span[1]",
        "//span[@class='time1']",
    )
    publisher_at = fields(
        "substring-after(//li[contains(@class, 'left-main')]/div[contains(@class, 'time')][1]/span[contains(., '来源')], '来源：')",
        "//div[contains(@class, 'article-content')]//div[@class='user-main']/h4/a",
    )
    publisher_name = "观察者网"
    authors_at = fields("//div[contains(@class, 'author-intro')]/p/a")
    body_at = fields("//div[contains(@class, 'all-txt')]", "//div[contains(@class, 'article-txt-content')]")
    drop = fields(
        ".//*[contains(@class, 'g_swiper') or contains(@class, 'download') or @id='select_page' or @class='module-page']"
    )

    def authors(self, publisher: str | None) -> list[str]:
        lines = self.body.lines[:3] if self.body else []
        return next((names for line in lines if (names := find_writers(line))), []) or super().authors(
            publisher
        )

    def next_page(self) -> str | None:
        # The button has no address but a script's.
        match = NEXT.search(self.document.html)
        return absolute(self.document.base, match[1]) if match else super().next_page()
