"""``scrapy schedule cron|systemd|github``: what to paste so that the feeds are polled for good.

Prints, writes nothing. All paths are absolute, and settings given by ``-s`` are carried over. The light check
(`crawler.preflight`) goes first, so Scrapy starts only where there is news; the archive's own lock keeps runs apart, so
no flock is needed: a run that finds it held ends with 75 and no word.
"""

from __future__ import annotations

import argparse
import getpass
import os
import re
import shlex
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

ROOT = Path(__file__).resolve().parent.parent.parent
HOUR, DAY = 60, 24 * 60  # minutes
CRON_LENGTH = 998  # characters; what is longer, cron leaves out without a word

CRON = """\
# finews-archive, every {every}: paste with crontab -e. (In /etc/cron.d: put a user before the command, give the file a
# name without a dot, and end it with a newline, or cron passes over it without a word.)
# Nothing is printed where nothing is wrong, so cron mails only what asks for you. A run that meets another one ends with
# 75 and no word: the archive has its own lock, flock is not needed.{log_words}
# Cron keeps no watch over itself: have something else ask scrapy status --max-age {max_age}, or set HEALTHCHECK_URL.
# MAILTO=you@example.org
LANG=C.UTF-8
PYTHONUTF8=1
{when} {command}
"""

LOGROTATE = """
# Each run opens the log anew, so this suffices, as /etc/logrotate.d/finews-archive:
#   {log} {{
#       weekly
#       rotate 8
#       compress
#       missingok
#       notifempty
#   }}"""

SYSTEMD = """\
# finews-archive, every {every}: paste into a root shell. Then: systemctl list-timers finews-archive.timer,
# journalctl -u finews-archive
cat > /etc/systemd/system/finews-archive.service <<'END'
[Unit]
Description=finews-archive: poll the feeds, archive what is new
Wants=network-online.target
After=network-online.target
OnFailure=finews-archive-alert.service

[Service]
Type=oneshot
User={user}
WorkingDirectory={root}
Environment=LANG=C.UTF-8 PYTHONUTF8=1
ExecStart={command}
# 75: another crawl holds the archive; this one had nothing to do
SuccessExitStatus=75
# what has arrived is kept after SIGINT
KillSignal=SIGINT
TimeoutStartSec=1h
TimeoutStopSec=2min
Nice=10
NoNewPrivileges=yes
END
cat > /etc/systemd/system/finews-archive.timer <<'END'
[Unit]
Description=finews-archive: every {every}

[Timer]
OnCalendar={when}
# a run missed while the machine was off is made up for
Persistent=yes
RandomizedDelaySec={spread}
AccuracySec=1s

[Install]
WantedBy=timers.target
END
cat > /etc/systemd/system/finews-archive-alert.service <<'END'
[Unit]
Description=finews-archive: say what is wrong

[Service]
Type=oneshot
User={user}
WorkingDirectory={root}
Environment=LANG=C.UTF-8 PYTHONUTF8=1
# into the journal; put a program that mails or calls you here
ExecStart={status}
SuccessExitStatus=1 3 4 5 6 7
END
systemctl daemon-reload
systemctl enable --now finews-archive.timer
"""

