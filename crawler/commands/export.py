"""``scrapy export FILE``: the archive, or a selection of it, as a file; ``--site``: as the source of a site.

Reads only. The file's suffix selects the format (`archive.exports`); the file appears whole or not at all. The same
archive and the same arguments give the same bytes.
"""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from archive.language import gettext, language_of
from archive.units import in_bytes
from crawler.project_command import CANNOT_WRITE, NO_ARCHIVE, ArchiveCommand, BadCommandLine

if TYPE_CHECKING:
    from archive.exports import CaptureFormat, Format


def exit_on_signal(number: int, frame: FrameType | None) -> NoReturn:
    """End by an exception, so that unfinished files are removed."""
    sys.exit(128 + number)


class Command(ArchiveCommand):
    """Writes articles to a file."""

    arguments = "FILE | --site jekyll|hugo DEST | --partitioned DIR [--since DAY] [--until DAY] [--publisher NAME] [--security ID] [--search LINE] [--columns A,B]"
    summary = "Write articles or captures to a file (csv, xlsx, jsonl, parquet, atom, md; warc.gz, wacz) or as a site's source"

    def long_desc(self) -> str:
        from archive.exports import (
            load_capture_formats,
            load_formats,
        )  # late: Scrapy imports all commands to run one
        from archive.plugins import PluginError

        try:  # the first method that Scrapy calls
            forms: list[Format | CaptureFormat] = [*load_formats().values(), *load_capture_formats().values()]
        except PluginError as exc:
            sys.exit(f"scrapy export: {exc}")
        formats = "; ".join(f".{form.suffix} {form.description}" for form in forms)
        return (
            f"Writes the articles that all of the options select, by publication time, to FILE; its suffix selects the format: "
            f"{formats}. FILE - with --format is standard output. With --site DEST becomes the source of a site: an empty folder, "
            "or an earlier export, which is updated; with --partitioned DIR, Parquet by month and site, of which a later export rewrites what "
            "changed. For warc.gz, warc and wacz --since is when a capture was fetched. Exit status: 0 (also where nothing matched); 1 no archive, "
            "or it cannot be read; 2 wrong usage; 73 the file cannot be written."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        from archive.exports import arguments

        super().add_options(parser)
        arguments.add_options(parser)

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.exports import ExportError, WrongUsage, arguments

        signal.signal(signal.SIGTERM, exit_on_signal)
        try:
            if opts.partitioned is not None:
                self.export_partitioned(args, opts)
            elif target := arguments.parse_capture_target(args, opts):
                self.export_captures(*target, opts)
            else:
                (self.export if opts.site is None else self.export_site)(args, opts)
        except WrongUsage as exc:
            raise BadCommandLine(str(exc)) from None
        except ExportError as exc:
            self.fail(NO_ARCHIVE, str(exc))
        except OSError as exc:
            self.fail(CANNOT_WRITE, f"{exc.filename or args[0]} cannot be written: {exc.strerror or exc}")
        except KeyboardInterrupt:
            self.fail(130, "interrupted; nothing was written")

    def warn(self, message: str) -> None:
        print(f"scrapy export: {message}", file=sys.stderr)

    def export(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.exports import arguments
        from archive.exports.run import export_file

        name, form = arguments.parse_target(args, opts)
        selection = arguments.parse_selection(opts)
        summary = export_file(
            self.data_dir,
            sys.stdout.buffer if name == "-" else Path(name).expanduser(),
            form,
            selection,
            columns=[column.strip() for column in opts.columns.split(",")]
            if opts.columns is not None
            else None,
            query=arguments.describe_selection(opts),
            options={option.name: arguments.value_of(opts, option.name) for option in form.options},
            warn=self.warn,
        )
        print(summary, file=sys.stderr if name == "-" else sys.stdout)

    def export_partitioned(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.exports import arguments
        from archive.exports.partitioned import export_partitioned
        from archive.exports.run import count_articles

        dest = arguments.parse_partitioned_target(args, opts)
        columns = [column.strip() for column in opts.columns.split(",")] if opts.columns is not None else None
        done = export_partitioned(self.data_dir, dest, columns)
        print(
            f"{count_articles(done.articles)} in {done.partitions:,} partitions; {done.written:,} written ({in_bytes(done.size)}), "
            f"{done.removed:,} removed: {dest}"
        )

    def export_captures(self, name: str, form: CaptureFormat, opts: argparse.Namespace) -> None:
        from archive.exports.captures import export_captures
        from archive.exports.selection import parse_time

        since = parse_time(opts.since, "since") if opts.since is not None else None
        out = sys.stdout.buffer if name == "-" else Path(name).expanduser()
        written = export_captures(
            self.data_dir,
            out,
            form,
            since=since,
            article=opts.article,
            site=opts.site,
            images=not opts.no_images,
        )
        if written.missing:
            self.warn(f"left out {written.missing:,} whose body is damaged or whose image is not stored")
        if isinstance(out, Path):
            text = gettext(
                "{count:,} captures, {where}, {size}",
                count=written.captures,
                where=name,
                size=in_bytes(out.stat().st_size),
            )
        else:
            text = gettext("{count:,} captures, standard output", count=written.captures)
        print(text, file=sys.stderr if name == "-" else sys.stdout)

    def export_site(self, args: list[str], opts: argparse.Namespace) -> None:
        from archive.exports import arguments
        from archive.exports.run import count_articles, export_site

        generator, path = arguments.parse_site_target(args, opts)
        selection = arguments.parse_selection(opts)
        language = language_of(self.settings["LANGUAGE"] or "")
        options = {"title": opts.title, "url": opts.url, "posts": opts.posts, "language": language}
        chosen, site = export_site(
            self.data_dir, path, generator, selection,
            query=arguments.describe_selection(opts), options=options, warn=self.warn,
        )  # fmt: skip
        if site.listed:
            print(
                gettext(
                    "{count:,} older articles are listed only, with links to their source (--posts)",
                    count=site.listed,
                )
            )
        if site.lost:
            print(
                gettext(
                    "{count:,} images are missing from {folder}",
                    count=site.lost,
                    folder=self.data_dir / "images",
                )
            )
        command = f"cd {shlex.quote(str(path))} && {generator.build}"
        print(gettext("build it: {command}", command=command))
        print(
            gettext(
                "{articles}, {posts:,} of them whole, {pages:,} lists, {images:,} images; {folder}: {written:,} files written,"
                " {removed:,} removed",
                articles=count_articles(len(chosen.arrivals)),
                posts=site.posts,
                pages=site.pages,
                images=site.images,
                folder=path,
                written=site.written,
                removed=site.removed,
            )
        )
