"""Imports the post files of the older site; their images alone are asked of the network.

scrapy crawl older_posts -a path=DIR
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from archive.captures import POST, Capture
from archive.outcomes import FAILED_HERE
from crawler import reasons
from crawler.base_spiders.imports import ImportSpider, Item, file_url, name_files
from crawler.items import Article, LinkOutcome
from crawler.pages import PageError
from pipelines.complete_from_archive import source_digest

SUFFIXES = (".md", ".markdown")


class OlderPostsSpider(ImportSpider):
    """One article of all files of an id: twins of both folders and both forms of name are merged."""

    name = "older_posts"

    def import_all(self) -> Iterator[Item]:
        from crawler.saved.older_post_text import native_id_of  # late: Scrapy imports all spiders to run one

        files = self.files()
        posts = sorted(
            (native_id_of(file.rpartition("/")[2]) or file, file)
            for file in files
            if file.lower().endswith(SUFFIXES)
        )
        self.count("files/found", len(posts))
        self.count("files/other", len(files) - len(posts))
        groups = [
            (key, [file for _, file in group]) for key, group in groupby(posts, key=lambda post: post[0])
        ]
        self.count("links/expected", len(groups))
        for key, group in groups:
            try:
                yield from self.import_article(key, group)
            except Exception as exc:  # a bug of ours: the file must not vanish for it
                self.logger.error(f"{group[0]}: {type(exc).__name__}: {exc}", exc_info=exc)
                yield LinkOutcome(link=self.given(group[0]), outcome=FAILED_HERE, reason=reasons.of_bug(exc))

    def import_article(self, key: str, files: list[str]) -> Iterator[Item]:
        """The article in the files of one id, and the outcomes of those that hold none of it."""
        from crawler.saved.older_post import article_of_posts

        article_id = f"finews:{key}" if key.isdecimal() else None
        sources: list[tuple[str, bytes]] = []
        failed: list[tuple[str, PageError]] = []
        for file in files:
            try:
                sources.append((file, self.read_file(file)))
            except PageError as exc:
                failed.append((file, exc))
        article = None
        if sources:
            try:
                article, unread = article_of_posts(sources, self.now())
                failed += [
                    (file, PageError(f"{reason}; its article was read from another file"))
                    for file, reason in unread.items()
                ]
            except PageError as exc:
                failed += [(file, exc) for file, _ in sources]
        captures = {file: self.keep(file, data) for file, data in sources}
        for n, (file, problem) in enumerate(failed):  # of an article that all files lack, one failure
            counts = article is None and n == 0
            yield self.fail(file, problem, article_id, captures.get(file, ()), counts=counts)
        if article is None:
            return
        self.count("files/merged", len(files) - len(failed) - 1)
        article.link = article.share_url or self.given(files[0])
        if self.is_imported(article):
            self.count("articles/unchanged")
            yield LinkOutcome(link=article.link, article_id=article.id, outcome="unchanged")
        else:
            posts = [capture_id for ids in captures.values() for capture_id in ids]
            yield name_files(article, posts, self.reader, posts=posts)

    def keep(self, file: str, data: bytes) -> list[str]:
        """Keep a file as it is; the id of its capture."""
        return self.capture(
            Capture(
                url=file_url(file), status=200, headers=[("Content-Type", "text/markdown")], received=data,
                fetched_at=self.now(), source=POST, file=file,
            )
        )  # fmt: skip

    def is_imported(self, article: Article) -> bool:
        """Whether an earlier import, by the same reader, made the same of the article: a second one goes on where the first
        was stopped. One whose images failed is imported again."""
        archived = self.archive.known(article.id)
        if archived is None or (archived["captured_from"], archived["reader"]) != (
            self.name,
            self.reader,
        ):
            return False
        if archived["source_sha256"] != source_digest(article.body_raw):
            return False
        if (archived["headline_from"], archived["published_from"]) != (
            article.headline_from or "body",
            article.published_from or "id",
        ):
            return False
        images = self.archive.rows_of("article_images", article.id)
        return all(image["status"] != "failed" for image in images)
