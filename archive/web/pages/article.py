"""``/-/article?id=finews:2022…``: an article to read, with its images; ``&revision=1``: an earlier text of it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from markupsafe import Markup

from archive.body_tags import TAGS
from archive.language import gettext
from archive.web.ask import ask
from archive.web.cells import join_list
from archive.web.pages import not_found, page, render_page
from archive.web.pages.image import address
from archive.web.pages.stories import articles_of_stories, format_lag

NO_ALT = re.compile(r"<img (?![^<>]*\balt=)")
"""An image without an alternative text: a screen reader would spell out its address."""

ATTRIBUTES = {
    "p": {"style"}, "div": {"style"}, "a": {"href", "class"}, "img": {"src", "alt", "width", "height"}, "col": {"span"},
    "ol": {"start"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"},
}  # fmt: skip


def filter_attribute(tag: str, attribute: str, value: str) -> str | None:
    """An attribute of a body as it is shown: images of ours alone, no class except the one that bodies have."""
    if attribute == "src":
        return address(value)
    if attribute == "class":
        return value if value == "image-missing" else None
    return value


@cache
def cleaner() -> Any:
    """The sanitiser, once more: whoever hands an archive on may not have made it with this program."""
    import nh3

    return nh3.Cleaner(
        tags=TAGS - {"video", "audio", "source"},
        attributes=ATTRIBUTES,
        attribute_filter=filter_attribute,
        clean_content_tags={"script", "style"},
        url_schemes={"http", "https"},
        filter_style_properties={"text-align"},
        set_tag_attribute_values={"img": {"loading": "lazy", "decoding": "async"}},
        link_rel="noopener noreferrer nofollow",
    )


def clean_body(body: str) -> Markup:
    """A body for the page.

    >>> clean_body('<p onclick="x()">a<script>b</script></p><img src="//c.example/d.png">').startswith("<p>a</p><img ")
    True
    >>> "c.example" in clean_body('<img src="//c.example/d.png">')
    False
    """
    return Markup(NO_ALT.sub('<img alt="图片" ', cleaner().clean(body)))


@page("/-/article$")
async def article(datasette: Any, request: Any) -> Any:
    article_id = request.args.get("id") or ""
    rows = await ask(datasette, "SELECT * FROM news WHERE id = :id", id=article_id)
    if not rows:
        raise not_found(
            gettext("No such article"),
            gettext("The archive has no article {id}.", id=article_id)
            if article_id
            else gettext("An address of an article has its id: /-/article?id=…"),
        )
    [news] = rows
    revisions = await ask(
        datasette,
        # A withdrawal leaves the text as it was.
        "SELECT revision, retrieved_at, headline, json_extract(changes, '$.replaced') IS 1 AS replaced FROM revisions WHERE article_id = :id"
        " AND json_extract(changes, '$.withdrawn') IS NOT 1 ORDER BY revision",
        id=article_id,
    )
    earlier = None
    if revision := request.args.get("revision"):
        texts = await ask(
            datasette,
            "SELECT * FROM revisions WHERE article_id = :id AND CAST(revision AS TEXT) = :revision",
            id=article_id,
            revision=revision,
        )
        if not texts:
            raise not_found(
                gettext("No such revision"),
                gettext("Article {id} has no earlier text {revision}.", id=article_id, revision=revision),
            )
        [earlier] = texts
    # An archive from before there were stories has none until the next crawl.
    story = await articles_of_stories(datasette, [news["story_id"]]) if news.get("story_id") else []
    about = {
        "securities": "SELECT s.id, s.code, s.name, s.kind, sum(x.mentions) AS mentions FROM article_securities AS x"
        " JOIN securities AS s ON s.id = x.security_id WHERE x.article_id = :id AND NOT x.doubtful GROUP BY s.id"
        " ORDER BY mentions DESC, s.id",
        "feeds": "SELECT feed, first_listed_at FROM article_feeds WHERE article_id = :id ORDER BY first_listed_at, feed",
        "missing_images": "SELECT position, url, status, reason FROM article_images WHERE article_id = :id AND status <> 'stored'"
        " ORDER BY position",
        "related": "SELECT url, text FROM article_links WHERE article_id = :id AND kind = 'related' ORDER BY position",
        "removals": "SELECT rule, text FROM removals WHERE article_id = :id ORDER BY position",
    }
    # An archive from before there were marks has none until the next crawl.
    has_marks = await ask(datasette, "SELECT 1 FROM sqlite_master WHERE name = 'reader_marks'")
    if has_marks:
        about["marks"] = "SELECT tags, note, read_at FROM reader_marks WHERE article_id = :id"
    return await render_page(
        datasette,
        request,
        "article.html",
        news=news,
        authors=join_list(news["authors"]),
        editors=join_list(news["editors"]),
        body=clean_body((earlier or news)["body_html"]),
        earlier=earlier,
        can_mark=bool(has_marks) and datasette.get_database("archive").adding is not None,
        revisions=revisions,
        story=[telling | {"later": format_lag(telling["lag"])} for telling in story],
        **{name: await ask(datasette, sql, id=article_id) for name, sql in about.items()},
    )
