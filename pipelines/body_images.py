"""The images of a body: their addresses and captions, and the body pointed at their copies.

Of several addresses of an image the unscaled one is tried first. What is not available leaves
``<a class="image-missing" href="ADDRESS"></a>`` in the body.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import html

from archive.late_pattern import compile_late
from archive.times import in_beijing
from pipelines.sanitise_html import LAZY_SOURCES, drop

UNSCALED = ("orginial_src", "data-original", "data-src", "original")  # the first is the source's own spelling
SETS = ("srcset", "data-srcset")
LAZY = (*UNSCALED, *LAZY_SOURCES, *SETS, "sizes", "loading")
CHART_TITLE = "行情图，抓取于"
"""Marks a market chart: the source draws it anew each time, so it shows what the reader saw only at the time of its fetch."""
MOST_IMAGES = 1_000  # of one article
LONGEST_ADDRESS = 8_000  # characters; servers take no longer ones

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
    values = [image.get(name) for name in UNSCALED]
    values += [
        value
        for name in LAZY_SOURCES
        if (value := image.get(name))
        and len(value) <= LONGEST_ADDRESS
        and _IMAGE_FILE.fullmatch(value.strip())
    ]
    values += [_largest(image.get(name)) for name in SETS]
    values.append(image.get("src"))
    urls = dict.fromkeys(url for value in values if value and (url := _absolute(value, base_url)))
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
    elements = {image for entry in images for image in entry["elements"]}
    others = [image for image in tree.iterdescendants("img") if image not in elements]
    for image in others:  # data:, javascript: or no address at all
        drop(image)
    for entry in images:
        point_at_copy(entry)
        del entry["elements"]
    return len(others)
