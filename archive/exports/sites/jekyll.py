"""Jekyll 4."""

from __future__ import annotations

from archive.exports import Row
from archive.exports.sites import Generator, builds, root_of
from archive.language import TAGS, current
from archive.post_format import Post, matter, render_post
from archive.post_text import quoted

CONFIG = """\
title: {title}
note: {note}
url: {url}
lang: {language}
timezone: Asia/Shanghai
future: true
liquid:
  error_mode: strict
"""


@builds("jekyll")
class Jekyll(Generator):
    """Posts and listings are HTML, so that Markdown has no say in them."""

    build = "jekyll build"

    def config(self, title: str, note: str, url: str) -> Post:
        return Post(
            "_config.yml",
            CONFIG.format(title=quoted(title), note=quoted(note), url=quoted(url), language=TAGS[current()]),
        )

    def page(self, address: str, title: str, body: str) -> Post:
        front = matter(
            [
                ("layout", "listing"),
                ("title", quoted(title)),
                ("permalink", quoted(f"/{address}")),
                ("root", quoted(root_of(address))),
                ("render_with_liquid", "false"),
            ]
        )
        return Post(address, f"{front}{body}\n")

    def post(self, article: Row, extra: list[tuple[str, str]]) -> Post:
        post = render_post(article, "jekyll")
        lines = "".join(f"{key}: {value}\n" for key, value in [*extra, ("render_with_liquid", "false")])
        return Post(f"{post.path.removesuffix('.md')}.html", post.text.replace("---\n", f"---\n{lines}", 1))
