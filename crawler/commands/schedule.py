"""``scrapy schedule cron|systemd|github``: what to paste so that the feeds are polled for good.

Prints only; writes nothing. All paths are absolute, and settings given by ``-s`` are carried over. The light check
(`crawler.preflight`) runs first, so Scrapy starts only where there is news; the archive's own lock keeps runs apart, so
flock is not needed: a run that finds it held ends silently with 75.
"""

from __future__ import annotations

import argparse
import getpass
import os
import re
import shlex
import sys
from importlib.metadata import version
from pathlib import Path

from crawler.project_command import BadCommandLine, ProjectCommand

ROOT = Path(__file__).resolve().parent.parent.parent
CHECKOUT = (ROOT / "scrapy.cfg").exists()  # else an installed package, whose commands work from any folder
HOUR, DAY = 60, 24 * 60  # minutes
CRON_LENGTH = 998  # characters; cron silently ignores a longer command

CRON = """\
# finews-archive, every {every}: paste with crontab -e. (In /etc/cron.d: put a user before the command, give the file a
# name without a dot, and end it with a newline, or cron silently ignores it.)
# A run without problems prints nothing, so cron mails only what needs attention. Runs cannot overlap: the archive has its
# own lock, and a run that finds it held ends silently with 75; flock is not needed.{log_words}
# Nothing monitors cron itself: run {program} status --max-age {max_age} from elsewhere, or set HEALTHCHECK_URL.
# MAILTO=you@example.org
LANG=C.UTF-8
PYTHONUTF8=1
{when} {command}
"""

LOGROTATE = """
# Each run reopens the log, so this is enough, as /etc/logrotate.d/finews-archive:
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
# a run missed while the machine was off is caught up
Persistent=yes
RandomizedDelaySec={spread}
AccuracySec=1s

[Install]
WantedBy=timers.target
END
cat > /etc/systemd/system/finews-archive-alert.service <<'END'
[Unit]
Description=finews-archive: report what is wrong

[Service]
Type=oneshot
User={user}
WorkingDirectory={root}
Environment=LANG=C.UTF-8 PYTHONUTF8=1
# writes to the journal; replace it by a program that mails or calls you
ExecStart={status}
SuccessExitStatus=1 3 4 5 6 7
END
systemctl daemon-reload
systemctl enable --now finews-archive.timer
"""

