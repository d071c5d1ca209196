"""Settings that name classes, checked before a crawl begins: one that cannot be loaded is the user's, not a bug."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from scrapy.settings import BaseSettings, default_settings
from scrapy.utils.misc import load_object

from crawler import settings as project_settings

PATH = re.compile(r"(?:scrapy|crawler)\.[\w.]+\.[A-Z]\w+")
"""What the default of a setting looks like that names a class."""
WORDS = ("REFERRER_POLICY",)
"""Settings that take names other than a class's, too."""
BY_KEY = ("ADDONS", "DOWNLOADER_MIDDLEWARES", "EXTENSIONS", "ITEM_PIPELINES", "SPIDER_MIDDLEWARES")
BY_VALUE = ("DOWNLOAD_HANDLERS", "FEED_EXPORTERS", "FEED_STORAGES")
"""Settings that are dicts with classes as keys, or as values."""
WITHOUT_DEFAULT = ("ASYNCIO_EVENT_LOOP", "DOWNLOADER_CLIENTCONTEXTFACTORY")
"""Settings that name a class, or none."""
EXCEPTIONS, CODES = "RETRY_EXCEPTIONS", ("RETRY_HTTP_CODES", "HTTPERROR_ALLOWED_CODES")
"""A list of classes, and lists of statuses."""


def find_misfit(settings: BaseSettings, pairs: Iterable[str], exc: Exception) -> str:
    """Which of a command line's ``NAME=VALUE`` *settings* does not take, as those that are dicts take nothing else; *exc* is what it
    said of all."""
    for pair in pairs:
        name, _, value = pair.partition("=")
        try:
            settings.copy().set(name, value, priority="cmdline")
        except (TypeError, ValueError):
            return f'{name}={value}: give a JSON object, {{"NAME": VALUE, ...}}'
    return str(exc)


def find_class_problem(settings: BaseSettings) -> str | None:
    """The first setting that names what cannot be loaded, and why; None where there is none. The defaults are not asked."""
    for name in CODES:
        if not all(str(code).strip().isdecimal() for code in settings.getlist(name)):
            return f"{name}={settings[name]}: give HTTP statuses, e.g. 429,503"
    for module in settings.getlist("SPIDER_MODULES"):
        try:
            import_module(module)
        except Exception as exc:
            return f"SPIDER_MODULES: {module} cannot be imported ({exc}); give packages that hold spiders, e.g. {project_settings.SPIDER_MODULES[0]}"
    for name, path in named_classes(settings):
        try:
            loaded = load_object(path)
        except Exception as exc:  # importing a module may raise anything
            return f"{name}: {path} cannot be loaded ({exc}); give the full path of a class, e.g. {DEFAULTS.get(name, 'package.module.Class')}"
        if not callable(loaded):
            return f"{name}: {path} is not a class; give the full path of one, e.g. {DEFAULTS.get(name, 'package.module.Class')}"
    return None


DEFAULTS = {
    name: value
    for name, value in {
        **{name: getattr(default_settings, name) for name in dir(default_settings)},
        **project_settings.defaults,
    }.items()
    if isinstance(value, str) and PATH.fullmatch(value) and name not in WORDS
}
"""Settings whose default is the path of a class."""


def named_classes(settings: BaseSettings) -> Iterator[tuple[str, Any]]:
    """Names of settings and the classes that they name, where those are not the defaults."""
    for name, default in DEFAULTS.items():
        if settings[name] != default:
            yield name, settings[name]
    for name in WITHOUT_DEFAULT:
        if settings[name] and settings[name] != getattr(default_settings, name):
            yield name, settings[name]
    for path in settings.getlist(EXCEPTIONS):
        if path not in project_settings.RETRY_EXCEPTIONS:
            yield EXCEPTIONS, path
    for name in (*BY_KEY, *BY_VALUE):
        components, default = settings[name], project_settings.defaults.get(name, {})
        if not isinstance(components, dict | BaseSettings) or (settings.getpriority(name) or 0) <= 10:
            continue
        for key, value in components.items():
            path = key if name in BY_KEY else value
            if value is not None and not (isinstance(default, dict) and key in default):
                yield name, path
