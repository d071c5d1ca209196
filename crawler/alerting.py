"""Alerts after a crawl, or a round of one that stays: what watches found goes out once the archive is let go of."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

MIN_FREE = 2**30  # bytes of free disk below which there is trouble to report, as scrapy status has it

logger = logging.getLogger(__name__)


def deliver_alerts(settings: Any) -> list[str]:
    """Look for hits of the watches of DATA_DIR and send what is due; what failed, a line each. No watches: nothing is loaded."""
    data_dir = Path(settings["DATA_DIR"]).expanduser().resolve()
    if not (data_dir / "watches.toml").is_file():
        return []
    from archive.alerts.deliver import report_and_deliver
    from archive.times import clock

    now = clock(settings)
    return report_and_deliver(data_dir, now, find_trouble(data_dir, now)).problems


def find_trouble(data_dir: Path, now: Any) -> dict[str, str] | None:
    """What `scrapy status` would report, by a key that stays the same while it lasts; None where it cannot be read."""
    import sqlite3
    from contextlib import closing

    from archive.health import check_health, read_status
    from archive.reader import NoArchive, open_for_reading

    try:
        with closing(open_for_reading(data_dir)) as conn:
            report = read_status(conn, data_dir, now)
    except (NoArchive, sqlite3.Error):
        return None
    check_health(report, now, None, MIN_FREE)
    return {
        f"{entry['exit_status']} {entry['feed'] or ''}".strip(): entry["problem"]
        for entry in report["problems"]
    }


def deliver_and_log(settings: Any) -> None:
    """`deliver_alerts` for a crawl that goes on: failures are warnings of its log."""
    for problem in deliver_alerts(settings):
        logger.warning("%s", problem)
