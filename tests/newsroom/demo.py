"""``make demo``: crawls the sample newsroom into ``data/`` with the real command, and says what to try next."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import unicodedata
from pathlib import Path

from tests.newsroom.server import Newsroom

ROOT = Path(__file__).resolve().parent.parent.parent
PORT = 8753  # the same each time, so that a second demo finds the addresses of the first


def crawl(room: Newsroom, data: Path, *args: str, stdin: str = "") -> int:
    """Run ``scrapy crawl`` against the newsroom; its exit status."""
    settings = {
        "DATA_DIR": data,
        "FINEWS_ORIGINS": room.origin,
        "FINEWS_ARTICLE_PAGE": f"{room.origin}/a/{{id}}.html",
        "FINEWS_NOW": room.now.isoformat(),
    }
    flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    print(f"\n$ scrapy crawl {' '.join(args)}", flush=True)
    command = [sys.executable, "-m", "scrapy", "crawl", *args, *flags]
    return subprocess.run(command, cwd=ROOT, input=stdin, text=True).returncode


def fit(text: str, width: int) -> str:
    """*text* in *width* columns of a terminal; a Han sign takes two."""
    shown, used = "", 0
    for sign in text:
        columns = 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if used + columns > width:
            break
        shown, used = shown + sign, used + columns
    return shown + " " * (width - used)


def show(data: Path) -> None:
    """What lies in the archive now."""
    db = sqlite3.connect(f"{(data / 'archive.db').as_uri()}?mode=ro", uri=True)
    one = lambda sql: db.execute(sql).fetchone()[0]  # noqa: E731
    print("\nThe newest in the archive:\n")
    rows = db.execute(
        "SELECT substr(published_at, 1, 16), coalesce(publisher, '(unknown)'), headline FROM articles"
        " WHERE published_at IS NOT NULL ORDER BY published_at DESC LIMIT 8"
    )
    for published, publisher, headline in rows:
        print(f"  {published}Z  {fit(publisher, 16)} {fit(headline, 52).rstrip()}")
    print(
        f"\n  {one('SELECT count(*) FROM articles')} articles, {one('SELECT count(*) FROM images')} pictures, "
        f"{one('SELECT count(*) FROM removals')} boilerplate fragments taken out, "
        f"{one('SELECT count(*) FROM securities')} securities; links by outcome: "
        + ", ".join(
            f"{n} {outcome}" for outcome, n in db.execute("SELECT outcome, count(*) FROM links GROUP BY 1")
        )
    )
    post = one("SELECT post_path FROM articles WHERE post_path IS NOT NULL ORDER BY published_at DESC")
    try:
        shown = Path(os.path.relpath(data, Path.cwd()))
    except ValueError:
        shown = data
    print(f"""
It lies in {data}: archive.db, images/, posts/.

Try:
  sqlite3 {shown}/archive.db "select publisher, count(*) from articles group by 1 order by 2 desc limit 5"
  sqlite3 {shown}/archive.db "select outcome, reason from links where outcome <> 'archived'"
  cat {shown}/{post}
""")


def main() -> int:
    """Crawl the feeds, then every share link that no feed lists; 0 where all went as it should."""
    data = Path(os.environ.get("FINEWS_DATA_DIR") or ROOT / "data")
    try:
        room = Newsroom(port=PORT)
    except OSError:
        room = Newsroom()
    with room:
        print(f"A newsroom of {len(room.articles)} made-up articles is served at {room.origin}.")
        feeds = crawl(room, data, "finews")
        print(
            "\nNow the share links that no feed lists. Four of them lead nowhere on purpose, and are told as failed:"
        )
        links = [room.share_link(article) for article in room.articles if not article.feeds]
        shared = crawl(room, data, "share", "-a", "urls=-", stdin="\n".join(links))
    show(data)
    # Some links lead to withdrawn articles and to an error on purpose: 3 says so.
    return 0 if feeds == 0 and shared in (0, 3) else 1


if __name__ == "__main__":
    sys.exit(main())
