"""Precision and recall of securities: on mentions that are hard, on generated ones, and on an annotated corpus."""

import json
import os
import random
from pathlib import Path

import pytest

from pipelines.doubtful_links import is_doubtful
from pipelines.lift_securities import lift
from pipelines.render_body import text_of
from pipelines.sanitise_html import safe_tree
from pipelines.securities_in_text import find_stated
from pipelines.security_codes import codes_in
from tests.security_cases import LINKS, TEXTS

CORPUS = Path(os.environ.get("CORPUS", Path(__file__).resolve().parents[3] / "shared" / "corpus")) / "finews"
NAMES = ("晨光药业", "远汐控股", "岚川科技", "北陌重工", "*ST砚山", "清漪生物", "星渚智能-U")
BLOCKS = {
    "0": ("000", "001", "002", "003", "300", "301"),
    "1": ("600", "601", "603", "605", "688"),
    "116": ("00", "01", "02", "06", "09"),
}
SUFFIX = {"0": "SZ", "1": "SH", "116": "HK"}


class Tally:
    """Counts what was found, and what should have been."""

    def __init__(self):
        self.right = self.wrong = self.missed = 0
        self.odd: list[object] = []

    def add(self, found: set[str], wanted: set[str], what: object) -> None:
        self.right += len(found & wanted)
        self.wrong += len(found - wanted)
        self.missed += len(wanted - found)
        if found != wanted:
            self.odd.append((what, found ^ wanted))

    def check(self) -> None:
        assert self.right, "nothing was found"
        assert self.right / (self.right + self.wrong) >= 0.97, self.odd
        assert self.right / (self.right + self.missed) >= 0.95, self.odd


def test_links_that_are_hard_to_judge():
    tally = Tally()
    for kind, before, name, after, right in LINKS:
        kept = not is_doubtful(name, kind, before, after)
        tally.add({name} if kept else set(), {name} if right else set(), (before, name, after))
    tally.check()


def test_numbers_that_are_hard_to_judge():
    tally = Tally()
    for text, wanted in TEXTS:
        found = {f"{one.market}.{one.code}" for one in codes_in(text, {})}
        tally.add(found, set(wanted.split()), text)
    tally.check()


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no annotated corpus at {CORPUS}")
def test_an_annotated_corpus():
    tally = Tally()
    for path in sorted(CORPUS.glob("*.expect.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        post = json.loads(path.with_name(path.name.replace(".expect", "")).read_text(encoding="utf-8"))
        tree = safe_tree(post.get("body_html") or "")
        linked = lift(tree)
        text = text_of(tree) or post.get("digest") or ""
        found = [*linked, *find_stated(post["front_matter"].get("title") or "", text, linked)]
        annotated = [one for key in ("securities", "boards", "indices") for one in expected.get(key, ())]
        tally.add(
            {one["id"] for one in found if not one["doubtful"]},
            {f"{one['market']}.{one['code']}" for one in annotated if not one.get("suspect")},
            path.name,
        )
        assert not {f"{one['market']}.{one['code']}" for one in annotated} - {one["id"] for one in found}
    tally.check()


def a_code(draw: random.Random) -> tuple[str, str]:
    """Market and code, such as the exchanges give out."""
    market = draw.choice(list(BLOCKS))
    return market, draw.choice(BLOCKS[market]) + f"{draw.randrange(1, 1000):03d}"


def written(draw: random.Random, name: str, market: str, code: str) -> str:
    """A name with its code, as news writes it."""
    suffix = SUFFIX[market]
    shapes = [
        "{n}({c}.{s})",
        "{n}（{c}.{s}）",
        "{n}（{c}，{s}）",
        "{n}({s}{c}，股价12.3元)",
        "{n}（股票代码：{c}.{s}）",
        "{n}（{f}．{s}）",
    ]
    shapes += ["{n}（{s}.{c}）", "{n}({c})", "{n}（{f}）"] + (
        ["{n} {c}.{s}，", "{n}（{h}.HK）"] if market == "116" else ["{s}{c}，", "{l}{c}、", "{n}[{c}]", "证券代码：{c} 证券简称：{n}"]
    )  # fmt: skip
    full = code.translate({48 + n: 0xFF10 + n for n in range(10)})
    return draw.choice(shapes).format(
        n=name, c=code, s=suffix, l=suffix.lower(), f=full, h=code.lstrip("0") or code
    )


def test_a_code_is_read_however_it_is_written():
    draw = random.Random(5)
    lead, tail = (
        ("", "，", "6月1日，", "截至收盘，"),
        ("涨停", "公告称", "，报12.30元", "6月1日晚间公告", "。", "、"),
    )
    for _ in range(2000):
        market, code = a_code(draw)
        text = draw.choice(lead) + written(draw, draw.choice(NAMES), market, code) + draw.choice(tail)
        assert {(one.market, one.code) for one in codes_in(text, {})} == {(market, code)}, text


def test_a_number_is_no_code_without_what_makes_it_one():
    draw = random.Random(6)
    shapes = (
        "成交{c}手", "合计{c}元", "共计（{c}）元", "邮编：{c}", "某市某区({c})", "电话：{c}", "合同编号：{c}", "订单号{c}", "GB/T {c}-2021", "专利号ZL{c}",
        "增长{c}%", "{c}", "（{c}）", "第{c}号", "申购代码：{c}", "（2022）民初{c}号", "晨光成长混合A（{c}）", "QQ群：{c}", "项目代码：{c}", "验证码（{c}）",
        "https://example.com/{c}.html", "销量（{c}辆）", "总额（{c}）万元", "热线（{c}）", "{c}股",
    )  # fmt: skip
    for _ in range(2000):
        code = draw.choice((*BLOCKS["0"], *BLOCKS["1"])) + f"{draw.randrange(1000):03d}"
        text = draw.choice(shapes).format(c=code)
        assert codes_in(text, {}) == [], text


def test_unlinking_never_changes_a_character():
    draw = random.Random(7)
    for _ in range(300):
        plain, html = [], []
        for _ in range(draw.randint(1, 8)):
            words = draw.choice(("据悉，", "C", "B)披露", " 与 ", "5G", "", "&amp;", "报道"))
            market, code = a_code(draw)
            name = draw.choice((*NAMES, "PPI", "证券"))
            shape = draw.choice((
                '<span id="stock_{m}.{c}"><a class="keytip" data-code="{m},{c}" href="/unify/r/{m}.{c}">{n}</a></span><span id="quote_{m}.{c}"></span>',
                '<span web="1" class="em_stock_key_common" data-code="{m},{c}">{n}</span>',
                '<span id="Info.3293"><a class="infokey" href="http://data.example.com/">{n}</a></span>',
            ))  # fmt: skip
            html += [words, shape.format(m=market, c=code, n=name)]
            plain += [words.replace("&amp;", "&"), name]
        tree = safe_tree(f"<p>x{''.join(html)}x</p>")
        lift(tree)
        assert text_of(tree) == f"x{''.join(plain)}x"
        assert not list(tree.iter("span"))
