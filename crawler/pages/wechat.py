"""微信公众号: mp.weixin.qq.com/s?__biz=…&mid=…&idx=…&sn=…, the short form mp.weixin.qq.com/s/XXXX, and before 2014
mp.weixin.qq.com/mp/appmsg/show?__biz=…&appmsgid=…&itemidx=….

The text is in ``#js_content``, hidden until a script runs; time, account and the parts of the id are script variables. All of
it is also in the object ``cgiDataNew``: there alone for posts of images (``item_show_type`` 8), of plain text (10) and for
articles that an account shares of another; older pages have single variables (``picture_page_info_list``, ``text_page_info``).
An account that moved shows a notice with the article's new address, ``transferTargetLink``.
Learned from: public scrapers and feed makers that read ``var ct``, ``msg_link``, ``nickname`` and ``js_name``, exporters
that render each ``item_show_type`` from ``cgiDataNew``, and the pages that wechat-article-exporter keeps of each kind.
"""

from __future__ import annotations

import re
from functools import cached_property
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.extraction.document import squeeze, text_of
from crawler.items import Article
from crawler.pages import Gone, NotArticle, Walled, first_text, handles
from crawler.pages.served import as_html, child, image_html
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields
from crawler.pages.wechat_script import VALUE, find_pictures, find_text, lines_html, read_data

ID_PARTS = (
    ("__biz", "__biz"),
    ("mid", "appmsgid"),
    ("idx", "itemidx"),
)  # in links of now, and of before 2014
PARTS = {name: re.compile(rf"""\b(?:var\s+|window\.){name}{VALUE}""") for name in ("biz", "mid", "idx")}
CONTENT = fields("//*[@id='js_content']")[0]
CARDS = fields(
    ".//*[contains(@class, 'profile_area') or contains(@class, 'wx_follow') or contains(@class, 'share_notice')"
    " or contains(@class, 'rich_media_meta_list') or contains(@class, 'weui-hidden_abs')]"
)[0]
PREVIEW = fields("//*[@id='js_pay_preview_filter' or contains(@class, 'pay-preview-filter')]")[0]
AUTHOR = fields(
    "//*[@id='js_author_name'] | //*[@id='js_share_author']"
    " | //*[@id='meta_content']/*[self::span or self::em][contains(@class, 'rich_media_meta_text')][not(@id)][not(.//a)]"
)[0]
MOVED = re.compile(rf"""\btransferTargetLink{VALUE}""")
NOTICE = fields(
    "//*[contains(@class, 'weui-msg__title') or contains(@class, 'weui_msg_title') or contains(@class, 'global_error_msg')]",
    "//*[@class='mesg-block'] | //*[@class='text_area']//*[contains(@class, 'title')] | //*[@class='tips' and not(.//a)]",
)
NOT_NOW = re.compile(
    r"环境异常|環境異常|完成验证|[请請]在微信|频繁|頻繁|正在加载|加载中|暂时无法查看|暫時無法|系统出错|系統出錯|稍后再试|稍後再試|登录|verif|too frequent"
    r"|open .{0,20}in W(?:eC|e c)hat|WeChat client|temporar|try again|log ?in|system error",
    re.IGNORECASE,
)
"""What a notice says that is not the article's end: a check, a login, an error."""
NOT_ARTICLES = re.compile(
    r"^/(?:mp/(?:profile_ext|appmsgalbum|homepage|aboutbiz|recommend)|profile$|cgi-bin/)"
)
ACCOUNT_PAGE = re.compile(
    r"<title>\s*(?:关于(?:公众|服务|订阅)号|About (?:Official|Service|Subscription))|class=[\"']about-page[\"']"
)
KINDS = {5: "video", 7: "audio"}  # by item_show_type


