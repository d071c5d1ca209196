"""``scrapy schedule cron|systemd|github``: what to paste so that the feeds are polled for good.

Prints only; writes nothing. All paths are absolute, and settings given by ``-s`` are carried over. The light check
(`crawler.preflight`) runs first, so Scrapy starts only where there is news; the archive's own lock keeps runs apart, so
flock is not needed: a run that finds it held ends silently with 75.
"""

from __future__ import annotations

import argparse
import getpass
import os
import shlex
import sys
from importlib.metadata import version
from pathlib import Path

from crawler.project_command import BadCommandLine, ProjectCommand
from crawler.schedules import (
    CHECKOUT,
    ROOT,
    calendar_time,
    command_line,
    crontab_time,
    fill_in,
    in_crontab,
    in_unit,
    minutes,
    stale_after,
    working_folder,
)

CRON_LENGTH = 998  # characters; cron silently ignores a longer command
INSTALL_CHECKOUT = """\
.venv/bin/pip install --quiet --require-hashes --requirement requirements.lock
          .venv/bin/pip install --quiet --no-deps --no-build-isolation --editable ."""
INSTALL_PACKAGE = ".venv/bin/pip install --quiet finews-archive=={version}"


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
            log_words = "\n" + fill_in("logrotate.txt", log=log).rstrip("\n")
        if len(command) >= CRON_LENGTH:
            raise BadCommandLine(
                f"cron reads at most {CRON_LENGTH} characters of a command; shorten the paths"
            )
        return fill_in(
            "crontab.txt",
            every=opts.every,
            max_age=stale_after(every),
            program=Path(command_line()[0]).name,
            when=crontab_time(every),
            command=command,
            log_words=log_words,
        )

    def systemd(self, every: int, opts: argparse.Namespace) -> str:
        data_dir = f"DATA_DIR={self.own['DATA_DIR']}"
        status = [*command_line(), "status", "--max-age", stale_after(every), "-s", data_dir]
        return fill_in(
            "systemd.sh",
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
        return fill_in(
            "github.yml",
            every=opts.every,
            when=crontab_time(every),
            lock="requirements.lock" if CHECKOUT else ".github/workflows/*.yml",
            install=INSTALL_CHECKOUT if CHECKOUT else package,
            command=f'"{text}"',
        )
