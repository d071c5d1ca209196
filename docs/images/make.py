"""Makes the terminal images of docs/operating.md and docs/analysts.md again: python docs/images/make.py

Fills an archive with made-up rows, runs the real commands on a terminal of their own, and writes what they print as SVG.
"""

from __future__ import annotations

import json
import os
import pty
import random
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from html import escape
from itertools import groupby
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))

from archive.schema import open_archive  # noqa: E402
from archive.terminal import display_width  # noqa: E402 (the project is not installed everywhere that docs are made)
from tests.worked_queries import make_archive  # noqa: E402

NOW = datetime.fromisoformat("2026-06-30T18:00:00+08:00")
EDITED = "finews:202606303790130920"  # an article of the sample newsroom
SHOWN_AS = "/srv/news"  # instead of a folder that exists for a second
MEDIA = {
    "晨光财经": 30,
    "江海日报": 22,
    "新域证券报": 18,
    "远山商报": 12,
    "Techwire": 8,
    "北岸新闻客户端": 6,
    "潮汐研究院": 4,
}
HEADLINES = (
    "港口吞吐量创新高",
    "两部门部署夏粮收购",
    "储能企业赴港上市",
    "消费券拉动夜间经济",
    "多地上调公积金额度",
)
CELL, LINE, SIZE, PAD = 8.4, 19, 14, 16  # pixels: a column, a line, the letters, the border
COLOURS = {"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "2": "#8b949e"}
DECORATIONS = {"9": "line-through", "4": "underline"}
INK, PAPER = "#e6edf3", "#0d1117"


def utc(moment: datetime) -> str:
    return (moment - moment.utcoffset()).strftime("%Y-%m-%dT%H:%M:%SZ")  # type: ignore[operator]


def insert(conn, table: str, **row) -> None:
    names = ", ".join(row)
    conn.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in row)})", row)