@handles("mp.weixin.qq.com")
class WechatPage(StatedPage):
    """An article of a WeChat account. The account is its publisher."""

    site = "wechat"
    mark = 'id="js_content"'
    id_at = (re.compile(r"mp\.weixin\.qq\.com/s/([\w-]{16,})"),)
    gone = re.compile(
        r"该内容已被发布者删除|此内容因违规无法查看|此内容被投诉|该公众号已迁移|此[帐账]号(?:已(?:自主)?注销|已被(?:屏蔽|冻结|封)|处于[帐账]号迁移流程)|内容已被删除"
        r"|链接已过期|参数错误|此内容发送失败无法查看|涉嫌违反相关法律法规和政策|(?:该|此)(?:文章|页面)(?:已被删除|不存在)"
    )
    walled = re.compile(
        r"环境异常|完成验证后即可继续访问|请在微信客户端打开链接|访问过于频繁|操作频繁，请稍后再试"
    )
    headline_at = fields(
        "//*[@id='activity-name']//*[contains(@class, 'js_title_inner')]",
        "//*[@id='activity-name']",
        "//h1[contains(@class, 'rich_media_title')]",
    )
    published_script = (
        re.compile(rf"""\b(?:var\s+)?ct{VALUE}"""),
        re.compile(r"""\b(?:ori_)?(?:create|send)_?[tT]ime\s*[=:]\s*(?:\w+\()?["'](\d[^"']{7,})["']"""),
    )
    published_at = fields("//*[@id='publish_time']")
    # A library in the page holds nickname: "data-miniprogram-nickname", a card in the text data-nickname="…".
    publisher_script = (
        re.compile(rf"""\bvar\s+nickname{VALUE}"""),
        re.compile(rf"""(?<![-\w.])nick_name{VALUE}"""),
        re.compile(r"""(?<![-\w])(?:window\.)?nickname\s*=\s*(?:htmlDecode\()?["']([^"'<>]+)["']"""),
    )
    publisher_at = fields(
        "//*[@id='js_name']", "//*[@class='profile_nickname']", "//*[contains(@class, 'wx_follow_nickname')]"
    )
    body_at = fields("//*[@id='js_content']", "//*[@id='js_image_desc']", "//*[@id='js_share_content']")
    drop = fields(
        ".//mpvoice | .//mp-common-profile | .//mpprofile | .//qqmusic | .//*[contains(@class, 'js_banner_container')]"
    )

    @classmethod
    def native_id(cls, link: str) -> str | None:
        asked = parse_qs(urlsplit(link).query)
        parts = [(asked.get(name) or asked.get(old) or [""])[0] for name, old in ID_PARTS]
        if all(parts):
            return "-".join(part.rstrip("=") for part in parts)
        return super().native_id(link)

    @cached_property
    def record(self) -> dict[str, Any]:
        """``cgiDataNew`` of the page without its long texts; {} where there is none."""
        return read_data(self.served.html)

    @cached_property
    def content(self) -> str:
        """The text that the page's script holds: HTML, or plain with a paragraph a line; empty where there is none."""
        data = read_data(self.served.html, None)
        page = child(data, "text_page_info")
        summary = child(data, "pay_subscribe_info").get("desc") if self.is_locked else None
        own, escaped = [data.get("content_noencode"), summary or data.get("desc")], page.get("content")
        texts = [page.get("content_noencode"), unescape(escaped) if isinstance(escaped, str) else None]
        ordered = [*texts, *own] if self.show_type == 10 else [*own[:1], *texts, *own[1:]]
        return next((text for text in ordered if isinstance(text, str) and text.strip()), "")

    @property
    def is_locked(self) -> bool:
        """Whether it is a paid article of which the page has no more than a summary."""
        return (
            first_text(self.record, "is_pay_subscribe") == "1" and self.show_type == 0 and not self.shows_text
        )

    @property
    def show_type(self) -> int:
        """What the post is: 0 an article, 5 a video, 7 audio, 8 images, 10 plain text."""
        stated = first_text(self.record, "item_show_type") or ""
        return int(stated) if stated.isdigit() else 0

    @cached_property
    def shows_text(self) -> bool:
        """Whether the page shows a text, beside the account's card."""
        for element in CONTENT(self.served.root):
            cards = "".join(text_of(card) or "" for card in CARDS(element))
            if len(text_of(element) or "") > len(cards) + 20 or (
                not cards and element.find(".//img") is not None
            ):
                return True
        return False

    @cached_property
    def stated(self) -> tuple[str | None, str] | None:
        if self.shows_text and self.show_type not in (8, 10):
            return None
        source, record = self.served.html, self.record
        images = find_pictures(source)
        text = self.content
        if not record:
            plain = source.find("text_page_info")
            if self.shows_text or (plain < 0 and not images):
                return None
            text = (
                (find_text("content(?:_noencode)?", source[plain:]) if plain >= 0 else None)
                or find_text("content_noencode", source)
                or find_text("window.desc", source)
                or find_text("desc", source)
                or ""
            )
        html = lines_html(text) if self.show_type in (8, 10) or not record else as_html(text)
        if self.show_type not in (0, 8) and record:
            images = []
        if not html and not images:
            return None
        return self.stated_title(text), html + image_html(images)

    def stated_title(self, text: str) -> str | None:
        """The title that the page's script states; of a post without one that is its text."""
        title = first_text(self.record, "title") or find_text("msg_title", self.served.html)
        title = squeeze(unescape(title)) if title else None
        if child(self.record, "text_page_info").get("is_user_title") == 0:
            return None
        return None if title and " ".join(text.split()).startswith(title) and len(title) > 64 else title

    @cached_property
    def heading(self) -> tuple[str | None, Any]:
        headline, element = super().heading
        stated = squeeze(unescape(first_text(self.record, "title") or ""))
        # A label, 已付费, may stand within the title's element.
        if self.stated is None and stated and headline and headline.startswith(stated):
            headline = stated
        return headline, element

    def article(self) -> Article:
        self.check_is_article()
        article = super().article()
        article.kind = KINDS.get(self.show_type, article.kind)
        if PREVIEW(self.served.root) or self.is_locked:
            article.access = "preview"
        if article.headline is None:
            article.headline_from = None
        return article

    def check_is_article(self) -> None:
        """Raise NotArticle for an account's page, Gone or Walled for a notice in the place of an article."""
        where, html = self.response.url, self.served.html
        if NOT_ARTICLES.search(urlsplit(where).path) or ACCOUNT_PAGE.search(html):
            raise NotArticle(
                f"{self.site}: {where} is the page of an account or a list of its posts, not an article"
            )
        if self.record or CONTENT(self.served.root):
            return
        notice = next(
            (text for find in NOTICE for element in find(self.served.root) if (text := text_of(element))),
            None,
        )
        if notice and len(notice) < 200 and not self.served.script_text(MOVED):
            error = Walled if NOT_NOW.search(notice) else Gone
            raise error(f"{self.site}: the page {where} says {notice[:60]!r} instead of the article")

    def published(self) -> str | None:
        number = first_text(self.record, "ori_create_time", "ori_send_time") or ""
        if number.isdigit() and int(number):
            return number
        if self.stated is None:
            return super().published()
        return self.first_script(self.published_script)

    def publisher(self) -> str | None:
        if stated := first_text(self.record, "nick_name"):
            return squeeze(unescape(stated))
        return super().publisher() if self.stated is None else self.first_script(self.publisher_script)

    def first_script(self, patterns: tuple[re.Pattern[str], ...]) -> str | None:
        """The first text that a pattern finds in the page's source."""
        return next((text for pattern in patterns if (text := self.served.script_text(pattern))), None)

    def canonical_url(self) -> str:
        parts = {name: match[1] for name, find in PARTS.items() if (match := find.search(self.served.html))}
        if len(parts) == len(PARTS):
            return f"https://mp.weixin.qq.com/s?__biz={parts['biz']}&mid={parts['mid']}&idx={parts['idx']}"
        return super().canonical_url()

    def moved_to(self, outcome: str) -> str | None:
        if outcome == "gone" and (address := self.served.script_text(MOVED)) and address.startswith("http"):
            return address
        return super().moved_to(outcome)

    def authors(self, publisher: str | None) -> list[str]:
        printed = next((text for element in AUTHOR(self.served.root) if (text := text_of(element))), "")
        stated = (
            printed
            or squeeze(first_text(self.record, "author") or "")
            or self.served.meta.get("author")
            or ""
        )
        stated = re.sub(r"^[^\w(（《]+", "", stated)  # an emoji in front of the name
        if stated and stated != publisher:
            return [stated]
        return super().authors(publisher)
