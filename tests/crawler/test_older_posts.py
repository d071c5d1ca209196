"""The older site's post files: every variant is read, twins are one article, a live fetch is worth more."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from archive.captures import Captures
from crawler.pages import NotArticle, PageError
from crawler.saved.older_post import article_of_posts
from crawler.saved.older_post_text import native_id_of, read_post, split_front_matter
from tests.crawler import replaying
from tests.kill_points import contents
from tests.killing import kill_in_process
from tests.scrapy_process import ROOT, run_scrapy

NOW = datetime(2026, 7, 1, tzinfo=UTC)
ID = "202112082206900001"
LINK = f"http://finance.example/news/1344,{ID}.html"
DIGEST = "晨光股份今日在投资者平台表示，中长距模组精度满足<1%，产能将于明年释放。"
BODY = (
    "<p>晨光股份(600001)12月8日公告，公司拟投资十亿元。</p>\r\n <p>项目将于明年投产，详情见公告。<br /></p>"
    '<p class="em_media">（文章来源：每日财经新闻）</p>'
)
LINKED = BODY.replace(
    "晨光股份",
    '<span id="stock_1.600001"><a href="http://quote.eastmoney.com/unify/r/1.600001" class="keytip" data-code="1,600001">晨光股份</a></span><span id="quote_1.600001"></span>',
)
ROLLING = ("emnews", "东财滚动新闻")
MEDIUM = ("meiricaijingxinwen", "每日财经新闻新闻")


def post(
    main: str,
    tail: str = "",
    *,
    title="晨光股份：产能明年释放",
    date="2021-12-08 12:41:23 +0800",
    kind=ROLLING,
    url=LINK,
    before="",
) -> bytes:
    front = f'{before}---\nlayout: post\ntitle: "{title}"\ndate: {date}\ncategories: {kind[0]}\ntags: {kind[1]}\n---\n'
    return f"{front}{main}\n\n<{url}>{tail}".encode()


def back(to: str, separator: str = "｜", tag: str = "东财滚动新闻") -> str:
    return f"\n\n[返回{tag}]({to}emnews/){separator}[返回首页]({to})"


NO_ZONE = {"date": "2021-12-08 12:41:23"}
DIGEST_VARIANTS = {
    "d0": post(f"\n{DIGEST}", before="\n", **NO_ZONE),
    "d1": post(f"\n{DIGEST}", "\n", **NO_ZONE),
    "d2": post(f"\n{DIGEST}"),
    "d3": post(f"\n{DIGEST}", back("//finews.zning.me/", "\n")),
    "d4": post(f"\n{DIGEST}", back("//finews.withounder.com/", "\n")),
    "d5": post(f"\n{DIGEST}", back("//finews.withounder.com/")),
    "n0": post(f"\n{DIGEST}", **NO_ZONE),
    "n1": post(f"\n{DIGEST}", back("./", "\n"), **NO_ZONE),
    "n2": post(f"\n{DIGEST}", back("../", "\n"), **NO_ZONE),
    "n3": post(f"\n{DIGEST}", back("//finews.zning.me/", "\n"), **NO_ZONE),
    "n4": post(f"\n{DIGEST}", back("//finews.withounder.com/", "\n"), **NO_ZONE),
    "n5": post(f"\n{DIGEST}{DIGEST}", back("//finews.withounder.com/"), **NO_ZONE),
    "CR LF": post(f"\n{DIGEST}", back("../", "\n")).replace(b"\n", b"\r\n"),
    "CR": post(f"\n{DIGEST}", back("../", "\n")).replace(b"\n", b"\r"),
    "byte order mark": b"\xef\xbb\xbf" + post(f"\n{DIGEST}"),
    "GBK": post(f"\n{DIGEST}").decode().encode("gb18030"),
}
EM = post(f"> {DIGEST}（证券快报）\n\n{LINKED}", back("//finews.withounder.com/"))
NW = post(
    BODY,
    back("//finews.withounder.com/", tag="每日财经新闻新闻"),
    kind=MEDIUM,
    url=f"http://share.example/html_News/NewsShare.html?infoCode=NW{ID}",
)


def article(*files: bytes, name: str = f"2021-12-08-{ID}.md"):
    return article_of_posts([(f"{n}/{name}", data) for n, data in enumerate(files)], NOW)[0]


@pytest.mark.parametrize("variant", DIGEST_VARIANTS)
def test_a_digest_is_plain_text_and_its_article_a_part(variant):
    read = article(DIGEST_VARIANTS[variant])
    assert (read.id, read.access, read.captured_from) == (f"finews:{ID}", "preview", "older_posts")
    assert (read.headline, read.headline_from) == ("晨光股份：产能明年释放", "feed")
    assert (read.published_raw, read.timezone) == ("2021-12-08 12:41:23", "+08:00")
    assert (read.description, read.body_raw) == (DIGEST, f"<p>{DIGEST.replace('<', '&lt;')}</p>")
    assert (read.share_url, read.publishers) == (LINK, {})
    assert [feed["feed"] for feed in read.feeds] == ["rolling"]
    taken = "".join(removal["text"] for removal in read.removals)
    assert LINK in taken
    assert ("返回首页" in taken) == (variant[0] in "dnC" and variant not in ("d0", "d1", "d2", "n0"))


def test_the_rolling_feed_has_a_digest_beside_the_body():
    read = article(EM)
    assert (read.access, read.body_raw, read.description) == ("open", LINKED, f"{DIGEST}（证券快报）")
    assert read.publishers == {}


def test_the_medium_is_that_of_the_tags():
    read = article(NW, name=f"2021-12-08-NW{ID}.md")
    assert (read.access, read.body_raw, read.publishers) == ("open", BODY, {"feed": "每日财经新闻"})
    assert [feed["feed"] for feed in read.feeds] == ["media"]


def test_a_short_title_before_a_digest_is_no_text():
    read = article(post(f"\n晨光股份扩产\n{DIGEST}", kind=MEDIUM))
    assert (read.headline, read.description) == ("晨光股份：产能明年释放", DIGEST)
    assert read.removals[0] == {
        "rule": "older_post_short_title",
        "text": "晨光股份扩产",
        "html": "晨光股份扩产",
    }
    assert article(post(f"\n晨光股份扩产\n{DIGEST}", title="")).headline == "晨光股份扩产"


def test_the_source_behind_a_digest_goes_and_what_is_none_stays():
    read = article(post("\n晨光股份今日公告，拟分红。（晨光财经）"))
    assert read.body_raw == "<p>晨光股份今日公告，拟分红。</p>"
    assert read.removals[0] == {"rule": "digest_source", "text": "（晨光财经）", "html": "（晨光财经）"}
    assert "(829万头)。" in article(post("\n全国能繁母猪存栏回升(829万头)。")).body_raw


@pytest.mark.parametrize(
    ("main", "digest", "body"),
    [
        (f"\n> {DIGEST}\n\n{BODY}", DIGEST, BODY),  # set off by mistake
        (f"\n> {DIGEST}", f"> {DIGEST}", None),  # a sign in plain text
        (f"\u3000\u3000{BODY[3:]}", None, f"{BODY[3:]}"),
        (f'{BODY}\n<img src="http://image.example/1.jpg">', None, f'{BODY}\n<img src="http://image.example/1.jpg">'),
        (f"<div>{BODY}\n</div>", None, f"<div>{BODY}\n</div>"),
    ],
)  # fmt: skip
def test_digest_body_and_link_are_told_apart(main, digest, body):
    read = read_post("a.md", post(main))
    assert (read.digest, read.body_html, read.url) == (digest, body, LINK)


@pytest.mark.parametrize("nothing", ["None", "null"])
def test_a_word_for_nothing_is_none(nothing):
    read = read_post("a.md", post(f"> {nothing}\n\n{BODY}", title=nothing, url=nothing))
    assert (read.title, read.digest, read.url, read.body_html) == (None, None, None, BODY)
    with pytest.raises(PageError, match="neither a digest nor a body"):
        article(post(f"\n{nothing}"))


@pytest.mark.parametrize("before", ["", "-"])
def test_front_matter_that_was_written_by_hand(before):
    kind, date = ("meiricaijingxinwen", "[每日财经新闻新闻]"), "'2021/12/08 12:41:23 +0800'"
    data = post(BODY, kind=kind, date=date).replace(b"---\n", f"{before}---\n".encode())
    read = read_post("a.md", data)
    assert (read.publisher, read.published_raw, read.body_html) == (
        "每日财经新闻",
        "2021/12/08 12:41:23",
        BODY,
    )


def test_twins_are_merged_to_the_fullest():
    read = article(post(f"\n{DIGEST}", title="", date=" +0800", url=""), NW, EM)
    assert (read.body_raw, read.publishers) == (LINKED, {"feed": "每日财经新闻"})
    assert (read.headline, read.published_raw) == ("晨光股份：产能明年释放", "2021-12-08 12:41:23")
    assert {feed["feed"] for feed in read.feeds} == {"rolling", "media"}


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ('他说"好"，股价"大涨"', '他说"好"，股价"大涨"'),
        (r"他说\"好\"", '他说"好"'),
        ("甲：乙 # 丙 {{ 丁 }}", "甲：乙 # 丙 {{ 丁 }}"),
        ('"开头有引号', '"开头有引号'),
        ("第一行\n第二行", "第一行 第二行"),
        ("", None),
    ],
)
def test_titles_need_not_be_yaml(written, title):
    assert read_post("a.md", post(f"\n{DIGEST}", title=written)).title == title


def test_front_matter_may_be_dead():
    assert split_front_matter("<p>x</p>") == ({}, "<p>x</p>")
    read = read_post("a.md", post(f"\n{DIGEST}").replace(b"\n---\n\n", b"\n\n"))  # its end was lost
    assert (read.title, read.digest) == ("晨光股份：产能明年释放", DIGEST)
    read = article(f"{DIGEST}\n\n<{LINK}>\n".encode())
    assert (read.headline, read.published_raw, read.description) == (None, None, DIGEST)
    assert read.published_stand_in_raw == "2021-12-08"


def test_what_holds_no_article_says_why():
    with pytest.raises(PageError, match="empty"):
        article(b"")
    with pytest.raises(PageError, match="neither a digest nor a body"):
        article(post("<p></p>"))
    with pytest.raises(PageError, match="binary"):
        article(b"\x89PNG\r\n\x00\x00")
    with pytest.raises(NotArticle, match="notice"):
        article('---\ntitle: "开站"\n---\n\n祝贺开站\n'.encode(), name="2021-12-01-init.md")
    assert native_id_of("category/meiri.html") is None


def write(folder, files: dict[str, bytes]):
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


@pytest.fixture
def older(tmp_path):
    return write(
        tmp_path / "older",
        {
            f"_posts/2021-12-08-{ID}.md": EM,
            f"old_post/2021-12-08-NW{ID}.md": NW,
            "_posts/2021-12-08-202112082206900002.md": DIGEST_VARIANTS["n2"].replace(ID.encode(), b"202112082206900002"),
            "old_post/2021-12-08-202112082206900002.md": b"",
            "_posts/2021-12-08-202112082206900003.md": b"",
            "_posts/2021-12-01-init.md": "---\nlayout: post\ntitle: \"开站大吉\"\n---\n\n祝贺开站".encode(),
            "category/meiri.html": b"---\nlayout: category\n---\n",
        },
    )  # fmt: skip


def test_an_import_ends_every_file(older, crawl, rows, data_dir):
    os.symlink(older / "nowhere.md", older / "_posts/2021-12-08-202112082206900004.md")
    os.mkfifo(older / "_posts/2021-12-08-202112082206900005.md")
    run = crawl("older_posts", f"path={older}")
    assert run.returncode == 3, run.stderr
    assert "2 new, 0 changed" in run.stdout
    assert "8 files, 1 merged" in run.stdout
    assert "5 without an article; 1 of other kinds not read" in run.stdout
    found = {
        row["url"].removeprefix(f"{older}/"): (row["outcome"], row["reason"])
        for row in rows("SELECT * FROM links WHERE outcome <> 'archived'")
    }
    assert {name[-8:]: outcome for name, (outcome, _) in found.items()} == {
        "00002.md": "unreadable", "00003.md": "unreadable", "00004.md": "unreadable", "00005.md": "not_article", "-init.md": "not_article",
    }  # fmt: skip
    assert "from another file" in found["old_post/2021-12-08-202112082206900002.md"][1]
    assert "leads nowhere" in found["_posts/2021-12-08-202112082206900004.md"][1]
    whole, part = rows("SELECT * FROM news ORDER BY id")
    assert (whole["publisher"], whole["access"], whole["captured_from"]) == (
        "每日财经新闻",
        "open",
        "older_posts",
    )
    assert whole["published_at"] == "2021-12-08T04:41:23Z"
    assert (part["body_text"], part["access"]) == (DIGEST, "preview")
    assert "older_post_tail" in {
        row["rule"] for row in rows("SELECT rule FROM removals WHERE article_id = ?", part["id"])
    }
    with Captures.read(data_dir) as captures:
        kept = {row["file"]: row for row in captures.find()}
        assert captures.body(kept[f"_posts/2021-12-08-{ID}.md"]["id"]) == EM
    assert {row["source"] for row in kept.values()} == {"post"}
    named = {
        row["capture_id"] for row in rows("SELECT * FROM article_captures WHERE article_id = ?", whole["id"])
    }
    assert named == {row["id"] for row in kept.values() if ID in row["file"]}
    again = crawl("older_posts", f"path={older}")
    assert "0 new, 0 changed, 0 completed, 2 unchanged" in again.stdout
    with Captures.read(data_dir) as captures:
        assert len(list(captures.find())) == len(kept)


def test_a_later_crawl_completes_what_was_imported(newsroom, older, crawl, rows):
    """The newsroom serves the article of the digest; its own text is then the archive's."""
    served = newsroom["plain-market-report"]
    key = served.id
    write(
        older,
        {
            f"_posts/{key[:4]}-{key[4:6]}-{key[6:8]}-{key}.md": post(
                "\n这里只有摘要，没有正文。", title="旧标题", url=""
            )
        },
    )
    assert crawl("older_posts", f"path={older}").returncode == 3
    [before] = rows("SELECT * FROM news WHERE id = ?", f"finews:{key}")
    assert (before["access"], before["headline"]) == ("preview", "旧标题")
    assert crawl("share", f"url={newsroom.share_link(served)}").returncode == 0
    [live] = rows("SELECT * FROM news WHERE id = ?", f"finews:{key}")
    assert (live["access"], live["captured_from"], live["revision"]) == ("open", None, 1)
    assert "这里只有摘要" not in live["body_text"]
    crawl("older_posts", f"path={older}")
    assert rows("SELECT * FROM news WHERE id = ?", f"finews:{key}") == [live]


