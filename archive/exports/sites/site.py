"""A whole site out of an archive's articles: the newest as pages, all of them in listings."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from archive.data_files import leads_out
from archive.exports import Job, Row
from archive.exports.formats.atom import NEEDS as FEED_NEEDS
from archive.exports.formats.atom import write_atom
from archive.exports.selection import Chosen, Snapshot
from archive.exports.sites import Generator
from archive.exports.sites.folder import Folder
from archive.exports.sites.listings import (
    Listing,
    numbered,
    pager,
)
from archive.exports.sites.rendering import (
    day_title,
    folder_name,
    front_matter,
    nothing_here,
    render_calendar,
    render_entry,
    render_index,
)
from archive.language import TAGS, current, ngettext, pgettext, pgettext_noop, using
from archive.post_format import beijing, moment_of

POSTS = 5000  # whole articles, as a rule: Jekyll reads them in 5 s, Hugo in 600 MB
FRONT = 30  # articles of a page of the front page
IN_FEED = 50
LISTED = (
    "id", "info_code", "headline", "publisher", "publisher_slug", "published_at", "published_precision", "first_seen_at",
    "canonical_url", "share_url", "securities", "security_names",
)  # fmt: skip
WHOLE = (*LISTED, "description", "revision", "body_html", "images", "withdrawn_at")

CHINESE = "zh"
"""The language of a site unless the setting LANGUAGE says otherwise: that of its articles."""
THEME_WORDS = (
    pgettext_noop("site", "Days"),
    pgettext_noop("site", "Publishers"),
    pgettext_noop("site", "Securities"),
    pgettext_noop("site", "Feed"),
    pgettext_noop("site", "original"),
    pgettext_noop("site", "The source withdrew this article; noticed on %s. This is its last text."),
)

Watch = Callable[[Iterator[Row], int], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Made:
    """Counts of an export of a site."""

    posts: int
    pages: int
    listed: int
    """Articles that are in listings only."""
    images: int
    lost: int
    """Images whose files are missing from the archive."""
    written: int
    removed: int


class Site:
    """Writes one site. *posts*: how many of the newest articles are whole pages."""

    def __init__(
        self, archive: Snapshot, generator: Generator, folder: Folder, options: dict[str, Any], doubtful: bool
    ):
        self.archive, self.generator, self.folder, self.doubtful = archive, generator, folder, doubtful
        self.language = options.get("language") or CHINESE
        with using(self.language):
            self.title = options.get("title") or pgettext("site", "News archive")
        self.url = (options.get("url") or "").rstrip("/")
        self.posts = POSTS if options.get("posts") is None else options["posts"]
        self.pages = self.images = self.lost = 0

    def make(self, chosen: Chosen, query: dict[str, str], watch: Watch) -> Made:
        """Write all of it. Raises OSError."""
        with using(self.language):
            return self._make(chosen, query, watch)

    def _make(self, chosen: Chosen, query: dict[str, str], watch: Watch) -> Made:
        newest_first = chosen.arrivals[::-1]
        whole = newest_first[: self.posts]
        self._theme(chosen, len(whole))
        self._front(watch(self._rows(whole, WHOLE), len(whole)), len(whole))
        self._lists(watch(self._rows(newest_first, LISTED), len(newest_first)), len(whole))
        self._feed(whole[:IN_FEED], chosen, query)
        self.folder.finish()
        return Made(
            len(whole),
            self.pages,
            len(newest_first) - len(whole),
            self.images,
            self.lost,
            self.folder.written,
            self.folder.removed,
        )

    def _rows(self, arrivals: Sequence[int], names: Sequence[str]) -> Iterator[Row]:
        return self.archive.rows(arrivals, self.archive.choose(names), self.doubtful)

    def _page(self, address: str, title: str, body: str) -> None:
        self.pages += 1
        post = self.generator.page(address, title, body)
        self.folder.write(post.path, post.text.encode())

    def _theme(self, chosen: Chosen, whole: int) -> None:
        count = len(chosen.arrivals)
        note = ngettext("{count:,} article", "{count:,} articles", count)
        if chosen.first_at and chosen.last_at:
            note += pgettext(
                "site",
                ", {first} to {last}",
                first=beijing(chosen.first_at).date(),
                last=beijing(chosen.last_at).date(),
            )
        if whole < count:
            note += pgettext(
                "site",
                "; the newest {whole:,} in full, the other {rest:,} as headlines that link to their source",
            )
            note = note.format(whole=whole, rest=count - whole)
        config = self.generator.config(self.title, note + pgettext("site", "."), self.url)
        self.folder.write(config.path, config.text.encode())
        theme = resources.files(__package__) / "theme"
        self.folder.write(f"{self.generator.static}style.css", (theme / "style.css").read_bytes())
        top = self.generator.layouts or Path(str(theme)) / self.generator.name
        for path in sorted(top.rglob("*")):
            if path.is_file():
                self.folder.write(path.relative_to(top).as_posix(), fill_words(path.read_bytes()))

    def _front(self, rows: Iterator[Row], count: int) -> None:
        """The whole articles, their images, and the front page and those after it."""
        entries: list[str] = []
        number = 1
        for done, row in enumerate(rows, 1):
            stored_images = [path for path in row["images"] if self._image(path)]
            post = self.generator.post(
                {**row, "images": [{"path": path, "status": "stored"} for path in stored_images]},
                front_matter(row),
            )
            self.folder.write(post.path, post.text.encode())
            entries.append(render_entry(row, stored_images, "../" if number > 1 else ""))
            if len(entries) == FRONT or done == count:
                self._front_page(number, entries, done < count)
                number, entries = number + 1, []
        if not count:
            self._front_page(1, [], False)

    def _front_page(self, number: int, entries: list[str], has_next: bool) -> None:
        def name(to: int) -> str:
            return f"{'../' * (number > 1)}index.html" if to == 1 else f"{'page/' * (number == 1)}{to}.html"

        address = "index.html" if number == 1 else f"page/{number}.html"
        body = "\n".join(entries) or nothing_here()
        self._page(
            address,
            numbered(pgettext("site", "Newest"), number),
            f"{body}\n{pager(number, has_next, name)}",
        )

    def _image(self, path: str) -> bool:
        source = self.archive.path.parent / path
        copied = not leads_out(path) and self.folder.link(f"{self.generator.static}{path}", source)
        self.images += copied
        self.lost += not copied
        return copied

    def _lists(self, rows: Iterator[Row], whole: int) -> None:
        days: dict[str, int] = {}
        day: Listing | None = None
        publishers: dict[str, Listing] = {}
        securities: dict[str, Listing] = {}
        for number, row in enumerate(rows):
            full = number < whole
            of_day = f"{moment_of(row):%Y-%m-%d}" if row["published_at"] else "unknown"
            if day is None or day.folder != f"days/{of_day}":
                if day:
                    day.close()
                day = Listing(f"days/{of_day}", day_title(of_day), "%H:%M", self._page)
            day.add(row, full)
            days[of_day] = day.count
            if row["publisher"] and row["publisher_slug"]:
                slug = row["publisher_slug"]
                if slug not in publishers:
                    publishers[slug] = Listing(f"publishers/{slug}", row["publisher"], "%Y-%m-%d", self._page)
                publishers[slug].add(row, full)
            for ident, name in zip(row["securities"], row["security_names"], strict=True):
                if ident not in securities:
                    securities[ident] = Listing(
                        f"securities/{folder_name(ident)}", name, "%Y-%m-%d", self._page, pages=1
                    )
                securities[ident].add(row, full)
        for listing in [*([day] if day else []), *publishers.values(), *securities.values()]:
            listing.close()
        self._page("days/index.html", pgettext("site", "Days"), render_calendar(days))
        self._page("publishers/index.html", pgettext("site", "Publishers"), render_index(publishers.values()))
        self._page("securities/index.html", pgettext("site", "Securities"), render_index(securities.values()))

    def _feed(self, arrivals: Sequence[int], chosen: Chosen, query: dict[str, str]) -> None:
        out = io.BytesIO()
        options = {"title": self.title}
        if self.url:
            options |= {"image-base": self.url, "self-url": f"{self.url}/feed.xml"}
        job = Job(
            columns=self.archive.choose(FEED_NEEDS),
            count=len(arrivals),
            updated_at=chosen.updated_at,
            query=query,
            options=options,
        )
        write_atom(job, self._rows(arrivals, FEED_NEEDS), out)
        self.folder.write(f"{self.generator.static}feed.xml", out.getvalue())


def fill_words(theme: bytes) -> bytes:
    """A file of a theme with its ``[[words]]`` in the site's language.

    >>> fill_words("<a>[[Days]]</a>, [[other]]".encode()).decode()
    '<a>Days</a>, [[other]]'
    """

    def fill(match: re.Match[str]) -> str:
        if match[1] == "language":
            return TAGS[current()]
        return pgettext("site", match[1]) if match[1] in THEME_WORDS else match[0]

    return re.sub(r"\[\[([^][]+)\]\]", fill, theme.decode()).encode()
