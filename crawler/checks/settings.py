"""Settings checked before a crawl begins: a bad one is reported in one line, not met half-way as a bug."""

from __future__ import annotations

import logging
import math
import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings, default_settings

from archive.language import language_of
from archive.post_format import FLAVOURS
from crawler import settings as project_settings
from crawler.addon import class_path
from crawler.checks.classes import find_class_problem
from crawler.chromium import find_missing_part
from crawler.guard.fetch_guard import origin_of, parse_connect_to
from crawler.middlewares.cookies_file import read_cookies
from crawler.middlewares.site_headers import read_site_headers

MINIMUM = {
    "CONCURRENT_REQUESTS": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "CONCURRENT_ITEMS": 1,
    "BREAKER_FAILURES": 1,
}
"""Least value of a number, where that is not 0."""
LARGEST = {int: 10**15, float: 10.0**8}
"""What is more bytes, or more seconds, no machine takes."""
FRACTIONS = frozenset(
    name for name in dir(default_settings) if name.endswith(("_DELAY", "_TIMEOUT", "_CONCURRENCY"))
)
"""Settings of Scrapy's that take fractions of a second, or of a request, whatever the type of their default."""
NOT_HONOURED = {
    "TWISTED_REACTOR_ENABLED": (
        lambda settings: settings.getbool("TWISTED_REACTOR_ENABLED"),
        "the fetch guard works through Twisted's name resolution; leave it True",
    ),
    "TWISTED_REACTOR": (
        lambda settings: "asyncio" in str(settings["TWISTED_REACTOR"]),
        "pipelines and spiders await asyncio; leave it at Scrapy's asyncio reactor",
    ),
    "TWISTED_DNS_RESOLVER": (
        lambda settings: settings["TWISTED_DNS_RESOLVER"] == project_settings.TWISTED_DNS_RESOLVER,
        f"the fetch guard needs {project_settings.TWISTED_DNS_RESOLVER}",
    ),
    "DNS_TIMEOUT": (
        lambda settings: (settings.getpriority("DNS_TIMEOUT") or 0) == 0,
        "the resolver has no time limit of its own; DOWNLOAD_TIMEOUT covers name resolution, too",
    ),
}  # fmt: skip
"""Settings of Scrapy's that cannot be honoured: whether the value is the one that can, and why no other."""


def is_number(kind: type, value: Any, minimum: int) -> bool:
    """Whether a setting's text is a number of that kind, and not less than *minimum*."""
    try:
        number = kind(value)
    except (TypeError, ValueError):
        return False
    return math.isfinite(number) and minimum <= number <= LARGEST[kind]


def bad_origins(text: str) -> list[str]:
    """The entries of a comma-separated setting that are not origins."""
    return [part for part in map(str.strip, text.split(",")) if part and origin_of(part) is None]


def is_page_template(text: str) -> bool:
    """Whether a template, as FINEWS_ARTICLE_PAGE, makes an address of an article's id."""
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


def is_connect_to(pairs: list[str]) -> bool:
    """Whether CONNECT_TO can be read."""
    try:
        parse_connect_to(pairs)
    except ValueError:
        return False
    return True


TLS_METHODS = ("TLS", "TLSv1.0", "TLSv1.1", "TLSv1.2")


def can_be_file(path: Path) -> bool:
    """Whether a file can be written there."""
    return not path.is_dir() and os.access(path if path.exists() else path.absolute().parent, os.W_OK)


def can_be_folder(path: Path) -> bool:
    """Whether a folder is there that can be written, or one can be made."""
    there = next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.exists())
    return there.is_dir() and os.access(there, os.W_OK)


