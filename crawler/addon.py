"""Settings that are made of others, for every Scrapy command: the setting ADDONS."""

from __future__ import annotations

from dataclasses import fields

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from crawler import settings as project_settings
from crawler.base_spiders.archive import ArchiveSpider
from crawler.items import INTERNAL_FIELDS, Article
from crawler.user_agent import build_user_agent

EXPORT_FIELDS = [field.name for field in fields(Article) if field.name not in INTERNAL_FIELDS]
"""Columns of ``-O FILE``: an article's fields, whatever came first."""
BROWSER_HANDLER = "crawler.browser.BrowserDownloadHandler"
COMPONENTS = ("DOWNLOADER_MIDDLEWARES", "EXTENSIONS", "ITEM_PIPELINES", "SPIDER_MIDDLEWARES")
"""Settings whose classes archiving rests on."""


def class_path(component: str | type) -> str:
    """The path of a class that a setting names by its path or holds itself."""
    return component if isinstance(component, str) else f"{component.__module__}.{component.__qualname__}"


def add_components(settings: BaseSettings) -> None:
    """Put the project's own components beside those that ``-s`` or ``custom_settings`` gave in their place: without them
    nothing would be archived, guarded or reported. ``None`` takes one out."""
    for name in COMPONENTS:
        components = settings.getdict(name)
        paths = set(map(class_path, components))
        lacking = {
            path: order for path, order in project_settings.defaults[name].items() if path not in paths
        }
        if lacking:
            settings.set(name, {**lacking, **components}, priority=settings.getpriority(name) or 0)


class ArchiveAddon:
    """Sets the user agent, and opens pages in a browser where BROWSER_ENABLED allows it. The archive's spiders keep the
    project's components beside the user's own, and their feed exports (``-O``, FEEDS) hold articles, with the same columns each
    time; other spiders have what is given, and export what they yield."""

    def __init__(self, is_archiving: bool):
        self.is_archiving = is_archiving

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
        if self.is_archiving:
            add_components(settings)
            for options in settings.getdict("FEEDS").values():
                options.setdefault("item_classes", [Article])
                options.setdefault("fields", EXPORT_FIELDS)
