"""Names of media for paths: toneless pinyin with the right readings, one slug a medium."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

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
"""Where the library's dictionary of phrases is wrong, or would read a lone sign differently, in names of media."""

_LONGEST = max(map(len, READINGS))
_KEPT = re.compile(r"[^a-z0-9]+")
_PHRASE = re.compile(rb'\n"([\xc2-\xf4][\x80-\xbf]{1,3})[^"]*": \[')
"""Where a phrase begins in the library's file; its first sign."""


@cache
def _phrases() -> tuple[Path, dict[str, list[tuple[int, int]]]]:
    """The library's file of phrases, and where in it those that begin with a sign are."""
    package = importlib.util.find_spec("pypinyin")
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).with_name("phrases_dict.json")
    places: dict[str, list[tuple[int, int]]] = {}
    if path.exists():
        data = path.read_bytes()
        found = [(match[1], match.start()) for match in _PHRASE.finditer(data)]
        starts = [one for n, one in enumerate(found) if n == 0 or found[n - 1][0] != one[0]]
        for (sign, start), (_, end) in pairwise([*starts, (b"", data.rfind(b"}"))]):
            places.setdefault(sign.decode(), []).append((start, end))
    return path, places


@cache
def _library() -> tuple[Callable[..., list[str]], object]:
    """pypinyin's function and style, late: most crawls meet only names that have their slug.

    Without its 47,000 phrases, which take 45 MB and 0.1 s, where they can be had one sign at a time.
    """
    if _phrases()[1]:
        os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin, Style.NORMAL


@cache
def _teach(sign: str) -> None:
    """Tell pypinyin the phrases that begin with *sign*."""
    path, places = _phrases()
    if sign not in places:
        return
    from pypinyin import load_phrases_dict

    with path.open("rb") as file:
        for start, end in places[sign]:
            file.seek(start)
            load_phrases_dict(json.loads(b"{" + file.read(end - start).strip().rstrip(b",") + b"}"))


def slug_of(name: str) -> str:
    """*name* as ``[a-z0-9-]{1,60}``; never empty, not unique.

    >>> slug_of("新京报"), slug_of("央行"), slug_of("21世纪经济报道"), slug_of("Tech Web")
    ('xinjingbao', 'yanghang', '21shijijingjibaodao', 'techweb')
    """
    text = unicodedata.normalize("NFKC", name)
    lazy_pinyin, style = _library()
    for sign in text:
        _teach(sign)
    parts, at, run = [], 0, ""
    while at < len(text):
        for length in range(min(_LONGEST, len(text) - at), 1, -1):
            if reading := READINGS.get(text[at : at + length]):
                parts += [*lazy_pinyin(run, style=style, errors="default"), reading]
                run, at = "", at + length
                break
        else:
            run, at = run + text[at], at + 1
    parts += lazy_pinyin(run, style=style, errors="default")
    slug = _KEPT.sub("", "".join(parts).lower())[:60]
    return slug or "x" + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:12]


def assign_slug(name: str, taken: Callable[[str], str | None]) -> str:
    """The slug of a new medium. *taken* gives the name that a slug belongs to; another name gets a suffix of its own.

    >>> assign_slug("Techweb", {"techweb": "TechWeb"}.get)
    'techweb-93bf07'
    """
    slug = slug_of(name)
    if taken(slug) in (None, name):
        return slug
    return f"{slug[:53]}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:6]}"
