"""``scrapy newsite``: a page object for one more site, with its test, from one article page of it."""

from __future__ import annotations

import argparse
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.project_command import FAILED, ProjectCommand

if TYPE_CHECKING:
    from scrapy.http import TextResponse

    from crawler.pages.web import WebPage

ROOT = Path(__file__).resolve().parent.parent.parent
ID_PART = re.compile(r"[a-zA-Z_-]*+\d[0-9a-zA-Z_-]*")
GENERIC_NAMES = frozenset(
    ("www", "m", "wap", "news", "finance", "com", "cn", "net", "org", "gov", "mp", "3g", "app")
)

MODULE = '''"""{host}: {example}

Learned from: the page above, {day}.
"""

import re

from crawler.pages import handles
from crawler.pages.web import WebPage, fields


@handles("{host}")
class {title}Page(WebPage):
    """An article of {host}."""

    site = "{name}"
    id_at = (re.compile(r"{pattern}"),)
    # What the generic layer found. Drop a line where it does as well without, and add `drop`, `gone`, `walled`,
    # `publisher_at`, `authors_at` where it does not: see crawler/pages/parts.py.
{lines}'''


class Command(ProjectCommand):
    """Writes crawler/pages/NAME.py and tests/pages/NAME/1.html, 1.json; nothing that is there is overwritten."""

    requires_crawler_process = True
    arguments = "[options] URL"
    summary = "Make a page object and its test for one more site, from one of its article pages"
    description = "Fetches the article page URL (or reads it from --file), and writes a page object with what was found in it."

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--file", metavar="FILE", help="the saved page (.gz as well), in the place of fetching URL"
        )
        parser.add_argument("--name", metavar="NAME", help="name of the site, the first part of article ids")
        parser.add_argument(
            "--into",
            metavar="DIR",
            default=str(ROOT if (ROOT / "scrapy.cfg").exists() else Path.cwd()),
            help="project to write into (default: this checkout; of an installed package, the current folder)",
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from crawler.pages import LinkError, PageError, target_of
        from crawler.pages.web import AnyPage

        if len(args) != 1:
            self.leave("give the URL of one article page")
        url = args[0]
        try:
            target = target_of(url)
        except LinkError as exc:
            self.leave(str(exc))
        if target.page is not AnyPage:
            read_by = target.page.__module__.replace(".", "/")
            self.leave(f"{url} is read by {read_by}.py already; scrapy extract --url {url} FILE shows how")
        name = opts.name or name_of(url)
        if not re.fullmatch(r"[a-z][a-z0-9_]{1,30}", name):
            self.leave(f"--name {name}: a name is of a-z, 0-9 and _, and begins with a letter")
        root = Path(opts.into)
        module, page_file = root / f"crawler/pages/{name}.py", root / f"tests/pages/{name}/1.html"
        for path in (module, page_file):
            if path.exists():
                self.leave(f"{path} is there already; choose another --name")
        response = self._page(url, opts.file)
        page = AnyPage(response, target, datetime.now(UTC))
        try:
            source, expected = scaffold(page, name, url)
        except PageError as exc:
            self.leave(
                f"{exc}. Save the page from a browser, where scripts have run, and give it by --file",
                FAILED,
            )
        page_file.parent.mkdir(parents=True, exist_ok=True)
        page_file.write_bytes(response.body)
        page_file.with_suffix(".json").write_text(
            json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(source, encoding="utf-8")
        test = root / "tests/crawler/test_recorded_pages.py"
        run_test = (
            f"    .venv/bin/python -m pytest {test.relative_to(root)} -k {name}\n" if test.exists() else ""
        )
        print(
            f"{module}\n{page_file}\n{page_file.with_suffix('.json')}\n\n"
            f"headline   {expected.get('headline')}\ntime       {expected.get('published_at')}\n"
            f"publisher  {expected.get('publisher')}\nauthors    {', '.join(expected.get('authors', [])) or '-'}\n\n"
            "Next: set right what is wrong in the .json, then make the module say so:\n"
            f"{run_test}    .venv/bin/scrapy extract --url {url} {page_file}"
        )

    def _page(self, url: str, file: str | None) -> TextResponse:
        from scrapy.http import HtmlResponse

        from crawler.commands.extract import BadInput, contents

        if file:
            try:
                return HtmlResponse(url, body=contents(Path(file)), headers={"Content-Type": "text/html"})
            except BadInput as exc:
                self.leave(str(exc))
        return self._fetched(url)

    def _fetched(self, url: str) -> TextResponse:
        """The page from the network, fetched as a crawl fetches."""
        from scrapy import Request, Spider

        from crawler import reasons
        from crawler.guard.fetch_guard import FetchGuard

        responses: list[Any] = []

        class OnePage(Spider):
            name = "newsite"

            async def start(self) -> Any:
                FetchGuard.of(self.crawler).trust(url)
                yield Request(url, callback=responses.append, errback=responses.append, dont_filter=True)

        assert self.crawler_process is not None
        for setting in ("EXTENSIONS_BASE", "ITEM_PIPELINES"):
            self.settings.set(setting, {}, priority="cmdline")
        self.crawler_process.crawl(OnePage)
        self.crawler_process.start()
        response = responses[0] if responses else None
        if response is None or not hasattr(response, "status"):
            why = f"no answer from {url}"
            if response is not None:
                why = reasons.of_error(response.value, url, response.request)[1]
            self.leave(why, FAILED)
        if response.status != 200:
            self.leave(reasons.of_status(response.status, url)[1], FAILED)
        return response


def name_of(url: str) -> str:
    """A name for the site of an address.

    >>> name_of("https://www.some-paper.com.cn/a/1.html")
    'some_paper'
    """
    labels = [
        label for label in (urlsplit(url).hostname or "").lower().split(".") if label not in GENERIC_NAMES
    ]
    return re.sub(r"\W", "_", labels[-1] if labels else "site")


def site_host(url: str) -> str:
    """The part of the host that all of a site's hosts have in common.

    >>> site_host("https://finance.some-paper.com.cn/a/1.html")
    'some-paper.com.cn'
    """
    from crawler.pages.addresses import registered_name

    return registered_name((urlsplit(url).hostname or "").lower())


def id_pattern(url: str) -> str:
    """A pattern of the site's article addresses, with the id in a group: the last part of the path that has digits.

    >>> id_pattern("https://www.paper.example/n/2026/0630/c1013-31145678.html")
    'paper\\\\.example/(?:.*/)?([\\\\w-]+)\\\\.html'
    """
    parts = urlsplit(url)
    host = re.escape(site_host(url)).replace(r"\-", "-")
    last = parts.path.rstrip("/").rpartition("/")[2]
    stem, dot, suffix = last.partition(".")
    if ID_PART.fullmatch(stem):
        return rf"{host}/(?:.*/)?([\w-]+)" + (rf"\.{suffix}" if dot else "/?$")
    if match := re.search(r"(?:^|&)(\w+)=(\w*\d\w*)", parts.query):
        return rf"{host}{re.escape(parts.path)}\?(?:.*&)?{match[1]}=(\w+)"
    return rf"{host}(/.+)"


def xpath_of(element: Any) -> str | None:
    """An XPath that finds an element by its id or class."""
    if (identity := element.get("id")) and not re.search(r"\d{3}", identity):
        return f"//*[@id='{identity}']"
    if names := (element.get("class") or "").split():
        return f"//{element.tag}[contains(concat(' ', normalize-space(@class), ' '), ' {names[0]} ')]"
    return None


def scaffold(page: WebPage, name: str, url: str) -> tuple[str, dict[str, Any]]:
    """The page object's source and what its test expects. Raises PageError."""
    from crawler.offline.dry_run import as_read

    lines = []
    _, heading = page.heading
    body = page.body
    for attribute, element in (("headline_at", heading), ("body_at", body.element if body else None)):
        if element is not None and (path := xpath_of(element)):
            lines.append(f'    {attribute} = fields("{path}")\n')
    fields_read = as_read(page.article(), url)
    paragraphs = fields_read["body_text"].split("\n")
    expected: dict[str, Any] = {
        "url": url,
        "headline": fields_read["headline"],
        "published_at": fields_read["published_at"],
    }
    expected |= {
        "publisher": fields_read["publisher"],
        "authors": fields_read["authors"],
        "images": fields_read["images"],
    }
    expected["contains"] = list(dict.fromkeys((paragraphs[0][:30], paragraphs[-1][:30])))
    expected["lacks"] = sorted(
        {removal["text"][:30] for removal in fields_read["removals"] if removal["text"]}
    )[:3]
    if following := page.next_page():
        expected["next_page"] = following
    source = MODULE.format(
        host=site_host(url),
        example=url,
        day=datetime.now(UTC).date(),
        title="".join(part.capitalize() for part in name.split("_")),
        name=name,
        pattern=id_pattern(url),
        lines="".join(lines) or "    body_at = fields()\n",
    )
    return source, {name: value for name, value in expected.items() if value is not None}
