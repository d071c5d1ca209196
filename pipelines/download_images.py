"""``body_tree`` -> ``images``: fetches an article's content images and points the body at the local copies.

Bytes are kept as they came. Of several addresses of an image the unscaled one is tried first. What is not
available leaves ``<a class="image-missing" href="ADDRESS"></a>`` in the body and a row that says why.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from itemadapter import ItemAdapter
from lxml import html
from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from archive.late_pattern import compile_late
from archive.times import in_beijing, utc_text
from archive.writer import Archive, ArchiveError
from pipelines.archive_access import require_archive
from pipelines.fetch_errors import explain
from pipelines.image_referers import referer_of
from pipelines.image_types import Limits, sniff, why_not
from pipelines.sanitise_html import LAZY_SOURCES, drop

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

Outcome = dict[str, Any]
"""``status`` (``stored``, ``failed``, ``refused``) and ``reason``; of a stored image also ``sha256``,
``media_type``, ``width``, ``height``, ``bytes`` and ``path``."""

UNSCALED = ("orginial_src", "data-original", "data-src", "original")  # the first is the source's own spelling
SETS = ("srcset", "data-srcset")
LAZY = (*UNSCALED, *LAZY_SOURCES, *SETS, "sizes", "loading")
CHART_TITLE = "行情图，抓取于"
"""Marks a market chart: the source draws it anew each time, so it shows what the reader saw only at the time of its fetch."""
MOST_IMAGES = 1_000  # of one article
LONGEST_ADDRESS = 8_000  # characters; servers take no longer ones
AT_ONCE = 32  # images of one article that wait for their answers
DIGEST = "body_digest"
"""Key of ``meta`` where the capture of an image leaves ``(body, SHA-256)``: the digest of those very bytes is not made twice."""
REMEMBERED = 2_000  # addresses whose outcome is known within a crawl, about 0.5 KB each

_LIVE_CHART = compile_late(
    r"[^?#]*[/.](?:webquoteklinepic|webquotepic)\.(?:eastmoney|dfcfw)\.com(?:[:/?#]|$)", re.I
)
_ADVERT_CLASSES = frozenset(("em_handle_adv_close", "em_xuangu"))
_ADVERT_LINK = compile_late(r"[^?#]*[/.]acttg\.eastmoney\.com(?:[:/?#]|$)", re.I)
_PLACEHOLDER = compile_late(
    r"(?:^|/)(?:blank|load(?:ing)?|lazy(?:load)?|placeholder|spacer|pixel|transparent|gr[ea]y|1px|1x1|dot|clear)"
    r"[-_]?\d*\.(?:gif|png|jpe?g|svg|webp)$",
    re.I,
)
# These can also name a page, a video or a plain word.
_IMAGE_FILE = compile_late(
    r"[^\s\"']+\.(?:jpe?g|png|gif|webp|avif|bmp)(?:[?#!@&_:/].*)?|\S*wx_fmt=\S*|\S*/download/\S+", re.I
)
_SRCSET = compile_late(r"(?<![^\s,])([^\s,](?:[^\s,]|,+(?=[^\s,]))*+)(?:\s++([\d.]{1,9})[wx])?\s*+(?:,|$)")
_IDLE_ALT = compile_late(
    r"(?:图片?|插图|配图|原图|K图.*|image|img|pic|picture|photo|null|undefined|none|\S+\.(?:jpe?g|png|gif|webp|bmp))"
    r"|(?:图片?|image|img|pic|picture|photo)?[\s\d_.-]*|https?:\S*|[0-9a-f]{16,}",
    re.I,
)
_CAPTION = compile_late(
    r"[（(【]?\s*(?:(?:图片|图表|图|资料|照片|数据)来源|图源|图片?|资料图片?|摄影|供图)\s*[:：]"
)
_CAPTION_LENGTH = 100  # characters; a longer paragraph that begins 图：is text


def find_images(tree: Any, base_url: str | None, charts: bool = False) -> list[dict[str, Any]]:
    """The images of a body in reading order, each once; the tree stays as it is. With *charts*, live charts are images, too.

    Each has ``position`` (1, 2, ...), ``url`` (its best address), ``candidates`` (all, absolute, best first),
    ``caption``, ``alt``, ``elements`` (every ``<img>`` that shows it) and, where it is not to be fetched,
    ``status`` and ``reason``. An ``<img>`` without any http address is left out.

    >>> tree = html.fragment_fromstring('<div><img src="//p.example/a.jpg" orginial_src="/a_o.jpg"></div>')
    >>> find_images(tree, "https://news.example/1")[0]["candidates"]
    ['https://news.example/a_o.jpg', 'https://p.example/a.jpg']
    """
    entries: list[dict[str, Any]] = []
    by_address: dict[str, dict[str, Any]] = {}
    for image in tree.iterdescendants("img"):
        candidates = _candidates(image, base_url or "")
        if not candidates:
            continue
        entry = next((by_address[url] for url in candidates if url in by_address), None)
        if entry is None:
            entry = {
                "position": len(entries) + 1,
                "url": candidates[0],
                "candidates": candidates,
                "caption": None,
                "alt": None,
                "elements": [],
            }
            is_chart = any(map(_LIVE_CHART.match, candidates))
            if charts and is_chart:
                entry["is_chart"] = True
            elif reason := _no_content(image, candidates):
                entry |= {"status": "refused", "reason": reason}
            elif len(entries) >= MOST_IMAGES:
                reason = f"an article's images beyond the first {MOST_IMAGES:,} are not fetched"
                entry |= {"status": "refused", "reason": reason}
            entries.append(entry)
        entry["candidates"] += [url for url in candidates if url not in entry["candidates"]]
        by_address.update(dict.fromkeys(candidates, entry))
        entry["elements"].append(image)
        entry["caption"] = entry["caption"] or _caption(image, tree)
        entry["alt"] = entry["alt"] or _alt(image)
    return entries


def _candidates(image: Any, base_url: str) -> list[str]:
    """Absolute addresses in an ``<img>``, best first; placeholders only where there is nothing else."""
    given = [image.get(name) for name in UNSCALED]
    given += [
        value
        for name in LAZY_SOURCES
        if (value := image.get(name))
        and len(value) <= LONGEST_ADDRESS
        and _IMAGE_FILE.fullmatch(value.strip())
    ]
    given += [_largest(image.get(name)) for name in SETS]
    given.append(image.get("src"))
    urls = dict.fromkeys(url for value in given if value and (url := _absolute(value, base_url)))
    return [url for url in urls if not _PLACEHOLDER.search(urlsplit(url).path)] or list(urls)


def _absolute(value: str, base_url: str) -> str | None:
    try:
        url = urljoin(base_url, value.strip())
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:  # "http://[" and the like
        return None


def _largest(srcset: str | None) -> str | None:
    """The address with the largest number in ``a.jpg 480w, b.jpg 960w`` or ``a.jpg, b.jpg 2x``."""
    best, most = None, 0.0
    for url, number in _SRCSET.findall(srcset or ""):
        try:
            size = float(number or 1)
        except ValueError:
            continue
        if size > most:
            best, most = url, size
    return best


def _no_content(image: Any, candidates: list[str]) -> str | None:
    """Why an image is no content of the article; earlier pipelines should have taken these out."""
    if any(map(_LIVE_CHART.match, candidates)):
        return "live chart, drawn when asked for: not what the reader saw"
    if not _ADVERT_CLASSES.isdisjoint((image.get("class") or "").split()):
        return "advert"
    link = next(image.iterancestors("a"), None)
    if link is not None and _ADVERT_LINK.match(link.get("href") or ""):
        return "advert"
    return None


def _alt(image: Any) -> str | None:
    """The alternative text where it says something: not 图片, Image or a file name."""
    alt = " ".join((image.get("alt") or "").split())
    return alt if alt and not _IDLE_ALT.fullmatch(alt) else None


def _caption(image: Any, tree: Any) -> str | None:
    """The text of the ``<figcaption>``, or of a paragraph right after it that marks itself as a caption."""
    figure = next(image.iterancestors("figure"), None)
    if figure is not None:
        caption = figure.find(".//figcaption")
        return (_text(caption) or None) if caption is not None else None
    block = image
    while not (block.tail or "").strip() and block.getnext() is None:
        block = block.getparent()
        if block is None or block is tree:
            return None
    if (block.tail or "").strip():
        return None
    after = block.getnext()
    while after is not None and (not isinstance(after.tag, str) or after.tag == "br"):
        if (after.tail or "").strip():
            return None
        after = after.getnext()
    if after is None or after.tag not in ("p", "center", "div") or after.find(".//img") is not None:
        return None
    text = _text(after)
    return text if len(text) <= _CAPTION_LENGTH and _CAPTION.match(text) else None


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def point_at_copy(entry: dict[str, Any]) -> None:
    """Point the ``<img>`` elements of *entry* at the stored file, or put a link in the place of each."""
    for image in entry["elements"]:
        if entry["status"] == "stored":
            image.set("src", entry["path"])
            if drawn_at := entry.get("drawn_at"):
                image.set("title", f"{CHART_TITLE} {in_beijing(drawn_at, '%Y-%m-%d %H:%M')}")
            for name in LAZY:
                image.attrib.pop(name, None)
            continue
        link = html.Element("a", {"class": "image-missing", "href": entry["url"]})
        outer = next(image.iterancestors("a"), None)
        if outer is None:
            link.tail, image.tail = image.tail, None
            image.getparent().replace(image, link)
        else:  # a link cannot hold a link
            link.tail, outer.tail = outer.tail, None
            outer.addnext(link)
            drop(image)


def place_images(tree: Any, images: list[dict[str, Any]]) -> int:
    """Point the body at the copies of its *images*, whose outcomes are known by now, and drop images without an
    address; how many those were."""
    shown = {image for entry in images for image in entry["elements"]}
    others = [image for image in tree.iterdescendants("img") if image not in shown]
    for image in others:  # data:, javascript: or no address at all
        drop(image)
    for entry in images:
        point_at_copy(entry)
        del entry["elements"]
    return len(others)


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
                captured, digest = request.meta.pop(DIGEST, (None, None))
                outcome = self._keep(response.body, digest if captured is response.body else None)
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
