"""``scrapy diff``: the real command on archives of the sample newsroom and on rows made for it."""

import json
import os
import pty
import re
from itertools import pairwise

import pytest

from archive.edits.changes import changes, text_columns
from archive.edits.word_diff import compare, words
from archive.schema import open_archive
from tests.crawler.test_status import NOW, add_article, insert, run
from tests.new_archive import lay_archive
from tests.scrapy_process import start_scrapy
from tests.worked_queries import make_archive

FIRE, DRUG, TAKEN_BACK = "202606303790340851", "202606303790130920", "202606283784020558"
ESCAPE = re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture(scope="module")
def edited(tmp_path_factory):
    """The sample newsroom's archive after its edits."""
    data = tmp_path_factory.mktemp("edited")
    make_archive(data).close()
    return data


def diff(data, *args, **env):
    done = run("diff", data, *args, PYTHONUTF8="1", **env)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def on_a_terminal(data, *args, **env):
    """What it prints to a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    base = {"PATH": os.environ["PATH"], "TERM": "xterm", "PYTHONUTF8": "1", "COLUMNS": "80"}
    process = start_scrapy("diff", *args, "-s", f"DATA_DIR={data}", env=base | env, stdout=theirs)
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 65536):
            said += part
    except OSError:  # Linux: the other end is closed
        pass
    os.close(ours)
    assert process.wait().returncode == 0
    return said.decode().replace("\r\n", "\n")


class Edits:
    """An archive with one article and the texts that it had."""

    def __init__(self, data):
        data.mkdir()
        lay_archive(data, captures=False)
        self.data, self.conn = data, open_archive(data / "archive.db")

    def article(self, *texts, headlines=("题",), number=1, **more):
        """Texts in the order in which they came; its id."""
        headlines = [*headlines, *[headlines[-1]] * (len(texts) - len(headlines))]
        add_article(self.conn, number, revision=len(texts), headline=headlines[-1], **more)
        [(article_id,)] = self.conn.execute("SELECT id FROM articles WHERE arrival = ?", [number])
        with self.conn:
            self.conn.execute("UPDATE texts SET body_text = ?, body_html = ? WHERE article_id = ?", [texts[-1], "", article_id])  # fmt: skip
        for at, (old, new) in enumerate(pairwise(texts), 1):
            insert(
                self.conn, "revisions", article_id=article_id, revision=at, retrieved_at=f"2026-06-30T0{at}:00:00Z",
                headline=headlines[at - 1], body_html="", body_text=old, changes=changes(old, new), **text_columns(old, new),
            )  # fmt: skip
        return article_id


@pytest.fixture
def edits(data_dir):
    found = Edits(data_dir)
    yield found
    found.conn.close()


@pytest.mark.parametrize("name", [f"finews:{FIRE}", f"NW{FIRE}", f"nw{FIRE}", FIRE])
def test_an_article_by_each_of_its_names(edited, name):
    status, said, errors = diff(edited, name)
    assert (status, errors) == (0, "")
    assert f"finews:{FIRE}, 南亭新闻, published 2026-06-30 17:42, 3 revisions" in said
    assert "~ 6月30日下午，湖湾镇产业园一处仓库起火，明火已被扑灭，[-暂-]无人员伤亡[-报告-]。" in said
    assert re.search(r"^  images +\{\+images/\S+\.jpg\+\}$", said, re.MULTILINE)
    assert "revision 2 → 3" in said
    assert "+ 消防部门初步判断，起火原因为充电设备短路。" in said


def test_an_article_by_its_links(edited):
    conn = open_archive(edited / "archive.db")
    [(link, page)] = conn.execute(
        "SELECT share_url, canonical_url FROM articles WHERE id = ?", [f"finews:{DRUG}"]
    )
    [(given,)] = conn.execute("SELECT url FROM links WHERE article_id = ? LIMIT 1", [f"finews:{DRUG}"])
    conn.close()
    elsewhere = f"https://share.example.org/html_News/NewsShare.html?infoCode=NW{DRUG}"
    told = {
        diff(edited, name)
        for name in (link, page, given, elsewhere, f"【在研新药】{elsewhere}。来自")
        if name
    }
    assert [status for status, _, _ in told] == [0]
    assert "[-180-]{+240+}名受试者{+，此前报道的180名有误+}。" in told.pop()[1]


def test_a_withdrawn_article_is_said_to_be(edited):
    status, said, _ = diff(edited, TAKEN_BACK)
    assert status == 0
    assert "withdrawn    the source took the article back" in said
    [change] = json.loads(diff(edited, TAKEN_BACK, "--json")[1])["changes"]
    assert change["withdrawn_at"] == "2026-06-30T10:30:00Z"
    assert change["text"] == {"removed": [], "added": []}


def test_an_article_that_came_back(edits):
    article_id = edits.article("旧。", "旧。", "新。")
    edits.conn.execute("UPDATE revisions SET changes = '{\"withdrawn\": true}' WHERE revision = 1")
    edits.conn.commit()
    status, said, _ = diff(edits.data, article_id)
    assert status == 0
    assert "withdrawn    the source took the article back; it is there again" in said
    assert "- 旧。\n+ 新。" in said
    assert [one["withdrawn"] for one in json.loads(diff(edits.data, article_id, "--json")[1])["changes"]] == [True, False]  # fmt: skip


def test_an_article_without_an_earlier_text(edits):
    article_id = edits.article("一段。")
    status, said, errors = diff(edits.data, article_id)
    assert (status, errors) == (0, "")
    assert "unchanged since it was first archived" in said


def test_an_unknown_article_is_told_in_one_line(edits, data_dir):
    status, said, errors = diff(data_dir, "finews:1")
    assert (status, said, errors.count("\n")) == (2, "", 1)
    assert str(data_dir / "archive.db") in errors
    assert "'finews:1'" in errors
    assert "Give an id" in errors


def test_a_link_that_brought_no_article_says_why(edits):
    link = "http://news.test/a/202606301000000007.html"
    insert(edits.conn, "links", url=link, outcome="gone", reason="the server answered 404", first_tried_at="x", last_tried_at="x")  # fmt: skip
    assert diff(edits.data, link)[::2] == (2, f"scrapy diff: {link} was asked for and ended gone: the server answered 404\n")  # fmt: skip


def test_a_name_of_two_articles(edits):
    edits.article("一。", id="qq:7")
    edits.article("二。", number=2, id="sina:7")
    status, _, errors = diff(edits.data, "7")
    assert (status, errors) == (2, "scrapy diff: 7 names 2 articles; give one's id: qq:7, sina:7\n")
    assert diff(edits.data, "sina:7")[0] == 0


def test_no_archive(data_dir):
    status, _, errors = diff(data_dir, "finews:1")
    assert status == 1
    assert "no archive yet" in errors


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "name one article"),
        (("a", "b"), "name one article"),
        (("--nonsense", "a"), "unexpected argument '--nonsense'"),
        (("{}", "--revision", "9"), "--revision 9: the article has the revisions 1, 2, 3"),
        (("{}", "--revision", "1"), "none before it"),
        (("{}", "--from", "3", "--to", "1"), "give the earlier revision first"),
        (("{}", "--revision", "2", "--to", "3"), "cannot be combined with"),
    ],
)
def test_wrong_usage(edits, args, said):
    article_id = edits.article("一。", "二。", "三。")
    status, _, errors = diff(edits.data, *(arg.format(article_id) for arg in args))
    assert status == 2
    assert said in errors


def test_which_revisions_are_compared(edits):
    article_id = edits.article("营收3亿元。", "营收4亿元。", "营收5亿元。")

    def compared(*args):
        return [(one["from"], one["to"], one["figures"]["removed"], one["figures"]["added"]) for one in json.loads(diff(edits.data, article_id, "--json", *args)[1])["changes"]]  # fmt: skip

    assert compared() == [(1, 2, ["3亿元"], ["4亿元"]), (2, 3, ["4亿元"], ["5亿元"])]
    assert compared("--revision", "3") == [(2, 3, ["4亿元"], ["5亿元"])]
    assert compared("--from", "1", "--to", "3") == compared("--from", "1") == [(1, 3, ["3亿元"], ["5亿元"])]


def test_unchanged_paragraphs_are_counted_or_shown(edits):
    text = "\n".join(f"第{number}段。" for number in "一二三四五六七")
    article_id = edits.article(text, text.replace("第七段", "末段终于到了"))
    _, said, _ = diff(edits.data, article_id)
    assert "… 5 unchanged paragraphs" in said
    assert "第三段" not in said
    _, said, _ = diff(edits.data, article_id, "--all")
    assert "  第三段。" in said


def test_a_headline_alone(edits):
    article_id = edits.article("不变。", "不变。", headlines=("获批临床", "获批临床（更正）"))
    _, said, _ = diff(edits.data, article_id)
    assert "获批临床{+（更正）+}" in said
    assert "text         the same" in said


def test_colours_are_for_terminals(edits):
    article_id = edits.article(
        "入组180名。" + "很长的句子" * 12 + "。", "入组240名。" + "很长的句子" * 12 + "。"
    )
    said = on_a_terminal(edits.data, article_id)
    assert "\x1b[31;9m180\x1b[0m\x1b[32;4m240\x1b[0m" in said
    assert "[-" not in ESCAPE.sub("", said)
    plain = on_a_terminal(edits.data, article_id, NO_COLOR="1")
    assert "\x1b" not in plain
    assert "[-180-]{+240+}" in plain
    assert on_a_terminal(edits.data, article_id, "--no-colour") == plain
    assert "\x1b[31;9m180" in diff(edits.data, article_id, "--colour")[1]


def test_a_terminal_is_not_overrun(edits):
    from archive.terminal import display_width

    article_id = edits.article("旧。", "很长的句子，with Latin words in between" * 20)
    lines = ESCAPE.sub("", on_a_terminal(edits.data, article_id)).splitlines()
    assert max(map(display_width, lines)) <= 80
    assert not any(re.search(r"\bLat$|\bwo$", line) for line in lines)


def test_hostile_text_does_not_reach_the_terminal(edits):
    article_id = edits.article(
        "甲\x1b[2J乙\x07。", "甲\x1b]0;title\x07乙\x9b31m丙\u202e。", headlines=("\x1b[31m题",)
    )
    said = on_a_terminal(edits.data, article_id)
    assert set(re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", ESCAPE.sub("", said))) <= set()
    assert set(ESCAPE.findall(said)) <= {f"\x1b[{code}m" for code in ("0", "1", "2", "31", "32", "33", "31;9", "32;4")}  # fmt: skip


def test_it_writes_nothing(edited):
    before = {path: path.stat().st_mtime_ns for path in edited.rglob("*") if not path.is_dir()}
    assert diff(edited, FIRE)[0] == 0
    assert {path: path.stat().st_mtime_ns for path in edited.rglob("*") if not path.is_dir()} == before


@pytest.mark.parametrize(
    ("old", "new", "runs"),
    [
        ("同比增12.5%。", "同比增13.5%。", [("same", "同比增"), ("removed", "12.5%"), ("added", "13.5%"), ("same", "。")]),
        ("Rates were held", "Rates were cut", [("same", "Rates were "), ("removed", "held"), ("added", "cut")]),
        ("甲 乙", "甲乙", [("same", "甲乙")]),
    ],
)  # fmt: skip
def test_words_and_figures_are_whole(old, new, runs):
    assert words(old, new) == runs


def test_nothing_of_either_text_is_lost():
    old = "一季度营收3亿元。净利2亿元。\n董事长说：“很好。”\n表\t1\t2\n旧的结尾段落。"
    new = "一季度营收4亿元。\n净利2亿元。董事长说：“很好！”\n表\t1\t3\n全新的末尾，与前文无关。\nThe end. Of it."
    lines = compare(old, new)
    plain = lambda text: "".join(text.split())  # noqa: E731
    kept = {kind: "".join(text for line in lines for k, text in line.runs if k in ("same", kind)) for kind in ("removed", "added")}  # fmt: skip
    assert plain(kept["removed"]) == plain(old)
    assert plain(kept["added"]) == plain(new)
    assert lines[-1].runs == [("added", "The end."), ("added", " Of it.")]


def test_a_paragraph_that_was_only_cut_in_two_is_the_same():
    assert [line.kind for line in compare("甲。乙。", "甲。\n乙。")] == ["same", "same"]


def test_a_long_rewritten_text_is_shown_whole():
    old, new = "".join(f"旧的第{n}句。" for n in range(300)), "".join(f"全然不同{n}。" for n in range(301))
    lines = compare(old, new)
    assert [line.kind for line in lines] == ["removed", "added"]
    assert ["".join(text for _, text in line.runs) for line in lines] == [old, new]


def test_a_long_table_is_compared_row_by_row():
    old, new = ("\n".join(f"甲公司{n}\t{n}.5\t{figure}" for n in range(100)) for figure in (3, 4))
    lines = compare(old, new)
    assert len(lines) == 100
    assert lines[7].runs == [("same", "甲公司7\t7.5\t"), ("removed", "3"), ("added", "4")]


@pytest.mark.timeout(60)  # of a second or so
def test_a_paragraph_of_very_many_sentences_is_compared_in_one_pass():
    """It took longer than a test may for every sentence to look at all before it."""
    text = "".join(f"第{n}句。" for n in range(100_000))
    [line] = compare(text, f"{text}新。")
    assert line.runs[-1] == ("added", "新。")
    assert {kind for kind, _ in line.runs[:-1]} == {"same"}


def test_the_commands_clock_is_not_asked(edits):
    """What is shown is the archive's alone."""
    article_id = edits.article("旧。", "新。")
    told = {diff(edits.data, article_id, "-s", f"FINEWS_NOW={now}")[1] for now in (NOW.isoformat(), "2030-01-01T00:00:00+00:00")}  # fmt: skip
    assert len(told) == 1
