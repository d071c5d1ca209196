"""``scrapy export FILE``: the archive, or what is asked of it, as a file that others read; ``--site``: as a site's source.

Reads only. The file's suffix picks the format (`archive.exports`); it appears whole or not at all. The same archive and
the same arguments give the same bytes.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import BinaryIO, NoReturn

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from archive import terminal, units
from archive.exports import ExportError, Format, Job, Option, Row, WrongUsage, format_named, formats
from archive.exports.selection import Chosen, Selection, Snapshot, moment
from archive.exports.sites import Generator, generator_named, generators
from archive.exports.sites.folder import Folder
from archive.exports.sites.site import POSTS, Site
from archive.exports.whole_file import WholeFile

NO_ARCHIVE, CANNOT_WRITE = 1, 73
PATIENCE = 1.0  # seconds that an export takes before it tells how far it is


class Counted:
    """A stream that tells how many bytes went into it, as pyarrow asks of one that cannot be rewound."""

    def __init__(self, out: BinaryIO):
        self._out, self.size, self.closed = out, 0, False

    def write(self, data: bytes) -> int:
        self._out.write(data)
        self.size += memoryview(data).nbytes
        return memoryview(data).nbytes

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        self._out.flush()

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


def watched(rows: Iterator[Row], count: int) -> Iterator[Row]:
    """The same rows; on a terminal with a line that tells how far it is, once it takes longer than `PATIENCE`."""
    if not sys.stderr.isatty():
        yield from rows
        return
    said, last = "", time.monotonic()
    for number, row in enumerate(rows):
        yield row
        if number % 100 == 0 and time.monotonic() - last > (0.3 if said else PATIENCE):
            last = time.monotonic()
            said = f"\r{number:,} of {count:,} articles"
            print(said, end="", file=sys.stderr, flush=True)
    if said:
        print(f"\r{' ' * len(said)}\r", end="", file=sys.stderr, flush=True)


def stop(number: int, frame: FrameType | None) -> NoReturn:
    """End as a command does that is told to, after what has to be tidied up."""
    sys.exit(128 + number)


def own_options() -> dict[str, Option]:
    """Options of the formats, each once."""
    return {option.name: option for one in formats.values() for option in one.options}


class Command(ScrapyCommand):
    """Writes articles to a file."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "FILE | --site jekyll|hugo DEST [--since DAY] [--until DAY] [--publisher NAME] [--security ID] [--search LINE] [--columns A,B]"

    def short_desc(self) -> str:
        return f"Write articles to a file ({', '.join(sorted(formats))}) or as a site's source"

    def long_desc(self) -> str:
        known = "; ".join(f".{one.suffix} {one.says}" for one in formats.values())
        return (
            f"Writes the articles that all of the options choose, by publication time, to FILE; its suffix picks the format: "
            f"{known}. FILE - with --format is standard output. With --site DEST becomes the source of a site: an empty folder, "
            "or an earlier export, which is brought up to date. Exit status: 0 (also where nothing matched); 1 no archive, "
            "or it cannot be read; 2 wrong usage; 73 the file cannot be written."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        which = parser.add_argument_group("which articles")
        which.add_argument(
            "--since",
            metavar="DAY",
            help="published on that Beijing day or later; or an ISO time, without an offset Beijing's",
        )
        which.add_argument(
            "--until",
            metavar="DAY",
            help="published before that day begins, or before that time (--since 2026-02-01 --until 2026-03-01 is February)",
        )
        which.add_argument(
            "--publisher", metavar="NAME", action="append", default=[], help="name or slug; again for another"
        )
        which.add_argument(
            "--security",
            metavar="ID",
            action="append",
            default=[],
            help="that name it: 1.600160, 600160 or 巨化股份; again for another",
        )
        which.add_argument(
            "--doubtful", action="store_true", help="count probably wrong matches of securities, too"
        )
        which.add_argument(
            "--search", metavar="LINE", help="found by the view search, e.g. '冬奥 张家口 -ET7'"
        )
        how = parser.add_argument_group("how they are written")
        how.add_argument("--format", metavar="NAME", help="instead of FILE's suffix")
        how.add_argument(
            "--columns",
            metavar="A,B",
            help="these columns in this order (a wrong name lists what there is); for csv, jsonl and parquet",
        )
        site = parser.add_argument_group("as a site")
        site.add_argument("--site", metavar="NAME", help=f"{' or '.join(sorted(generators))}")
        site.add_argument(
            "--posts",
            metavar="N",
            type=int,
            help=f"so many of the newest articles whole, the others listed ({POSTS:,})",
        )
        site.add_argument("--url", metavar="URL", help="where it will stand, for the pictures of its feed")
        for option in own_options().values():
            if option.metavar:
                how.add_argument(f"--{option.name}", metavar=option.metavar, help=option.says)
            else:
                how.add_argument(f"--{option.name}", action="store_true", help=option.says)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        data_dir = Path(self.settings["DATA_DIR"]).expanduser().resolve()
        signal.signal(signal.SIGTERM, stop)
        terminal.never_fail_to_print()
        try:
            if opts.site is None:
                self.export(data_dir, args, opts)
            else:
                self.export_site(data_dir, args, opts)
        except WrongUsage as wrong:
            raise UsageError(str(wrong), print_help=False) from None
        except ExportError as wrong:
            self._fail(NO_ARCHIVE, str(wrong))
        except sqlite3.Error as wrong:
            self._fail(NO_ARCHIVE, f"{data_dir / 'archive.db'} cannot be read: {wrong}")
        except BrokenPipeError:  # the reader has seen enough, as head does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as wrong:
            self._fail(
                CANNOT_WRITE, f"{wrong.filename or args[0]} cannot be written: {wrong.strerror or wrong}"
            )
        except KeyboardInterrupt:
            self._fail(130, "interrupted; nothing was written")

    def _fail(self, status: int, why: str) -> None:
        print(f"scrapy export: {why}", file=sys.stderr)
        self.exitcode = status

    def export(self, data_dir: Path, args: list[str], opts: argparse.Namespace) -> None:
        """Write a file. Raises ExportError, sqlite3.Error, OSError."""
        name, form = target(args, opts)
        asked = selection(opts)
        archive = Snapshot(data_dir)
        try:
            chosen_by_user = (
                [one.strip() for one in opts.columns.split(",")] if opts.columns is not None else None
            )
            columns = archive.choose(form.needs or chosen_by_user or list(archive.columns))
            chosen = archive.find(asked)
            warn(archive, asked)
            job = Job(
                columns=columns,
                count=len(chosen.arrivals),
                first_at=chosen.first_at,
                last_at=chosen.last_at,
                updated_at=chosen.updated_at,
                query=query(opts),
                options={
                    option.name: getattr(opts, option.name.replace("-", "_")) for option in form.options
                },
            )
            rows = watched(archive.rows(chosen.arrivals, columns, opts.doubtful), job.count)
            if name == "-":
                counted = Counted(sys.stdout.buffer)
                form.write(job, rows, counted)  # type: ignore[arg-type]
                sys.stdout.flush()
                print(told(chosen, "standard output", counted.size), file=sys.stderr)
            else:
                path = Path(name).expanduser()
                with WholeFile(path) as out:
                    form.write(job, rows, out)
                print(told(chosen, str(path), path.stat().st_size))
        finally:
            archive.close()

    def export_site(self, data_dir: Path, args: list[str], opts: argparse.Namespace) -> None:
        """Write a site's source. Raises ExportError, sqlite3.Error, OSError."""
        generator, path = site_target(args, opts)
        asked = selection(opts)
        archive = Snapshot(data_dir)
        try:
            chosen = archive.find(asked)
            warn(archive, asked)
            folder = Folder(path)
            options = {"title": opts.title, "url": opts.url, "posts": opts.posts}
            try:
                made = Site(archive, generator, folder, options, opts.doubtful).make(
                    chosen, query(opts), watched
                )
            finally:
                folder.close()
        finally:
            archive.close()
        if made.listed:
            print(f"{made.listed:,} older articles are listed only, with links to their source (--posts)")
        if made.lost:
            print(f"{made.lost:,} pictures are gone from {data_dir / 'images'}")
        print(f"build it: cd {shlex.quote(str(path))} && {generator.build}")
        print(
            f"{told_articles(len(chosen.arrivals))}, {made.posts:,} of them whole, {made.pages:,} lists, {made.pictures:,} pictures;"
            f" {path}: {made.written:,} files written, {made.removed:,} removed"
        )


def warn(archive: Snapshot, asked: Selection) -> None:
    """Say which names the archive does not know."""
    for line in archive.unknown(asked):
        print(f"scrapy export: {line}", file=sys.stderr)


def told_articles(count: int) -> str:
    """A number of articles.

    >>> told_articles(1), told_articles(1234), told_articles(0)
    ('1 article', '1,234 articles', 'nothing matched: 0 articles')
    """
    return f"{count:,} article{'s' * (count != 1)}" if count else "nothing matched: 0 articles"


def told(chosen: Chosen, where: str, size: int) -> str:
    """The last line."""
    return f"{told_articles(len(chosen.arrivals))}, {where}, {units.in_bytes(size)}"


def no_other_options(args: list[str]) -> None:
    """Raises WrongUsage where there is one that we do not have."""
    unknown = [arg for arg in args if arg.startswith("-") and arg != "-"]
    if unknown:
        raise WrongUsage(f"export takes no {unknown[0]}; scrapy export --help lists its options")


def site_target(args: list[str], opts: argparse.Namespace) -> tuple[Generator, Path]:
    """Generator and folder. Raises WrongUsage."""
    no_other_options(args)
    generator = generator_named(opts.site)
    if len(args) != 1 or args[0] == "-":
        raise WrongUsage("name one folder: scrapy export --site NAME DEST")
    for option in ("columns", "format", *(name for name in own_options() if name != "title")):
        if getattr(opts, option.replace("-", "_")):
            raise WrongUsage(f"--{option} does not go with --site")
    if opts.posts is not None and opts.posts < 0:
        raise WrongUsage(f"--posts {opts.posts}: give 0 or more")
    if opts.url and not opts.url.startswith(("http://", "https://")):
        raise WrongUsage(f"--url {opts.url}: give an address, e.g. https://example.org/news")
    return generator, Path(args[0]).expanduser()


def target(args: list[str], opts: argparse.Namespace) -> tuple[str, Format]:
    """File name and format. Raises WrongUsage."""
    no_other_options(args)
    for option in ("posts", "url"):
        if getattr(opts, option) is not None:
            raise WrongUsage(f"--{option} goes with --site only")
    if len(args) != 1:
        known = ", ".join(f"articles.{suffix}" for suffix in sorted(formats))
        raise WrongUsage(
            f"name one file, e.g. {known}, or - with --format" + f" (got {', '.join(args)})" * bool(args)
        )
    name = args[0]
    if name == "-" and not opts.format:
        raise WrongUsage(f"- needs --format, one of {', '.join(sorted(formats))}")
    form = format_named(opts.format or Path(name).suffix)
    if opts.columns is not None and form.needs:
        raise WrongUsage(f"--columns does not go with {form.suffix}, which has a form of its own")
    for option in own_options():
        if getattr(opts, option.replace("-", "_")) and option not in [one.name for one in form.options]:
            raise WrongUsage(f"--{option} does not go with {form.suffix}")
    if name == "-" and form.binary and sys.stdout.isatty():
        raise WrongUsage(f"{form.suffix} is nothing for a terminal: name a file, or send it elsewhere with >")
    path = Path(name).expanduser()
    if name != "-" and path.exists() and not path.is_file():
        raise WrongUsage(f"{name} is there already and is no file; name one")
    return name, form


def selection(opts: argparse.Namespace) -> Selection:
    """Which articles the options choose. Raises WrongUsage."""
    since = moment(opts.since, "since") if opts.since is not None else None
    until = moment(opts.until, "until") if opts.until is not None else None
    if since and until and since >= until:
        raise WrongUsage(
            f"--since {opts.since} --until {opts.until} is no time at all: --until names the first moment that is left out"
        )
    for name in ("publisher", "security"):
        if any(not one.strip() for one in getattr(opts, name)):
            raise WrongUsage(f"--{name} is empty")
    if opts.search is not None and not opts.search.strip():
        raise WrongUsage("--search is empty: give words, e.g. '冬奥 张家口 -ET7'")
    return Selection(
        since=since,
        until=until,
        publishers=tuple(opts.publisher),
        securities=tuple(opts.security),
        doubtful=opts.doubtful,
        search=opts.search,
    )


def query(opts: argparse.Namespace) -> dict[str, str]:
    """What was asked for, as a feed names itself by."""
    asked = {"since": opts.since, "until": opts.until, "search": opts.search}
    found = {name: value for name, value in asked.items() if value}
    found |= {
        name: ",".join(sorted(getattr(opts, name)))
        for name in ("publisher", "security")
        if getattr(opts, name)
    }
    return found | ({"doubtful": "1"} if opts.doubtful else {})
