"""``scrapy serve``: the archive in the browser. Reads only; a crawl may write meanwhile. Needs the extra ``analyst``."""

from __future__ import annotations

import argparse

from scrapy.exceptions import UsageError

from archive import reader
from archive.web.server import CannotServe, serve
from crawler.reading_command import ReadingCommand

CANNOT_SERVE = 1


class Command(ReadingCommand):
    """Shows the archive in the browser."""

    name = "serve"

    def syntax(self) -> str:
        return "[--host 127.0.0.1] [--port 8001] [--open]"

    def short_desc(self) -> str:
        return "Show the archive in the browser: search, articles, charts, tables, SQL"

    def long_desc(self) -> str:
        return (
            "Serves the archive to the browser with Datasette: search, articles with their images, days, securities, "
            "questions with blanks to fill in, every table, SQL. Reads only; a crawl may run meanwhile. Ctrl-C ends it. Exit "
            "status: 0; 1 no archive, Datasette not installed, or the port taken; 2 wrong usage."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--host",
            default="127.0.0.1",
            help="address to listen at (default: 127.0.0.1, for this machine alone)",
        )
        parser.add_argument(
            "--port", metavar="N", default="8001", help="port to listen at (default: 8001; 0: a free one)"
        )
        parser.add_argument("--open", action="store_true", help="open it in the browser")

    def answer(self, args: list[str], opts: argparse.Namespace) -> None:
        self.reject_arguments(args)
        if not (opts.port.isascii() and opts.port.isdigit() and int(opts.port) < 65536):
            raise UsageError(f"--port {opts.port}: give a number up to 65535", print_help=False)
        reader.open_for_reading(self.data_dir).close()
        try:
            serve(self.data_dir, opts.host, int(opts.port), opts.open)
        except CannotServe as exc:
            self.fail(CANNOT_SERVE, str(exc))
