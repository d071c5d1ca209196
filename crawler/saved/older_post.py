"""Articles out of post files of the older site, whose texts `older_post_text` reads. One article may have several files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape, unescape

from crawler.items import Article
from crawler.pages import LinkError, NotArticle, PageError, Target, target_of
from crawler.pages.finews import FinewsPage, day_of
from crawler.saved.older_post_text import Post, read_post
from pipelines.strip_boilerplate import tidy_digest


def merge_posts(posts: Iterable[Post]) -> Post:
    """The fullest of one article's posts, completed by the others."""
    ordered = sorted(posts, key=lambda post: post.weight, reverse=True)
    best = ordered[0]
    for other in ordered[1:]:
        for name in ("native_id", "title", "published_raw", "publisher", "url", "body_html"):
            if not getattr(best, name):
                setattr(best, name, getattr(other, name))
        best.rolling = best.rolling or other.rolling
        if len(other.digest or "") > len(best.digest or ""):
            best.digest = other.digest
        best.removals += [removal for removal in other.removals if removal not in best.removals]
    return best


def article_of_posts(
    files: Sequence[tuple[str, bytes]], retrieved_at: datetime
) -> tuple[Article, dict[str, str]]:
    """The article of one or more files (``(path, bytes)``), and why those that hold none of it do not, by path.

    Raises PageError where none of them holds an article.
    """
    posts, failed = [], {}
    errors: list[PageError] = []
    for path, data in files:
        try:
            post = read_post(path.rpartition("/")[2], data)
            posts.append(check_post(post))
        except PageError as exc:
            failed[path] = str(exc)
            errors.append(exc)
    if not posts:
        raise errors[0]
    return make_article(merge_posts(posts), retrieved_at), failed


def check_post(post: Post) -> Post:
    """The post. Raises PageError where it holds no article."""
    if post.native_id is None and post.url is None:
        raise NotArticle(
            "a notice of the older site: neither the file's name nor a share link names an article"
        )
    if not any(post.weight):
        raise PageError("the post holds neither a digest nor a body")
    return post


def make_article(post: Post, retrieved_at: datetime) -> Article:
    """The article that a post holds. Raises PageError where its link names none."""
    target = target_of_post(post)
    digest, source = tidy_digest(post.digest) if post.digest else (None, None)
    article = Article(
        id=target.article_id,
        site=target.page.site,
        info_code=f"NW{target.native_id}" if target.page.site == FinewsPage.site else None,
        share_url=post.url or None,
        canonical_url=None,
        retrieved_at=retrieved_at,
        captured_from="older_posts",
        headline=post.title,
        headline_from="feed" if post.title else None,
        published_raw=post.published_raw,
        published_from="feed" if post.published_raw else None,
        timezone="+08:00",
        description=post.digest,
        publishers={"feed": post.publisher} if post.publisher else {},
        body_raw=post.body_html,
        access="open" if post.body_html else "preview",
        removals=post.removals,
        feeds=post.feeds(retrieved_at),
    )
    if target.page.site == FinewsPage.site:
        article.canonical_url = f"https://finance.eastmoney.com/a/{target.native_id}.html"
        article.published_stand_in_raw = day_of(target.native_id)
    if post.body_html is None:
        article.body_raw = f"<p>{escape(digest or '', quote=False)}</p>"
        if source:
            tail = (post.digest or "")[-len(source) - 2 :]
            article.removals.insert(0, {"rule": "digest_source", "text": tail, "html": escape(tail)})
    return article


def target_of_post(post: Post) -> Target:
    """Which article a post is: its file's name, else its share link. Raises PageError."""
    if post.native_id:
        link = post.url or f"NW{post.native_id}"
        return Target(FinewsPage, f"{FinewsPage.site}:{post.native_id}", post.native_id, link, "")
    try:
        return target_of(unescape(post.url or ""))
    except LinkError as exc:
        raise NotArticle(f"the share link in the post names no article: {exc}") from None
