"""Articles that a list named, handed to the queue with the list's words instead of being asked for by the poll itself."""

from __future__ import annotations

import time
from typing import Any

from scrapy.settings import BaseSettings

from crawler.cluster import QueueProblem
from crawler.cluster.open_queue import open_queue
from crawler.listed_articles import words_of
from crawler.pages import Target
from crawler.sources import Record

AGAIN = 900.0  # seconds


class Handover:
    """Collects what a round of polls names; `send` queues it, before the poll is remembered: one that fails is made again."""

    def __init__(self, settings: BaseSettings):
        self.url = settings["QUEUE"]
        self.origins = settings.getlist("FINEWS_ORIGINS")
        self.templates = [
            template for template in map(str.strip, settings.getlist("FINEWS_PLACES")) if template
        ]
        self.waiting: dict[str, tuple[str, dict[str, Any]]] = {}
        """Link and what the list said, by article."""
        self.handed_at: dict[str, float] = {}
        """When articles were handed over that no list names now: until the shards are merged, they seem due with every round."""

    def add(
        self, target: Target, article_id: str, record: Record | None = None, feed: str | None = None
    ) -> None:
        """Take in an article; one that no list names (without *record*) not again within `AGAIN` seconds."""
        if record is None:
            now = time.monotonic()
            if now - self.handed_at.get(article_id, float("-inf")) < AGAIN:
                return
            self.handed_at = {
                handed_id: moment for handed_id, moment in self.handed_at.items() if now - moment < AGAIN
            }
            self.handed_at[article_id] = now
        listed = {"feed": feed, "record": words_of(record), "headers": dict(record.headers)} if record else {}
        self.waiting[article_id] = target.link, listed

    def send(self) -> set[str]:
        """Queue everything; the articles. Raises QueueProblem where the queue cannot be reached."""
        if not self.waiting:
            return set()
        from redis import RedisError

        from crawler.cluster.queue import entries_of, shown

        try:
            open_queue(self.url).add(
                entry
                for link, listed in self.waiting.values()
                for entry in entries_of([link], self.origins, self.templates, **listed)
            )
        except RedisError as exc:
            raise QueueProblem(
                f"{shown(self.url)} cannot be reached: {exc}; the next poll hands them over"
            ) from None
        handed, self.waiting = set(self.waiting), {}
        return handed
