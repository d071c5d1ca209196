"""What we are measured against: spiders as most projects write them, with Scrapy's own parts."""

from __future__ import annotations

BARE = '''
import scrapy


class Bare(scrapy.Spider):
    """Fetches the same and stores nothing; default settings."""

    name = "bare"

    async def start(self):
        for url in open(self.urls):
            yield scrapy.Request(url.strip(), dont_filter=True)

    def parse(self, response):
        yield {"url": response.url, "bytes": len(response.body)}
'''

NAIVE = '''
import re
import dateparser
import scrapy
import sqlite_utils


class Store:
    """A row at a time, by sqlite-utils as its front page shows it."""

    @classmethod
    def from_crawler(cls, crawler):
        pipeline = cls()
        pipeline.path = crawler.settings["OUT"] + "/naive.db"
        return pipeline

    def open_spider(self):
        self.db = sqlite_utils.Database(self.path)

    def process_item(self, item):
        row = {key: value for key, value in item.items() if key not in ("image_urls", "images")}
        row["images"] = [image["path"] for image in item.get("images", [])]
        self.db["articles"].upsert(row, pk="url")
        return item


class Dates:
    """One call of dateparser."""

    def process_item(self, item):
        item["published_at"] = dateparser.parse(item["showtime"]).isoformat()
        return item


class Naive(scrapy.Spider):
    """Scrapy's ImagesPipeline, dateparser and sqlite-utils, none of them tuned."""

    name = "naive"

    async def start(self):
        for url in open(self.urls):
            yield scrapy.Request(url.strip(), dont_filter=True)

    def parse(self, response):
        data = response.json()
        yield {
            "url": response.url,
            "title": data["title"],
            "showtime": data["showtime"],
            "body": data["content"],
            "image_urls": re.findall(r'src="([^"]+)"', data["content"]),
        }
'''
