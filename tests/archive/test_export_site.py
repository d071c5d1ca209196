"""``scrapy export --site``: the source of a site, written into a folder that is ours. What the generators make of it:
`tests.sites.themes`."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import feedparser
import pytest
import yaml

from archive.exports.sites import builds, load_generators
from archive.exports.sites.folder import MARKER, Folder
from archive.exports.sites.jekyll import Jekyll
from tests.archive.test_export import export, good, made
from tests.archive.test_views import Rows
from tests.conftest import ROOT
from tests.worked_queries import make_archive

SITES = ["hugo", "jekyll"]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The crawled sample newsroom. Read only."""
    found = tmp_path_factory.mktemp("site") / "data"
    make_archive(found).close()
    return found


@pytest.fixture
def sql(data):
    conn = sqlite3.connect(f"{(data / 'archive.db').as_uri()}?mode=ro", uri=True)
    yield lambda query, *params: conn.execute(query, params).fetchall()
    conn.close()


def site(data, dest, *args, name="jekyll"):
    return export(data, "--site", name, dest, *args)


def files(folder):
    """Content by path, without the marker."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MARKER
    }


def posts(folder):
    """Front matter of the whole articles, by info code."""
    found = [yaml.safe_load(path.read_text("utf-8").split("---\n")[1]) for path in folder.rglob("*-NW*.html")]
    return {front["info_code"]: front for front in found}


def listing(folder, address):
    """``[(link, headline)]`` of a page of Jekyll's source."""
    text = (folder / address).read_text("utf-8")
    return re.findall(
        r'<li><time>[^<]*</time> <span lang="zh"><a (?:class="out" rel="noreferrer" )?href="([^"]*)">([^<]*)</a>',
        text,
    )


@pytest.mark.parametrize("name", SITES)
def test_every_article_is_a_page_and_stands_in_its_lists(data, tmp_path, sql, name):
    dest = tmp_path / "site"
    said = good(site(data, dest, name=name)).splitlines()
    count = len(sql("SELECT 1 FROM articles"))
    assert said[0] == f"build it: cd {dest} && {load_generators()[name].build}"
    assert said[-1].startswith(f"{count} articles, {count} of them whole, ")
    found = posts(dest)
    assert set(found) == {code for (code,) in sql("SELECT info_code FROM articles")}
    for code, named in sql(
        "SELECT info_code, (SELECT count(DISTINCT security_id) FROM article_securities WHERE article_id = id AND NOT doubtful)"
        " FROM articles"
    ):
        assert len(found[code]["named"]) == named
    withdrawn = {code for (code,) in sql("SELECT info_code FROM articles WHERE withdrawn_at IS NOT NULL")}
    assert withdrawn
    assert {code for code, front in found.items() if "withdrawn" in front} == withdrawn


def test_lists_have_what_sql_has(data, tmp_path, sql):
    dest = tmp_path / "site"
    good(site(data, dest))
    for day, count in sql(
        "SELECT date(published_at, '+8 hours'), count(*) FROM articles WHERE published_at IS NOT NULL GROUP BY 1"
    ):
        assert len(listing(dest, f"days/{day}/index.html")) == count
    for slug, count in sql(
        "SELECT publisher_slug, count(*) FROM articles WHERE publisher IS NOT NULL GROUP BY 1"
    ):
        assert len(listing(dest, f"publishers/{slug}/index.html")) == count
    for ident, count in sql(
        "SELECT security_id, count(DISTINCT article_id) FROM article_securities WHERE NOT doubtful GROUP BY 1"
    ):
        assert len(listing(dest, f"securities/{ident}/index.html")) == count


def test_images_are_links_to_the_archives_own(data, tmp_path, sql):
    dest = tmp_path / "site"
    good(site(data, dest))
    stored = {path for (path,) in sql("SELECT DISTINCT path FROM images JOIN article_images USING (sha256)")}
    assert {path.relative_to(dest).as_posix() for path in (dest / "images").rglob("*.*")} == stored
    assert all(os.path.samefile(dest / path, data / path) for path in stored)


