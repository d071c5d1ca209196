"""What we are measured against: spiders as most projects write them, with Scrapy's own parts; and the readers of news pages
that others offer, each in a small program that archives what it reads."""

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

ARCHIVER = """
import json
import sqlite3
import sys

{reader}

urls, out = sys.argv[1:3]
db = sqlite3.connect(out)
db.execute("CREATE TABLE IF NOT EXISTS articles (url TEXT PRIMARY KEY, record TEXT)")
for url in open(urls).read().split():
    try:
        record = archive(url)
    except Exception as exc:
        print(url, type(exc).__name__, str(exc)[:100], file=sys.stderr)
        continue
    if record and record.get("body_text"):
        db.execute("INSERT OR REPLACE INTO articles VALUES (?, ?)", (url, json.dumps(record, default=str)))
db.commit()
"""
"""A program that archives the addresses in a file into a table, a row each; ``archive(url)`` is the peer's."""
READERS = {
    "trafilatura": '''
import requests  # its own fetch_url takes no proxy
from trafilatura import bare_extraction


def archive(url):
    page = requests.get(url, timeout=20).content
    read = bare_extraction(page, url=url, with_metadata=True, include_comments=False)
    if read is None:
        return None
    said = read.as_dict()
    return {"headline": said["title"], "published_at": said["date"], "publisher": said["sitename"],
            "authors": (said["author"] or "").split("; ") if said["author"] else [], "body_text": said["text"]}
''',
    "newspaper4k": '''
from newspaper import Article


def archive(url):
    article = Article(url)
    article.download()
    article.parse()
    return {"headline": article.title, "published_at": article.publish_date and article.publish_date.isoformat(),
            "publisher": article.meta_site_name or None, "authors": article.authors, "body_text": article.text}
''',
    "news-please": '''
from newsplease import NewsPlease


def archive(url):
    read = NewsPlease.from_url(url)
    return {"headline": read.title, "published_at": read.date_publish and read.date_publish.isoformat(),
            "publisher": None, "authors": read.authors, "body_text": read.maintext}
''',
    "fundus": '''
from datetime import date
from urllib.parse import urlsplit

import requests
from fundus import PublisherCollection


def host_of(url):
    return (urlsplit(url).hostname or "").removeprefix("www.")


PUBLISHERS = {host_of(one.domain): one for one in PublisherCollection}


def archive(url):
    publisher = PUBLISHERS.get(host_of(url))
    if publisher is None:  # it reads the publishers in its list, and no others
        return None
    said = publisher.parser(date.today()).parse(requests.get(url, timeout=20).text, "suppress")
    at = said.get("publishing_date")
    return {"headline": said.get("title"), "published_at": at and at.isoformat(), "publisher": publisher.name,
            "authors": said.get("authors") or [], "body_text": str(said["body"]) if said.get("body") else None}
''',
}  # fmt: skip
"""Readers of news pages by their name on the package index: fetching and reading as their documentation shows them."""
PACKAGES = {
    "trafilatura": ("trafilatura", "lxml_html_clean", "requests"),  # its jusText asks for the second
    "newspaper4k": ("newspaper4k[zh]",),  # without, it reads no Chinese
    "news-please": ("news-please", "newspaper4k[zh]"),
    "fundus": ("fundus", "curl_cffi<0.14", "requests"),  # later ones lack what it imports
}
"""What has to be installed for each."""
