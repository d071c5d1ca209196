"""``scrapy serve``: the archive in the browser. Reads only; a crawl may write meanwhile. Needs the extra ``analyst``."""

from __future__ import annotations

import argparse

from archive import language, reader
from crawler.added_links import CrawlsOfAdded
from crawler.project_command import ArchiveCommand, BadCommandLine
from crawler.standard_streams import standard_input

CANNOT_SERVE = 1


class Command(ArchiveCommand):
    """Shows the archive in the browser."""

    arguments = "[--host 127.0.0.1] [--port 8001] [--open] [--add] | --hash-password"
    summary = "Show the archive in the browser: search, articles, charts, tables, SQL"
    description = (
        "Serves the archive to the browser with Datasette: search, articles with their images, days, securities, "
        "questions with blanks to fill in, every table, SQL. Reads only; a crawl may run meanwhile. Ctrl-C ends it. Exit "
        "status: 0; 1 no archive, Datasette not installed, the port taken, or no password beyond loopback; 2 wrong usage."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--host",
            default="127.0.0.1",
            help="address to listen at (default: 127.0.0.1, for this machine alone; others require SERVE_PASSWORD)",
        )
        parser.add_argument(
            "--port", metavar="N", default="8001", help="port to listen at (default: 8001; 0: a free one)"
        )
        parser.add_argument("--open", action="store_true", help="open it in the browser")
        parser.add_argument(
            "--add",
            action="store_true",
            help="take links to crawl, and tags, notes and read marks, on this machine alone and with the token that is printed",
        )
        parser.add_argument(
            "--hash-password",
            action="store_true",
            help="ask for a password (or read a line of standard input), print its hash for SERVE_PASSWORD, and end",
        )

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        from getpass import getpass  # late: Scrapy imports all commands to run one

        from archive.web.password import hash_password
        from archive.web.server import CannotServe, serve

        self.reject_arguments(args)
        if not (opts.port.isascii() and opts.port.isdigit() and int(opts.port) < 65536):
            raise BadCommandLine(f"--port {opts.port}: give a number up to 65535")
        if opts.hash_password:
            given = standard_input()
            password = getpass("Password: ") if given.isatty() else given.readline().rstrip("\n")
            if not password:
                raise BadCommandLine("the password is empty")
            print(hash_password(password))
            return
        reader.open_for_reading(self.data_dir).close()
        try:
            serve(
                self.data_dir,
                opts.host,
                int(opts.port),
                opts.open,
                self.settings["SERVE_PASSWORD"],
                language.current(),
                CrawlsOfAdded(self.data_dir).start if opts.add else None,
            )
        except CannotServe as exc:
            self.fail(CANNOT_SERVE, str(exc))
