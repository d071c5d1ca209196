"""Builds ``scrapy export --site`` with the real Jekyll and Hugo, and looks at every page.

``python tests/sites/themes.py [--only jekyll hugo]``. The archive is that of `tests.sites.build`: the sample newsroom and
the hostile articles. Ends with 0 where no warning came, there is a page for every article and listing, titles and visible
text of the articles are those of their rows, no link within the site leads nowhere, nothing is fetched from elsewhere,
and the paths are the same whatever the machine's time zone; once with all articles whole, once with a window of 20.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from archive.exports.sites.listings import post_address  # noqa: E402
from archive.post_text import clean_title  # noqa: E402
from tests.sites.build import TROUBLE, ZONES, crawled, installed, say, visible  # noqa: E402

BUILD = {
    "jekyll": ["build", "--strict_front_matter", "--trace", "--destination"],
    "hugo": ["--printPathWarnings", "--panicOnWarning", "--destination"],
}
LOADED = re.compile(r'<(?:img|script|iframe|source|link)\b[^>]*?\b(?:src|href)="([^"]*)"')
LINK = re.compile(r'\b(?:href|src)="([^"]*)"')
WINDOW = 20


def exported(data: Path, site: Path, name: str, *more: str) -> None:
    """The command as a process."""
    command = [sys.executable, "-m", "scrapy", "export", "--site", name, str(site), "-s", f"DATA_DIR={data}"]
    subprocess.run([*command, *more], cwd=ROOT, check=True)


def built(site: Path, output: Path, name: str, zone: str) -> list[str]:
    """Build a site; what is wrong with what the generator says."""
    done = subprocess.run(
        [installed(name), *BUILD[name], str(output)],
        cwd=site,
        capture_output=True,
        text=True,
        env={**os.environ, "TZ": zone, "LANG": "C.UTF-8"},
    )
    said = done.stdout + done.stderr
    if done.returncode or TROUBLE.search(said):
        return [f"{name} under {zone} ended with {done.returncode}: {said[-1500:]}"]
    return []


def articles_of(output: Path, articles: list[dict[str, Any]]) -> list[str]:
    """What is wrong with the pages of the articles."""
    wrong = []
    wanted = {post_address(article): article for article in articles}
    there = {path.relative_to(output).as_posix() for path in (output / "news").rglob("*.html")}
    wrong += [f"page missing: {name}" for name in sorted(set(wanted) - there)]
    wrong += [f"page too many: {name}" for name in sorted(there - set(wanted))]
    for name in set(wanted) & there:
        page, article = (output / name).read_text(encoding="utf-8"), wanted[name]
        title = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
        body = re.search(r'<article class="text" lang="\w+">(.*)</article>', page, re.DOTALL)
        if not title or not body:
            wrong.append(f"{name}: title or text is missing")
            continue
        if visible(title[1]) != "".join(clean_title(article["headline"]).split()):
            wrong.append(f"{name}: title {title[1]!r} is not {article['headline']!r}")
        if visible(body[1]) != visible(article["body_html"]):
            wrong.append(
                f"{name}: text {visible(body[1])[:120]!r} is not {visible(article['body_html'])[:120]!r}"
            )
    return wrong


NO_ICON = "data:,"  # keeps a browser from asking for /favicon.ico; nothing is fetched for it


def links_of(output: Path) -> list[str]:
    """Links that lead nowhere within the site, and what would be fetched from elsewhere."""
    wrong = []
    linked = {output / "index.html"}
    for page in output.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        wrong += [
            f"{page}: loads {src}"
            for src in LOADED.findall(text)
            if src != NO_ICON and (urlsplit(src).scheme or src.startswith("//"))
        ]
        for link in map(unescape, LINK.findall(text)):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not parts.path:
                continue
            target = Path(os.path.normpath(page.parent / unquote(parts.path)))
            if not target.is_file() or not target.is_relative_to(output):
                wrong.append(f"{page}: {link} leads nowhere")
            linked.add(target)
    wrong += [f"no page leads to {page}" for page in output.rglob("*.html") if page not in linked]
    return wrong


def checked(name: str, articles: list[dict[str, Any]], data: Path, scratch: Path) -> list[str]:
    """Export and build one generator's site, all of it and a window of it; what is wrong."""
    site, wrong, outputs = scratch / name, list[str](), list[set[str]]()
    exported(data, site, name)
    for zone in ZONES:
        output = scratch / f"{name}-{zone.replace('/', '-')}"
        wrong += built(site, output, name, zone) + articles_of(output, articles) + links_of(output)
        outputs.append({path.relative_to(output).as_posix() for path in output.rglob("*.html")})
    if outputs[0] != outputs[1]:
        wrong.append(f"paths differ by time zone: {sorted(outputs[0] ^ outputs[1])[:5]}")
    newest = sorted(articles, key=lambda one: (one["published_at"] or "", one["id"]), reverse=True)[:WINDOW]
    exported(data, site, name, "--posts", str(WINDOW))
    output = scratch / f"{name}-window"
    wrong += built(site, output, name, "UTC") + articles_of(output, newest) + links_of(output)
    say(f"{name}: {len(outputs[0])} pages of {len(articles)} articles, {len(wrong)} wrong")
    return wrong


def main() -> int:
    """Check all; 0 where nothing is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=list(BUILD), default=list(BUILD))
    args = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="sites-") as folder:
        scratch = Path(folder)
        articles = crawled(scratch / "data")
        for name in args.only:
            wrong = checked(name, articles, scratch / "data", scratch)
            failed += len(wrong)
            for one in wrong[:10]:
                say(f"  {one}")
    say(f"{len(args.only)} sites built" if not failed else f"{failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
