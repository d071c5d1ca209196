"""What a schedule is made of: intervals as cron and systemd write them, command lines quoted for each, and the texts beside this
module that they go into."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CHECKOUT = (ROOT / "scrapy.cfg").exists()  # else an installed package, whose commands work from any folder
HOUR, DAY = 60, 24 * 60  # minutes


def fill_in(name: str, **values: object) -> str:
    """The text in the file *name* beside this module, its ``{name}`` fields filled in."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8").format(**values)


def minutes(every: str) -> int:
    """The interval in minutes, where cron can express it. Raises ValueError.

    >>> minutes("5m"), minutes("2h"), minutes("1d")
    (5, 120, 1440)
    """
    match = re.fullmatch(r"([1-9]\d{0,4})([mhd])", every)
    if not match:
        raise ValueError(f"--every {every}: give a number and m, h or d, e.g. 5m, 15m, 1h, 1d")
    interval = int(match[1]) * {"m": 1, "h": HOUR, "d": DAY}[match[2]]
    if (interval <= HOUR and HOUR % interval == 0) or (interval % HOUR == 0 and DAY % interval == 0):
        return interval
    raise ValueError(
        f"--every {every}: cron cannot express this interval: minutes must divide an hour, hours a day (1m, 2m, 3m, 4m, "
        "5m, 6m, 10m, 12m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h or 1d)"
    )


def crontab_time(every: int) -> str:
    """The five fields for a run every *every* minutes; off the full hour, when everybody else polls.

    >>> crontab_time(1), crontab_time(5), crontab_time(60), crontab_time(240), crontab_time(1440)
    ('* * * * *', '2-59/5 * * * *', '17 * * * *', '17 1-23/4 * * *', '17 6 * * *')
    """
    if every == 1:
        return "* * * * *"
    if every < HOUR:
        return f"{min(2, every - 1)}-59/{every} * * * *"
    if every == HOUR:
        return "17 * * * *"
    return f"17 1-23/{every // HOUR} * * *" if every < DAY else "17 6 * * *"


def calendar_time(every: int) -> str:
    """The systemd calendar expression for a run every *every* minutes.

    >>> calendar_time(1), calendar_time(5), calendar_time(60), calendar_time(240), calendar_time(1440)
    ('*:0/1', '*:2/5', '*:17', '1/4:17', '06:17')
    """
    if every < HOUR:
        return f"*:{min(2, every - 1)}/{every}"
    if every == HOUR:
        return "*:17"
    return f"1/{every // HOUR}:17" if every < DAY else "06:17"


def in_crontab(words: list[str]) -> str:
    """A command line for a crontab, where a bare ``%`` is a line break.

    >>> in_crontab(["scrapy", "-s", "DATA_DIR=/srv/100% news"])
    "scrapy -s 'DATA_DIR=/srv/100\\\\% news'"
    """
    return shlex.join(words).replace("%", r"\%")


def in_unit(words: list[str]) -> str:
    """A command line for a systemd unit, where ``%`` and ``$`` are special even in quotes.

    >>> in_unit(["scrapy", "-s", "DATA_DIR=/srv/100% news"])
    'scrapy -s "DATA_DIR=/srv/100%% news"'
    """
    plain = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
    escaped_words = []
    for word in words:
        escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
        escaped_words.append(escaped if plain.fullmatch(word) else f'"{escaped}"')
    return " ".join(escaped_words)


def command_line() -> list[str]:
    """Scrapy's command line with this project's settings, as an absolute path.

    Works from a checkout's folder, or from any folder where the package is installed.
    """
    python = Path(sys.executable)  # not resolved: the link in .venv/bin is what makes it the project's
    script = python.with_name("scrapy" if CHECKOUT else "finews")
    return [str(script)] if script.exists() else [str(python), "-m", "crawler.cli"]


def working_folder() -> Path:
    """Where a scheduled run starts, and to which relative paths in settings refer."""
    return ROOT if CHECKOUT else Path.cwd()


def stale_after(every: int) -> str:
    """A ``--max-age`` that three missed runs exceed.

    >>> stale_after(5), stale_after(1440)
    ('15m', '4320m')
    """
    return f"{every * 3}m"
