"""Killed at every point: after a second, undisturbed run the archive is that of a run that nothing disturbed."""

import pytest

from archive.exports import format_named
from archive.exports.run import export_file, export_site
from archive.exports.selection import Selection
from archive.exports.sites import generator_named
from archive.schema import connect, migrations, open_archive
from archive.writer import Archive
from tests.archive.test_writer import NOW, PICTURE, SHA, entry
from tests.kill_points import kill_everywhere
from tests.killing import kill_in_process


def open_with_posts(folder) -> Archive:
    archive = Archive(folder, NOW).open()
    archive.render = lambda article: (
        article["post_path"],
        f"{article['headline']}: {article['body_text']}\n",
    )
    archive.recover()
    return archive


def bring(archive: Archive, number: int, text: str, **columns) -> None:
    """Archive an article and its link as the pipelines do: new, or with another text."""
    known = archive.known(f"finews:{number}")
    brought = entry(number)
    brought.article |= columns
    brought.body_text = text
    brought.post = (f"posts/_posts/{number}.md", f"第{number}篇: {text}\n")
    if known is None:
        brought.new = True
        path = archive.stage_image(PICTURE, SHA, ".jpg")
        brought.images = [path]
        brought.rows["images"] = [
            {
                "sha256": SHA,
                "media_type": "image/jpeg",
                "width": 1,
                "height": 1,
                "bytes": len(PICTURE),
                "path": path,
            }
        ]
    else:
        before = archive.stored(f"finews:{number}")
        brought.article["arrival"] = before["arrival"]
        if before["body_text"] != text:
            kept = ("revision", "retrieved_at", "headline", "body_html", "body_text")
            brought.rows["revisions"] = [
                {"article_id": before["id"], **{name: before[name] for name in kept}}
            ]
            brought.article["revision"] = before["revision"] + 1
        else:
            brought.article["revision"] = before["revision"]
    archive.add(brought)
    archive.end_link(f"http://paper.example/{number}", f"finews:{number}", "archived")


def crawl(folder) -> None:
    archive = open_with_posts(folder)
    for number in (1, 2):
        bring(archive, number, f"张家口赛区准备就绪，第{number}号公告")
    archive.close()


def edit(folder) -> None:
    archive = open_with_posts(folder)
    bring(archive, 1, "张家口赛区推迟开放，第1号公告")
    archive.close()


def withdraw(folder) -> None:
    archive = open_with_posts(folder)
    archive.withdraw("finews:1", NOW)
    archive.end_link("http://paper.example/1", "finews:1", "gone", "404")
    archive.close()


def migrate(folder) -> None:
    open_with_posts(folder).close()


def older_archive(folder) -> None:
    """An archive as version 0.1.0 left it, killed between the stories' step and what was to be filled in behind it."""
    from sqlite_utils import Database

    conn = connect(folder / "archive.db")
    migrations().apply(Database(conn), stop_before="0014_outcomes_and_access")
    with conn:
        for number, publisher in ((1, "TechWeb"), (2, "Techweb")):
            slug = ("techweb", "techweb-93bf07")[number - 1]
            conn.execute("INSERT INTO publishers VALUES (?, ?)", [publisher, slug])
            row = entry(number).article | {"arrival": number, "publisher": publisher, "publisher_slug": slug}
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            conn.execute(f"INSERT INTO articles ({names}) VALUES ({marks})", list(row.values()))
            text = "央行今日开展逆回购操作，利率与此前持平，市场流动性合理充裕。"
            conn.execute("INSERT INTO texts VALUES (?, '<p>文</p>', ?)", [row["id"], text])
        conn.execute(
            "INSERT INTO links VALUES ('http://a/', 'finews:1', 'archived', NULL, 1, ?, ?)", [NOW, NOW]
        )
    conn.close()
    (folder / "posts/_posts").mkdir(parents=True)
    for number in (1, 2):
        (folder / f"posts/_posts/{number}.md").write_text("an older post\n")


def export(folder) -> None:
    """A file and a site, both beside the archive."""
    rows = Selection()
    export_file(folder, folder / "all.jsonl", format_named("jsonl"), rows)
    export_site(folder, folder / "site", generator_named("jekyll"), rows)


SCENARIOS = {
    "export": (crawl, export),
    "crawl": (migrate, crawl),
    "edit": (crawl, edit),
    "withdrawal": (crawl, withdraw),
    "migration": (older_archive, migrate),
}
POINTS_APART = {"migration": 5}
WRITES_APART = {"crawl": 2, "export": 3, "migration": 11}
"""Of the points and writes at which a scenario is killed, where not at each; ``make soak`` kills at each."""


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_killed_at_every_point(tmp_path, name):
    assert kill_everywhere(tmp_path, *SCENARIOS[name], stride=POINTS_APART.get(name, 1)) > 20


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_killed_at_every_write_that_sqlite_and_the_system_make(name):
    assert kill_in_process(name, writes=True, stride=WRITES_APART.get(name, 1)) > 20


def test_an_archive_of_version_0_1_0_opens_and_migrates(tmp_path):
    older_archive(tmp_path)
    conn = open_archive(tmp_path / "archive.db")
    stories = conn.execute("SELECT id, story_id FROM articles ORDER BY id").fetchall()
    assert stories == [("finews:1", "finews:1"), ("finews:2", "finews:1")]
    assert conn.execute("SELECT id FROM search WHERE q = '逆回购' ORDER BY arrival DESC").fetchall() == [
        ("finews:2",),
        ("finews:1",),
    ]
    new = open_archive(tmp_path / "new.db")
    names = "SELECT type, name, tbl_name FROM sqlite_master WHERE name NOT GLOB 'sqlite_*' ORDER BY 1, 2"
    assert conn.execute(names).fetchall() == new.execute(names).fetchall()
    for (table,) in new.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        columns = f"SELECT name, type, [notnull], dflt_value, pk FROM pragma_table_info('{table}')"
        assert conn.execute(columns).fetchall() == new.execute(columns).fetchall()
    conn.close()
    new.close()
