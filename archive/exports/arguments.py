"""The options of ``scrapy export``, read from an `argparse` namespace."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from archive.exports import (
    CaptureFormat,
    Format,
    Option,
    WrongUsage,
    capture_format_of,
    format_named,
    load_capture_formats,
    load_formats,
)
from archive.exports.selection import Selection, parse_time
from archive.exports.sites import Generator, generator_named, load_generators
from archive.exports.sites.site import POSTS


def format_options() -> dict[str, Option]:
    """Options of the formats, each once."""
    return {option.name: option for form in load_formats().values() for option in form.options}


def value_of(opts: argparse.Namespace, name: str) -> Any:
    """The value of ``--name``."""
    return getattr(opts, name.replace("-", "_"))


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    which = parser.add_argument_group("which articles")
    which.add_argument(
        "--since",
        metavar="DAY",
        help="published on that Beijing day or later; or an ISO time (default zone: Beijing)",
    )
    which.add_argument(
        "--until",
        metavar="DAY",
        help="published before that day begins, or before that time (--since 2026-02-01 --until 2026-03-01 is February)",
    )
    which.add_argument(
        "--publisher", metavar="NAME", action="append", default=[], help="name or slug (repeatable)"
    )
    which.add_argument(
        "--security",
        metavar="ID",
        action="append",
        default=[],
        help="articles that mention it: 1.600160, 600160 or 巨化股份 (repeatable)",
    )
    which.add_argument("--doubtful", action="store_true", help="count doubtful matches of securities, too")
    which.add_argument("--search", metavar="LINE", help="a query of the view search, e.g. '冬奥 张家口 -ET7'")
    which.add_argument("--limit", metavar="N", type=int, help="the newest N of them")
    which.add_argument(
        "--as-of",
        metavar="TIME",
        help="as they were known at that time, for back-tests: nothing that was archived or edited later (csv, jsonl, parquet, xlsx)",
    )
    how = parser.add_argument_group("how they are written")
    how.add_argument("--format", metavar="NAME", help="instead of FILE's suffix")
    how.add_argument(
        "--columns",
        metavar="A,B",
        help="these columns in this order (an unknown name lists the available ones); for csv, jsonl, parquet and xlsx",
    )
    how.add_argument(
        "--article", metavar="ID", help="captures of that article: id, code or link (warc.gz, wacz)"
    )
    how.add_argument("--no-images", action="store_true", help="captures without images (warc.gz, wacz)")
    how.add_argument(
        "--partitioned",
        metavar="DIR",
        help="Parquet files by month and site (hive style) that are read as one table; a later export rewrites what changed",
    )
    site = parser.add_argument_group("as a site")
    site.add_argument(
        "--site",
        metavar="NAME",
        help=f"{' or '.join(sorted(load_generators()))}; for warc.gz and wacz: captures of that site's articles",
    )
    site.add_argument(
        "--posts",
        metavar="N",
        type=int,
        help=f"render the newest N articles as full pages, list the rest (default: {POSTS:,})",
    )
    site.add_argument(
        "--url", metavar="URL", help="where the site will be published, for the images of its feed"
    )
    for option in format_options().values():
        if option.metavar:
            how.add_argument(f"--{option.name}", metavar=option.metavar, help=option.help)
        else:
            how.add_argument(f"--{option.name}", action="store_true", help=option.help)


def reject_unknown_options(args: list[str]) -> None:
    """Raises WrongUsage where there is one that does not exist."""
    unknown = [arg for arg in args if arg.startswith("-") and arg != "-"]
    if unknown:
        raise WrongUsage(
            f"export: unexpected argument {unknown[0]!r}; scrapy export --help lists the options"
        )


def parse_partitioned_target(args: list[str], opts: argparse.Namespace) -> Path:
    """The folder. Raises WrongUsage: it is all articles, or the next export could not tell what to leave."""
    reject_unknown_options(args)
    if args:
        raise WrongUsage(f"--partitioned takes its own folder (got {', '.join(args)})")
    others = (
        "since",
        "until",
        "publisher",
        "security",
        "doubtful",
        "search",
        "limit",
        "as-of",
        "format",
        "article",
        "site",
        "posts",
        "url",
    )
    for option in (*others, *format_options()):
        if value_of(opts, option):
            raise WrongUsage(f"--{option} cannot be combined with --partitioned")
    return Path(opts.partitioned).expanduser()


def parse_site_target(args: list[str], opts: argparse.Namespace) -> tuple[Generator, Path]:
    """Generator and folder. Raises WrongUsage."""
    reject_unknown_options(args)
    generator = generator_named(opts.site)
    if len(args) != 1 or args[0] == "-":
        raise WrongUsage("name one folder: scrapy export --site NAME DEST")
    for option in ("columns", "format", "as-of", *(name for name in format_options() if name != "title")):
        if value_of(opts, option):
            raise WrongUsage(f"--{option} cannot be combined with --site")
    if opts.posts is not None and opts.posts < 0:
        raise WrongUsage(f"--posts {opts.posts}: give 0 or more")
    if opts.url and not opts.url.startswith(("http://", "https://")):
        raise WrongUsage(f"--url {opts.url}: give a URL, e.g. https://example.org/news")
    return generator, Path(args[0]).expanduser()


def parse_target(args: list[str], opts: argparse.Namespace) -> tuple[str, Format]:
    """File name and format. Raises WrongUsage."""
    reject_unknown_options(args)
    for option in ("posts", "url"):
        if value_of(opts, option) is not None:
            raise WrongUsage(f"--{option} requires --site")
    if len(args) != 1:
        examples = ", ".join(f"articles.{suffix}" for suffix in sorted(load_formats()))
        raise WrongUsage(
            f"name one file, e.g. {examples}, or - with --format" + f" (got {', '.join(args)})" * bool(args)
        )
    name = args[0]
    if name == "-" and not opts.format:
        raise WrongUsage(f"- needs --format, one of {', '.join(sorted(load_formats()))}")
    form = format_named(opts.format or Path(name).suffix)
    check_options(opts, form)
    if name == "-" and form.binary and sys.stdout.isatty():
        raise WrongUsage(
            f"refusing to write binary {form.suffix} to a terminal: give a file name or redirect with >"
        )
    path = Path(name).expanduser()
    if name != "-" and path.exists() and not path.is_file():
        raise WrongUsage(f"{name} exists and is not a regular file")
    return name, form


NOT_OF_CAPTURES = (
    "until",
    "publisher",
    "security",
    "doubtful",
    "search",
    "limit",
    "as-of",
    "columns",
    "posts",
    "url",
)
"""Options that choose articles, or how they are written."""


def parse_capture_target(args: list[str], opts: argparse.Namespace) -> tuple[str, CaptureFormat] | None:
    """File name and format of an export of captures, None where the format is one of articles. Raises WrongUsage."""
    form = capture_format_of(opts.format or (args[0] if args else ""))
    if form is None:
        if opts.article is not None or opts.no_images:
            option = "article" if opts.article is not None else "no-images"
            raise WrongUsage(f"--{option} applies to captures: {', '.join(load_capture_formats())}")
        return None
    reject_unknown_options(args)
    if len(args) != 1:
        raise WrongUsage(f"name one file, e.g. captures.{form.suffix} (got {', '.join(args)})")
    for option in (*NOT_OF_CAPTURES, *format_options()):
        if value_of(opts, option):
            raise WrongUsage(f"--{option} does not apply to {form.suffix}")
    if args[0] == "-" and sys.stdout.isatty():
        raise WrongUsage(
            f"refusing to write binary {form.suffix} to a terminal: give a file name or redirect with >"
        )
    return args[0], form


def check_options(opts: argparse.Namespace, form: Format) -> None:
    """Raises WrongUsage where an option does not apply to the format."""
    if opts.columns is not None and form.needs:
        raise WrongUsage(f"--columns cannot be combined with {form.suffix}, whose columns are fixed")
    if opts.as_of is not None and form.needs:
        raise WrongUsage(
            f"--as-of cannot be combined with {form.suffix}, which needs columns without a history"
        )
    own = {option.name for option in form.options}
    for name in format_options():
        if value_of(opts, name) and name not in own:
            raise WrongUsage(f"--{name} does not apply to {form.suffix}")


def parse_selection(opts: argparse.Namespace) -> Selection:
    """Which articles the options choose. Raises WrongUsage."""
    since = parse_time(opts.since, "since") if opts.since is not None else None
    until = parse_time(opts.until, "until") if opts.until is not None else None
    if since and until and since >= until:
        raise WrongUsage(
            f"--since {opts.since} --until {opts.until} is an empty range (--until is exclusive)"
        )
    for name in ("publisher", "security"):
        if any(not value.strip() for value in getattr(opts, name)):
            raise WrongUsage(f"--{name} is empty")
    if opts.search is not None and not opts.search.strip():
        raise WrongUsage("--search is empty: give words, e.g. '冬奥 张家口 -ET7'")
    if opts.as_of is not None and (opts.search is not None or opts.security):
        option = "search" if opts.search is not None else "security"
        raise WrongUsage(
            f"--{option} cannot be combined with --as-of: it asks the newest texts; `finews mcp --as-of` searches those of then"
        )
    if opts.limit is not None and opts.limit < 1:
        raise WrongUsage(f"--limit {opts.limit}: give 1 or more")
    return Selection(
        limit=opts.limit,
        as_of=parse_time(opts.as_of, "as-of") if opts.as_of is not None else None,
        since=since,
        until=until,
        publishers=tuple(opts.publisher),
        securities=tuple(opts.security),
        doubtful=opts.doubtful,
        search=opts.search,
    )


def describe_selection(opts: argparse.Namespace) -> dict[str, str]:
    """The selection by the options' names, as it identifies a feed."""
    terms = {name: value for name in ("since", "until", "search") if (value := getattr(opts, name))}
    terms |= {
        name: ",".join(sorted(value)) for name in ("publisher", "security") if (value := getattr(opts, name))
    }
    return terms | ({"doubtful": "1"} if opts.doubtful else {})