GITHUB = """\
# finews-archive, every {every}: commit as .github/workflows/archive.yml on the default branch.
# GitHub starts runs late, and drops some at busy hours; 5 minutes is its shortest interval. It runs outside China: some
# hosts refuse it. In public repositories it stops after 60 days without a commit; the posts that are committed prevent that.
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
          cache-dependency-path: {lock}
      - run: |
          python -m venv .venv
          {install}
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
      # The cache can be dropped at any time: posts and images, which people read, are committed.
      - name: Commit posts and images
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

INSTALL_CHECKOUT = """\
.venv/bin/pip install --quiet --require-hashes --requirement requirements.lock
          .venv/bin/pip install --quiet --no-deps --no-build-isolation --editable ."""
INSTALL_PACKAGE = ".venv/bin/pip install --quiet finews-archive=={version}"


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


class Command(ProjectCommand):
    """Prints a schedule for cron, systemd or GitHub."""

    arguments = "cron|systemd|github [--every 5m] [--log FILE] [-s NAME=VALUE]..."
    summary = "Print a crontab line, systemd units or a GitHub workflow that polls the feeds"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--every", metavar="SPAN", default="5m", help="how often: 5m, 15m, 1h, 1d (default: 5m)")  # fmt: skip
        parser.add_argument(
            "--log", metavar="FILE", help="cron: append output to FILE instead of having it mailed"
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        targets = {"cron": self.cron, "systemd": self.systemd, "github": self.github}
        if len(args) != 1 or args[0] not in targets:
            raise BadCommandLine("schedule: give one of cron, systemd, github")
        try:
            every = minutes(opts.every)
        except ValueError as exc:
            raise BadCommandLine(str(exc)) from None
        if opts.log and args[0] != "cron":
            raise BadCommandLine("--log is for cron only; systemd and GitHub keep the output")
        self.own = self.carried_settings(opts.set)
        if any(
            not char.isprintable() for word in (str(working_folder()), *self.own.values()) for char in word
        ):
            raise BadCommandLine("paths and settings must not contain line breaks")
        print(targets[args[0]](every, opts), end="")

    def carried_settings(self, words: list[str]) -> dict[str, str]:
        """Settings of this command line, and of its environment, which a scheduled run does not have."""
        settings = {name: value for name, _, value in (word.partition("=") for word in words)}
        for variable, value in os.environ.items():
            for name in (variable, variable.removeprefix("FINEWS_")):
                if variable.startswith("FINEWS_") and name in self.settings:
                    settings.setdefault(name, value)
        data_dir = str(Path(self.settings["DATA_DIR"]).expanduser().resolve())
        return {"DATA_DIR": data_dir} | {
            name: value
            for name, value in sorted(settings.items())
            if name not in ("DATA_DIR", "LOG_LEVEL", "FINEWS_NOW")
        }

    def words(self) -> list[str]:
        """The light check and the crawl behind it, with absolute paths."""
        settings = [part for name, value in self.own.items() for part in ("-s", f"{name}={value}")]
        check = [sys.executable, "-I", "-S", str(ROOT / "crawler" / "preflight.py"), *settings, "--"]
        return [*check, *command_line(), "crawl", self.spider(), "-s", "LOG_LEVEL=WARNING"]

    def spider(self) -> str:
        """``feeds`` where sources.toml names what to follow, else ``finews``."""
        return "feeds" if (Path(self.own["DATA_DIR"]) / "sources.toml").exists() else "finews"

    def cron(self, every: int, opts: argparse.Namespace) -> str:
        command = f"cd {in_crontab([str(working_folder())])} && {in_crontab(self.words())}"
        log_words = ""
        if opts.log:
            log = str(Path(opts.log).expanduser().resolve())
            command += f" >>{in_crontab([log])} 2>&1"
            log_words = LOGROTATE.format(log=log)
        if len(command) >= CRON_LENGTH:
            raise BadCommandLine(
                f"cron reads at most {CRON_LENGTH} characters of a command; shorten the paths"
            )
        return CRON.format(
            every=opts.every,
            max_age=_patient(every),
            program=Path(command_line()[0]).name,
            when=crontab_time(every),
            command=command,
            log_words=log_words,
        )

    def systemd(self, every: int, opts: argparse.Namespace) -> str:
        data_dir = f"DATA_DIR={self.own['DATA_DIR']}"
        status = [*command_line(), "status", "--max-age", _patient(every), "-s", data_dir]
        return SYSTEMD.format(
            every=opts.every,
            user=getpass.getuser(),
            root=str(working_folder()).replace("%", "%%"),
            command=in_unit(self.words()),
            status=in_unit(status),
            when=calendar_time(every),
            spread=f"{min(every * 6, 300)}s",
        )

    def github(self, every: int, opts: argparse.Namespace) -> str:
        if every < 5:
            raise BadCommandLine("--every: GitHub runs workflows at most every 5m")
        own = [f"{name}={value}" for name, value in self.own.items() if name != "DATA_DIR"]
        check = ["-I", "-S", "crawler/preflight.py"] if CHECKOUT else ["-m", "crawler.preflight"]
        command = [".venv/bin/python", *check]
        command += [part for word in own for part in ("-s", word)]
        command += ["--", ".venv/bin/scrapy" if CHECKOUT else ".venv/bin/finews", "crawl", "finews"]
        text = shlex.join(command).replace("\\", "\\\\").replace('"', '\\"')
        package = INSTALL_PACKAGE.format(version=version("finews-archive"))
        return GITHUB.format(
            every=opts.every,
            when=crontab_time(every),
            lock="requirements.lock" if CHECKOUT else ".github/workflows/*.yml",
            install=INSTALL_CHECKOUT if CHECKOUT else package,
            command=f'"{text}"',
        )


def _patient(every: int) -> str:
    """A ``--max-age`` that three missed runs exceed.

    >>> _patient(5), _patient(1440)
    ('15m', '4320m')
    """
    return f"{every * 3}m"