def test_an_import_fills_what_a_live_fetch_lacks_and_changes_nothing_else(
    newsroom, tmp_path, crawl, rows, data_dir
):
    served = newsroom["plain-market-report"]
    link = newsroom.share_link(served)
    assert crawl("share", f"url={link}", FINEWS_ARTICLE_PAGE=f"{newsroom.origin}/none/{{id}}").returncode == 0
    [live] = rows("SELECT * FROM news")
    assert live["headline_from"] == "body"
    older = write(
        tmp_path / "older",
        {
            f"{served.id}.md": post(
                "<p>另一个版本的正文，更长更长更长。</p>" * 50, title="真正的标题", kind=MEDIUM
            )
        },
    )
    assert crawl("older_posts", f"path={older}").returncode == 0
    [both] = rows("SELECT * FROM news")
    assert (both["headline"], both["headline_from"]) == ("真正的标题", "feed")
    same = (
        "body_html",
        "body_text",
        "text_sha256",
        "source_sha256",
        "captured_from",
        "served_from",
        "revision",
        "retrieved_at",
        "first_seen_at",
    )
    assert {name: both[name] for name in same} == {name: live[name] for name in same}
    assert rows("SELECT * FROM revisions") == []
    done = replaying.run("reparse", "--dry-run", data_dir=data_dir)
    assert done.stdout.startswith("1 article read again: 0 would change"), done.stdout


