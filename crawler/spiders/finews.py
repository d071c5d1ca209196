"""The list feeds of one origin, then each new article: `crawler.spiders.feeds` for the source finews alone.

scrapy crawl finews [-a origin=URL] [-a feeds=rolling,media,37,38,39] [-a since=DATE]
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from crawler.base_spiders.archive import UsageProblem
from crawler.guard.fetch_guard import origin_of
from crawler.sources import Source
from crawler.sources.finews import FEEDS, Finews
from crawler.spiders.feeds import FeedsSpider


class FinewsSpider(FeedsSpider):
    """Polls the feeds of an origin and archives what is new, whatever sources.toml follows."""

    name = "finews"

    def __init__(
        self,
        origin: str | None = None,
        feeds: str | None = None,
        since: str | None = None,
        until: str | None = None,
        every: str | None = None,
    ):
        super().__init__(sources=Finews.name, since=since, until=until, every=every)
        if origin and not origin_of(origin):
            raise UsageProblem(f"origin={origin} is not an address: give scheme://host[:port]")
        words = [word.strip() for word in (feeds or ",".join(FEEDS)).split(",") if word.strip()]
        names = {word: feed.name for word, feed in FEEDS.items()}
        self.chosen = list(dict.fromkeys(names.get(word, word) for word in words))
        if unknown := [name for name in self.chosen if name not in Finews.channels]:
            raise UsageProblem(f"feeds={feeds}: no feed is called {unknown[0]}; there are {', '.join(FEEDS)}")
        self.origin = origin.rstrip("/") if origin else None

    @cached_property
    def origins(self) -> list[str]:
        return [self.origin] if self.origin else super().origins

    def followed(self, settings: Any) -> list[tuple[Source, list[str]]]:
        settings_used = {name: settings.get(name) for name in Finews.uses}
        if self.origin:
            settings_used["FINEWS_ORIGINS"] = self.origin
        return [(Finews(settings_used), self.chosen)]