GITHUB = """\
# finews-archive, every {every}: commit as .github/workflows/archive.yml on the default branch.
# GitHub starts runs late, and drops some at busy hours; every 5 minutes is its least. It runs abroad: some hosts in China
# refuse it. In public repositories it stops after 60 days without a commit; the posts that are committed prevent that.
name: archive
on:
  schedule:
    - cron: "{when}"
  workflow_dispatch:
permissions:
  contents: write
concurrency:
  group: finews-archive
  cancel-in-progress: false
env:
  FINEWS_DATA_DIR: ${{{{ github.workspace }}}}/data
  FINEWS_LOG_LEVEL: WARNING
jobs:
  archive:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@v6
      - uses: actions/setup-python@v6
        with:
          python-version: "3.11"
          cache: pip
          cache-dependency-path: requirements.lock
      - run: |
          python -m venv .venv
          .venv/bin/pip install --quiet --constraint requirements.lock --editable .
      # A runner forgets everything: the archive lives in the cache, each run's under a name of its own, the newest is taken.
      - uses: actions/cache/restore@v4
        with:
          path: data/archive.db
          key: finews-archive-${{{{ github.run_id }}}}-${{{{ github.run_attempt }}}}
          restore-keys: finews-archive-
      - name: Crawl
        run: {command}
      - uses: actions/cache/save@v4
        if: always()
        with:
          path: data/archive.db
          key: finews-archive-${{{{ github.run_id }}}}-${{{{ github.run_attempt }}}}
      # The cache can be dropped at any time: what people read, posts and pictures, is committed.
      - name: Commit posts and pictures
        if: always()
        run: |
          git config user.name "github-actions[bot]"
          git config user.email "41898282+github-actions[bot]@users.noreply.github.com"
          for folder in data/posts data/images; do if [ -e "$folder" ]; then git add --force "$folder"; fi; done
          git diff --cached --quiet && exit 0
          git commit --quiet --message "Archive what is new"
          git pull --quiet --rebase
          git push --quiet
"""


def minutes(every: str) -> int:
    """How often, in minutes, where cron can say it. Raises ValueError.

    >>> minutes("5m"), minutes("2h"), minutes("1d")
    (5, 120, 1440)
    """
    found = re.fullmatch(r"([1-9]\d{0,4})([mhd])", every)
    if not found:
        raise ValueError(f"--every {every}: give a number and m, h or d, e.g. 5m, 15m, 1h, 1d")
    whole = int(found[1]) * {"m": 1, "h": HOUR, "d": DAY}[found[2]]
    if (whole <= HOUR and HOUR % whole == 0) or (whole % HOUR == 0 and DAY % whole == 0):
        return whole
    raise ValueError(
        f"--every {every}: cron counts anew each hour and each day, so it cannot say this evenly; there are 1m, 2m, 3m, 4m, "
        "5m, 6m, 10m, 12m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h and 1d"
    )


