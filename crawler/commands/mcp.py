"""``finews mcp``: the archive as tools for agents, by the Model Context Protocol. Reads only."""

from __future__ import annotations

import argparse

from crawler.project_command import ArchiveCommand, BadCommandLine
from crawler.standard_streams import standard_input

EXTRA = "mcp: this needs the package mcp: pip install 'finews-archive[mcp]'"


class Command(ArchiveCommand):
    """Serves the tools over stdio, or over HTTP on loopback."""

    arguments = "[--as-of T] [--http PORT]"
    summary = (
        "Serve the archive to agents (Model Context Protocol): search, article, as_of, trend, mentions, edits"
    )
    description = (
        "Serves read-only tools over standard input and output, or with --http at http://127.0.0.1:PORT/mcp. With --as-of no "
        "tool can look past that moment: articles archived later are not there, edited ones have their earlier text. Exit "
        "status: 0; 1 there is no archive; 2 wrong usage."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--as-of", metavar="T", help="a Beijing day (its beginning) or an ISO time")
        parser.add_argument(
            "--http", metavar="PORT", type=int, help="serve over HTTP on this port of 127.0.0.1"
        )

    def use_archive(self, args: list[str], opts: argparse.Namespace) -> None:
        self.reject_arguments(args)
        from archive.agents.fence import FencedArchive

        try:
            archive = FencedArchive(self.data_dir, opts.as_of)
        except ValueError as exc:
            raise BadCommandLine(f"mcp: {exc}") from None
        try:
            from archive.agents.server import make_server
        except ImportError:
            raise BadCommandLine(EXTRA) from None
        server = make_server(archive)
        if opts.http is None:
            standard_input()
            server.run("stdio")
        else:  # its own check of Host and Origin keeps web pages out
            server.run("streamable-http", host="127.0.0.1", port=opts.http, stateless_http=True)
