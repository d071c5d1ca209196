"""``make demo``: crawls a newsroom into ``data/demo/`` with the real command, and shows what to try next.

The newsroom moves its clock from one morning to the next and is crawled five times meanwhile, so that the archive sees articles
edited and withdrawn, stories spread, and knows what was known when; where Apprise is installed, a watch tells of it. A second
demo only looks for what is new, as cron would.

Made-up articles never enter the archive in ``data/``. ``python -m tests.newsroom.demo DIR`` crawls into DIR.
"""

from __future__ import annotations

import os
import shlex
import sqlite3
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

from archive.alerts import watches
from archive.reader import open_for_reading
from tests.newsroom.articles import beijing, samples
from tests.newsroom.season import season
from tests.newsroom.server import NOW, Newsroom
from tests.receiver import Receiver

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "data" / "demo"
CLOCKS = (
    beijing("2026-06-30 09:00:00"),
    NOW,
    NOW + timedelta(minutes=30),
    NOW + timedelta(hours=3),
    beijing("2026-07-01 09:30:00"),
)
"""When the newsroom is crawled: between them articles come, are edited and withdrawn."""
PORT = 8753  # the same each time, so that a second demo finds the addresses of the first


WATCH = "changes"
"""Name of the watch on edits and withdrawals."""


def scrapy(room: Newsroom, data: Path, *args: str, stdin: str = "") -> int:
    """Run ``scrapy`` against the newsroom; its exit status."""
    settings = {
        "DATA_DIR": data,
        "FINEWS_ORIGINS": room.origin,
        "FINEWS_ARTICLE_PAGE": f"{room.origin}/a/{{id}}.html",
        "FINEWS_PLACES": "",
        "FINEWS_NOW": room.now.isoformat(),
    }
    flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    print(f"\n$ scrapy {' '.join(args)}", flush=True)
    command = [sys.executable, "-m", "scrapy", *args, *flags]
    return subprocess.run(command, cwd=ROOT, input=stdin, text=True).returncode


@contextmanager
def watching(room: Newsroom, data: Path) -> Iterator[None]:
    """Have a receiver on loopback told of edits and withdrawals meanwhile, and print what it was told; needs Apprise.

    The watch goes with its receiver: a later crawl of this archive must not try to reach it.
    """
    path, receiver = data / watches.FILE, Receiver("hook")
    data.mkdir(parents=True, exist_ok=True)
    if WATCH in watches.load(path):  # of a demo that was killed
        watches.remove(path, WATCH)
    try:
        events = f"{watches.EDIT},{watches.WITHDRAWAL}"
        scrapy(room, data, "watch", "add", "--name", WATCH, "--on", events, "--to", receiver.url)
        yield
        print(f"\nMeanwhile the watch {WATCH} told its receiver:\n")
        for title, body in receiver.messages:
            print("\n".join(f"  {line}" for line in f"{title}\n{body}".splitlines() if line.strip()))
    finally:
        watches.remove(path, WATCH)
        receiver.stop()


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
    """Print the newest articles, counts, and what to try."""
    with closing(open_for_reading(data)) as db:
        print_rows(db)
    print_what_to_try(data)


def print_rows(db: sqlite3.Connection) -> None:
    """Print the newest articles, and counts."""

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
    print(
        f"  {count('SELECT count(*) FROM stories')} stories that several media carry,"
        f" {count('SELECT count(*) FROM revision_changes WHERE NOT withdrawn')} edits,"
        f" {count('SELECT count(*) FROM articles WHERE withdrawn_at IS NOT NULL')} withdrawn"
    )
    print("  links by outcome: " + ", ".join(f"{number} {outcome}" for outcome, number in outcomes))


def print_what_to_try(data: Path) -> None:
    """Print where the archive is, and commands for it."""
    try:
        folder = Path(os.path.relpath(data, Path.cwd()))
    except ValueError:  # another drive
        folder = data
    program = os.path.relpath(Path(sys.executable).with_name("scrapy"), Path.cwd())
    option = shlex.quote(f"DATA_DIR={folder}")
    query = "select headline, figures_removed, figures_added from revision_changes join articles using (id)"
    fire = "NW202606303790340851"
    print(f"""
It is in {folder}: archive.db (SQLite), images/, posts/.

Try:
  {program} serve --open -s {option}                  # browse and search it: stories, edits, trends, coverage
  {program} report --until 2026-07-02 -s {option}     # charts, as one HTML page
  {program} diff {fire} -s {option}     # what its publisher changed afterwards
  {program} watch log -s {option}                     # what the watch sent
  sqlite3 {shlex.quote(f"{folder}/archive.db")} "{query}"

Be told when something happens (https://github.com/caronc/apprise/wiki lists destinations; docs/alerts.md):
  {program} watch add 储能 --to URL -s {option}

Then archive a link of your own, into data/:
  {program} crawl share -a url=LINK
""")


def main() -> int:
    """Crawl the feeds as the day goes on, then every share link that is not in a feed; 0 where all ended as expected."""
    data = Path(sys.argv[1] if len(sys.argv) > 1 else DATA).absolute()
    articles = [*samples(), *season()]
    try:
        room = Newsroom(articles, port=PORT)
    except OSError:
        room = Newsroom(articles)
    # An archive that has seen the evening must not see the morning again: its articles would go back to their first texts.
    clocks = CLOCKS[-1:] if (data / "archive.db").exists() else CLOCKS
    with room:
        print(f"Serving a newsroom of {len(room.articles)} made-up articles at {room.origin}.")
        feeds = 0
        room.now = clocks[0]
        with watching(room, data) if len(clocks) > 1 and find_spec("apprise") else nullcontext():
            for clock in clocks:
                room.now = clock
                print(f"\nIt is {clock:%H:%M} on {clock:%Y-%m-%d} in the newsroom.")
                feeds = max(feeds, scrapy(room, data, "crawl", "finews"))
        print("\nNow the share links that no feed lists. Four of them fail on purpose:")
        links = [room.share_link(article) for article in room.articles if not article.feeds]
        shared = scrapy(room, data, "crawl", "share", "-a", "urls=-", stdin="\n".join(links))
    print_archive(data)
    # 3: some links failed, as intended: they lead to withdrawn articles and to an error.
    return 0 if feeds in (0, 3) and shared in (0, 3) else 1


if __name__ == "__main__":
    sys.exit(main())
