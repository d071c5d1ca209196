"""Addresses of pages: their site, and what of them names an article."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from crawler.pages import page_of_host

TRACKING = re.compile(
    r"^(?:utm_\w+|from|fr|share\w*|spm|scm|wfr|for|isappinstalled|nsukey|sn|scene|chksm|sharer_\w+|app|timestamp|tt_\w+|group_id|req_id|weixin\w*|"
    r"wx\w*|f|s|ref|referer|source|channel|_\w*|vt|pos|cid|clicktime|enterid|exptype|sudaref|display|retcode|nonce|sign|tk|token|uid|gfrom|bsh_\w+|spss|clf|spssid|from_\w+|gclid|fbclid|yclid|msclkid|dclid|igshid|mc_[ce]id|hm(?:sr|pl|cu|kw|ci)|bd_vid|vd_source|ivk\w*|mpshare|srcid|click_?id|track_?\w*)$",
    re.IGNORECASE,
)


def where_of(link: str) -> str:
    """Host, path and query of a link, what `WebPage.id_at` is matched with.

    >>> where_of("https://News.example/a/1?id=2#x")
    'news.example/a/1?id=2'
    """
    parts = urlsplit(link)
    return f"{(parts.hostname or '').lower()}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def same_site(first: str, second: str) -> bool:
    """Whether two addresses are of one site: only then may a page say that it is a copy of the other's.

    >>> same_site("https://m.news.example/1", "https://www.news.example/1"), same_site("https://a.example/", "https://b.example/")
    (True, False)
    >>> same_site("https://a.com.cn/", "https://b.com.cn/")
    False
    """
    hosts = [(urlsplit(link).hostname or "").lower() for link in (first, second)]
    if hosts[0] == hosts[1]:
        return True
    pages = [page_of_host(host) for host in hosts]
    if pages[0] is not None or pages[1] is not None:
        return pages[0] is pages[1]
    ends = [registered_name(host) for host in hosts]
    return ends[0] == ends[1]


SECOND_LEVEL = frozenset(("com", "net", "org", "gov", "edu", "ac", "co"))


def registered_name(host: str) -> str:
    """The part of a host name that somebody registered.

    >>> registered_name("m.finance.news.com.cn"), registered_name("www.news.example")
    ('news.com.cn', 'news.example')
    """
    labels = host.split(".")
    size = 3 if len(labels) > 2 and labels[-2] in SECOND_LEVEL and len(labels[-1]) == 2 else 2
    return ".".join(labels[-size:])


def without_tracking(link: str) -> str:
    """A link without the parameters that only track who shared it, and without its fragment.

    >>> without_tracking("https://news.example/1.html?utm_source=wx&id=7&from=timeline#top")
    'https://news.example/1.html?id=7'
    """
    parts = urlsplit(link)
    kept = [
        parameter
        for parameter in parts.query.split("&")
        if parameter and not TRACKING.match(unquote(parameter.partition("=")[0]))
    ]
    return parts._replace(query="&".join(kept), fragment="").geturl()


def plain_address(link: str) -> str:
    """A link's host, path and query without what only tracks the sharer: the native id of a page of no known site.

    >>> plain_address("https://m.news.example/a/1.html?utm_source=wx&id=7#top")
    'm.news.example/a/1.html?id=7'
    """
    parts = urlsplit(without_tracking(link))
    query = urlencode(parse_qsl(parts.query))
    host = (parts.hostname or "").lower() + (f":{parts.port}" if parts.port else "")
    address = f"{host}{parts.path or '/'}" + (f"?{query}" if query else "")
    return (
        address
        if len(address) <= 200
        else f"{address[:150]}~{hashlib.sha256(address.encode()).hexdigest()[:16]}"
    )
