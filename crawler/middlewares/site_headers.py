"""Headers for single sites: the setting SITE_HEADERS."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, Self

from scrapy import Request
from scrapy.exceptions import NotConfigured
from scrapy.settings import BaseSettings
from scrapy.utils.httpobj import urlparse_cached

VARIABLE = re.compile(r"\$\{(\w+)\}")
NAME = re.compile(r"[!#$%&'*+.^`|~\w-]+", re.ASCII)
HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*|[\da-f:]+")
ELSEWHERE = {
    "cookie": "cookies go into COOKIES_FILE",
    "proxy-authorization": "a proxy's credentials go into its address (http_proxy=http://user:password@host:port)",
}
"""Headers that Scrapy sets itself and would discard here."""
SET = "site_headers"
"""Key of `Request.meta`: names of the headers that a request has from here, for the request that a redirect makes of it."""

SiteHeaders = dict[str, dict[str, str]]


def insert_variables(value: str, environment: Mapping[str, str]) -> str:
    """*value* with the environment's variables for ``${NAME}``. Raises ValueError where one is not set.

    >>> insert_variables("Bearer ${TOKEN}", {"TOKEN": "t"})
    'Bearer t'
    """

    def insert(match: re.Match[str]) -> str:
        if match[1] not in environment:
            raise ValueError(f"the environment variable {match[1]} is not set")
        return environment[match[1]]

    return VARIABLE.sub(insert, value)


def read_site_headers(settings: BaseSettings, environment: Mapping[str, str] = os.environ) -> SiteHeaders:
    """Headers by host, in lower case. Raises ValueError with a message that shows no value."""
    try:
        setting = settings.getdict("SITE_HEADERS")
    except (ValueError, TypeError):
        setting = {"": None}
    if not all(isinstance(host, str) and HOST.fullmatch(host.lower()) for host in setting) or not all(
        isinstance(headers, dict) for headers in setting.values()
    ):
        raise ValueError('give {"HOST": {"HEADER": "VALUE"}}, with host names and no scheme')
    by_host: SiteHeaders = {}
    for host, headers in setting.items():
        for name, value in headers.items():
            by_host.setdefault(host.lower(), {})[name] = _read_header(host, name, value, environment)
    return by_host


def _read_header(host: str, name: Any, value: Any, environment: Mapping[str, str]) -> str:
    """The value of a header. Raises ValueError."""
    if not isinstance(name, str) or not NAME.fullmatch(name) or not isinstance(value, str):
        raise ValueError(f"{host}: {name!r} is not a header with a text as its value")
    if name.lower() in ELSEWHERE:
        raise ValueError(f"{host}: {ELSEWHERE[name.lower()]}")
    text = insert_variables(value, environment)
    if not text.isprintable():
        raise ValueError(f"{host}: the value of {name} has control characters or line breaks")
    return text


class SiteHeadersMiddleware:
    """Sets the headers of SITE_HEADERS on requests to their hosts and the subdomains of those; the longest name wins.

    A redirect copies the headers of its request. Stands before the middlewares that fill in default headers, so that what
    is removed from a request that leaves its host is filled in again.
    """

    def __init__(self, by_host: SiteHeaders):
        self.by_host = by_host

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        by_host = read_site_headers(crawler.settings)
        if not by_host:
            raise NotConfigured
        return cls(by_host)

    def headers_for(self, host: str) -> dict[str, str]:
        """The headers of requests to *host*.

        >>> SiteHeadersMiddleware({"news.example": {"X-Key": "1"}}).headers_for("m.news.example")
        {'X-Key': '1'}
        >>> SiteHeadersMiddleware({"news.example": {"X-Key": "1"}}).headers_for("fakenews.example")
        {}
        """
        labels = host.rstrip(".").lower().split(".")
        names = (".".join(labels[index:]) for index in range(len(labels)))
        return next((self.by_host[name] for name in names if name in self.by_host), {})

    def process_request(self, request: Request) -> None:
        for name in request.meta.pop(SET, ()):
            request.headers.pop(name, None)
        headers = self.headers_for(urlparse_cached(request).hostname or "")
        if headers:
            request.headers.update(headers)
            request.meta[SET] = list(headers)
