"""Atom (RFC 4287): a feed whose entries keep their ids, whatever is exported around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from archive.excerpts import newest_excerpt
from archive.exports import IMAGE_BASE_OPTION, SELF_OPTION, TITLE, TITLE_OPTION, Job, Row, writes
from archive.urls import http_url

AUTHORITY = "tag:finews-archive.invalid,2022:"  # RFC 4151; a name of .invalid is nobody's
NEVER = "2022-01-01T00:00:00Z"  # the time of a feed of nothing: validators doubt 1970
NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LOCAL = re.compile(r'(<img\b[^<>]*?\bsrc=")(images/[^"]*)')
NEEDS = (
    "id", "headline", "publisher", "authors", "description", "revision", "published_at", "updated_at", "share_url", "canonical_url",
    "body_html", "images", "image_urls",
)  # fmt: skip


def escape_xml(text: str) -> str:
    """Text for an element, without what XML cannot hold.

    >>> escape_xml("a\\x0b<b> & \\ufffe𠮷")
    'a&lt;b&gt; &amp; 𠮷'
    """
    return escape(NO_XML.sub("", text), {"\r": "&#13;"})


def tag_uri(rest: str) -> str:
    """A permanent id of ours.

    >>> tag_uri("finews:202202212283238167")
    'tag:finews-archive.invalid,2022:finews:202202212283238167'
    """
    return AUTHORITY + quote(rest, safe=":/?=&;@!$'()*+,.-_~")


def iri(text: str | None) -> str | None:
    """An http URL as XML and RFC 3987 allow it; None for anything else."""
    url = http_url(text)
    return quote(url, safe="%:/?#[]@!$&'()*+,;=-._~") if url else None


def image_base(options: Mapping[str, Any]) -> str | None:
    """The option ``--image-base``, with its slash."""
    base: str | None = options.get("image-base")
    return base if base is None or base.endswith("/") else f"{base}/"


def body_with_images(row: Row, base: str | None) -> str:
    """The body with absolute URLs of its images: below *base*, or as they were served."""
    served: dict[str, str] = dict(zip(row["images"], row["image_urls"], strict=True))

    def localize_image(match: re.Match[str]) -> str:
        path = match[2]
        url = served.get(path, path) if base is None else base + path
        return match[1] + escape(url, {'"': "&quot;"})

    return LOCAL.sub(localize_image, row["body_html"])


def render_entry(row: Row, base: str | None) -> str:
    """One article."""
    authors = row["authors"] or ([row["publisher"]] if row["publisher"] else [])
    parts = [
        f"<title>{escape_xml(row['headline'])}</title>",
        f"<id>{escape_xml(tag_uri(row['id']))}</id>",
        f"<updated>{row['updated_at']}</updated>",
    ]
    if row["published_at"]:
        parts.append(f"<published>{row['published_at']}</published>")
    parts += [
        f"<author><name>{escape_xml(name)}</name></author>" for name in authors if escape_xml(name).strip()
    ]
    if link := iri(row["canonical_url"]) or iri(row["share_url"]):
        parts.append(f'<link rel="alternate" type="text/html" href={quoteattr(link)}/>')
    if row["publisher"] and (term := NO_XML.sub("", row["publisher"])).strip():
        parts.append(f"<category term={quoteattr(term)}/>")
    if summary := newest_excerpt(row["description"], row["body_html"], row["revision"]):
        parts.append(f"<summary>{escape_xml(summary)}</summary>")
    parts.append(f'<content type="html">{escape_xml(body_with_images(row, base))}</content>')
    return "<entry>\n" + "\n".join(parts) + "\n</entry>\n"


@writes(
    "atom",
    "a feed with whole articles (RFC 4287)",
    needs=NEEDS,
    options=(TITLE_OPTION, IMAGE_BASE_OPTION, SELF_OPTION),
    newest_first=True,
)
def write_atom(job: Job, rows: Iterator[Row], out: BinaryIO) -> None:
    """A feed, its entries in the order of the rows."""
    base = image_base(job.options)
    own = iri(job.options.get("self-url"))
    query = "&".join(f"{name}={value}" for name, value in sorted(job.query.items()))
    out.write(
        (
            '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">\n'
            f"<title>{escape_xml(job.options.get('title') or TITLE)}</title>\n<id>{escape_xml(tag_uri('feed' + ('?' + query) * bool(query)))}</id>\n"
            f"<updated>{job.updated_at or NEVER}</updated>\n<author><name>finews-archive</name></author>\n"
            "<generator>finews-archive</generator>\n"
            + f'<link rel="self" type="application/atom+xml" href={quoteattr(own or "")}/>\n'
            * bool(own)
        ).encode()
    )
    for row in rows:
        out.write(render_entry(row, base).encode())
    out.write(b"</feed>\n")