CHECKS: dict[str, tuple[Callable[[BaseSettings], Any], str]] = {
    "DATA_DIR": (lambda settings: str(settings["DATA_DIR"] or "").strip(), "give a folder"),
    "POST_FLAVOUR": (
        lambda settings: settings["POST_FLAVOUR"] in FLAVOURS,
        f"give one of {', '.join(FLAVOURS)}",
    ),
    "LANGUAGE": (
        lambda settings: not settings["LANGUAGE"] or language_of(settings["LANGUAGE"]),
        "give en or zh",
    ),
    "LOG_LEVEL": (
        lambda settings: isinstance(logging.getLevelName(str(settings["LOG_LEVEL"]).upper()), int),
        "no such level; give DEBUG, INFO, WARNING or ERROR",
    ),
    "FINEWS_ORIGINS": (
        lambda settings: (
            settings["FINEWS_ORIGINS"].strip(" ,") and not bad_origins(settings["FINEWS_ORIGINS"])
        ),
        "give scheme://host[:port], comma-separated",
    ),
    "FINEWS_LIST_ORIGINS": (
        lambda settings: not bad_origins(settings["FINEWS_LIST_ORIGINS"]),
        "give scheme://host[:port], comma-separated",
    ),
    "FINEWS_ARTICLE_PAGE": (
        lambda settings: is_page_template(settings["FINEWS_ARTICLE_PAGE"]),
        "give an http or https address with {id} where the article's id goes",
    ),
    "FINEWS_PLACES": (
        lambda settings: all(
            map(is_page_template, filter(None, map(str.strip, settings.getlist("FINEWS_PLACES"))))
        ),
        "give http or https addresses with {id} where the article's id goes, comma-separated; empty for none",
    ),
    "FINEWS_NOW": (
        lambda settings: is_time(settings["FINEWS_NOW"]),
        "give an ISO time, e.g. 2026-02-21T15:54:00+08:00",
    ),
    "FINEWS_COUNTS": (
        lambda settings: re.fullmatch(r"\s*[1-9]\d*\s*(?:,\s*[1-9]\d*\s*)*", settings["FINEWS_COUNTS"]),
        "give numbers of records, e.g. 100,500",
    ),
    "FINEWS_CHECKS": (
        lambda settings: re.fullmatch(
            r"\s*(?:\d+[smhd]\s*(?:,\s*\d+[smhd]\s*)*)?", settings["FINEWS_CHECKS"]
        ),
        "give spans of time, e.g. 10m,1h,1d",
    ),
    "LOG_FILE": (
        lambda settings: not settings["LOG_FILE"] or can_be_file(Path(settings["LOG_FILE"])),
        "give a file in a folder that can be written",
    ),
    "JOBDIR": (
        lambda settings: not settings["JOBDIR"] or can_be_folder(Path(settings["JOBDIR"])),
        "give a folder that can be written",
    ),
    "FEEDS": (
        lambda settings: all(isinstance(options, dict) for options in settings.getdict("FEEDS").values()),
        'give {"FILE": {"format": "jsonlines"}}, or use -O FILE',
    ),
    "DOWNLOADER_CLIENT_TLS_METHOD": (
        lambda settings: settings["DOWNLOADER_CLIENT_TLS_METHOD"] in TLS_METHODS,
        f"give one of {', '.join(TLS_METHODS)}",
    ),
    "CONNECT_TO": (
        lambda settings: is_connect_to(settings.getlist("CONNECT_TO")),
        "give HOST=ADDRESS:PORT, comma-separated",
    ),
}
"""Settings that are texts: whether the value can be used, and what to give instead."""


def find_access_problem(settings: BaseSettings) -> str | None:
    """What keeps cookies, headers or credentials from being sent. The message shows none of them."""
    if path := settings["COOKIES_FILE"]:
        try:
            read_cookies(path)
        except ValueError as exc:
            return f"COOKIES_FILE={path}: {exc}"
        if not settings.getbool("COOKIES_ENABLED"):
            return f"COOKIES_FILE={path}: COOKIES_ENABLED is False, so no cookie would be sent; leave one of them out"
    try:
        read_site_headers(settings)
    except ValueError as exc:
        return f"SITE_HEADERS: {exc}"
    has_credentials = settings["HTTPAUTH_USER"] or settings["HTTPAUTH_PASS"]
    if has_credentials and (settings.getpriority("HTTPAUTH_DOMAIN") or 0) <= SETTINGS_PRIORITIES["default"]:
        return "HTTPAUTH_DOMAIN: give the domain that HTTPAUTH_USER and HTTPAUTH_PASS are for"
    return None


