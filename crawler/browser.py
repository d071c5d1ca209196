"""Pages that only scripts fill, opened in a Chromium of the system: the settings BROWSER_ENABLED and BROWSER_EXECUTABLE.

Requests with ``meta["playwright"]`` are scrapy-playwright's, all others Scrapy's own. Nothing of it, neither the package nor
its driver nor Chromium, starts before the first request that needs it. Chromium's only way out is `crawler.guard.guard_proxy`.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from scrapy.utils.misc import build_from_crawler

from crawler.chromium import find_missing_part, launch_options
from crawler.extraction.walls import LEAST_TEXT
from crawler.guard.fetch_guard import FetchGuard, origin_of, parse_connect_to
from crawler.guard.guard_proxy import USER, GuardProxy
from crawler.middlewares.cookies_file import read_cookies

if TYPE_CHECKING:
    from typing import Self

PAGES_AT_ONCE = 4  # of about 100 MB each
QUIET = (
    10.0  # seconds in which a page may go on loading after its load event, and half of that without a text
)
FILLED = f"document.body && document.body.innerText.length >= {LEAST_TEXT}"
UNSEEN = frozenset(("image", "media", "font"))
"""Types of resources that no text comes from; images are fetched by their pipeline."""


class BrowserUnavailable(IgnoreRequest):
    """The browser did not start; no host is to blame for it."""


class Browser:
    """Chromium behind scrapy-playwright's handler and the guard's proxy, one for a crawl. Starts with the first request."""

    _by_crawler: WeakKeyDictionary[Any, Browser] = WeakKeyDictionary()

    def __init__(self, crawler: Any):
        self.crawler, self.settings = crawler, crawler.settings
        self.guard = FetchGuard.of(crawler)
        self.starting = asyncio.Lock()
        self.pages = asyncio.Semaphore(PAGES_AT_ONCE)
        self.handler: Any = None
        self.failure: str | None = None
        """Why it did not start: a second try would only leave a second driver process behind."""
        self.cleanup = contextlib.AsyncExitStack()

    @classmethod
    def of(cls, crawler: Any) -> Browser:
        """The browser of this crawl."""
        return cls._by_crawler.setdefault(crawler, cls(crawler))

    def context_options(self) -> dict[str, Any]:
        """As Playwright's `Browser.new_context` takes them."""
        path = self.settings["COOKIES_FILE"]
        return {
            "user_agent": self.settings["USER_AGENT"],
            "locale": "zh-CN",
            "service_workers": "block",
            "accept_downloads": False,
            "ignore_https_errors": not self.settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"),
            "storage_state": {"cookies": [cookie.as_playwright() for cookie in read_cookies(path)] if path else []},
        }  # fmt: skip

    async def start(self) -> None:
        """Start all of it. Raises BrowserUnavailable."""
        async with self.starting:
            if self.failure is not None:
                raise BrowserUnavailable(self.failure)
            if self.handler is not None:
                return
            try:
                await self._start()
            except Exception as exc:
                self.failure = f"the browser did not start: {explain_start(exc)}"
                await self.close()
                raise BrowserUnavailable(self.failure) from exc

    async def _start(self) -> None:
        if missing := find_missing_part(self.settings):
            raise RuntimeError(missing)
        from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

        connect_to = parse_connect_to(self.settings.getlist("CONNECT_TO"))
        timeout = self.settings.getfloat("DOWNLOAD_TIMEOUT")
        through_proxies = self.settings.getbool("HTTPPROXY_ENABLED")
        proxy = GuardProxy(self.guard, connect_to, timeout, through_proxies)
        await self.cleanup.enter_async_context(proxy)
        handler = ScrapyPlaywrightDownloadHandler(self.crawler)
        handler.config.launch_options = launch_options(self.settings, proxy.url, USER, proxy.password)
        handler.config.startup_context_kwargs = {"default": self.context_options()}
        handler.config.navigation_timeout_ms = timeout * 1000
        # Scrapy's headers would go along to frames and redirects of other hosts.
        handler.process_request_headers = None
        handler.abort_request = lambda request: request.resource_type in UNSEEN
        self.cleanup.push_async_callback(handler.close)
        # Private: the handler starts with the signal engine_started, which has been sent by now.
        # tests/crawler/test_browser.py fails where it goes by another name.
        await handler._launch()
        self.handler = handler

    async def fetch(self, request: Request) -> Response:
        """The page as scripts have left it. Raises what Scrapy's own handler raises, or FetchRefused."""
        await self.start()
        async with self.pages:
            response = await self._open(request)
        self.refuse(response.url)
        if origin_of(response.url) is None:  # chrome-error:// and the like, with status 200
            raise DownloadFailedError(
                "in a browser: a script of the page led to an address that cannot be opened"
            )
        if len(response.body) > self.settings.getint("DOWNLOAD_MAXSIZE"):
            raise DownloadCancelledError("the page grew beyond DOWNLOAD_MAXSIZE in a browser")
        return response

    async def _open(self, request: Request) -> Response:
        """The response in a page of its own, which is closed again."""
        from playwright.async_api import Error
        from playwright.async_api import TimeoutError as PageTimeout
        from scrapy_playwright.page import PageMethod

        timeout = self.settings.getfloat("DOWNLOAD_TIMEOUT")
        waiting = PageMethod(wait_until_filled, min(QUIET, timeout / 2))
        request.meta.setdefault("playwright_page_methods", [waiting])
        is_ours = not request.meta.get("playwright_include_page")
        request.meta["playwright_include_page"] = True
        try:
            # Scripts that never end hold up even reading the page.
            return await asyncio.wait_for(self.handler.download_request(request), 2 * timeout)
        except (PageTimeout, TimeoutError) as exc:
            raise DownloadTimeoutError(f"in a browser: {first_line(exc)}") from exc
        except Error as exc:
            self.refuse(request.url)
            raise DownloadFailedError(f"in a browser: {first_line(exc)}") from exc
        finally:
            if is_ours:
                await self.close_page(request)

    async def close_page(self, request: Request) -> None:
        """Close the page of a request, which its meta holds until then. One that hangs goes with the browser."""
        from playwright.async_api import Error

        request.meta.pop("playwright_include_page")
        if page := request.meta.pop("playwright_page", None):
            with contextlib.suppress(Error, TimeoutError):
                await asyncio.wait_for(page.close(), QUIET)

    def refuse(self, url: str) -> None:
        """Raise FetchRefused where the guard refused *url*: what the browser shows is the proxy's answer."""
        origin = origin_of(url)
        if origin and not self.guard.trusts(*origin[1:]) and (refusal := self.guard.refusal(url)):
            raise refusal

    async def close(self) -> None:
        """Stop what was started."""
        self.handler = None
        await self.cleanup.aclose()