def fill(data_dir: Path) -> None:
    """Two months of a small newsroom: quiet weekends, a short day, a day without news, a hole, some trouble."""
    dice, number = random.Random(4711), 0
    conn = open_archive(data_dir / "archive.db")
    for days_ago in range(60, -1, -1):
        day = NOW.replace(hour=0) - timedelta(days=days_ago)
        count = dice.randint(26, 38) if day.weekday() >= 5 else dice.randint(95, 130)
        count = {6: count // 3, 12: 0, 21: count // 3, 0: count * 3 // 4}.get(days_ago, count)
        for shown in sorted(dice.randrange(0, 18 * 3600) for _ in range(count)):
            number += 1
            at = utc(day + timedelta(seconds=shown))
            publisher = dice.choices(list(MEDIA), list(MEDIA.values()))[0]
            article_id = f"finews:{day:%Y%m%d}{number * 7919 % 10**10:010d}"
            insert(
                conn, "articles", id=article_id, arrival=number, site="finews", headline=dice.choice(HEADLINES),
                headline_from="body" if number % 997 == 0 else "feed", publisher=publisher, published_at=at,
                published_precision="second", published_from="feed", first_seen_at=at, retrieved_at=at,
                text_sha256="0" * 64, post_path=f"posts/_posts/{number}.md",
            )  # fmt: skip
            if number % 3 == 0:
                sha256 = f"{number:064x}"
                insert(conn, "images", sha256=sha256, media_type="image/jpeg", bytes=dice.randint(30_000, 200_000), path=sha256)  # fmt: skip
                insert(conn, "article_images", article_id=article_id, position=1, url="https://pictures.test/", sha256=sha256, status="stored")  # fmt: skip
            elif number % 701 == 0:
                insert(conn, "article_images", article_id=article_id, position=1, url="https://pictures.test/", status="failed", reason="404")  # fmt: skip
    for minutes, spider, seconds, status, new, failed, reason in (
        (62, "finews", 9, 69, 0, 0, "5 list feeds could not be read; nothing arrived: the source is unreachable or refuses"),
        (32, "share", 3, 0, 2, 0, None),
        (12, "finews", 11, 3, 31, 1, "1 of 32 links failed: 1 gone; 1 gap in the feeds could not be closed: see scrapy status"),
        (7, "finews", 4, 0, 6, 0, None),
        (2, "preflight", 0, 0, 0, 0, None),
    ):  # fmt: skip
        began = NOW - timedelta(minutes=minutes)
        insert(
            conn, "crawls", id=f"{began:%H%M}-{spider}", spider=spider, started_at=utc(began),
            finished_at=utc(began + timedelta(seconds=seconds)), outcome="finished", exit_status=status, reason=reason,
            articles_new=new, links_failed=failed, requests=new + 5,
        )  # fmt: skip
    for feed, failures in (
        ("rolling", 0),
        ("media", 0),
        ("market-37", 0),
        ("market-38", 0),
        ("market-39", 1),
    ):
        polled = NOW - timedelta(minutes=2)
        insert(
            conn, "feeds", feed=feed, last_polled_at=utc(polled), last_read_at=utc(polled - timedelta(minutes=5 * failures)),
            newest_at=utc(NOW - timedelta(minutes=9)), listed=json.dumps([]), failures=failures,
            reason="the server answered 503 for http://news.test/information/newmarket/web/webapi" if failures else None,
        )  # fmt: skip
    hole = NOW.replace(hour=2) - timedelta(days=6)
    insert(conn, "gaps", feed="rolling", from_at=utc(hole), to_at=utc(hole + timedelta(hours=9)), opened_at=utc(hole + timedelta(hours=9)), tries=7, reason="no list reaches back that far")  # fmt: skip
    for name, outcome, minutes, reason in (
        ("/a/202606301000000007.html", "gone", 12, "the server answered 404 (not there)"),
        ("/a/202606281000000002.html", "gone", 2900, "the server answered 404 (not there)"),
        ("/html_News/NewsShare.html?infoCode=NW202606301000000009", "failed", 2, "no answer in time"),
    ):
        tried = utc(NOW - timedelta(minutes=minutes))
        insert(conn, "links", url=f"http://news.test{name}", outcome=outcome, reason=reason, tries=2, first_tried_at=tried, last_tried_at=tried)  # fmt: skip
    conn.commit()
    conn.close()


def on_a_terminal(data_dir: Path, *words: str) -> str:
    """What ``scrapy WORDS`` prints to a terminal, colours and all."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "scrapy", *words, "-s", f"DATA_DIR={data_dir}", "-s", f"FINEWS_NOW={NOW.isoformat()}"]  # fmt: skip
    env = {**os.environ, "TERM": "xterm-256color", "PYTHONUTF8": "1"}
    env.pop("NO_COLOR", None)
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=theirs)
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 65536):
            said += part
    except OSError:  # Linux: the other end is closed
        pass
    process.wait()
    os.close(ours)
    return said.decode().replace("\r\n", "\n").replace(str(data_dir), SHOWN_AS)


def picture(command: str, said: str) -> str:
    """A terminal's text as SVG. Each run of letters is stretched to its columns, whatever font shows it."""
    lines = [f"\x1b[2m$\x1b[0m {command}", *said.rstrip("\n").split("\n")]
    width = max(display_width(re.sub(r"\x1b\[[\d;]+m", "", line)) for line in lines)
    drawn = []
    for row, line in enumerate(lines):
        column, style = 0, "0"
        for part in re.split(r"(\x1b\[[\d;]+m)", line):
            if code := re.fullmatch(r"\x1b\[([\d;]+)m", part):
                style = code[1]
                continue
            for kind, letters in groupby(part, lambda char: "█" if char == "█" else display_width(char)):
                text = "".join(letters)
                drawn.append(_run(kind, text, column, row, style))
                column += display_width(text)
    size = f"{width * CELL + 2 * PAD:.0f}", f"{len(lines) * LINE + 2 * PAD:.0f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" viewBox="0 0 {size[0]} {size[1]}">\n'
        f"<title>{escape(command)}</title>\n"
        f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>\n<g font-family="ui-monospace, Menlo, Consolas, '
        f"'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', 'PingFang SC', 'Microsoft YaHei', monospace\" font-size=\"{SIZE}\" "
        f'fill="{INK}" xml:space="preserve">\n' + "\n".join(filter(None, drawn)) + "\n</g>\n</svg>\n"
    )


def _run(kind: object, text: str, column: int, row: int, style: str) -> str:
    colour, *more = style.split(";")
    fill = f' fill="{COLOURS[colour]}"' if colour in COLOURS else ""
    fill += "".join(f' text-decoration="{DECORATIONS[code]}"' for code in more)
    x, y, length = PAD + column * CELL, PAD + row * LINE, display_width(text) * CELL
    if kind == "█":
        return f'<rect x="{x:.1f}" y="{y + 3:.1f}" width="{length:.1f}" height="{LINE - 6}"{fill or " fill=" + chr(34) + "#58a6ff" + chr(34)}/>'
    if not text.strip():
        return ""
    lead = len(text) - len(text.lstrip(" "))
    text, x, length = text.strip(" "), x + lead * CELL, display_width(text.strip(" ")) * CELL
    bold = ' font-weight="bold"' if style == "1" else ""
    return f'<text x="{x:.1f}" y="{y + SIZE:.1f}" textLength="{length:.1f}"{fill}{bold}>{escape(text)}</text>'


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder))
        for name, words in (
            ("status", ("status", "--max-age", "15m")),
            ("coverage", ("coverage", "--days", "30")),
        ):
            said = on_a_terminal(Path(folder), *words)
            (HERE / f"{name}.svg").write_text(picture(f"scrapy {' '.join(words)}", said), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        make_archive(Path(folder)).close()
        said = on_a_terminal(Path(folder), "diff", EDITED)
        (HERE / "diff.svg").write_text(picture(f"scrapy diff {EDITED}", said), encoding="utf-8")


if __name__ == "__main__":
    main()
