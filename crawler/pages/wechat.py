"""微信公众号: mp.weixin.qq.com/s?__biz=…&mid=…&idx=…&sn=…, the short form mp.weixin.qq.com/s/XXXX, and before 2014
mp.weixin.qq.com/mp/appmsg/show?__biz=…&appmsgid=…&itemidx=….

The text is in ``#js_content``, hidden until a script runs; time, account and the parts of the id are script variables. Posts of
pictures (``item_show_type`` 8) and of plain text (10) have all of it in variables: ``picture_page_info_list`` with a
``cdn_url`` each, ``content_noencode`` or ``text_page_info``, their escapes ``\\x0a`` behind ``JsDecode``.
An account that moved shows a notice with the article's new address, ``transferTargetLink``.
Learned from: public scrapers and feed makers that read ``var ct``, ``msg_link``, ``nickname`` and ``js_name``, exporters
that render each ``item_show_type`` from ``cgiDataNew``.
"""

from __future__ import annotations

import re
from functools import cached_property
from html import escape, unescape
from urllib.parse import parse_qs, urlsplit

from crawler.extraction.document import squeeze, text_of, unquote_js
from crawler.pages import handles
from crawler.pages.stated import StatedPage
from crawler.pages.web import fields

ID_PARTS = (
    ("__biz", "__biz"),
    ("mid", "appmsgid"),
    ("idx", "itemidx"),
)  # in links of now, and of before 2014
EMPTY_FIRST = r"""\s*[=:]\s*(?:(?:""|'')\s*\|\|\s*)*"""  # var mid = "" || "" || "2650123456"
VALUE = EMPTY_FIRST + r"""(?:\w+\()?["']([^"']+)["']"""
PARTS = {name: re.compile(rf"""\b(?:var\s+|window\.){name}{VALUE}""") for name in ("biz", "mid", "idx")}
CONTENT = fields("//*[@id='js_content']")[0]
PICTURES = re.compile(r"""\bpicture_page_info_list\s*[=:]\s*\[""")
PICTURE = re.compile(r"""[{}\]]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\b(cdn_url)\s*:""")
MOVED = re.compile(rf"""\btransferTargetLink{VALUE}""")


def said(name: str, source: str) -> str | None:
    """A text that a script states, ``name: JsDecode('…')`` or ``name = "…"``, its escapes read; None where it does not."""
    literal = r"""'((?:[^'\\\n]|\\.)+)'|"((?:[^"\\\n]|\\.)+)\""""
    found = re.search(
        rf"""\b{name}\b(?:\s*=\s*[\w.]+(?=\s*=))?{EMPTY_FIRST}(?:\w+\()?(?:{literal})""", source
    )
    return unescape(unescape(unquote_js(found[1] or found[2]))).strip() or None if found else None


def pictures_in(source: str) -> list[str]:
    """Addresses of a picture post's pictures in their order; not those of watermarks and covers within each.

    >>> pictures_in("picture_page_info_list = [{cdn_url: 'https://a/1', watermark_info: {cdn_url: 'https://a/w'}}, {cdn_url: 'https://a/2'}]")
    ['https://a/1', 'https://a/2']
    """
    if not (begin := PICTURES.search(source)):
        return []
    found: list[str] = []
    depth, wanted = 0, False
    for one in PICTURE.finditer(source, begin.end()):
        mark = one[0]
        if one[1]:
            wanted = depth == 1
        elif mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
        elif mark == "]":
            if depth == 0:
                break
        elif wanted:
            found.append(unescape(unquote_js(mark[1:-1])))
            wanted = False
    return found


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
    headline_at = fields("//*[@id='activity-name']", "//h1[contains(@class, 'rich_media_title')]")
    published_script = (
        re.compile(rf"""\b(?:var\s+)?ct{VALUE}"""),
        re.compile(r"""\b(?:ori_)?(?:create|send)_?[tT]ime\s*[=:]\s*(?:\w+\()?["'](\d[^"']{7,})["']"""),
    )
    published_at = fields("//*[@id='publish_time']")
    publisher_script = (re.compile(rf"""\bvar\s+nickname{VALUE}"""), re.compile(rf"""\bnick_?name{VALUE}"""))
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
    def stated(self) -> tuple[str | None, str] | None:
        source = self.served.html
        shown = CONTENT(self.served.root)
        pictures = pictures_in(source)
        plain = source.find("text_page_info")
        if any(text_of(one) or one.find(".//img") is not None for one in shown) or (
            not pictures and plain < 0
        ):
            return None
        text = (said("content(?:_noencode)?", source[plain:]) if plain >= 0 else None) or said(
            "content_noencode", source
        )
        text = text or said("window.desc", source) or said("desc", source) or ""
        lines = [squeeze(re.sub(r"<[^>]*>", "", line)) for line in text.splitlines()]
        lines = [line for line in lines if line]
        # Of a post without a title og:title holds the text.
        title = said("msg_title", source) or (said("title", source) if pictures else None)
        if not lines and not pictures:
            return None
        html = "".join(f"<p>{escape(line)}</p>" for line in lines)
        return squeeze(title) or None, html + "".join(f'<p><img src="{escape(one)}"></p>' for one in pictures)

    def published(self) -> str | None:
        if self.stated is None:
            return super().published()
        return next((one for find in self.published_script if (one := self.served.script_text(find))), None)

    def publisher(self) -> str | None:
        if self.stated is None:
            return super().publisher()
        return next((one for find in self.publisher_script if (one := self.served.script_text(find))), None)

    def canonical_url(self) -> str:
        parts = {name: found[1] for name, find in PARTS.items() if (found := find.search(self.served.html))}
        if len(parts) == len(PARTS):
            return f"https://mp.weixin.qq.com/s?__biz={parts['biz']}&mid={parts['mid']}&idx={parts['idx']}"
        return super().canonical_url()

    def moved_to(self, outcome: str) -> str | None:
        if outcome == "gone" and (address := self.served.script_text(MOVED)) and address.startswith("http"):
            return address
        return super().moved_to(outcome)

    def authors(self, publisher: str | None) -> list[str]:
        stated = next(
            (text_of(one) or "" for one in self.served.root.iter() if one.get("id") == "js_author_name"), ""
        )
        stated = stated or (self.served.meta.get("author") or "")
        return [stated] if stated and stated != publisher else super().authors(publisher)
