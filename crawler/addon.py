"""Settings that are made of others, for every Scrapy command: the setting ADDONS."""

from __future__ import annotations

from dataclasses import fields

from scrapy.settings import BaseSettings

from crawler.items import INTERNAL_FIELDS, Article
from crawler.user_agent import build_user_agent

EXPORT_FIELDS = [field.name for field in fields(Article) if field.name not in INTERNAL_FIELDS]
"""Columns of ``-O FILE``: an article's fields, whatever came first."""


BROWSER_HANDLER = "crawler.browser.BrowserDownloadHandler"


class ArchiveAddon:
    """Sets the user agent, opens pages in a browser where BROWSER_ENABLED allows it, and has feed exports (``-O``, FEEDS) hold articles with the same columns each time."""

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
        for options in settings.getdict("FEEDS").values():
            options.setdefault("item_classes", [Article])
            options.setdefault("fields", EXPORT_FIELDS)
