"""What an edit changed of a text: sentences, and the facts in them: figures, percentages, security codes."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections import Counter

PERCENTAGE = re.compile(
    r"[-+−]?\d[\d,]{0,40}(?:\.\d{1,40})?\s{0,4}(?:%|％|个百分点|个基点|BP)", re.IGNORECASE
)
CODE = re.compile(r"(?<![\d.])(?:[03689]\d{5}|\d{5}(?=\.HK))(?:\.(?:SZ|SH|BJ|HK))?(?![\d.%])", re.IGNORECASE)
FIGURE = re.compile(
    r"[-+−]?\d[\d,]{0,40}(?:\.\d{1,40})?\s{0,4}(?:万亿|千亿|百亿|亿|千万|百万|万|千)?(?:元|美元|港元|欧元|股|吨|台|辆|家|只|人|倍|点|天|年|月|日|小时)?"
)
SENTENCE = re.compile(r".+?(?:[。！？!?]+[”’」』）)\"]*|(?<=\w)\.(?=\s+[A-Z“\"])|$)")
"""A sentence of a paragraph, with the quotation marks and brackets that close it."""

LEAST_COMPARED = 20  # runs of four characters
SHARED_BY_CHANCE = 0.05
"""Share of such runs that two articles of one source have in common by their template alone."""


def sentences(text: str) -> list[list[str]]:
    """Paragraphs (a row of a table is one), each cut into its sentences; white space inside them stays.

    >>> sentences("央行降准。“很好！”他说。\\n第二段 Rates held. No cut\\n1月\\t2.5")
    [['央行降准。', '“很好！”', '他说。'], ['第二段 Rates held.', 'No cut'], ['1月\\t2.5']]
    """
    paragraphs = (
        [line.strip()]
        if "\t" in line
        else [sentence.strip() for sentence in SENTENCE.findall(line) if sentence.strip()]
        for line in text.splitlines()
        if line.strip()
    )
    return list(paragraphs)


def without_space(text: str) -> str:
    """*text* as it is compared: white space is no edit."""
    return "".join(text.split())


def text_digest(text: str) -> str:
    """SHA-256 of *text* without white space: the source serves one text with changing blanks.

    >>> text_digest("甲 乙\\n丙") == text_digest("甲乙丙")
    True
    """
    return hashlib.sha256(without_space(text).encode("utf-8", "surrogatepass")).hexdigest()


def sentence_changes(old: str, new: str) -> tuple[list[str], list[str]]:
    """Sentences that only *old* holds, and those that only *new* holds, in reading order. One that moved is in neither.

    >>> sentence_changes("甲。乙。丙。", "丙。甲。\\n乙乙。")
    (['乙。'], ['乙乙。'])
    """
    before, after = ([sentence for line in sentences(text) for sentence in line] for text in (old, new))
    return _lacking(before, after), _lacking(after, before)


def _lacking(these: list[str], those: list[str]) -> list[str]:
    """Of *these* what *those* lack; of one that occurs more often here, so many more."""
    counts = Counter(map(without_space, those))
    lacking = []
    for sentence in these:
        key = without_space(sentence)
        if counts[key]:
            counts[key] -= 1
        else:
            lacking.append(sentence)
    return lacking


def shares_nothing(old: str, new: str) -> bool:
    """Whether two texts are of two articles: of the shorter one's runs of four characters the other holds next to none.

    Texts of fewer than `LEAST_COMPARED` characters prove nothing.

    >>> old = "晨光股份今日公告，拟以集中竞价方式回购股份，回购价格不超过每股十二元。"
    >>> shares_nothing(old, "晨光股份公告，拟回购股份，价格不超过每股十二元，期限六个月。")
    False
    >>> shares_nothing(old, "冬奥会张家口赛区准备工作已经全部就绪，各国代表团陆续抵达。")
    True
    """
    fewer, others = sorted(
        (
            {plain[n : n + 4] for n in range(len(plain) - 3)}
            for plain in (without_space(old), without_space(new))
        ),
        key=len,
    )
    return len(fewer) >= LEAST_COMPARED and len(fewer & others) < SHARED_BY_CHANCE * len(fewer)


def facts(text: str) -> dict[str, Counter[str]]:
    """Percentages, security codes and other figures in *text*, each with how often it occurs.

    >>> found = facts("昇兴股份(002752)净利1.66亿元，同比增12.5%")
    >>> {name: list(values) for name, values in found.items()}
    {'percentages': ['12.5%'], 'codes': ['002752'], 'figures': ['1.66亿元']}
    """
    counts = {}
    for name, pattern in (("percentages", PERCENTAGE), ("codes", CODE), ("figures", FIGURE)):
        values = [re.sub(r"\s", "", match[0]) for match in pattern.finditer(text)]
        counts[name] = Counter(values)
        text = pattern.sub(" ", text)
    return counts


def changes(old: str, new: str) -> str | None:
    """JSON of the facts that *new* has and *old* lacks, and the reverse; None where the words alone changed.

    >>> changes("营收3亿元", "营收4亿元")
    '{"figures": {"added": ["4亿元"], "removed": ["3亿元"]}}'
    >>> changes("营收3亿元。", "公司营收3亿元。") is None
    True
    """
    before, after = facts(old), facts(new)
    changed = {}
    for name in before:
        added, removed = sorted(after[name] - before[name]), sorted(before[name] - after[name])
        if added or removed:
            changed[name] = {"added": added, "removed": removed}
    return json.dumps(changed, ensure_ascii=False) if changed else None


def text_columns(old: str, new: str) -> dict[str, str]:
    """The columns of `revisions` that hold `sentence_changes`, as JSON arrays."""
    removed, added = sentence_changes(old, new)
    return {
        "text_removed": json.dumps(removed, ensure_ascii=False),
        "text_added": json.dumps(added, ensure_ascii=False),
    }


def fill(conn: sqlite3.Connection) -> int:
    """Compare the earlier texts that were stored before their sentences were. Inside the caller's transaction. How many."""
    waiting = conn.execute(
        "SELECT article_id, revision FROM revisions WHERE text_removed IS NULL AND json_extract(changes, '$.withdrawn') IS NOT 1"
    ).fetchall()
    for article_id, revision in waiting:
        # One after the other: whole texts of all of them would not fit into memory.
        old, new = conn.execute(
            "SELECT r.body_text, coalesce((SELECT n.body_text FROM revisions AS n WHERE n.article_id = r.article_id"
            " AND n.revision > r.revision ORDER BY n.revision LIMIT 1), t.body_text, r.body_text)"
            " FROM revisions AS r LEFT JOIN texts AS t ON t.article_id = r.article_id WHERE r.article_id = ? AND r.revision = ?",
            [article_id, revision],
        ).fetchone()
        conn.execute(
            "UPDATE revisions SET text_removed = :text_removed, text_added = :text_added"
            " WHERE article_id = :article_id AND revision = :revision",
            {**text_columns(old, new), "article_id": article_id, "revision": revision},
        )
    return len(waiting)