def explain_start(exc: Exception) -> str:
    """Why Chromium did not start, with what to do where that is known."""
    if "sandboxing failed" in str(exc):  # not "--no-sandbox" of the command line
        return "its sandbox does not work for this user; apt-get install chromium-sandbox, or allow user namespaces"
    return first_line(exc)


def first_line(exc: Exception) -> str:
    """The message of an error of Playwright's without the log of calls."""
    return str(exc).strip().partition("\n")[0]


async def wait_until_filled(page: Any, seconds: float) -> None:
    """Wait until scripts load nothing more and the page shows a text, but not for longer than a page may take."""
    from playwright.async_api import Error

    with contextlib.suppress(Error):  # a page that never comes to rest is read as it is
        await page.wait_for_load_state("networkidle", timeout=seconds * 1000)
    with contextlib.suppress(Error):
        await page.wait_for_function(FILLED, timeout=seconds * 500)


class BrowserDownloadHandler:
    """Scrapy's download handler, but for requests that ask for a browser. `crawler.addon` names it in DOWNLOAD_HANDLERS."""

    lazy = True

    def __init__(self, crawler: Any):
        self.plain = build_from_crawler(HTTP11DownloadHandler, crawler)
        self.browser = Browser.of(crawler)  # of both schemes

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler)

    async def download_request(self, request: Request) -> Response:
        """As `DownloadHandlerProtocol` has it."""
        if request.meta.get("playwright"):
            return await self.browser.fetch(request)
        return await self.plain.download_request(request)

    async def close(self) -> None:
        """As `DownloadHandlerProtocol` has it."""
        await self.browser.close()
        await self.plain.close()
