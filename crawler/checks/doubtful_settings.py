"""Settings that look like a mistake, but may be none: a warning, and the crawl goes on."""

from __future__ import annotations

import os
from difflib import get_close_matches

from scrapy.settings import BaseSettings, default_settings

from crawler import settings as project_settings
from crawler.addon import class_path


def find_typos(settings: BaseSettings) -> list[str]:
    """Warnings about names that nobody reads, but that look like a setting of ours. Other components' settings are theirs."""
    own_names = {name for name in dir(project_settings) if name.isupper()} - set(dir(default_settings))
    known = own_names | set(dir(default_settings))
    unknown = [name for name in settings if (settings.getpriority(name) or 0) >= 20 and name not in known]
    in_environment = {
        name if name in known else name.removeprefix("FINEWS_")
        for name in os.environ
        if name.startswith("FINEWS_")
    }
    unknown += sorted(name for name in in_environment if name not in known)
    warnings = []
    for name in unknown:
        if match := get_close_matches(name, own_names, n=1, cutoff=0.8):
            warnings.append(f"{name} is not a setting; did you mean {match[0]}?")
    return warnings


FEED_EXPORTER = "scrapy.extensions.feedexport.FeedExporter"


def find_idle_feeds(settings: BaseSettings) -> list[str]:
    """A warning where files are asked for (``-O``, ``-o``, FEEDS) whose writer is switched off."""
    feeds = settings.getdict("FEEDS")
    switched_off = {
        class_path(extension) for extension, order in settings.getdict("EXTENSIONS").items() if order is None
    }
    if not feeds or FEED_EXPORTER not in switched_off:
        return []
    return [f"{', '.join(map(str, feeds))} is not written: EXTENSIONS switches {FEED_EXPORTER} off"]
