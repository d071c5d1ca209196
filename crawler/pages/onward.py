"""Pages that only send their reader on: redirects by script, by meta refresh or by a Refresh header, and the warnings of
chats and forums in front of an address that they carry as a parameter.

Learned from: public lists of link cleaners (the wrappers' hosts and parameters), HTML's ``http-equiv=refresh``.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import islice
from urllib.parse import parse_qs, unquote, urlsplit

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
MOST_LOCATIONS = 20  # of a page, that are looked at
LEAST_TEXT = 200  # characters of visible text that make a page more than that
REFRESH_META = re.compile(
    r"""<meta\b(?=[^<>]*http-equiv\s*=\s*["']?refresh\b)[^<>]*\bcontent\s*=\s*["']([^<>]+)""", re.IGNORECASE
)
REFRESH = re.compile(r"""\s*\d{1,2}(?:\.\d+)?\s*[;,]\s*(?:url\s*=\s*)?["']?([^"'>\s]+)""", re.IGNORECASE)
LOCATION = re.compile(
    r"""(?:\b(?:window|document|self|top|parent)\.)?\blocation(?:\.href)?\s*(?:=|\.(?:replace|assign)\s*\()\s*"""
    r"""(?:(?:decodeURI(?:Component)?|unescape)\s*\(\s*)?(?:["'`]([^"'`\s]{5,2000})["'`]|([A-Za-z_$][\w$]{0,40})\s*[;)\n<])""",
    re.IGNORECASE,
)
"""An address that a script goes to: as a string, perhaps escaped, or by the name of a variable."""
VARIABLE = r"""(?<![\w$.]){name}\s*=\s*["'`]([^"'`\s]{{5,2000}})["'`]"""
ABSOLUTE = re.compile(r"(?:https?:)?/{1,2}[^/\s]", re.IGNORECASE)
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


def refresh_address(value: str) -> str:
    """The address in the value of a refresh, of a header or of a meta element; "" where it names none.

    >>> refresh_address("0; url=/a/1.html")
    '/a/1.html'
    """
    match = REFRESH.match(unescape(value))
    return match[1] if match else ""


def script_address(html: str) -> str:
    """The address that a page's script goes to; "" where it goes nowhere, or puts the address together from parts."""
    for match in islice(LOCATION.finditer(html), MOST_LOCATIONS):
        text = match[1]
        if name := match[2]:
            value = re.search(VARIABLE.format(name=re.escape(name)), html)
            text = value[1] if value else ""
        text = unescape(unquote_js(text))
        if "%3a" in text[:10].lower() or text[:3].lower() == "%2f":
            text = unquote(text)
        if ABSOLUTE.match(text):
            return text
    return ""


def onward(html: str, base: str, refresh: str = "") -> str | None:
    r"""The address that a page without a text of its own sends on to, where ``refresh`` is the value of its header of that
    name; None where it does not.

    >>> onward("<script>location.href='https:\\/\\/news.example\\/1.html';</script>", "http://t.example/x")
    'https://news.example/1.html'
    >>> onward("<script>var to = '/a/1.html'; location.replace(to)</script>", "http://news.example/x")
    'http://news.example/a/1.html'
    """
    if len(html) > LONGEST or len("".join(TAG.sub("", UNSEEN.cut(html, "")).split())) > LEAST_TEXT:
        return None
    meta, shown = REFRESH_META.search(html), SHOWN.search(html)
    for stated in (
        refresh_address(refresh),
        refresh_address(meta[1]) if meta else "",
        script_address(html),
        shown[1] if shown else "",
    ):
        address = absolute(base, stated) if stated else None
        if (
            address
            and address.startswith(("http://", "https://"))
            and address.partition("#")[0] != base.partition("#")[0]
        ):
            return unwrapped(address)
    return None
