"""Cookies that the operator brings along: the setting COOKIES_FILE."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self

from scrapy import Request
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.http.request import VerboseCookie
from scrapy.utils.httpobj import urlparse_cached

HTTP_ONLY = "#HttpOnly_"
"""What exports put before the domain of a cookie that scripts must not see."""
FIELDS = 7


@dataclass(frozen=True, slots=True)
class FileCookie:
    """A line of a cookies.txt. `repr` shows no value: it could end up in a log."""

    domain: str
    """Without a leading dot."""
    is_host_only: bool
    """Whether subdomains of `domain` do not get it."""
    path: str
    secure: bool
    expires: int
    """Unix time; 0: with the session."""
    name: str
    value: str

    def __repr__(self) -> str:
        return f"<cookie {self.name} of {self.domain}>"

    def matches(self, host: str) -> bool:
        """Whether the cookie belongs to *host*."""
        return host == self.domain or (not self.is_host_only and host.endswith(f".{self.domain}"))

    def as_scrapy(self) -> VerboseCookie:
        """As an entry of `Request.cookies`. One without a domain belongs to the request's host alone."""
        entry = VerboseCookie(name=self.name, value=self.value, path=self.path, secure=self.secure)
        if not self.is_host_only:
            entry["domain"] = f".{self.domain}"
        return entry

    def as_playwright(self) -> dict[str, Any]:
        """As an entry of ``cookies`` in Playwright's storage state."""
        return {
            "name": self.name,
            "value": self.value,
            "domain": self.domain if self.is_host_only else f".{self.domain}",
            "path": self.path,
            "expires": self.expires or -1,
            "secure": self.secure,
            "httpOnly": False,
            "sameSite": "Lax",
        }


def parse_cookie(line: str) -> FileCookie | None:
    """The cookie of a line of a cookies.txt; None where the line holds none. Raises ValueError.

    >>> parse_cookie("#HttpOnly_.news.example\\tTRUE\\t/\\tFALSE\\t0\\tsession\\tabc").as_scrapy()["domain"]
    '.news.example'
    >>> parse_cookie("# Netscape HTTP Cookie File") is None
    True
    """
    line = line.removeprefix("\ufeff").removeprefix(HTTP_ONLY).rstrip("\r\n")
    if not line.strip() or line.startswith("#"):
        return None
    parts = line.split("\t")
    if (
        len(parts) == FIELDS - 1
    ):  # a cookie with an empty value, at the end of a line whose white space was cut
        parts.append("")
    domain, subdomains, path, secure, expires, name, value = parts
    domain = domain.strip().lower()
    if not domain.strip(".") or ";" in name + value + path:
        raise ValueError("not a cookie")
    is_host_only = subdomains.strip().upper() != "TRUE" and not domain.startswith(".")
    seconds = int(float(expires or 0))
    return FileCookie(
        domain.strip("."), is_host_only, path or "/", secure.strip().upper() == "TRUE", seconds, name, value
    )


def read_cookies(path: str) -> list[FileCookie]:
    """The cookies of a file in Netscape's format, as browser extensions, curl and wget write it. Raises ValueError with a
    message that shows no cookie.

    Not `http.cookiejar.MozillaCookieJar`: it rejects the whole file for a domain whose dot and flag disagree, takes the
    0 of session cookies for 1970, and quotes the line that it could not read.
    """
    try:
        with open(os.path.expanduser(path), encoding="utf-8") as file:
            lines = file.readlines()
    except UnicodeDecodeError:
        raise ValueError("not a text file; give a cookies.txt in Netscape's format") from None
    except OSError as exc:
        raise ValueError(f"cannot be read ({exc.strerror})") from None
    cookies = []
    for number, line in enumerate(lines, 1):
        try:
            cookie = parse_cookie(line)
        except ValueError:
            message = f"line {number} is not a cookie: give a cookies.txt in Netscape's format (7 fields with tabs between)"
            raise ValueError(message) from None
        if cookie is not None:
            cookies.append(cookie)
    return cookies


class CookiesFileMiddleware:
    """Gives each cookie of COOKIES_FILE once to Scrapy's own cookie jar, with the first request to a host that it belongs
    to. From then on it is the jar's, which a site may change or delete as in a browser.

    Stands before CookiesMiddleware. Redirects come by here as requests of their own.
    """

    def __init__(self, crawler: Any, cookies: list[FileCookie]):
        self.crawler, self.cookies = crawler, cookies
        self.given: set[tuple[Any, FileCookie]] = set()
        """Cookies that a jar has, with the jar's key (`meta["cookiejar"]`)."""

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        path = crawler.settings["COOKIES_FILE"]
        if not path:
            raise NotConfigured
        return cls(crawler, read_cookies(path))

    def process_request(self, request: Request) -> None:
        host = (urlparse_cached(request).hostname or "").lower()
        if request.meta.get("dont_merge_cookies") or not host:
            return
        jar, now = request.meta.get("cookiejar"), time.time()
        due = [
            cookie
            for cookie in self.cookies
            if cookie.matches(host) and (jar, cookie) not in self.given and not 0 < cookie.expires <= now
        ]
        if not due:
            return
        self.given.update((jar, cookie) for cookie in due)
        self.keep_to_hosts(jar)
        own = request.cookies
        if isinstance(own, dict):
            own = [{"name": name, "value": value} for name, value in own.items()]
        request.cookies = [
            *(cookie.as_scrapy() for cookie in due),
            *own,
        ]  # the request's own come last and win

    def keep_to_hosts(self, jar: Any) -> None:
        """Have Scrapy's jar of that key send a cookie of one host to no subdomain of it, as browsers do; Python's default
        does."""
        middleware = self.crawler.get_downloader_middleware(CookiesMiddleware)
        policy = middleware.jars[jar].policy
        policy.strict_ns_domain |= DefaultCookiePolicy.DomainStrictNonDomain
