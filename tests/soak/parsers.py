"""The parsers of what others send, each as a function of bytes that raises where its answer cannot be."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nh3
import yaml
from itemadapter import ItemAdapter
from lxml import etree
from scrapy.http import HtmlResponse

from archive.body_tags import TAGS
from archive.edits.changes import without_space
from archive.edits.word_diff import compare
from archive.post_format import render_post
from archive.schema import open_archive
from archive.writer import Archive, Entry
from crawler.items import Article
from crawler.links import links_in
from crawler.pages import LinkError, PageError, target_of
from crawler.sources import SourceError
from crawler.sources.link_list import read_list
from crawler.sources.syndication import read_feed
from pipelines.body_images import find_images
from pipelines.image_types import sniff, why_not
from pipelines.lift_securities import LiftSecuritiesPipeline
from pipelines.normalise_dates import to_utc
from pipelines.render_body import RenderBodyPipeline
from pipelines.sanitise_html import SanitiseHtmlPipeline
from pipelines.securities_in_text import SecuritiesInTextPipeline
from pipelines.strip_boilerplate import strip_article
from tests.archive.test_writer import entry

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LINK = "https://news.example/2026/0630/1.html"
LONGEST_QUERY = 400  # bytes
HARMFUL = (
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "svg",
    "math",
    "base",
    "meta",
    "link",
)


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape" if len(data) % 7 == 0 else "replace")


def read_page(data: bytes) -> None:
    """A page of any site: an article with an id and a body, or a reason."""
    response = HtmlResponse(LINK, body=data, headers={"Content-Type": "text/html"})
    target = target_of(LINK)
    try:
        article = target.page(response, target, NOW).article()
    except PageError:
        return
    assert article.id.startswith("web:")
    assert article.body_raw


def clean_body(data: bytes) -> None:
    """A body through the pipelines: nothing that runs, and the same again when it is cleaned again, but for white space at the
    edges of blocks."""
    item = clean(text_of(data))
    html = item.body_html or ""
    tree = etree.fromstring(f"<div>{html}</div>", etree.HTMLParser()) if html.strip() else None
    for element in tree.iter() if tree is not None else ():
        assert isinstance(element.tag, str), html
        assert element.tag not in HARMFUL, html
        for name, value in element.items():
            assert not name.startswith("on"), html
            assert not value.strip().lower().startswith(("javascript:", "vbscript:", "data:text")), html
    assert nh3.clean(html, tags=TAGS | {"html", "body"}).count("<script") == 0
    again = Article(id="web:1", site="web", retrieved_at=NOW, headline="题", body_raw=html or " ")
    again = RenderBodyPipeline().process_item(SanitiseHtmlPipeline().process_item(again))
    assert without_space(again.body_text or "") == without_space(item.body_text or ""), (html, item.body_text)
    assert without_space(again.body_html or "") == without_space(html), (html, again.body_html)


def clean(html: str) -> Article:
    """An article of *html* after the pipelines that need no network or archive."""
    item = Article(
        id="web:1", site="web", retrieved_at=NOW, headline="题", body_raw=html or " ", share_url=LINK
    )
    item = SanitiseHtmlPipeline().process_item(item)
    item = LiftSecuritiesPipeline().process_item(item)
    strip_article(ItemAdapter(item))
    find_images(item.body_tree, LINK)
    return SecuritiesInTextPipeline().process_item(RenderBodyPipeline().process_item(item))  # type: ignore[no-any-return]


def read_date(data: bytes) -> None:
    """A printed time: an instant that is not in the future, with its precision; or nothing."""
    found = to_utc(text_of(data), NOW)
    if found is not None:
        moment, precision = found[0], found[1]
        assert moment.tzinfo is not None
        assert moment <= NOW + timedelta(days=2), (data, moment)
        assert precision in ("second", "minute", "day")


@functools.cache
def small_archive() -> sqlite3.Connection:
    folder = tempfile.mkdtemp(prefix="finews-")
    with Archive(folder, "2026-07-01T00:00:00Z") as archive:
        archive.add(
            Entry(
                {**entry(1).article, "id": "web:1", "headline": "储能电站"},
                new=True,
                body_html="<p>储能电站并网ABC</p>",
                body_text="储能电站并网ABC",
            )
        )
    return open_archive(Path(folder) / "archive.db")


def search(data: bytes) -> None:
    """A query of the view `search`, no longer than a person types: rows, and never an error."""
    data = data[:LONGEST_QUERY]
    try:
        rows = small_archive().execute("SELECT id, excerpt FROM search WHERE q = ? ORDER BY rank LIMIT 20", [data.decode("utf-8", "replace")]).fetchall()  # fmt: skip
    except sqlite3.OperationalError as exc:
        raise AssertionError(f"{data!r}: {exc}") from exc
    assert len(rows) <= 1


def read_links(data: bytes) -> None:
    """A pasted text: addresses, each of which leads somewhere or says why not."""
    for link in links_in(text_of(data).splitlines()):
        assert link.strip() == link
        with contextlib.suppress(LinkError):
            assert ":" in target_of(link).article_id


def read_lists(data: bytes) -> None:
    """A feed or a list: records with a key, or an error that says what was there."""
    for read in (
        lambda: read_feed(data, LINK, "demo", "Asia/Shanghai", "summary", {}),
        lambda: read_list(data.decode("utf-8", "replace"), LINK, "demo", None),
    ):
        try:
            listing = read()
        except SourceError:
            continue
        for record in listing.records:
            assert record.key


def read_image(data: bytes) -> None:
    """The bytes of an image: what it is, or why it is none."""
    picture = sniff(data)
    if picture is None:
        assert why_not(data)


def write_post(data: bytes) -> None:
    """A post in each flavour: front matter that loads back equal."""
    text = data.decode("utf-8", "replace")
    article = {
        "id": "web:1", "info_code": None, "headline": text[:200] or "题", "publisher": text[:40], "publisher_slug": "x", "authors": [text[:60]],
        "published_at": "2026-06-30T07:20:00Z", "published_precision": "minute", "first_seen_at": "2026-06-30T07:20:00Z", "share_url": LINK,
        "canonical_url": LINK, "description": text[:300], "body_html": clean(text).body_html or "", "images": [], "editors": [], "site": "web",
    }  # fmt: skip
    for flavour in ("jekyll", "hugo", "eleventy"):
        post = render_post(article, flavour).text
        matter = yaml.safe_load(post.split("\n---\n")[0].removeprefix("---\n"))
        assert isinstance(matter["title"], str), post[:400]


def compare_texts(data: bytes) -> None:
    """Two texts: a difference that holds every line of both."""
    text = data.decode("utf-8", "replace")
    old, new = text[: len(text) // 2], text[len(text) // 2 :]
    lines = compare(old, new)
    assert all(line.kind == "same" for line in compare(new, new))
    for left_out, text in (("added", old), ("removed", new)):
        kept = "".join(run for line in lines for kind, run in line.runs if kind != left_out)
        assert without_space(kept) == without_space(text), (data, left_out)


PARSERS: dict[str, Callable[[bytes], None]] = {
    parser.__name__: parser
    for parser in (
        read_page,
        clean_body,
        read_date,
        search,
        read_links,
        read_lists,
        read_image,
        write_post,
        compare_texts,
    )
}
