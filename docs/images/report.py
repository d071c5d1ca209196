"""Makes the images of the report in docs/analysts.md again: python docs/images/report.py

Adds to the two months of `make.fill` what a report tells of: list feeds, securities, stories, boilerplate, crawls. Shows the page
that ``scrapy report`` makes of it to a headless Chromium.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(HERE)]

from make import NOW, fill, insert, utc  # noqa: E402 (beside this file)
from serve import keep  # noqa: E402

from archive.schema import open_archive  # noqa: E402 (the project is not installed everywhere that docs are made)
from tests import browser  # noqa: E402

SECURITIES = (
    ("1.600999", "600999", "晨光股份", "stock", 30), ("0.300991", "300991", "岚川科技", "stock", 24),
    ("1.603991", "603991", "远汐股份", "stock", 19), ("0.002991", "002991", "北陌重工", "stock", 15),
    ("116.02991", "02991", "清漪生物", "stock", 12), ("1.601991", "601991", "临渡航运", "stock", 11),
    ("0.000991", "000991", "海棠药业", "stock", 8), ("1.600991", "600991", "云栖水务", "stock", 6),
    ("0.159991", "159991", "半导体ETF", "fund", 5), ("105.QYB", "QYB", "Qingyi", "stock", 3),
    ("90.BK9989", "BK9989", "储能", "board", 26), ("90.BK0473", "BK0473", "证券", "board", 18),
    ("1.000001", "000001", "上证指数", "index", 33),
)  # fmt: skip
RULES = {"source_line": 1.0, "editor_line": 0.42, "kline_chart": 0.2, "app_banner": 0.12, "disclaimer": 0.09, "related_heading": 0.05}  # fmt: skip


def enrich(data_dir: Path) -> None:
    """Add rows to the archive of `make.fill`, the same each time."""
    dice = random.Random(1147)
    conn = open_archive(data_dir / "archive.db")
    articles = conn.execute("SELECT id, published_at, publisher FROM articles ORDER BY arrival").fetchall()
    for ident, code, name, kind, _ in SECURITIES:
        insert(conn, "securities", id=ident, market=ident.split(".")[0], code=code, exchange="SH", name=name, kind=kind)  # fmt: skip
    weights = [weight for *_, weight in SECURITIES]
    stories: list[tuple[str, str]] = []
    for number, (article_id, published_at, publisher) in enumerate(articles):
        day = datetime.fromisoformat(published_at) + timedelta(hours=8)
        slow = day.day == 24  # the day of the hole
        wait = dice.expovariate(1 / (900 if slow else 170)) + 20
        for feed in ("rolling", *dice.sample(("media", "market-37", "market-38", "market-39"), dice.randint(0, 2))):  # fmt: skip
            seconds = wait * (1 if feed == "rolling" else 1.6)
            at = datetime.fromisoformat(published_at) + timedelta(seconds=seconds)
            insert(conn, "article_feeds", article_id=article_id, feed=feed, first_listed_at=f"{at:%Y-%m-%dT%H:%M:%SZ}")  # fmt: skip
        for ident in set(dice.choices([one[0] for one in SECURITIES], weights, k=dice.choice((0, 1, 1, 2)))):
            insert(conn, "article_securities", article_id=article_id, security_id=ident, origin="link", mentions=1)  # fmt: skip
        for at, (rule, share) in enumerate(RULES.items(), 1):
            if dice.random() < share:
                insert(conn, "removals", article_id=article_id, position=at, rule=rule, text="", html="")
        conn.execute("UPDATE articles SET story_id = id WHERE id = ?", [article_id])
        if stories and dice.random() < 0.16:
            first, by = dice.choice(stories[-6:])
            if by != publisher:
                conn.execute("UPDATE articles SET story_id = ?, story_share = 0.93 WHERE id = ?", [first, article_id])  # fmt: skip
        elif number % 9 == 0:
            stories.append((article_id, publisher))
        if number % 61 == 0:
            conn.execute("UPDATE articles SET revision = 2 WHERE id = ?", [article_id])
        if number % 83 == 0 and day.day > 20:
            conn.execute("UPDATE articles SET publisher = NULL WHERE id = ?", [article_id])
    for hours in range(2, 24 * 60):
        began = NOW - timedelta(hours=hours)
        status = dice.choices((0, 3, 69), (96, 3, 1))[0]
        insert(
            conn, "crawls", id=f"{began:%Y%m%d%H}-finews", spider="finews", started_at=utc(began), finished_at=utc(began),
            outcome="finished", exit_status=status, reason="the source is unreachable" if status == 69 else None,
        )  # fmt: skip
    for days_ago, feed, length in ((11, "media", 4), (19, "rolling", 7), (25, "market-38", 3)):
        began = NOW - timedelta(days=days_ago)
        insert(conn, "gaps", feed=feed, from_at=utc(began), to_at=utc(began + timedelta(hours=length)), opened_at=utc(began), filled_at=utc(began + timedelta(hours=9)), tries=2)  # fmt: skip
    conn.commit()
    conn.close()


def main() -> None:
    if browser.MISSING:
        raise SystemExit(browser.MISSING)
    with tempfile.TemporaryDirectory() as folder:
        data, profile = Path(folder) / "data", Path(folder) / "profile"
        data.mkdir()
        fill(data)
        enrich(data)
        command = [sys.executable, "-m", "scrapy", "report", "-s", f"DATA_DIR={data}", "-s", f"FINEWS_NOW={NOW.isoformat()}"]  # fmt: skip
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        with browser.browser(profile) as driver:
            address = (data / "report.html").as_uri()
            keep(driver, address, "report", 1200, 1160)
            keep(driver, address, "report-phone", 400, 760, "dark")


if __name__ == "__main__":
    main()
