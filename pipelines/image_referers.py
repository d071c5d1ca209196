"""Image hosts that check the Referer, with the one that they accept; all others are sent the article's page.

Each entry says whose public code sends it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

REFERERS = {
    "sinaimg.cn": "https://weibo.com/",  # RayleaBot/subscription-hub, for images of Weibo
    "pximg.net": "https://www.pixiv.net/",  # proxies of Pixiv's images send it for i.pximg.net and s.pximg.net
    "sspai.com": "https://sspai.com/",  # readers report 403 without and 200 with it for cdnfile.sspai.com
    "hdslb.com": "https://www.bilibili.com/",  # readers' image proxies, as for sinaimg.cn
    "zhimg.com": "https://www.zhihu.com/",  # readers' image proxies, as for sinaimg.cn
    "qpic.cn": "https://mp.weixin.qq.com/",  # elsewhere mmbiz.qpic.cn answers with 此图片来自微信公众平台 in place of the image
}
"""Referer by the domain of the image."""


def referer_of(url: str, page: str | None) -> str | None:
    """The Referer to send for the image at *url* of an article at *page*.

    >>> referer_of("https://wx1.sinaimg.cn/large/1.jpg", "https://news.example/1"), referer_of("https://i.example/1.jpg", None)
    ('https://weibo.com/', None)
    """
    labels = (urlsplit(url).hostname or "").split(".")
    domains = (".".join(labels[n:]) for n in range(len(labels)))
    return next((REFERERS[domain] for domain in domains if domain in REFERERS), page)
