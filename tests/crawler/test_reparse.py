"""Reading archived articles again with other rules: what is shown, written, resumed, and put back."""

import json
import signal
import sqlite3
import subprocess
import sys

import pytest

from archive.lock import DirectoryLock
from tests.conftest import ROOT
from tests.crawler.replaying import copied, files_of, rows_of, run, tables_of
from tests.newsroom.server import Newsroom
from tests.scrapy_process import run_scrapy
from tests.websites import Websites, news_page

LINE = "山南新闻提示读者，市场行情时有变化，阅读旧文时请留意它的发布日期。"
RULE = f"""
[app_line]
pattern = "山南新闻提示读者，.{{0,40}}发布日期。"
drops = "<p>{LINE}</p>"
keeps = "<p>山南新闻提示读者的做法得到了同行的肯定，多家媒体表示将会跟进。</p>"
"""
SELECTOR = """
[box]
selector = "p.box"
site = "other.example"
drops = "<p class='box'>本栏目由山南银行支持</p>"
keeps = "<p class='boxes'>山南银行的规模扩大。</p>"
"""


BOX = "本栏目由山南银行支持，内容由本报编辑部独立完成，与支持者的立场无关。"


def page(headline: str, between: str) -> bytes:
    """An article with markup between its paragraphs."""
    return news_page(headline).replace(b"</p><p>", f"</p>{between}<p>".encode(), 1)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """Finews articles, and two of a site whose pages end with the same line."""
    folder = tmp_path_factory.mktemp("crawled") / "data"
    with Newsroom() as room:
        websites = Websites(room)
        links = folder.parent / "links.txt"
        urls = [
            websites.put(
                f"http://news.example/n/{n}.html",
                page(f"山南储能电站第{n}期并网", f"<p>{LINE}</p>"),
            )
            for n in (1, 2)
        ]
        links.write_text("\n".join([*urls, *(room.share_link(article) for article in room.articles[:6])]))
        settings = {
            "DATA_DIR": folder, "FINEWS_ORIGINS": room.origin, "FINEWS_ARTICLE_PAGE": f"{room.origin}/a/{{id}}.html", "FINEWS_PLACES": "",
            "FINEWS_NOW": room.now.isoformat(), "CONNECT_TO": websites.everywhere,
        }  # fmt: skip
        flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        done = run_scrapy("crawl", "share", "-a", f"urls={links}", *flags)
        assert done.returncode in (0, 3), done.stderr
    return folder


@pytest.fixture
def data(crawled, tmp_path):
    return copied(crawled, tmp_path / "data")


IDS = [f"web:news.example/n/{n}.html" for n in (1, 2)]


def text_of(data, article_id):
    return rows_of(data, "SELECT body_text FROM texts WHERE article_id = ?", article_id)[0][0]


def test_a_dry_run_shows_and_writes_nothing(data, tmp_path):
    before, files = tables_of(data), files_of(data)
    (data / "rules.toml").write_text(RULE)
    page = tmp_path / "report.html"
    done = run("reparse", "--dry-run", "--html", page, data_dir=data)
    assert done.returncode == 0, done.stderr
    assert "2 would change, 2 of them in headline or text" in done.stdout
    assert f"- {LINE}" in done.stdout
    assert "app_line: " in done.stdout
    assert (tables_of(data), files_of(data)) == (before, files)
    html = page.read_text(encoding="utf-8")
    assert html.count("<article>") == 3
    assert f"<del>{LINE}</del>" in html
    assert "<script" not in html


def test_it_is_applied_as_a_revision_of_ours_and_only_changed_posts_are_written(data):
    stamps = {path: path.stat().st_mtime_ns for path in (data / "posts").rglob("*.md")}
    (data / "rules.toml").write_text(RULE)
    done = run("reparse", data_dir=data)
    assert "2 changed" in done.stdout, done.stdout + done.stderr
    for article_id in IDS:
        assert LINE not in text_of(data, article_id)
        assert rows_of(data, "SELECT revision, cause FROM revisions WHERE article_id = ?", article_id) == [
            (1, "reader")
        ]
        [(revision, reader)] = rows_of(data, "SELECT revision, reader FROM articles WHERE id = ?", article_id)
        assert (revision, ".rules-" in reader) == (2, True)
        assert ("app_line", LINE) in rows_of(
            data, "SELECT rule, text FROM removals WHERE article_id = ?", article_id
        )
    rewritten = [path for path in stamps if path.stat().st_mtime_ns != stamps[path]]
    assert len(rewritten) == 2
    assert all(LINE not in path.read_text() for path in rewritten)
    assert run("verify", data_dir=data).returncode == 0
    assert "0 changed" in run("reparse", data_dir=data).stdout