def crontab_time(every: int) -> str:
    """The five fields for every so many minutes; off the full hour, when everybody else knocks.

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
    """The same for systemd.

    >>> calendar_time(1), calendar_time(5), calendar_time(60), calendar_time(240), calendar_time(1440)
    ('*:0/1', '*:2/5', '*:17', '1/4:17', '06:17')
    """
    if every < HOUR:
        return f"*:{min(2, every - 1)}/{every}"
    if every == HOUR:
        return "*:17"
    return f"1/{every // HOUR}:17" if every < DAY else "06:17"


def in_crontab(words: list[str]) -> str:
    """A command line for a crontab: there, a bare ``%`` is a line's end.

    >>> in_crontab(["scrapy", "-s", "DATA_DIR=/srv/100% news"])
    "scrapy -s 'DATA_DIR=/srv/100\\\\% news'"
    """
    return shlex.join(words).replace("%", r"\%")


def in_unit(words: list[str]) -> str:
    """A command line for a systemd unit: there, ``%`` and ``$`` mean something even in quotes.

    >>> in_unit(["scrapy", "-s", "DATA_DIR=/srv/100% news"])
    'scrapy -s "DATA_DIR=/srv/100%% news"'
    """
    plain = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
    told = []
    for word in words:
        escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
        told.append(escaped if plain.fullmatch(word) else f'"{escaped}"')
    return " ".join(told)


class Command(ScrapyCommand):
    """Prints a schedule for cron, systemd or GitHub."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "cron|systemd|github [--every 5m] [--log FILE] [-s NAME=VALUE]..."

    def short_desc(self) -> str:
        return "Print a crontab line, systemd units or a GitHub workflow that polls the feeds"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--every", metavar="SPAN", default="5m", help="how often: 5m, 15m, 1h, 1d (default: 5m)")  # fmt: skip
        parser.add_argument("--log", metavar="FILE", help="cron: append to FILE what would be mailed")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        targets = {"cron": self.cron, "systemd": self.systemd, "github": self.github}
        if len(args) != 1 or args[0] not in targets:
            raise UsageError("schedule what: cron, systemd or github?", print_help=False)
        try:
            every = minutes(opts.every)
        except ValueError as wrong:
            raise UsageError(str(wrong), print_help=False) from None
        if opts.log and args[0] != "cron":
            raise UsageError("--log is for cron; systemd and GitHub keep what is printed", print_help=False)
        self.own = self.given(opts.set)
        if any(not char.isprintable() for word in (str(ROOT), *self.own.values()) for char in word):
            raise UsageError("a line's end in a path or setting cannot be scheduled", print_help=False)
        print(targets[args[0]](every, opts), end="")

    def given(self, words: list[str]) -> dict[str, str]:
        """Settings of this command line, and of its environment, which no scheduled run has."""
        assert self.settings is not None
        found = {name: value for name, _, value in (word.partition("=") for word in words)}
        for variable, value in os.environ.items():
            for name in (variable, variable.removeprefix("FINEWS_")):
                if variable.startswith("FINEWS_") and name in self.settings:
                    found.setdefault(name, value)
        data_dir = str(Path(self.settings["DATA_DIR"]).expanduser().resolve())
        return {"DATA_DIR": data_dir} | {
            name: value
            for name, value in sorted(found.items())
            if name not in ("DATA_DIR", "LOG_LEVEL", "FINEWS_NOW")
        }

    def words(self) -> list[str]:
        """The light check and the crawl behind it, with absolute paths."""
        python = Path(sys.executable)  # not resolved: the link in .venv/bin is what makes it the project's
        settings = [part for name, value in self.own.items() for part in ("-s", f"{name}={value}")]
        check = [str(python), "-I", "-S", str(ROOT / "crawler" / "preflight.py"), *settings, "--"]
        return [*check, str(python.with_name("scrapy")), "crawl", "finews", "-s", "LOG_LEVEL=WARNING"]

    def cron(self, every: int, opts: argparse.Namespace) -> str:
        command = f"cd {in_crontab([str(ROOT)])} && {in_crontab(self.words())}"
        log_words = ""
        if opts.log:
            log = str(Path(opts.log).expanduser().resolve())
            command += f" >>{in_crontab([log])} 2>&1"
            log_words = LOGROTATE.format(log=log)
        if len(command) >= CRON_LENGTH:
            raise UsageError(
                f"cron reads {CRON_LENGTH} characters of a command at most; shorten the paths",
                print_help=False,
            )
        return CRON.format(
            every=opts.every,
            max_age=_patient(every),
            when=crontab_time(every),
            command=command,
            log_words=log_words,
        )

    def systemd(self, every: int, opts: argparse.Namespace) -> str:
        scrapy = str(Path(sys.executable).with_name("scrapy"))
        status = [scrapy, "status", "--max-age", _patient(every), "-s", f"DATA_DIR={self.own['DATA_DIR']}"]
        return SYSTEMD.format(
            every=opts.every,
            user=getpass.getuser(),
            root=str(ROOT).replace("%", "%%"),
            command=in_unit(self.words()),
            status=in_unit(status),
            when=calendar_time(every),
            spread=f"{min(every * 6, 300)}s",
        )

    def github(self, every: int, opts: argparse.Namespace) -> str:
        if every < 5:
            raise UsageError("--every: GitHub starts nothing more often than 5m", print_help=False)
        own = [f"{name}={value}" for name, value in self.own.items() if name != "DATA_DIR"]
        command = [".venv/bin/python", "-I", "-S", "crawler/preflight.py"]
        command += [part for word in own for part in ("-s", word)]
        command += ["--", ".venv/bin/scrapy", "crawl", "finews"]
        text = shlex.join(command).replace("\\", "\\\\").replace('"', '\\"')
        return GITHUB.format(every=opts.every, when=crontab_time(every), command=f'"{text}"')


def _patient(every: int) -> str:
    """A ``--max-age`` that three missed runs exceed.

    >>> _patient(5), _patient(1440)
    ('15m', '4320m')
    """
    return f"{every * 3}m"
