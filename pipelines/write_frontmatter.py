"""An article -> its front-matter file below ``posts/``, made again only when the article's row changed.

The file appears with the row (`archive.writer`); its text is a function of the stored fields alone, so that it can
be made again from the archive at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from itemadapter import ItemAdapter

from archive.post_format import render_post
from archive.times import utc_text
from archive.writer import Archive
from pipelines.archive_access import require_archive

POST_FIELDS = (
    "id", "info_code", "headline", "publisher", "publisher_slug", "share_url", "canonical_url", "body_html", "images",
)  # fmt: skip
TIMES = ("published_at", "first_seen_at")


class PostWriter:
    """Renders posts in one flavour: ``writer(article) -> (path relative to DATA_DIR, text)``."""

    def __init__(self, flavour: str, image_base: str | None):
        self.flavour, self.image_base = flavour, image_base

    @classmethod
    def from_settings(cls, settings: Any) -> PostWriter:
        """As POST_FLAVOUR and POST_IMAGE_BASE say."""
        return cls(settings["POST_FLAVOUR"], settings["POST_IMAGE_BASE"])

    def __call__(self, article: Mapping[str, Any]) -> tuple[str, str]:
        post = render_post(article, self.flavour, self.image_base)
        return f"posts/{post.path}", post.text


class WriteFrontmatterPipeline:
    """Sets ``post_path`` and ``post_text``. Needs ``archived``."""

    def __init__(self, stats: Any, archive: Archive, writer: PostWriter):
        self.stats, self.archive, self.writer = stats, archive, writer
        archive.render = writer

    @classmethod
    def from_crawler(cls, crawler: Any) -> WriteFrontmatterPipeline:
        return cls(crawler.stats, require_archive(crawler), PostWriter.from_settings(crawler.settings))

    def process_item(self, item: Any) -> Any:
        record = ItemAdapter(item)
        if record.get("archived") is None:
            return item
        if record["archived"] == "unchanged" and self.archive.has_file(record["post_path"]):
            return item
        article = {name: record[name] for name in POST_FIELDS}
        article.update({name: record[name] and utc_text(record[name]) for name in TIMES})
        record["post_path"], record["post_text"] = self.writer(article)
        self.stats.inc_value("write_frontmatter/rendered")
        return item
