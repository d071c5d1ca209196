"""Settings looked at before a crawl begins: a wrong one is told in one line, not met half-way as a bug."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from scrapy.settings import BaseSettings, default_settings

from crawler import settings as ours
from crawler.fetch_guard import origin_of

FLAVOURS = ("jekyll", "jekyll-old", "hugo", "eleventy", "pelican", "plain")
AT_LEAST = {
    "CONCURRENT_REQUESTS": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "CONCURRENT_ITEMS": 1,
    "BREAKER_FAILURES": 1,
}
"""Least value of a number, where that is not 0."""


def is_number(kind: type, value: Any, least: int) -> bool:
    """Whether a setting's text is a number of that kind, and not less than *least*."""
    try:
        number = kind(value)
    except (TypeError, ValueError):
        return False
    return math.isfinite(number) and number >= least


def origins(text: str) -> list[str]:
    """The entries of a comma-separated setting that are no origin."""
    given = [part.strip() for part in text.split(",") if part.strip()]
    return [part for part in given if origin_of(part) is None]


def is_page(text: str) -> bool:
    """Whether FINEWS_ARTICLE_PAGE makes an address of an article's id."""
    try:
        return "1" * 18 in text.format(id="1" * 18) and origin_of(text.format(id=1)) is not None
    except (KeyError, IndexError, ValueError):
        return False


def is_time(text: str) -> bool:
    """Whether FINEWS_NOW is empty or an ISO time."""
    try:
        return not text or datetime.fromisoformat(text) is not None
    except ValueError:
        return False


def connects(pairs: Any) -> bool:
    """Whether CONNECT_TO can be read."""
    from crawler.download import connect_to

    try:
        connect_to(pairs)
    except ValueError:
        return False
    return True


TEXTS: dict[str, tuple[Callable[[BaseSettings], Any], str]] = {
    "DATA_DIR": (lambda all_: str(all_["DATA_DIR"] or "").strip(), "give a folder"),
    "POST_FLAVOUR": (lambda all_: all_["POST_FLAVOUR"] in FLAVOURS, f"give one of {', '.join(FLAVOURS)}"),
    "LOG_LEVEL": (
        lambda all_: isinstance(logging.getLevelName(str(all_["LOG_LEVEL"]).upper()), int),
        "no such level; give DEBUG, INFO, WARNING or ERROR",
    ),
    "FINEWS_ORIGINS": (
        lambda all_: all_["FINEWS_ORIGINS"].strip(" ,") and not origins(all_["FINEWS_ORIGINS"]),
        "give scheme://host[:port], comma-separated",
    ),
    "FINEWS_LIST_ORIGINS": (
        lambda all_: not origins(all_["FINEWS_LIST_ORIGINS"]),
        "give scheme://host[:port], comma-separated",
    ),
    "FINEWS_ARTICLE_PAGE": (
        lambda all_: is_page(all_["FINEWS_ARTICLE_PAGE"]),
        "give an http or https address with {id} where the article's id goes",
    ),
    "FINEWS_NOW": (
        lambda all_: is_time(all_["FINEWS_NOW"]),
        "give an ISO time, e.g. 2026-02-21T15:54:00+08:00",
    ),
    "FINEWS_COUNTS": (
        lambda all_: re.fullmatch(r"\s*[1-9]\d*\s*(?:,\s*[1-9]\d*\s*)*", all_["FINEWS_COUNTS"]),
        "give numbers of records, e.g. 100,500",
    ),
    "FINEWS_CHECKS": (
        lambda all_: re.fullmatch(r"\s*(?:\d+[smhd]\s*(?:,\s*\d+[smhd]\s*)*)?", all_["FINEWS_CHECKS"]),
        "give spans of time, e.g. 10m,1h,1d",
    ),
    "CONNECT_TO": (
        lambda all_: connects(all_.getlist("CONNECT_TO")),
        "give HOST=ADDRESS:PORT, comma-separated",
    ),
}
"""Settings that are texts: whether one is good, and what is."""


def problem(settings: BaseSettings) -> str | None:
    """What is wrong with the first setting that cannot be meant as it is; None where all can."""
    for name, (good, what) in TEXTS.items():
        if not good(settings):
            return f"{name}={settings[name]}: {what}"
    given = {name for name in settings if (settings.getpriority(name) or 0) > 10}  # Scrapy's own are good
    for name in sorted(given):
        kind = ours.kinds.get(name) or type(getattr(default_settings, name, None))
        value = settings[name]
        if kind is bool and str(value).lower() not in ("0", "1", "true", "false"):
            return f"{name}={value}: give True or False"
        if kind in (int, float) and not is_number(kind, value, AT_LEAST.get(name, 0)):
            least = f" of {AT_LEAST[name]} or more" if name in AT_LEAST else ", 0 or more"
            return f"{name}={value}: give a {'whole ' if kind is int else ''}number{least}"
    return None
