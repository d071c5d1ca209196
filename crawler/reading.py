"""What is read of one response, as a value: it is the same whether this process read it or another one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.items import Article
from crawler.pages import ArticlePage, PageError, Target, page_at


@dataclass(slots=True)
class Reading:
    """An article, or why there is none."""

    article: Article | None = None
    next_page: str | None = None
    """Address of the article's next page."""
    error: PageError | None = None
    moved_to: str | None = None
    """Address that a page without an article sends its reader to."""


def read_response(page_class: type[ArticlePage], response: Any, target: Target, now: datetime) -> Reading:
    """Read a response by a page object. Raises what is a bug of the page object's."""
    page = page_at(page_class, now)(response, target, now)
    try:
        article = page.article()
        return Reading(article, page.next_page())
    except PageError as exc:
        return Reading(error=exc, moved_to=page.moved_to(exc.outcome))