def test_a_image_that_is_gone_is_counted(data, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(data, copy)
    next((copy / "images").rglob("*.jpg")).unlink()
    said = good(site(copy, tmp_path / "site"))
    assert re.search(rf"^[1-9]\d* images are missing from {re.escape(str(copy))}/images$", said, re.MULTILINE)


def test_older_articles_are_listed_with_links_to_their_source(data, tmp_path, sql):
    dest = tmp_path / "site"
    count = len(sql("SELECT 1 FROM articles"))
    said = good(site(data, dest, "--posts", "10"))
    assert said.startswith(
        f"{count - 10} older articles are listed only, with links to their source (--posts)\n"
    )
    newest = sql("SELECT info_code FROM articles ORDER BY published_at DESC, id DESC LIMIT 10")
    assert set(posts(dest)) == {code for (code,) in newest}
    [(old, original)] = sql("SELECT headline, canonical_url FROM articles WHERE published_at LIKE '2018%'")
    assert listing(dest, "days/2018-03-19/index.html") == [(original, old)]
    assert f"最新 10 篇有全文，其余 {count - 10} 篇只列标题" in (dest / "_config.yml").read_text("utf-8")


def test_again_writes_nothing_and_what_vanished_goes(data, tmp_path, sql):
    dest = tmp_path / "site"
    good(site(data, dest))
    before = files(dest)
    own = {"_site/index.html": b"built", "CNAME": b"example.org"}
    for name, content in own.items():
        (dest / name).parent.mkdir(exist_ok=True)
        (dest / name).write_bytes(content)
    assert good(site(data, dest)).endswith(": 0 files written, 0 removed\n")
    assert files(dest) == before | own
    good(site(data, dest, "--since", "2026-06-30"))
    fresh = tmp_path / "fresh"
    good(site(data, fresh, "--since", "2026-06-30"))
    assert files(dest) == files(fresh) | own
    assert (dest / MARKER).read_text() == (fresh / MARKER).read_text()
    assert not [path for path in dest.rglob("*") if path.is_dir() and not any(path.iterdir())]
    good(site(data, dest, name="hugo"))
    assert not (dest / "_layouts").exists()
    assert (dest / "CNAME").exists()


def test_the_same_archive_gives_the_same_site(data, tmp_path, monkeypatch):
    good(site(data, tmp_path / "one"))
    monkeypatch.setenv("TZ", "America/New_York")
    good(site(data, tmp_path / "two"))
    assert files(tmp_path / "one") == files(tmp_path / "two")


@pytest.mark.parametrize("name", SITES)
def test_a_folder_of_somebody_else_is_refused(data, tmp_path, name):
    (tmp_path / "thesis.txt").write_text("mine")
    done = site(data, tmp_path, name=name)
    assert done.returncode == 2
    assert "is not empty and not an earlier export: give an empty or a new folder" in done.stderr.decode()
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_of_somebody_else_in_our_folder_is_not_overwritten(data, tmp_path):
    dest = tmp_path / "site"
    good(site(data, dest, "--since", "2026-06-30"))
    theirs = dest / "days" / "2018-03-19" / "index.html"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("mine")
    done = site(data, dest)
    assert done.returncode == 2
    assert f"{theirs} exists and does not belong to an earlier export: move it away" in done.stderr.decode()
    assert theirs.read_text() == "mine"


@pytest.mark.parametrize("line", ["/etc/passwd", "../thesis.txt", "a/../../thesis.txt"])
def test_a_marker_cannot_lead_out_of_its_folder(data, tmp_path, line):
    dest = tmp_path / "site"
    dest.mkdir()
    (tmp_path / "thesis.txt").write_text("mine")
    (dest / MARKER).write_text(f"# ours\n{line}\n")
    done = site(data, dest)
    assert done.returncode == 2
    assert "which is not below it" in done.stderr.decode()
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_after_a_kill_the_next_export_knows_what_is_ours(tmp_path):
    script = (
        "import os, signal, sys; from pathlib import Path; from archive.exports.sites.folder import Folder\n"
        "folder = Folder(Path(sys.argv[1]))\n"
        "folder.write('days/a.html', b'a'); folder.write('b.html', b'b'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    dest = tmp_path / "site"
    assert subprocess.run([sys.executable, "-c", script, dest], cwd=ROOT).returncode == -9
    folder = Folder(dest)
    folder.write("b.html", b"b")
    folder.finish()
    assert files(dest) == {"b.html": b"b"}
    assert (folder.written, folder.removed) == (0, 1)


def test_lists_go_over_pages(tmp_path):
    folder, conn = made(tmp_path)
    add = Rows(conn)
    for number in range(450):
        ident = add.article(f"{number:03d}", published_at=f"2022-02-21T0{number // 60}:{number % 60:02d}:00Z", publisher_slug="xjb", canonical_url="https://example.org/")  # fmt: skip
        add.security(ident, "600160")
    conn.commit()
    conn.close()
    dest = tmp_path / "site"
    good(site(folder, dest, "--posts", "31"))
    pages = ["publishers/xjb/index.html", "publishers/xjb/2.html", "publishers/xjb/3.html"]
    shown = [[headline for _, headline in listing(dest, page)] for page in pages]
    assert [len(page) for page in shown] == [200, 200, 50]
    assert [one for page in shown for one in page] == [f"{number:03d}" for number in range(449, -1, -1)]
    assert '<a rel="prev" href="index.html">较新</a> <a rel="next" href="3.html">' in (
        dest / pages[1]
    ).read_text("utf-8")
    assert len(listing(dest, "securities/1.600160/index.html")) == 200
    assert "更早的 250 篇没有列出" in (dest / "securities/1.600160/index.html").read_text("utf-8")
    assert not (dest / "securities/1.600160/2.html").exists()
    front = [
        re.findall(r'<h2><a href="([^"]*)"', (dest / page).read_text("utf-8"))
        for page in ("index.html", "page/2.html")
    ]
    assert [len(page) for page in front] == [30, 1]
    assert front[1][0].startswith("../news/2022/02/21/")


def test_titles_and_names_are_inert(tmp_path):
    folder, conn = made(tmp_path)
    add = Rows(conn)
    hostile = '<script>x</script> {{ site.title }} {% raw %} "q" & {{< figure >}}'
    ident = add.article("一", headline=hostile, publisher=hostile, publisher_slug="x", description=hostile)
    conn.execute("INSERT INTO securities VALUES ('1/../../x', '1', 'x', 'SH', ?, 'stock')", [hostile])
    conn.execute("INSERT INTO article_securities VALUES (?, '1/../../x', 'link', 1, 0)", [ident])
    conn.commit()
    conn.close()
    dest = tmp_path / "site"
    good(site(folder, dest, "--title", hostile))
    for path in dest.rglob("*.html"):
        if "_layouts" not in path.parts:
            body = path.read_text("utf-8").split("---\n", 2)[2]
            assert not re.search(r"<script|\{\{|\{%", body), path
    config = yaml.safe_load((dest / "_config.yml").read_text("utf-8"))
    assert config["title"] == hostile
    [front] = posts_of(dest)
    assert front["publisher"] == hostile
    assert (dest / "securities" / front["named"][0]["page"] / "index.html").is_file()


def posts_of(folder):
    return [
        yaml.safe_load(path.read_text("utf-8").split("---\n")[1])
        for path in (folder / "_posts").rglob("*.html")
    ]


def test_the_feed_has_the_newest(data, tmp_path, sql):
    dest = tmp_path / "site"
    good(site(data, dest, "--url", "https://example.org/news/", "--title", "我们的"))
    feed = feedparser.parse((dest / "feed.xml").read_bytes(), resolve_relative_uris=False)
    assert not feed.bozo
    assert feed.feed.title == "我们的"
    newest = sql("SELECT id FROM articles ORDER BY published_at DESC, id DESC LIMIT 50")
    assert [entry.id.partition(":finews:")[2] for entry in feed.entries] == [
        one.partition(":")[2] for (one,) in newest
    ]
    images = re.findall(r'src="([^"]*)"', " ".join(entry.content[0].value for entry in feed.entries))
    assert images
    assert all((dest / src.removeprefix("https://example.org/news/")).is_file() for src in images)


def test_nothing_matched_is_a_site_that_says_so(data, tmp_path):
    dest = tmp_path / "site"
    said = good(site(data, dest, "--until", "2000-01-01"))
    assert "nothing matched: 0 articles, 0 of them whole" in said
    assert "这里还没有文章" in (dest / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--site", "wordpress", "x"], "--site wordpress: give one of hugo, jekyll"),
        (["--site", "jekyll"], "name one folder"),
        (["--site", "jekyll", "-"], "name one folder"),
        (["--site", "jekyll", "x", "--columns", "id"], "--columns cannot be combined with --site"),
        (["--site", "jekyll", "x", "--excel"], "--excel cannot be combined with --site"),
        (["--site", "jekyll", "x", "--posts", "-1"], "--posts -1: give 0 or more"),
        (["--site", "jekyll", "x", "--url", "example.org"], "--url example.org: give a URL"),
        (["--site", "jekyll", "README.md"], "README.md exists and is not a folder"),
        (["x.csv", "--posts", "1"], "--posts requires --site"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_said_in_one_line(data, args, words):
    done = export(data, *args)
    assert done.returncode == 2
    assert words in done.stderr.decode().splitlines()[-1]
    assert not Path(ROOT, "x").exists()
    assert not Path(ROOT, "x.csv").exists()


def test_two_generators_cannot_claim_one_name():
    with pytest.raises(TypeError, match="both claim jekyll"):
        builds("jekyll")(Jekyll)
    assert sorted(load_generators()) == SITES
