"""``body_tree`` -> ``images``: fetches an article's content images and points the body at the local copies (`body_images`).

Bytes are kept as they came. An image that is not available leaves a row that says why.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from itemadapter import ItemAdapter
from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from archive.times import utc_text
from archive.writer import Archive, ArchiveError
from pipelines.archive_access import require_archive
from pipelines.body_images import find_images, place_images
from pipelines.fetch_errors import explain
from pipelines.image_limits import Limits
from pipelines.image_referers import referer_of
from pipelines.image_types import sniff, why_not
from pipelines.response_digest import take_digest

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

Outcome = dict[str, Any]
"""``status`` (``stored``, ``failed``, ``refused``) and ``reason``; of a stored image also ``sha256``,
``media_type``, ``width``, ``height``, ``bytes`` and ``path``."""

AT_ONCE = 32  # images of one article that wait for their answers
REMEMBERED = 2_000  # addresses whose outcome is known within a crawl, about 0.5 KB each


def validate_image(data: bytes, limits: Limits, sha256: str | None = None) -> Outcome:
    """What becomes of the bytes that an address answered; ``stored`` comes with ``suffix``, not ``path``. *sha256* is theirs,
    hex, where it is known.

    ``refused`` is what we would not take the next time either; ``failed`` may heal.

    >>> validate_image(b"<html>Not found</html>", Limits())
    {'status': 'failed', 'reason': 'is HTML, not an image'}
    """
    image = sniff(data)
    if image is None:
        reason = why_not(data)
        return {"status": "refused" if "not kept" in reason else "failed", "reason": f"is {reason}"}
    if over := limits.refuse(image, len(data)):
        return {"status": "refused", "reason": over}
    if not image.complete:
        whole = f"of {image.expected:,} bytes" if image.expected else "bytes, and no end mark"
        return {"status": "failed", "reason": f"cut short: {len(data):,} {whole}"}
    return {
        "status": "stored",
        "reason": None,
        "sha256": sha256 or hashlib.sha256(data).hexdigest(),
        "media_type": image.media_type,
        "width": image.width,
        "height": image.height,
        "bytes": len(data),
        "suffix": image.suffix,
    }


def outcome_of_error(error: BaseException, limits: Limits) -> Outcome:
    """The outcome of a request that brought no response."""
    refused, reason = explain(error, f"{limits.max_bytes:,} bytes")
    return {"status": "refused" if refused else "failed", "reason": reason}


class DownloadImagesPipeline:
    """Sets ``images`` of every item with a ``body_tree``. Raises ArchiveError where one cannot be written."""

    def __init__(self, crawler: Any, archive: Archive):
        self.crawler, self.archive, self.stats = crawler, archive, crawler.stats
        settings = crawler.settings
        self.enabled = settings.getbool("IMAGES_ENABLED", True)
        self.keeps_charts = settings.getbool("KEEP_CHARTS")
        standard = Limits()
        self.limits = Limits(
            settings.getint("IMAGE_MAX_BYTES", standard.max_bytes),
            settings.getint("IMAGE_MAX_PIXELS", standard.max_pixels),
            settings.getint("IMAGE_MAX_SIDE", standard.max_side),
            settings.getint("IMAGE_MAX_FRAMES", standard.max_frames),
        )
        self._done: OrderedDict[str, Outcome] = OrderedDict()
        self._under_way: dict[str, asyncio.Future[Outcome]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler, require_archive(crawler))

    async def process_item(self, item: Any) -> Any:
        record = ItemAdapter(item)
        tree = record.get("body_tree")
        if tree is None or not self.archive.is_open:
            return item
        page = record.get("share_url") or record.get("canonical_url")
        images = find_images(tree, page, self.keeps_charts)
        if images:
            known = self.archive.known_images(record["id"])
            wanted = [entry for entry in images if not self._is_settled(entry, known)]
            for first in range(0, len(wanted), AT_ONCE):
                batch = wanted[first : first + AT_ONCE]
                await asyncio.gather(*(self._obtain(entry, page) for entry in batch))
        if dropped := place_images(tree, images):
            self.stats.inc_value("download_images/without_address", dropped)
        for entry in images:
            if captures := entry.pop("captures", None):
                record["captures"] = [*(record.get("captures") or ()), *captures]
        record["images"] = images
        return item

    def _is_settled(self, entry: dict[str, Any], known: dict[str, dict[str, Any]]) -> bool:
        """Whether *entry* needs no fetch: archived before, no content, or images are switched off."""
        if "status" in entry:
            self.stats.inc_value("download_images/refused")
            return True
        for url in entry["candidates"]:
            if url in known:
                entry |= {"status": "stored", "reason": None, "url": url, **known[url]}
                self._date_chart(entry)
                self.stats.inc_value("download_images/known")
                return True
        if not self.enabled:
            entry |= {"status": "refused", "reason": "images are switched off (IMAGES_ENABLED)"}
            self.stats.inc_value("download_images/refused")
        return not self.enabled

    async def _obtain(self, entry: dict[str, Any], page: str | None) -> None:
        """Try the addresses of *entry* in turn; where none brings an image, that of the best one stands."""
        first: Outcome | None = None
        for url in entry["candidates"]:
            outcome = await self._fetch_once(url, page)
            if outcome["status"] == "stored":
                entry |= outcome | {"url": url}
                self._date_chart(entry)
                break
            first = first or outcome
        else:
            entry |= first or {}
        self.stats.inc_value(f"download_images/{entry['status']}")

    def _date_chart(self, entry: dict[str, Any]) -> None:
        """Mark a market chart with the time of its fetch, unless it was fetched before."""
        if entry.get("is_chart") and not entry.get("drawn_at"):
            entry["drawn_at"] = utc_text(self.archive.now())

    async def _fetch_once(self, url: str, page: str | None) -> Outcome:
        """`_fetch`, but not twice for one address while it is remembered."""
        if url in self._done:
            self._done.move_to_end(url)
            return self._done[url]
        if url not in self._under_way:
            self._under_way[url] = asyncio.ensure_future(self._fetch(url, page))
            self._under_way[url].add_done_callback(lambda _: self._under_way.pop(url))
        return await self._under_way[url]

    async def _fetch(self, url: str, page: str | None) -> Outcome:
        referer = referer_of(url, page)
        request = Request(
            url,
            headers={"Referer": referer} if referer else None,
            meta={"from_content": True, "download_maxsize": self.limits.max_bytes},
            callback=NO_CALLBACK,
        )
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as exc:
            outcome = outcome_of_error(exc, self.limits)
        else:
            if response.status == 200:
                outcome = self._keep(response.body, take_digest(request, response.body))
            else:
                outcome = {"status": "failed", "reason": f"answered {response.status}"}
        if captures := request.meta.get("captures"):
            outcome["captures"] = captures
        self._done[url] = outcome
        if len(self._done) > REMEMBERED:
            self._done.popitem(last=False)
        return outcome

    def _keep(self, data: bytes, sha256: str | None = None) -> Outcome:
        outcome = validate_image(data, self.limits, sha256)
        if outcome["status"] == "stored":
            try:
                outcome["path"] = self.archive.stage_image(data, outcome["sha256"], outcome.pop("suffix"))
            except OSError as exc:
                why = f"{exc.filename} cannot be written: {exc.strerror or exc}"
                self.archive.broken = ArchiveError(why)
                raise self.archive.broken from exc
            self.stats.inc_value("download_images/bytes", len(data))
        return outcome
