"""Settings that are made of others, for every Scrapy command: the setting ADDONS."""

from __future__ import annotations

from dataclasses import fields

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from crawler.base_spiders.archive import ArchiveSpider
from crawler.items import INTERNAL_FIELDS, Article
from crawler.user_agent import build_user_agent

EXPORT_FIELDS = [field.name for field in fields(Article) if field.name not in INTERNAL_FIELDS]
"""Columns of ``-O FILE``: an article's fields, whatever came first."""
BROWSER_HANDLER = "crawler.browser.BrowserDownloadHandler"


class ArchiveAddon:
    """Sets the user agent, opens pages in a browser where BROWSER_ENABLED allows it, and has the feed exports (``-O``, FEEDS)
    of the archive's spiders hold articles, with the same columns each time; other spiders' hold what those yield."""

    def __init__(self, exports_articles: bool):
        self.exports_articles = exports_articles

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchiveAddon:
        return cls(issubclass(crawler.spidercls, ArchiveSpider))

    def update_settings(self, settings: BaseSettings) -> None:
        """Called by Scrapy before a crawler is made."""
        agent = build_user_agent(settings["USER_AGENT"], settings["BOT_NAME"], settings["CONTACT"])
        settings.set("USER_AGENT", agent, priority=settings.getpriority("USER_AGENT") or 0)
        if settings.getbool("BROWSER_ENABLED"):
            handlers = {
                **settings.getdict("DOWNLOAD_HANDLERS"),
                "http": BROWSER_HANDLER,
                "https": BROWSER_HANDLER,
            }
            settings.set(
                "DOWNLOAD_HANDLERS", handlers, priority=settings.getpriority("DOWNLOAD_HANDLERS") or 0
            )
        if self.exports_articles:
            for options in settings.getdict("FEEDS").values():
                options.setdefault("item_classes", [Article])
                options.setdefault("fields", EXPORT_FIELDS)
