"""Builds the posts of an archive with the real Jekyll, Hugo, Eleventy and Pelican, and compares every page with its row.

``python tests/sites/build.py [--only jekyll hugo eleventy pelican]``. The archive is crawled for it: the sample newsroom and the
hostile articles. Jekyll and Hugo are Debian's, Pelican is from the package index, in a virtual environment of its own, Eleventy from
npm (``make test-npm``);
what is missing is installed (as root). Ends with 0 where no warning came, there are as many pages as posts, titles and
visible text are equal, every picture is there, and the paths are the same whatever the machine's time zone.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from html import unescape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from archive.post_text import clean_title  # noqa: E402
from archive.writer import Archive  # noqa: E402
from pipelines.write_frontmatter import PostWriter  # noqa: E402
from tests.newsroom.articles import samples  # noqa: E402
from tests.newsroom.server import Newsroom  # noqa: E402
from tests.sites.hostile import hostile_articles  # noqa: E402

ZONES = ("UTC", "Asia/Shanghai")
SHARED_HOSTILE = ROOT.parent / "shared" / "corpus" / "hostile"
TROUBLE = re.compile(r"\b(?:warn(?:ing)?|error|conflict|invalid|deprecat\w+)\b", re.IGNORECASE)

JEKYLL = {
    "_config.yml": "title: t\nmarkdown: kramdown\ntimezone: Asia/Shanghai\ndefaults: []\nexclude: []\n",
    "_layouts/post.html": "<!DOCTYPE html><html><head><meta charset=utf-8></head><body><h1>{{ page.title | escape }}</h1><article>{{ content }}</article></body></html>\n",
}
HUGO = {
    "config.toml": 'baseURL = "https://example.org/"\ntitle = "t"\ndisableKinds = ["home", "section", "taxonomy", "term", "RSS", "sitemap", "404"]\n'
    "[markup.goldmark.renderer]\nunsafe = true\n"
    '[[module.mounts]]\nsource = "posts"\ntarget = "content"\nexcludeFiles = ["images/**"]\n'
    '[[module.mounts]]\nsource = "images"\ntarget = "static/images"\n'
    '[[module.mounts]]\nsource = "layouts"\ntarget = "layouts"\n',
    "layouts/_default/single.html": "<!DOCTYPE html><html><head><meta charset=utf-8></head><body><h1>{{ .Title }}</h1><article>{{ .Content }}</article></body></html>\n",
}
ELEVENTY = {
    "eleventy.config.cjs": "module.exports = (config) => {\n  config.addPassthroughCopy('images');\n  return {dir: {output: '_site'}};\n};\n",
    "_includes/post.njk": "<!DOCTYPE html><html><head><meta charset=utf-8></head><body><h1>{{ title }}</h1><article>{{ content | safe }}</article></body></html>\n",
}
PELICAN = {
    "pelicanconf.py": "SITENAME = 't'\nSITEURL = ''\nPATH = 'posts'\nOUTPUT_PATH = 'site'\nTIMEZONE = 'Asia/Shanghai'\nDEFAULT_LANG = 'zh'\nTHEME = 'theme'\n"
    "STATIC_PATHS = ['images']\nARTICLE_EXCLUDES = ['images']\nDIRECT_TEMPLATES = []\nAUTHOR_SAVE_AS = ''\nCATEGORY_SAVE_AS = ''\nTAG_SAVE_AS = ''\nARCHIVES_SAVE_AS = ''\n"
    "READERS = {'rst': None}\nFEED_ALL_ATOM = None\nCATEGORY_FEED_ATOM = None\nTRANSLATION_FEED_ATOM = None\nAUTHOR_FEED_ATOM = None\nAUTHOR_FEED_RSS = None\nSLUGIFY_SOURCE = 'basename'\n",
    "theme/templates/article.html": "<!DOCTYPE html><html><head><meta charset=utf-8></head><body><h1>{{ article.title|e }}</h1><article>{{ article.content }}</article><p id=source>{{ article.source_url|e }} {{ article.info_code|e }}</p></body></html>\n",
    "theme/static/.keep": "",
}


def say(text: str) -> None:
    """A line of progress."""
    print(text, flush=True)


def installed(tool: str) -> str:
    """Path of a generator, installed first where it is missing. Raises SystemExit that says what could not be had."""
    if tool == "pelican":
        folder = ROOT / ".venv-sites"
        if not (folder / "bin" / "pelican").exists():
            say("installing pelican into .venv-sites ...")
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            subprocess.run(
                [folder / "bin" / "pip", "install", "--quiet", "pelican[markdown]==4.12.0"], check=True
            )
        return str(folder / "bin" / "pelican")
    if tool == "eleventy":
        program = ROOT / "tests" / "npm" / "node_modules" / "@11ty" / "eleventy" / "cmd.cjs"
        if not program.exists():
            subprocess.run(["make", "test-npm"], cwd=ROOT, check=True)
        return str(program)
    if not shutil.which(tool):
        say(f"installing {tool} ...")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update"], env=environment, **quiet)  # type: ignore[call-overload]
        subprocess.run(
            ["apt-get", "install", "-y", "--no-install-recommends", tool], env=environment, **quiet
        )  # type: ignore[call-overload]
    path = shutil.which(tool)
    if not path:
        raise SystemExit(
            f"{tool} is not installed and could not be: install Debian's package {tool}, then try again"
        )
    return path


def crawled(data: Path) -> list[dict[str, Any]]:
    """Crawl the sample and hostile articles into *data*; their stored fields."""
    made = hostile_articles()
    if SHARED_HOSTILE.is_dir():
        texts = {
            name: json.loads((SHARED_HOSTILE / f"{name}.json").read_text("utf-8"))
            for name in ("titles", "bodies", "names")
        }
        more = hostile_articles(*(list(texts[name].values()) for name in ("titles", "bodies", "names")))
        for article in more:
            article.id = article.id[:8] + "1" + article.id[9:]
        made += more
    with Newsroom([*samples(), *made]) as room:
        settings = {
            "DATA_DIR": data, "FINEWS_ORIGINS": room.origin, "FINEWS_ARTICLE_PAGE": f"{room.origin}/a/{{id}}.html",
            "FINEWS_NOW": room.now.isoformat(), "FINEWS_COUNTS": "2000", "FINEWS_PLACES": "", "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        subprocess.run([sys.executable, "-m", "scrapy", "crawl", "finews", *flags], cwd=ROOT, check=True)
    archive = Archive(data).open()
    assert archive.conn is not None
    ids = [row[0] for row in archive.conn.execute("SELECT id FROM articles ORDER BY id")]
    stored = [archive.stored(one) for one in ids]
    archive.close()
    if len(stored) < len(made):
        raise SystemExit(f"only {len(stored)} articles were archived of more than {len(made)}")
    return [one for one in stored if one]


def laid_out(
    site: Path, flavour: str, files: dict[str, str], articles: list[dict[str, Any]], data: Path, posts: str
) -> dict[str, dict[str, Any]]:
    """Write a site's files and posts; the articles by the page that they must become."""
    for name, text in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, encoding="utf-8")
    shutil.copytree(data / "images", site / "images", dirs_exist_ok=True)
    writer = PostWriter(flavour, None)
    pages = {}
    for article in articles:
        path, text = writer(article)
        target = site / posts / path.removeprefix("posts/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        name = target.stem[11:]
        day = target.stem[:10].replace("-", "/")
        pages[f"{day}/{name}.html" if flavour == "jekyll-old" else f"news/{day}/{name}.html"] = article
    if flavour == "pelican":
        shutil.copytree(site / "images", site / posts / "images", dirs_exist_ok=True)
    return pages


def visible(html: str) -> str:
    """Text of a fragment as a browser shows it, without white space."""
    import html5lib

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = html5lib.parseFragment(html, treebuilder="lxml", namespaceHTMLElements=False)
    text = "".join(
        part if isinstance(part, str) else "".join(part.itertext()) + (part.tail or "") for part in tree
    )
    return "".join(text.split())


def compare(output: Path, pages: dict[str, dict[str, Any]], flavour: str) -> list[str]:
    """What is wrong with the pages of a built site."""
    wrong = []
    built = {str(path.relative_to(output)) for path in output.rglob("*.html")}
    wrong += [f"page missing: {name}" for name in sorted(set(pages) - built)]
    wrong += [f"page too many: {name}" for name in sorted(built - set(pages))]
    for name, article in pages.items():
        if name not in built:
            continue
        page = (output / name).read_text(encoding="utf-8")
        title = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
        body = re.search(r"<article>(.*)</article>", page, re.DOTALL)
        assert title
        assert body
        if visible(title[1]) != "".join(clean_title(article["headline"]).split()):
            wrong.append(f"{name}: title {title[1]!r} is not {article['headline']!r}")
        shown, stored = body[1], visible(article["body_html"])
        if flavour == "jekyll-old":
            shown = visible(shown)
            if not shown.startswith(stored):
                wrong.append(f"{name}: text {shown[:120]!r} is not {stored[:120]!r}")
        elif visible(shown) != stored:
            wrong.append(f"{name}: text {visible(shown)[:120]!r} is not {stored[:120]!r}")
        if flavour == "pelican":
            source = re.search(r"<p id=source>(.*?)</p>", page, re.DOTALL)
            expected = (
                f"{article['share_url'] or article['canonical_url']} {article['info_code'] or ''}".strip()
            )
            if not source or unescape(source[1]).strip() != expected:
                wrong.append(f"{name}: source {source and source[1]!r} is not {expected!r}")
        for src in re.findall(r'<img[^>]*\bsrc="([^"]+)"', body[1]):
            if not (output / name).parent.joinpath(src).resolve().is_file():
                wrong.append(f"{name}: picture {src} is not there")
    return wrong


def built(flavour: str, articles: list[dict[str, Any]], data: Path, scratch: Path) -> list[str]:
    """Build one flavour under both time zones; what is wrong."""
    tool = flavour.partition("-")[0]
    program, files = (
        installed(tool),
        {"jekyll": JEKYLL, "hugo": HUGO, "eleventy": ELEVENTY, "pelican": PELICAN}[tool],
    )
    outputs, wrong = [], []
    for zone in ZONES:
        site = scratch / f"{flavour}-{zone.replace('/', '-')}"
        if flavour == "jekyll-old":
            files = {
                **files,
                "_config.yml": files["_config.yml"] + "permalink: /:year/:month/:day/:title.html\n",
            }
        pages = laid_out(site, flavour, files, articles, data, "." if tool == "jekyll" else "posts")
        output = site / (
            "_site" if tool in ("jekyll", "eleventy") else "public" if tool == "hugo" else "site"
        )
        command = {
            "jekyll": [program, "build", "--strict_front_matter", "--trace"],
            "hugo": [program, "--printPathWarnings", "--panicOnWarning"],
            "eleventy": ["node", program, "--quiet"],
            "pelican": [program, "-s", "pelicanconf.py", "--fatal", "warnings"],
        }[tool]
        done = subprocess.run(
            command,
            cwd=site,
            capture_output=True,
            text=True,
            env={**os.environ, "TZ": zone, "LANG": "C.UTF-8"},
        )
        said = done.stdout + done.stderr
        if done.returncode or TROUBLE.search(said):
            wrong.append(f"{tool} under {zone} ended with {done.returncode}: {said[-1500:]}")
        wrong += [f"{zone}: {one}" for one in compare(output, pages, flavour)]
        outputs.append({str(path.relative_to(output)) for path in output.rglob("*.html")})
    if outputs[0] != outputs[1]:
        wrong.append(f"paths differ by time zone: {sorted(outputs[0] ^ outputs[1])[:5]}")
    say(f"{flavour}: {len(outputs[0])} pages of {len(articles)} posts, {len(wrong)} wrong")
    return wrong


def main() -> int:
    """Build all flavours; 0 where nothing is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flavours = ["jekyll", "jekyll-old", "hugo", "eleventy", "pelican"]
    parser.add_argument("--only", nargs="+", choices=flavours, default=flavours)
    args = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="sites-") as folder:
        scratch = Path(folder)
        articles = crawled(scratch / "data")
        for flavour in args.only:
            wrong = built(flavour, articles, scratch / "data", scratch)
            failed += len(wrong)
            for one in wrong[:10]:
                say(f"  {one}")
    say(f"{len(args.only)} flavours built" if not failed else f"{failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
