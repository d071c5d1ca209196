"""Pages that only send their reader on: redirects by script or meta refresh, and the warnings of chats and forums in front of
an address that they carry as a parameter.

Learned from: public lists of link cleaners (the wrappers' hosts and parameters), HTML's ``http-equiv=refresh``.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

from crawler.extraction.document import absolute, unquote_js
from crawler.extraction.markup import ElementCutter

WRAPPERS = {
    "c.pc.qq.com": ("pfurl", "url"),
    "mail.qq.com": ("gourl",),
    "mp.weixinbridge.com": ("url",),
    "weibo.cn": ("u", "toasturl"),
    "link.zhihu.com": ("target",),
    "link.csdn.net": ("target",),
    "link.juejin.cn": ("target",),
    "link.jianshu.com": ("t", "to"),
    "jump.bdimg.com": ("jump_url",),
    "www.douban.com": ("url",),
    "l.facebook.com": ("u",),
    "www.google.com": ("url", "q"),
    "link.wtturl.cn": ("target",),
    "www.toutiao.com": ("url",),
}
"""Hosts that warn of an address, or only count the click, and the parameters that carry it."""
WRAPPING = re.compile(
    r"/(?:middlem|cgi-bin/(?:mail_spam|readtemplate)|mp/wapredirect|sinaurl|safety/check|link2?|l\.php|url|search/jump|$)"
)
LONGEST = 60_000  # characters of a page that only sends on
LEAST_TEXT = 200  # characters of visible text that make a page more than that
REFRESH = re.compile(
    r"""<meta\b[^<>]*http-equiv\s*=\s*["']?refresh["']?[^<>]*content\s*=\s*["']\s*\d{1,2}(?:\.\d+)?\s*[;,]\s*url\s*=\s*["']?([^"'>\s]+)""",
    re.IGNORECASE,
)
SCRIPT = re.compile(
    r"""(?:\b(?:window|document|self|top|parent)\.)?\blocation(?:\.href)?\s*(?:=|\.(?:replace|assign)\s*\()\s*["']((?:https?:)?(?:\\?/){1,2}[^"'\s]{4,2000})["']""",
    re.IGNORECASE,
)
# t.cn, url.cn and others show the address as text, for a person to copy.
SHOWN = re.compile(
    r"""(?:将要访问|即将访问|即将离开|即将跳转|请复制|长按网址复制|非官方页面|外部(?:链接|网站))[\s\S]{0,900}?(https?://[^\s"'<>]{8,2000})"""
)
UNSEEN = ElementCutter("script", "style", "noscript", "title")
TAG = re.compile("<[^<>]*>")


def unwrapped(link: str) -> str:
    """The address that a wrapping link carries; other links as they are.

    >>> unwrapped("https://link.zhihu.com/?target=https%3A//news.example/1.html")
    'https://news.example/1.html'
    >>> unwrapped("https://news.example/?url=https%3A//other.example/")
    'https://news.example/?url=https%3A//other.example/'
    """
    for _ in range(3):  # a wrapper round another
        parts = urlsplit(link)
        names = WRAPPERS.get((parts.hostname or "").lower(), ())
        if not names or not WRAPPING.search(parts.path):
            return link
        query = parse_qs(parts.query)
        carried = next((query[name][0].strip() for name in names if query.get(name)), "")
        if not carried.startswith(("http://", "https://")):
            return link
        link = carried
    return link


def onward(html: str, base: str) -> str | None:
    r"""The address that a page without a text of its own sends on to; None where it does not.

    >>> onward("<script>location.href='https:\\/\\/news.example\\/1.html';</script>", "http://t.example/x")
    'https://news.example/1.html'
    """
    if len(html) > LONGEST or len("".join(TAG.sub("", UNSEEN.cut(html, "")).split())) > LEAST_TEXT:
        return None
    for pattern in (REFRESH, SCRIPT, SHOWN):
        if match := pattern.search(html):
            address = absolute(base, unescape(unquote_js(match[1])))
            if (
                address
                and address.startswith(("http://", "https://"))
                and address.partition("#")[0] != base.partition("#")[0]
            ):
                return unwrapped(address)
    return None
