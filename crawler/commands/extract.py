"""``scrapy extract``: reads saved pages and prints one JSON object each; nothing is fetched, nothing written."""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.project_command import FAILED, ProjectCommand
from crawler.standard_streams import standard_input

if TYPE_CHECKING:
    from crawler.offline.offline_pipelines import OfflinePipelines
    from crawler.pages import Target


class Command(ProjectCommand):
    """Reads a saved page as `scrapy crawl share` would read it from the network."""

    requires_crawler_process = True
    arguments = "[options] [FILE]"
    summary = "Read a saved page: one JSON object a line, nothing fetched, nothing written"
    description = (
        "Reads a saved page (FILE, .gz as well, - for standard input) that came from the address --url, or many "
        "with --batch, and prints what a crawl would make of each, one JSON object a line. Exit status 3 where a "
        "page is not an article: its object has `outcome` and `reason`; the outcome of an article is null."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--url", metavar="URL", help="address that the page came from: it picks the page object"
        )
        parser.add_argument(
            "--batch", metavar="LIST.jsonl", help='many pages: {"id", "file", "url"} a line; .gz as well'
        )
        parser.add_argument(
            "--generic", action="store_true", help="without page objects: the generic layer alone"
        )
        parser.add_argument(
            "--explain", action="store_true", help="draw how the text was found instead of printing JSON"
        )
        parser.add_argument(
            "--annotate",
            action="store_true",
            help="print a draft annotation for make score, to be corrected by hand",
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        if bool(opts.batch) == bool(args) or len(args) > 1:
            self.leave("give one FILE with --url URL, or --batch LIST.jsonl")
        now = datetime.now(UTC)
        if opts.explain and opts.batch:
            self.leave("--explain draws one page: give FILE instead of --batch")
        try:
            if opts.explain:
                print(explain({"file": args[0], "url": opts.url}, now, opts.generic, self.pipelines))
                return
            for entry in listed(Path(opts.batch)) if opts.batch else [{"file": args[0], "url": opts.url}]:
                try:
                    fields = (
                        entry if entry.get("outcome") else extract(entry, now, opts.generic, self.pipelines)
                    )
                except BadInput as exc:
                    if not opts.batch:
                        raise
                    fields = {**entry, "file": str(entry["file"]), "outcome": "failed", "reason": str(exc)}
                except (ValueError, LookupError, AttributeError, TypeError, RecursionError) as exc:
                    if not opts.batch:
                        raise
                    reason = f"our own bug: {type(exc).__name__}: {exc}; please report it with the page"
                    fields = {**entry, "file": str(entry["file"]), "outcome": "failed", "reason": reason}
                if fields["outcome"] is not None:
                    self.exitcode = FAILED
                printed = annotation(fields, str(entry.get("file", ""))) if opts.annotate else fields
                sys.stdout.write(json.dumps(printed, ensure_ascii=False) + "\n")
        except BadInput as exc:
            self.leave(str(exc))

    @cached_property
    def pipelines(self) -> OfflinePipelines:
        """Those of the settings, with the decisions of the archive in DATA_DIR, where there is one (``scrapy removals --restore``)."""
        from archive import reader
        from crawler.offline.offline_pipelines import OfflinePipelines
        from pipelines.restored import load_restored
        from pipelines.user_rules import RuleError

        try:
            pipelines = OfflinePipelines(self.settings)
        except RuleError as exc:
            raise BadInput(str(exc)) from None
        data_dir = Path(self.settings["DATA_DIR"]).expanduser()
        with (
            suppress(reader.NoArchive, *reader.READ_ERRORS),
            closing(reader.open_for_reading(data_dir)) as conn,
        ):
            load_restored(conn)
        return pipelines


class BadInput(Exception):
    """What was given cannot be read; the message says which file, where and why."""


def contents(path: Path) -> bytes:
    """The bytes of a file, unpacked where it is gzip. Raises BadInput."""
    try:
        data = standard_input().buffer.read() if str(path) == "-" else path.read_bytes()
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError, ValueError, zlib.error) as exc:
        raise BadInput(f"{path}: {getattr(exc, 'strerror', None) or exc}") from None