def test_longer_files_of_a_later_import_complete_an_article(tmp_path, crawl, rows):
    older = write(tmp_path / "one", {f"2021-12-08-{ID}.md": DIGEST_VARIANTS["d5"]})
    assert crawl("older_posts", f"path={older}").returncode == 0
    write(older, {f"old/2021-12-08-{ID}.md": EM})
    assert "1 completed" in crawl("older_posts", f"path={older}").stdout
    other = write(tmp_path / "two", {f"2021-12-08-{ID}.md": post("<p>短。</p>")})
    assert "1 unchanged" in crawl("older_posts", f"path={other}").stdout
    [row] = rows("SELECT access, body_text, revision FROM news")
    assert "十亿元" in row["body_text"]
    assert (row["access"], row["revision"]) == ("open", 1)


@pytest.mark.parametrize("path", ["", "path=nowhere"])
def test_wrong_usage_is_said_in_a_line(path, crawl):
    run = crawl("older_posts", *[path] * bool(path))
    assert (run.returncode, len(run.stderr.splitlines())) == (2, 1), run.stderr


def import_posts(folder, data_dir):
    run = run_scrapy(
        "crawl",
        "older_posts",
        "-a",
        f"path={folder}",
        "-s",
        f"DATA_DIR={data_dir}",
        "-s",
        "FINEWS_NOW=2026-07-01T00:00:00Z",
        "-s",
        "IMAGES_ENABLED=False",
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_a_killed_import_goes_on_where_it_was(tmp_path):
    older = tmp_path / "older"
    for n in range(300):
        number = f"20211208{n:010d}"
        write(
            older,
            {
                f"_posts/2021-12-08-{number}.md": post(
                    f"<p>第{n}号公告，拟投资{n}亿元。</p>", url=f"http://a.example/news/1,{number}.html"
                )
            },
        )
    killed, undisturbed = tmp_path / "killed", tmp_path / "undisturbed"
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED_AT_THE_SECOND_BATCH, str(older), str(killed)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
    )
    assert process.wait(100) == -9, process.stderr.read().decode()
    process.stderr.close()
    said = import_posts(older, killed)
    assert "100 new, 0 changed, 0 completed, 200 unchanged" in said, said
    import_posts(older, undisturbed)
    one, other = (
        contents(folder, but=("crawl_id", "arrival", "tries", "story_id")) for folder in (killed, undisturbed)
    )
    names = {
        "archive.db/articles",
        "archive.db/texts",
        "archive.db/removals",
        "archive.db/article_feeds",
        "archive.db/article_captures",
    }
    assert names <= set(one)
    for name in (name for name in other if name.startswith("posts/") or name in names):
        assert one[name] == other[name], name
    assert len(one["captures.db/responses"]) == 300


