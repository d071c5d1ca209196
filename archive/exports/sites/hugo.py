"""Hugo."""

from __future__ import annotations

import json

from archive.exports import Row
from archive.exports.sites import Generator, builds, root_of
from archive.language import TAGS, current
from archive.post_format import Post, matter, render_post
from archive.post_text import quoted

CONFIG = """\
baseURL = {url}
title = {title}
languageCode = "{language}"
timeZone = "Asia/Shanghai"
buildFuture = true
disableKinds = ["home", "section", "taxonomy", "term", "RSS", "sitemap", "404"]
[params]
note = {note}
"""


@builds("hugo")
class Hugo(Generator):
    """Posts and listings are HTML, so that Markdown has no say in them."""

    static = "static/"
    build = "hugo"

    def config(self, title: str, note: str, url: str) -> Post:
        # A JSON string is a TOML string, but for what lies beyond the plane that \u reaches: kept as it is.
        title, note, url = (json.dumps(text, ensure_ascii=False) for text in (title, note, url or "/"))
        return Post("config.toml", CONFIG.format(title=title, note=note, url=url, language=TAGS[current()]))

    def page(self, address: str, title: str, body: str) -> Post:
        front = matter(
            [
                ("layout", "listing"),
                ("title", quoted(title)),
                ("url", quoted(f"/{address}")),
                ("root", quoted(root_of(address))),
            ]
        )
        # An index.html would turn its folder into a bundle.
        return Post(f"content/lists/list--{address.replace('/', '--')}", f"{front}{body}\n")

    def post(self, article: Row, extra: list[tuple[str, str]]) -> Post:
        post = render_post(article, "hugo")
        lines = "".join(f"{key}: {value}\n" for key, value in extra)
        return Post(
            f"content/{post.path.removesuffix('.md')}.html", post.text.replace("---\n", f"---\n{lines}", 1)
        )
