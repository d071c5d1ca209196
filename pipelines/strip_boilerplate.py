"""``body_tree`` without what is not the article; every fragment taken out goes into ``removals``."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from itemadapter import ItemAdapter

from archive.late_pattern import compile_late
from pipelines.archive_access import archive_of
from pipelines.boilerplate_blocks import SPACE
from pipelines.read_user_rules import FILE, load_rules
from pipelines.restored import load_restored, restored
from pipelines.strip_tree import strip_tree
from pipelines.user_rules import NONE, UserRules

DIGEST_HEAD = compile_late(r"^\s*【[^】]{1,120}】\s*")
DIGEST_TAIL = compile_late(r"(?<!\s)\s*[（(]([^（()）。，；]{2,20})[）)]\s*$")
NO_SOURCE = compile_late(r"记者|作者|编辑|截至|单位|见|[注附][:：]|\d[月日年时点%]|待续|如图|同比")


def tidy_digest(text: str) -> tuple[str | None, str | None]:
    """A digest without its ``【title】`` head and ``（source）`` tail, and that source.

    >>> tidy_digest("【三家公司公告】晨光股份今日公告，拟分红。【注】另有说明。（晨光财经）")
    ('晨光股份今日公告，拟分红。【注】另有说明。', '晨光财经')
    """
    text = DIGEST_HEAD.sub("", text, count=1)
    source = None
    if match := DIGEST_TAIL.search(text):
        before = text[: match.start()].rstrip(SPACE)
        if before.endswith(("。", "！", "？", "”", "；", ".", "…")) and not NO_SOURCE.search(match[1]):
            text, source = before, match[1].strip()
    return text.strip(SPACE) or None, source


def strip_article(
    record: MutableMapping[str, Any], own: UserRules = NONE, spared: frozenset[str] = frozenset()
) -> list[dict[str, Any]]:
    """Take the boilerplate out of an item's ``body_tree`` and keep what it stated; the fragments that went. *own* are the user's
    rules, *spared* those of ours that take nothing."""
    base_url = record.get("canonical_url") or record.get("share_url")
    restored.reading = record["id"]
    rules = own.of(record["site"], base_url) if own else ()
    stripped = strip_tree(record["body_tree"], base_url, record.get("body_raw"), rules, spared)
    # What the page object took out stands in front.
    earlier = record.get("removals") or []
    record["removals"] = [
        {**removal, "position": n} for n, removal in enumerate([*earlier, *stripped.removals], 1)
    ]
    if stripped.publisher:
        record["publishers"]["body"] = stripped.publisher
    record["editors"] = record["editors"] or stripped.editors
    record["authors"] = record["authors"] or stripped.authors
    record["alternative_headline"] = record.get("alternative_headline") or stripped.alternative_headline
    record["related"] = stripped.related
    if record.get("description"):
        record["description"], source = tidy_digest(record["description"])
        if source:
            record["publishers"]["digest"] = source
    return record["removals"]


CHARTS = frozenset(("kline_chart", "chart_anchor"))
"""Rules that take market charts."""


class StripBoilerplatePipeline:
    """Sets ``removals`` and what they said: publisher, editors, authors, related links. Needs ``body_tree``."""

    def __init__(self, stats: Any, own: UserRules = NONE, keeps_charts: bool = False):
        self.stats, self.own, self.keeps_charts = stats, own, keeps_charts

    @classmethod
    def from_crawler(cls, crawler: Any) -> StripBoilerplatePipeline:
        """Raises RuleError where ``rules.toml`` is wrong."""
        load_restored(getattr(archive_of(crawler), "conn", None))
        own = load_rules(Path(crawler.settings["DATA_DIR"]).expanduser() / FILE)
        return cls(crawler.stats, own, crawler.settings.getbool("KEEP_CHARTS"))

    def process_item(self, item: Any) -> Any:
        record = ItemAdapter(item)
        if record.get("body_tree") is not None:
            spared = CHARTS if self.keeps_charts and shows_charts(record) else frozenset()
            for removal in strip_article(record, self.own, spared):
                self.stats.inc_value(f"strip_boilerplate/{removal['rule']}")
        return item


def shows_charts(record: MutableMapping[str, Any]) -> bool:
    """Whether charts of an article can be had as of its fetch: one that is read again shows those that were fetched then."""
    reading = record.get("reading") or {}
    return "captures" not in reading or any(len(image) == 5 for image in reading.get("images", ()))