KILLED_AT_THE_SECOND_BATCH = """
import os, signal, sys
from scrapy.cmdline import execute
from archive.writer import Archive
write = Archive.flush
def flush(self):
    if self.written >= 200 and self._batch:
        os.kill(os.getpid(), signal.SIGKILL)
    write(self)
Archive.flush = flush
execute(["scrapy", "crawl", "older_posts", "-a", f"path={sys.argv[1]}", "-s", f"DATA_DIR={sys.argv[2]}",
         "-s", "FINEWS_NOW=2026-07-01T00:00:00Z", "-s", "IMAGES_ENABLED=False"])
"""


def two_older_posts(folder):
    write(
        folder / "older",
        {f"_posts/2021-12-08-{ID}.md": EM, "_posts/2021-12-09-202112092206900001.md": post(BODY)},
    )


def import_both(folder):
    """In this process, which Scrapy ends."""
    from scrapy.cmdline import execute

    settings = {
        "DATA_DIR": folder / "data",
        "FINEWS_NOW": "2026-07-01T00:00:00Z",
        "IMAGES_ENABLED": "False",
        "LOG_LEVEL": "ERROR",
    }
    flags = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    execute(["scrapy", "crawl", "older_posts", "-a", f"path={folder / 'older'}", *flags])


IMPORT = (two_older_posts, import_both)


@pytest.mark.slow
@pytest.mark.parametrize(("writes", "stride"), [(False, 71), (True, 97)])
def test_killed_at_every_point(writes, stride):
    assert kill_in_process("import", writes=writes, stride=stride) > 5


def test_an_import_is_made_again_from_its_captures(older, crawl, data_dir, tmp_path):
    crawl("older_posts", f"path={older}")
    write(older, {f"more/2021-12-08-{ID}.md": post(BODY.replace("项目将于", "公司表示，项目将于"))})
    crawl("older_posts", f"path={older}")
    assert replaying.run("rebuild", data_dir, data_dir=tmp_path / "again").returncode == 0
    made, imported = replaying.tables_of(tmp_path / "again"), replaying.tables_of(data_dir)
    for name in imported:
        assert made[name] == imported[name], name
    assert replaying.files_of(tmp_path / "again") == replaying.files_of(data_dir)
    done = replaying.run("reparse", "--dry-run", data_dir=data_dir)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("2 articles read again: 0 would change")