def listed(path: Path) -> Iterator[dict[str, Any]]:
    """The entries of a batch list; files are relative to it. A line that is none is an entry with its ``outcome``.

    Raises BadInput where the first line is none: then the file is no list.
    """
    succeeded = 0
    for number, line in enumerate(contents(path).decode("utf-8-sig", "replace").split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry, why = json.loads(line), 'an object with "file" is needed'
        except (ValueError, RecursionError) as exc:
            entry, why = None, f"no JSON ({exc})"
        if not isinstance(entry, dict) or not isinstance(entry.get("file"), str):
            if not succeeded:
                raise BadInput(f"{path}, line {number}: {why}")
            yield {"line": number, "outcome": "failed", "reason": f"{path}, line {number}: {why}"}
            continue
        succeeded += 1
        entry.pop("outcome", None)
        file = Path(entry["file"])
        yield {**entry, "file": file if file.is_absolute() or file.exists() else path.parent / file}


def extract(
    entry: dict[str, Any], now: datetime, generic: bool, pipelines: OfflinePipelines
) -> dict[str, Any]:
    """What is read of one saved page: the object that is printed. Raises BadInput."""
    # Late: Scrapy loads every command's module at every start.
    from scrapy.http import HtmlResponse

    from crawler.offline.dry_run import read_page
    from crawler.pages import PageError

    body = contents(Path(entry["file"]))
    begun = time.process_time()
    target = target_for(entry, body, generic)
    response = HtmlResponse(target.link, body=body, headers={"Content-Type": "text/html"})
    try:
        fields = read_page(target, response, now, pipelines)
    except PageError as exc:
        fields = {"url": target.link, "site": target.page.site, "outcome": exc.outcome, "reason": str(exc)}
    fields["url"] = entry.get("url")
    if not entry.get("url"):
        fields["images"] = [url.removeprefix(f"{NOWHERE}/") for url in fields.get("images", ())]
    fields["cpu_ms"] = round(1000 * (time.process_time() - begun), 2)
    return {**({"id": entry["id"]} if "id" in entry else {}), **fields}


def explain(entry: dict[str, Any], now: datetime, generic: bool, pipelines: OfflinePipelines) -> str:
    """How a saved page is read, drawn for a person: fields, what was taken out, the elements that were weighed."""
    from scrapy.http import HtmlResponse

    from crawler.extraction.explain import draw_candidates, draw_fields
    from crawler.pages.web import WebPage

    body = contents(Path(entry["file"]))
    target = target_for(entry, body, generic)
    page = target.page(
        HtmlResponse(target.link, body=body, headers={"Content-Type": "text/html"}), target, now
    )
    drawn = draw_fields(extract(entry, now, generic, pipelines))
    if isinstance(page, WebPage) and page.body is not None:
        drawn += f"\n\n{draw_candidates(page.layout, page.body)}"
    return drawn


SNIPPET = 24  # characters of a line that a draft annotation holds


def annotation(fields: dict[str, Any], file: str) -> dict[str, Any]:
    """A draft of the page's annotation: what was read, for a person to set right. ``must_not_contain`` is from what was
    taken out."""
    lines = [line for line in (fields.get("body_text") or "").split("\n") if len(line) >= 8]
    chosen = lines[:: max(1, len(lines) // 5)][:5] + lines[-1:]
    removed = [
        removal["text"] for removal in fields.get("removals") or () if 6 <= len(removal["text"]) <= 200
    ]
    host = (fields.get("url") or "").partition("//")[2].partition("/")[0]
    return {
        "id": fields.get("id") or Path(file).name.partition(".")[0],
        "file": Path(file).name,
        "site": host.removeprefix("www.") or fields.get("site"),
        "url": fields.get("url"),
        "outcome": fields.get("outcome"),
        "title": fields.get("headline"),
        "published_at": fields.get("published_at"),
        "source": fields.get("publisher"),
        "author": " ".join(fields.get("authors") or ()) or None,
        "must_contain": list(dict.fromkeys(line[:SNIPPET] for line in chosen)),
        "must_not_contain": list(dict.fromkeys(text[:SNIPPET] for text in removed))[:6],
        "images": fields.get("images") or [],
        "n_body_chars_approx": len("".join((fields.get("body_text") or "").split())),
    }


NOWHERE = "http://page.invalid"
"""Stands for the address of a page whose address is not known."""


def target_for(entry: dict[str, Any], body: bytes, generic: bool) -> Target:
    """The page object that reads a page: that of its address, else of the address that the page states for itself."""
    from crawler.extraction.decoding import decode
    from crawler.pages import LinkError, Target, page_stated_in, target_of
    from crawler.pages.web import AnyPage

    url = entry.get("url")
    try:
        if generic:
            return Target(AnyPage, f"web:{url}", str(url), url or f"{NOWHERE}/", "")
        if url:
            return target_of(url)
    except LinkError as exc:
        raise BadInput(str(exc)) from None
    page = page_stated_in(decode(body)) or AnyPage
    return Target(page, f"{page.site}:", "", f"{NOWHERE}/", "")
