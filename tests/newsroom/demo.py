"""``make demo``: crawls the sample newsroom into ``data/demo/`` with the real command, and shows what to try next.

Made-up articles never enter the archive in ``data/``. ``python -m tests.newsroom.demo DIR`` crawls into DIR.
"""

from __future__ import annotations

import os
import shlex
import sqlite3
import subprocess
import sys
import unicodedata
from pathlib import Path

from tests.newsroom.server import Newsroom

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "data" / "demo"
PORT = 8753  # the same each time, so that a second demo finds the addresses of the first


def crawl(room: Newsroom, data: Path, *args: str, stdin: str = "") -> int:
    """Run ``scrapy crawl`` against the newsroom; its exit status."""
    settings = {
        "DATA_DIR": data,
        "FINEWS_ORIGINS": room.origin,
        "FINEWS_ARTICLE_PAGE": f"{room.origin}/a/{{id}}.html",
        "FINEWS_PLACES": "",
        "FINEWS_NOW": room.now.isoformat(),
    }
    flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    print(f"\n$ scrapy crawl {' '.join(args)}", flush=True)
    command = [sys.executable, "-m", "scrapy", "crawl", *args, *flags]
    return subprocess.run(command, cwd=ROOT, input=stdin, text=True).returncode


def fit(text: str, width: int) -> str:
    """*text* in *width* columns of a terminal; a Chinese character takes two."""
    fitted, used = "", 0
    for char in text:
        columns = 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if used + columns > width:
            break
        fitted, used = fitted + char, used + columns
    return fitted + " " * (width - used)


def print_archive(data: Path) -> None:
    """Print the newest articles, counts, and three things to try."""
    db = sqlite3.connect(f"{(data / 'archive.db').as_uri()}?mode=ro", uri=True)

    def count(sql: str) -> str:
        return f"{db.execute(sql).fetchone()[0]:,}"

    print("\nThe newest articles in the archive:\n")
    rows = db.execute(
        "SELECT substr(published_at, 1, 16), coalesce(publisher, '(unknown)'), headline FROM articles"
        " WHERE published_at IS NOT NULL ORDER BY published_at DESC LIMIT 8"
    )
    for published, publisher, headline in rows:
        print(f"  {published}Z  {fit(publisher, 16)} {fit(headline, 52).rstrip()}")
    outcomes = db.execute("SELECT outcome, count(*) FROM links GROUP BY 1")
    print(
        f"\n  {count('SELECT count(*) FROM articles')} articles, {count('SELECT count(*) FROM images')} images,"
        f" {count('SELECT count(*) FROM securities')} securities;"
        f" {count('SELECT count(*) FROM removals')} boilerplate fragments removed"
    )
    print("  links by outcome: " + ", ".join(f"{number} {outcome}" for outcome, number in outcomes))
    try:
        folder = Path(os.path.relpath(data, Path.cwd()))
    except ValueError:  # another drive
        folder = data
    scrapy = os.path.relpath(Path(sys.executable).with_name("scrapy"), Path.cwd())
    option = shlex.quote(f"DATA_DIR={folder}")
    query = "select publisher, count(*) from articles group by 1 order by 2 desc limit 5"
    print(f"""
It is in {folder}: archive.db (SQLite), images/, posts/.

Try:
  {scrapy} serve --open -s {option}                  # browse and search it
  {scrapy} report --until 2026-07-01 -s {option}     # charts, as one HTML page
  sqlite3 {shlex.quote(f"{folder}/archive.db")} "{query}"

Then archive a link of your own, into data/:
  {scrapy} crawl share -a url=LINK
""")


def main() -> int:
    """Crawl the feeds, then every share link that is not in a feed; 0 where both ended as expected."""
    data = Path(sys.argv[1] if len(sys.argv) > 1 else DATA).absolute()
    try:
        room = Newsroom(port=PORT)
    except OSError:
        room = Newsroom()
    with room:
        print(f"Serving a newsroom of {len(room.articles)} made-up articles at {room.origin}.")
        feeds = crawl(room, data, "finews")
        print("\nNow the share links that no feed lists. Four of them fail on purpose:")
        links = [room.share_link(article) for article in room.articles if not article.feeds]
        shared = crawl(room, data, "share", "-a", "urls=-", stdin="\n".join(links))
    print_archive(data)
    # 3: some links failed, as intended: they lead to withdrawn articles and to an error.
    return 0 if feeds == 0 and shared in (0, 3) else 1


if __name__ == "__main__":
    sys.exit(main())
