"""Markdown: one document to read, day by day: headline, publisher, time, link, text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import BinaryIO
from urllib.parse import quote

from archive.exports import TITLE, TITLE_OPTION, Job, Row, writes
from archive.post_format import beijing
from archive.post_text import BLANKS, GONE, UNTITLED
from archive.urls import http_url

MARKS = re.compile(r"[\\`*_\[\]<>&~$^|{}]|(?<=!)(?=\[)")
AT_START = re.compile(r"^(?:#|[+:-](?=\s|$)|[=-](?=[=\- ]*$)|\d{1,9}(?=[.)](?:\s|$)))")
NEEDS = (
    "headline",
    "publisher",
    "published_at",
    "published_precision",
    "share_url",
    "canonical_url",
    "body_text",
)


def escape_markdown(text: str) -> str:
    r"""A line of text that Markdown shows as it is.

    >>> print(escape_markdown("# 涨5% *重磅* <b>"))
    \# 涨5% \*重磅\* \<b\>
    >>> print(escape_markdown("1. 一季度"))
    1\. 一季度
    """
    text = MARKS.sub(r"\\\g<0>", BLANKS.sub(" ", GONE.sub("", text)).strip())
    return AT_START.sub(lambda match: f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}", text)


def render_table(lines: list[str]) -> str:
    """Lines of cells parted by tabs as a table; its first line is the head.

    >>> print(render_table(["代码\\t价", "300991\\t38.60"]))
    | 代码 | 价 |
    | --- | --- |
    | 300991 | 38.60 |
    """
    cells = [line.split("\t") for line in lines]
    width = max(map(len, cells))
    markdown_rows = [
        f"| {' | '.join(escape_markdown(cell) for cell in [*row, *[''] * (width - len(row))])} |"
        for row in cells
    ]
    markdown_rows.insert(1, "|" + " --- |" * width)
    return "\n".join(markdown_rows)


def render_blocks(text: str) -> Iterator[str]:
    """Paragraphs and tables of a text, as the archive keeps it."""
    for cells, lines in groupby(text.split("\n"), key=lambda line: "\t" in line):
        if cells:
            yield render_table(list(lines))
        else:
            yield from filter(None, map(escape_markdown, lines))


def render_article(row: Row) -> str:
    """One article."""
    details = [escape_markdown(row["publisher"])] if row["publisher"] else []
    if row["published_at"] and row["published_precision"] != "day":
        details.append(f"{beijing(row['published_at']):%Y-%m-%d %H:%M}")
    if link := http_url(row["canonical_url"]) or http_url(row["share_url"]):
        details.append(f"[原文](<{quote(link, safe='%:/?#@!$&()*+,;=-._~')}>)")
    head = [f"### {escape_markdown(row['headline']) or UNTITLED}"]
    return (
        "\n\n".join([*head, *[" · ".join(details)] * bool(details), *render_blocks(row["body_text"])])
        + "\n\n"
    )


@writes("md", "one Markdown document to read, day by day", needs=NEEDS, options=(TITLE_OPTION,))
def write_md(job: Job, rows: Iterator[Row], out: BinaryIO) -> None:
    """A chapter for each Beijing day, a section for each article."""
    span = ""
    if job.first_at and job.last_at:
        span = f"，{beijing(job.first_at):%Y-%m-%d} 至 {beijing(job.last_at):%Y-%m-%d}（北京时间）"
    out.write(
        f"# {escape_markdown(job.options.get('title') or TITLE)}\n\n{job.count:,} 篇{span}\n\n".encode()
    )
    for day, of_day in groupby(
        rows, key=lambda row: row["published_at"] and f"{beijing(row['published_at']):%Y-%m-%d}"
    ):
        out.write(f"## {day or '时间不明'}\n\n".encode())
        for row in of_day:
            out.write(render_article(row).encode())