@pytest.mark.parametrize(
    ("choice", "number"),
    [
        (["--site", "finews"], 0), (["--where", "id LIKE '%/2.html'"], 1), (["--rule", "app_line"], 2), (["--rule", "editor_line"], 0),
        (["--limit", "1"], 1),
    ],
)  # fmt: skip
def test_what_is_read_again_can_be_chosen(data, choice, number):
    (data / "rules.toml").write_text(RULE)
    assert f"{number} would change" in run("reparse", "--dry-run", *choice, data_dir=data).stdout


def test_a_wrong_condition_is_one_line(data):
    done = run("reparse", "--dry-run", "--where", "nonsense = 1", data_dir=data)
    assert (done.returncode, "nonsense" in done.stderr) == (2, True)


def test_the_lock_is_respected(data):
    lock = DirectoryLock(data)
    lock.acquire()
    assert run("reparse", data_dir=data).returncode == 75
    assert run("reparse", "--dry-run", data_dir=data).returncode == 0
    lock.release()


def test_without_captures(data):
    (data / "captures.db").unlink()
    done = run("reparse", data_dir=data)
    assert (done.returncode, "captures" in done.stderr) == (1, True)


def test_a_capture_that_is_damaged_leaves_its_article_as_it_is(data):
    with sqlite3.connect(data / "captures.db") as conn:
        conn.execute(
            "UPDATE bodies SET packed = x'00' WHERE sha256 = (SELECT body_sha256 FROM captures WHERE url LIKE '%n/1.html')"
        )
    conn.close()
    (data / "rules.toml").write_text(RULE)
    done = run("reparse", data_dir=data)
    assert done.returncode == 3
    assert IDS[0] in done.stdout
    assert (LINE in text_of(data, IDS[0]), LINE in text_of(data, IDS[1])) == (True, False)


# -- rules of the user's own -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[x]\npattern = '('\ndrops = '<p>a</p>'\nkeeps = '<p>b</p>'", "not a regular expression"),
        ("[x]\nselector = 'p..'\ndrops = '<p>a</p>'\nkeeps = '<p>b</p>'", "not a CSS selector"),
        ("[x]\npattern = 'a'\nkeeps = '<p>b</p>'", "drops is missing"),
        ("[x]\npattern = 'a'\ndrops = '<p>c</p>'\nkeeps = '<p>b</p>'", "keeps it"),
        ("[x]\npattern = 'a'\ndrops = '<p>a</p>'\nkeeps = '<p>a</p>'", "drops it"),
        ("[x]\npattern = 'a'\nselector = 'p'\ndrops = '<p>a</p>'\nkeeps = '<p>b</p>'", "either pattern"),
        (
            "[editor_line]\npattern = 'a'\ndrops = '<p>a</p>'\nkeeps = '<p>b</p>'",
            "built-in rule of that name",
        ),
        ("[x]\npatern = 'a'", "unknown key"),
        ("[x", "declaration"),
    ],
)
def test_a_wrong_file_is_refused_with_the_entry(data, text, problem):
    (data / "rules.toml").write_text(text)
    for words in (["crawl", "share", "-a", "url=http://news.example/1"], ["reparse", "--dry-run"]):
        done = run_scrapy(*words, "-s", f"DATA_DIR={data}")
        assert done.returncode == 2, done.stderr
        assert problem in done.stderr
        assert "rules.toml" in done.stderr


def test_a_rule_of_one_site_leaves_others_alone(tmp_path):
    (tmp_path / "rules.toml").write_text(RULE + SELECTOR)
    saved = tmp_path / "1.html"
    saved.write_bytes(page("山南储能电站并网", f"<p class='box'>{BOX}</p><p>{LINE}</p>"))
    for host, stays in (("news.example", True), ("www.other.example", False)):
        done = run_scrapy("extract", "--url", f"http://{host}/n/1.html", saved, "-s", f"DATA_DIR={tmp_path}")
        read = json.loads(done.stdout)
        assert (BOX in read["body_text"], LINE in read["body_text"]) == (stays, False)


