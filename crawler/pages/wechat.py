"""微信公众号: mp.weixin.qq.com/s?__biz=…&mid=…&idx=…&sn=…, and the short form mp.weixin.qq.com/s/XXXX.

The text is in ``#js_content``, hidden until a script runs; time, account and the parts of the id are script variables.
Learned from: public scrapers and feed makers that read ``var ct``, ``msg_link``, ``nickname`` and ``js_name``.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from crawler.pages import handles
from crawler.pages.web import WebPage, fields

VALUE = r"""\s*=\s*(?:htmlDecode\()?["']([^"']+)["']"""
PARTS = {name: re.compile(rf"""\bvar\s+{name}{VALUE}""") for name in ("biz", "mid", "idx")}


@handles("mp.weixin.qq.com")
class WechatPage(WebPage):
    """An article of a WeChat account. The account is its publisher."""

    site = "wechat"
    mark = 'id="js_content"'
    id_at = (re.compile(r"mp\.weixin\.qq\.com/s/([\w-]{16,})"),)
    gone = re.compile(
        r"该内容已被发布者删除|此内容因违规无法查看|此内容被投诉|该公众号已迁移|此[帐账]号已自主注销|内容已被删除|链接已过期|参数错误|此内容发送失败无法查看"
    )
    walled = re.compile(r"环境异常|完成验证后即可继续访问|请在微信客户端打开链接")
    headline_at = fields("//*[@id='activity-name']", "//h1[contains(@class, 'rich_media_title')]")
    published_script = (
        re.compile(rf"""\b(?:var\s+)?ct{VALUE}"""),
        re.compile(r"""\bcreate_?[tT]ime\s*[=:]\s*["'](\d[^"']{7,})["']"""),
    )
    published_at = fields("//*[@id='publish_time']")
    publisher_script = (re.compile(rf"""\bvar\s+nickname{VALUE}"""),)
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
        parts = [asked.get(name, [""])[0] for name in ("__biz", "mid", "idx")]
        if all(parts):
            return "-".join(part.rstrip("=") for part in parts)
        return super().native_id(link)

    def canonical_url(self) -> str:
        parts = {name: said[1] for name, find in PARTS.items() if (said := find.search(self.document.html))}
        if len(parts) == len(PARTS):
            return f"https://mp.weixin.qq.com/s?__biz={parts['biz']}&mid={parts['mid']}&idx={parts['idx']}"
        return super().canonical_url()

    def authors(self, publisher: str | None) -> list[str]:
        stated = self.first((), AUTHORS)
        return [stated] if stated and stated != publisher else super().authors(publisher)


AUTHORS = fields("//*[@id='js_author_name']", "//meta[@name='author']/@content")