PAST_THE_GUARD = (
    "PLAYWRIGHT_CDP_URL",
    "PLAYWRIGHT_CONNECT_URL",
    "PLAYWRIGHT_BROWSER_TYPE",
    "PLAYWRIGHT_BROWSER_PROVIDER",
    "PLAYWRIGHT_LAUNCH_OPTIONS",
    "PLAYWRIGHT_CONTEXTS",
    "PLAYWRIGHT_PROCESS_REQUEST_HEADERS",
    "PLAYWRIGHT_ABORT_REQUEST",
)
"""Settings of scrapy-playwright's that the project sets itself: with others, the browser could go past the fetch guard."""


def find_browser_problem(settings: BaseSettings) -> str | None:
    """What keeps pages from being opened in a browser."""
    if str(settings["BROWSER_ENABLED"]).lower() not in ("1", "true"):
        return None
    if missing := find_missing_part(settings):
        return f"BROWSER_ENABLED=True: {missing}"
    if name := next((name for name in PAST_THE_GUARD if settings[name]), None):
        return f"{name}: leave it out with BROWSER_ENABLED: the browser could go past the fetch guard"
    if {"http", "https"} & set(settings.getdict("DOWNLOAD_HANDLERS")):
        return (
            "DOWNLOAD_HANDLERS: leave out http and https with BROWSER_ENABLED, which has a handler of its own"
        )
    return None


def find_problem(settings: BaseSettings) -> str | None:
    """The first setting that cannot be used as it is, with what to give instead; None where all can."""
    for name, (is_good, advice) in {**CHECKS, **NOT_HONOURED}.items():
        if not is_good(settings):
            value = settings[name]
            return f"{name}={value.copy_to_dict() if isinstance(value, BaseSettings) else value}: {advice}"
    if problem := find_access_problem(settings) or find_browser_problem(settings):
        return problem
    if problem := find_rules_problem(settings):
        return problem
    if "crawler.addon.ArchiveAddon" not in map(class_path, settings.getdict("ADDONS")):
        return f"ADDONS={settings['ADDONS']}: keep crawler.addon.ArchiveAddon beside yours"
    pipelines = settings.getdict("ITEM_PIPELINES").items()
    out = project_settings.ITEM_PIPELINES.keys() & {
        class_path(path) for path, order in pipelines if order is None
    }
    if out:
        return f"ITEM_PIPELINES takes out {', '.join(sorted(out))}, without which nothing would be archived"
    if problem := find_class_problem(settings):
        return problem
    changed = {
        name for name in settings if (settings.getpriority(name) or 0) > 10
    }  # Scrapy's defaults are good
    for name in sorted(changed):
        default = project_settings.defaults.get(name, getattr(default_settings, name, None))
        if problem := find_type_problem(name, settings[name], type(default)):
            return problem
    return None


def find_rules_problem(settings: BaseSettings) -> str | None:
    """What is wrong with the user's own boilerplate rules, if there are any."""
    path = Path(settings["DATA_DIR"]).expanduser() / "rules.toml"
    if not os.path.exists(path):
        return None
    from pipelines.read_user_rules import load_rules  # late: few have rules of their own
    from pipelines.user_rules import RuleError

    try:
        load_rules(path)
    except RuleError as exc:
        return str(exc)
    return None


def find_type_problem(name: str, value: Any, kind: type) -> str | None:
    """What keeps the value of a setting from being read as its default's type."""
    if kind is bool and str(value).lower() not in ("0", "1", "true", "false"):
        return f"{name}={value}: give True or False"
    if kind is int and name in FRACTIONS:
        kind = float
    if kind in (int, float) and not is_number(kind, value, MINIMUM.get(name, 0)):
        minimum = f" of {MINIMUM[name]} or more" if name in MINIMUM else ", 0 or more"
        return f"{name}={value}: give a {'whole ' if kind is int else ''}number{minimum}, at most {int(LARGEST[kind]):,}"
    return None
