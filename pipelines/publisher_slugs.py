"""Names of media for paths: toneless pinyin with the right readings, one slug a medium."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable

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
_taught = False


def slug_of(name: str) -> str:
    """*name* as ``[a-z0-9-]{1,60}``; never empty, not unique.

    >>> slug_of("新京报"), slug_of("央行"), slug_of("21世纪经济报道"), slug_of("Tech Web")
    ('xinjingbao', 'yanghang', '21shijijingjibaodao', 'techweb')
    """
    from pypinyin import (  # late: 40 ms, and most crawls meet only names that have their slug
        Style,
        lazy_pinyin,
    )

    text = unicodedata.normalize("NFKC", name)
    parts, at, run = [], 0, ""
    while at < len(text):
        for length in range(min(_LONGEST, len(text) - at), 1, -1):
            if reading := READINGS.get(text[at : at + length]):
                parts += [*lazy_pinyin(run, style=Style.NORMAL, errors="default"), reading]
                run, at = "", at + length
                break
        else:
            run, at = run + text[at], at + 1
    parts += lazy_pinyin(run, style=Style.NORMAL, errors="default")
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
