"""``scrapy crawl feeds -s SPIDER_MODULES=tests.soak.back_to_back``: a resident crawl whose next poll begins as soon as it is told the time.

Before each poll it prints a line, and reads one from standard input: the time that it is to be, in seconds since 1970. Its end
is the end of the crawl. ``move_clock.c`` must be loaded.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from crawler.spiders.feeds import FeedsSpider


class BackToBackSpider(FeedsSpider):
    """Waits for the word of who runs it, not for the clock."""

    def __init__(self, **arguments: str):
        super().__init__(every="1s", **arguments)
        self.every = timedelta(0)

    def begin_round(self) -> Iterator[Any]:
        """One poll, at the time that standard input says."""
        print("ready", flush=True)
        ctypes.CDLL(None).set_clock(ctypes.c_longlong(int(sys.stdin.readline())))
        return super().begin_round()