# -- decisions ----------------------------------------------------------------------------------------------------------------


def test_removals_are_listed_and_put_back_for_good(data):
    (data / "rules.toml").write_text(RULE)
    run("reparse", data_dir=data)
    listed = run("removals", data_dir=data).stdout
    assert "app_line" in listed
    shown = run("removals", "--rule", "app_line", data_dir=data).stdout
    fragment = shown.split()[0]
    assert ("2x" in shown, LINE[:20] in shown) == (True, True)
    done = run("removals", "--restore", fragment, data_dir=data)
    assert "put back in 2 articles" in done.stdout, done.stdout + done.stderr
    assert all(LINE in text_of(data, article_id) for article_id in IDS)
    assert "0 would change" in run("reparse", "--dry-run", data_dir=data).stdout
    assert fragment in run("removals", data_dir=data).stdout
    assert run("removals", "--undo", fragment, data_dir=data).returncode == 0
    assert "2 changed" in run("reparse", data_dir=data).stdout
    assert run("verify", data_dir=data).returncode == 0


def test_extract_leaves_in_texts_what_the_archive_of_data_dir_does(data, tmp_path):
    (data / "rules.toml").write_text(RULE)
    run("reparse", data_dir=data)
    saved = tmp_path / "1.html"
    saved.write_bytes(page("山南储能电站并网", f"<p>{LINE}</p>"))

    def has_line(number: int) -> bool:
        done = run("extract", "--url", f"http://news.example/n/{number}.html", saved, data_dir=data)
        return LINE in json.loads(done.stdout)["body_text"]

    assert (has_line(1), has_line(2)) == (False, False)
    run("removals", "--restore", IDS[0], data_dir=data)
    assert (has_line(1), has_line(2)) == (True, False)
    run("removals", "--restore", "app_line", data_dir=data)
    assert has_line(2)


def test_what_was_taken_out_of_one_article_is_put_back(data):
    (data / "rules.toml").write_text(RULE)
    run("reparse", data_dir=data)
    done = run("removals", "--restore", IDS[0], data_dir=data)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (LINE in text_of(data, IDS[0]), LINE in text_of(data, IDS[1])) == (True, False)
    assert rows_of(data, "SELECT count(*) FROM removals WHERE article_id = ?", IDS[0]) == [(0,)]


def test_a_built_in_rule_is_put_back(data):
    [(rule,)] = rows_of(data, "SELECT rule FROM removals GROUP BY rule ORDER BY count(*) DESC LIMIT 1")
    assert run("removals", "--restore", rule, data_dir=data).returncode == 0
    assert rows_of(data, "SELECT count(*) FROM removals WHERE rule = ?", rule) == [(0,)]
    assert run("removals", "--restore", "no_such_rule", data_dir=data).returncode == 1
    assert run("removals", "--undo", "no_such_rule", data_dir=data).returncode == 1


# -- kill -9 ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("choice", [[], ["--limit", "3"]])
def test_a_run_that_was_killed_goes_on_where_it_stopped(crawled, tmp_path, choice):
    undisturbed, data = copied(crawled, tmp_path / "a"), copied(crawled, tmp_path / "b")
    for folder in (undisturbed, data):
        (folder / "rules.toml").write_text(RULE)
    whole = run("reparse", *choice, data_dir=undisturbed)
    script = (
        "import crawler.offline.reparse as r, scrapy.cmdline, os, signal\n"
        "r.PAGE = 1\n"
        "save = r.Progress.save\n"
        "def kill(self, arrival, outcome):\n"
        "    save(self, arrival, outcome)\n"
        "    if arrival >= 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        "r.Progress.save = kill\n"
        f"scrapy.cmdline.execute(['scrapy', 'reparse', *{choice}, '-s', 'DATA_DIR={data}'])\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, timeout=100)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert json.loads((data / ".reparse").read_text())["arrival"] == 2
    done = run("reparse", *choice, data_dir=data)
    assert (done.returncode, done.stdout) == (0, whole.stdout)  # what the killed run had done counted in
    assert not (data / ".reparse").exists()
    assert (tables_of(data), files_of(data)) == (tables_of(undisturbed), files_of(undisturbed))
