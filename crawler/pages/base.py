"""What every page object is: where an article can be fetched, how a response is read, how it can fail."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from scrapy.http import TextResponse

from crawler.items import Article


class LinkError(Exception):
    """A link that cannot be followed; the message says what to do. ``outcome`` is its outcome in `links`."""

    outcome = "refused"


class UnknownSite(LinkError):
    """No page object handles the link."""

    outcome = "unknown_site"


class PageError(Exception):
    """A response that holds no article; the message names site, field and URL. ``outcome`` is the link's."""

    outcome = "unreadable"


class Gone(PageError):
    """The site states that there is no such article, or that it was withdrawn."""

    outcome = "gone"


class Walled(PageError):
    """The site requires a login, a payment, a captcha or a script before it shows the article; the message names which."""

    outcome = "walled"

    def __init__(self, message: str, *, needs_browser: bool = False):
        super().__init__(message)
        self.needs_browser = needs_browser
        """Whether nothing but a browser is missing, which fills the page by its scripts."""


class NotArticle(PageError):
    """The response is not an article: a list, a home, account or search page, a file that no reader reads."""

    outcome = "not_article"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads."""

    page: type[ArticlePage]
    article_id: str
    """``SITE:NATIVE_ID``."""
    native_id: str
    link: str
    """The link, with a scheme where the given one had none; an article's code alone as given."""
    origin: str
    """``scheme://host[:port]`` of the link; empty for a code."""

    def keep_scheme(self, url: str) -> str:
        """*url*, of https, by http where the link is: a client that cannot do TLS with a site gets its pages all the same."""
        return url.replace("https://", "http://", 1) if self.origin.startswith("http://") else url


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article can be fetched."""

    url: str
    """Address of the response."""
    page: type[ArticlePage]
    """Page object that reads the response."""
    own: bool
    """Whether the host is the publisher's: only then do a 404, a 410 and a notice mean that the article is gone."""
    headers: dict[str, str] = field(default_factory=dict)
    """Headers that the place requires beside the usual ones."""


class ArticlePage(ABC):
    """Reads one article out of a response."""

    site: ClassVar[str]
    """Name of the site, the first part of article ids."""
    reads: ClassVar[frozenset[str]] = frozenset(("html",))
    """Kinds of content that it reads: ``html``, ``json``, ``text`` (as JSON within a script)."""
    mark: ClassVar[str | None] = None
    """Text that only pages of this site hold: it identifies a saved page whose address is not known."""
    valid_until: ClassVar[date | None] = None
    """Last day (Beijing) of the form that this class reads, where another class reads its hosts now: captures up to that day are
    read by it. None: the class of today."""
    share_page: ClassVar[re.Pattern[str] | None] = None
    """Path, on any host, of the site's share pages: a link to one without an article's code is not followed."""

    def __init__(self, response: TextResponse, target: Target, retrieved_at: datetime):
        self.response, self.target, self.retrieved_at = response, target, retrieved_at

    @classmethod
    @abstractmethod
    def native_id(cls, link: str) -> str | None:
        """The site's own id of the article behind *link*; None where the link is no article link of this site."""

    @classmethod
    @abstractmethod
    def request_url(cls, target: Target, origins: list[str]) -> str:
        """Address of the response that holds the body. *origins* are those of the endpoints in the settings."""

    @classmethod
    def places(cls, target: Target, origins: list[str], templates: list[str]) -> list[Place]:
        """Where the article can be fetched, best first. *origins* and *templates* (addresses with ``{id}``) come from the
        settings FINEWS_ORIGINS and FINEWS_PLACES."""
        return [Place(cls.request_url(target, origins), cls, own=True)]

    @abstractmethod
    def article(self) -> Article:
        """The article that the response holds, as served. Raises PageError."""

    def next_page(self) -> str | None:
        """Address of the article's next page, where it is cut into pages; None on the last. Call it after `article`."""
        return None

    @classmethod
    def supplement_url(cls, target: Target, template: str) -> str | None:
        """Address of a page that states what the response can lack (headline, time, source); None where there is none.
        *template* is the setting FINEWS_ARTICLE_PAGE."""
        return None

    @classmethod
    def supplement(cls, article: Article, response: TextResponse) -> bool:
        """Fill what *article* lacks from the page at `supplement_url`; whether it was that page. Raises PageError where
        it shows another article."""
        return False

    def moved_to(self, outcome: str) -> str | None:
        """Address of the article to which this page, which holds none, redirects its reader. Call it where `article`
        raised a PageError of that *outcome*."""
        return None


def first_text(data: dict[str, Any], *names: str) -> str | None:
    """The first of *names* that *data* holds as a number or a text that is not blank, as one line."""
    for name in names:
        value = data.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and (text := " ".join(value.split())):
            return text
    return None
