"""``scrapy parse``: Scrapy's own, in which the spider `share` reads a link that no spider claims."""

from __future__ import annotations

import argparse

from scrapy import Request
from scrapy.commands.parse import Command as ScrapyParse

ANY_LINK = "share"  # the spider that reads links of any site


class Command(ScrapyParse):
    """Shows what would be read from a link. The archive stays closed."""

    def set_spidercls(self, url: str, opts: argparse.Namespace) -> None:
        assert self.crawler_process is not None
        if not opts.spider and not self.crawler_process.spider_loader.find_by_request(Request(url)):
            opts.spider = ANY_LINK
        if opts.spider == ANY_LINK:
            opts.spargs.setdefault("url", url)  # a link that is typed is trusted, wherever it leads
        super().set_spidercls(url, opts)
