"""Names of media for paths: toneless pinyin with the right readings, derived from the name alone.

Names that read alike (TechWeb and Techweb, 新京报 and 新惊报) share a slug: whichever archive they arrive in, and in whatever
order, the paths are the same. Who needs to tell them apart asks by name.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import sqlite3
import unicodedata
from array import array
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

from archive.data_files import DataFiles

READINGS = {
    "央行": "yanghang", "银行": "yinhang", "行业": "hangye", "行情": "hangqing", "重庆": "chongqing", "厦门": "xiamen",
    "六安": "luan", "蚌埠": "bengbu", "长江": "changjiang", "长城": "changcheng", "长安": "changan", "长沙": "changsha",
    "长春": "changchun", "长三角": "changsanjiao", "朝阳": "chaoyang", "朝鲜": "chaoxian", "都市": "dushi", "首都": "shoudu",
    "成都": "chengdu", "音乐": "yinyue", "乐居": "leju", "快乐": "kuaile", "大厦": "dasha", "参考消息": "cankaoxiaoxi",
    "单仁": "shanren", "重点": "zhongdian", "重磅": "zhongbang", "中重": "zhongzhong", "调研": "diaoyan", "调查": "diaocha",
    "空调": "kongtiao", "传媒": "chuanmei", "自传": "zizhuan", "会计": "kuaiji", "财会": "caikuai", "地产": "dichan",
    "地方": "difang", "参政": "canzheng", "数据": "shuju", "量子": "liangzi", "曾经": "cengjing", "率先": "shuaixian",
    "效率": "xiaolv", "便宜": "pianyi", "亳州": "bozhou", "台州": "taizhou", "丽水": "lishui", "洪洞": "hongtong",
    "番禺": "panyu", "东莞": "dongguan", "莘县": "shenxian", "涡阳": "guoyang", "解放": "jiefang", "浙商": "zheshang",
    "行": "hang",
}  # fmt: skip
"""Where the library's dictionary of phrases is wrong, or would read a single character differently, in names of media."""

_LONGEST = max(map(len, READINGS))
_KEPT = re.compile(r"[^a-z0-9]+")
_PHRASE = re.compile(rb'\n"([\xc2-\xf4][\x80-\xbf]{1,3})[^"]*": \[')
"""Where a phrase begins in the library's file; its first character."""


@cache
def _phrases() -> tuple[Path, str, array[int]]:
    """The library's file of phrases; the characters that phrases begin with, in its order; where in it those of each begin, and
    where the last end. Compact, for a crawl keeps it."""
    package = importlib.util.find_spec("pypinyin")
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).with_name("phrases_dict.json")
    data = path.read_bytes() if path.exists() else b""
    characters, places = [b""], array("L")
    for match in _PHRASE.finditer(data):
        if match[1] != characters[-1]:
            characters.append(match[1])
            places.append(match.start())
    places.append(max(data.rfind(b"}"), 0))
    return path, b"".join(characters).decode(), places


@cache
def _library() -> tuple[Callable[..., list[str]], object]:
    """pypinyin's function and style, late: most crawls meet only names that have their slug.

    Without its 47,000 phrases, which take 45 MB and 0.1 s, where they can be loaded as they are needed.
    """
    if _phrases()[1]:
        os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin, Style.NORMAL


_loaded: set[str] = set()
"""Phrases that pypinyin has."""


def _load_phrases(text: str) -> None:
    """Load the phrases that can matter for *text* into pypinyin: those whose first two characters stand in it."""
    from pypinyin import load_phrases_dict

    path, characters, places = _phrases()
    index = -1
    for character in dict.fromkeys(text):
        while (index := characters.find(character, index + 1)) >= 0:
            with path.open("rb") as file:
                file.seek(places[index])
                entries = file.read(places[index + 1] - places[index])
            phrases = json.loads(b"{" + entries.strip().rstrip(b",") + b"}")
            new = {
                phrase: phrases[phrase] for phrase in phrases if phrase[:2] in text and phrase not in _loaded
            }
            if new:  # the library looks through all that it has each time
                load_phrases_dict(new)
                _loaded.update(new)


@lru_cache(maxsize=4096)
def slug_of(name: str) -> str:
    """*name* as ``[a-z0-9-]{1,60}``; never empty. Names that read alike share one. Remembered: many articles are of few media.

    >>> slug_of("新京报"), slug_of("央行"), slug_of("21世纪经济报道"), slug_of("Tech Web")
    ('xinjingbao', 'yanghang', '21shijijingjibaodao', 'techweb')
    """
    text = unicodedata.normalize("NFKC", name)
    lazy_pinyin, style = _library()
    _load_phrases(text)
    parts, index, run = [], 0, ""
    while index < len(text):
        for length in range(min(_LONGEST, len(text) - index), 1, -1):
            if reading := READINGS.get(text[index : index + length]):
                parts += [*lazy_pinyin(run, style=style, errors="default"), reading]
                run, index = "", index + length
                break
        else:
            run, index = run + text[index], index + 1
    parts += lazy_pinyin(run, style=style, errors="default")
    slug = _KEPT.sub("", "".join(parts).lower())[:60]
    return slug or "x" + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:12]


def derive_again(conn: sqlite3.Connection) -> None:
    """Give every publisher the slug that follows from its name, and have the posts that named another rendered again.

    The posts are noted in ``.pending`` before the caller commits: whoever opens the archive next renders them from their rows.
    """
    names = [name for (name,) in conn.execute("SELECT name FROM publishers") if name]
    slugs = {name: slug_of(name) for name in names}
    conn.executemany(
        "UPDATE publishers SET slug = ? WHERE name = ?", [(slug, name) for name, slug in slugs.items()]
    )
    posts = []
    for name, slug in slugs.items():
        posts += conn.execute(
            "UPDATE articles SET publisher_slug = ? WHERE publisher = ? AND publisher_slug <> ? RETURNING post_path",
            [slug, name, slug],
        ).fetchall()
    [(_, _, file)] = conn.execute("SELECT * FROM pragma_database_list WHERE name = 'main'")
    if posts and file:
        DataFiles(Path(file).parent).note_posts([path for (path,) in posts if path])
