"""Answers requests for images out of the saved file that their article was read from (`crawler.spiders.saved`)."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from pipelines.image_types import sniff

SOURCE = "capture_source"
"""Key of ``meta``: ``(captures.source, captures.file)`` of a response that did not come from the network."""


class SavedImagesMiddleware:
    """The first downloader middleware: what a file holds is asked of no host."""

    def __init__(self, spider: Any):
        self.spider = spider

    @classmethod
    def from_crawler(cls, crawler: Any) -> SavedImagesMiddleware:
        if not hasattr(crawler.spider, "find_image"):
            raise NotConfigured
        return cls(crawler.spider)

    def process_request(self, request: Request) -> Response | None:
        image = self.spider.find_image(request.url)
        if image is None:
            return None
        data, source = image
        request.meta[SOURCE] = source
        info = sniff(data)
        headers = {"Content-Type": info.media_type} if info else None
        return Response(request.url, headers=headers, body=data, request=request)
