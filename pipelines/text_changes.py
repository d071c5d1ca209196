"""What an edit changed of a text's facts: figures, percentages, security codes."""

from __future__ import annotations

import json
import re
from collections import Counter

PERCENTAGE = re.compile(r"[-+−]?\d[\d,]*(?:\.\d+)?\s*(?:%|％|个百分点|个基点|BP)", re.IGNORECASE)
CODE = re.compile(r"(?<![\d.])(?:[03689]\d{5}|\d{5}(?=\.HK))(?:\.(?:SZ|SH|BJ|HK))?(?![\d.%])", re.IGNORECASE)
FIGURE = re.compile(
    r"[-+−]?\d[\d,]*(?:\.\d+)?\s*(?:万亿|千亿|百亿|亿|千万|百万|万|千)?(?:元|美元|港元|欧元|股|吨|台|辆|家|只|人|倍|点|天|年|月|日|小时)?"
)


def facts(text: str) -> dict[str, Counter[str]]:
    """Percentages, security codes and other figures in *text*, each with how often it stands there.

    >>> found = facts("昇兴股份(002752)净利1.66亿元，同比增12.5%")
    >>> {name: list(values) for name, values in found.items()}
    {'percentages': ['12.5%'], 'codes': ['002752'], 'figures': ['1.66亿元']}
    """
    found = {}
    for name, pattern in (("percentages", PERCENTAGE), ("codes", CODE), ("figures", FIGURE)):
        values = [re.sub(r"\s", "", match[0]) for match in pattern.finditer(text)]
        found[name] = Counter(values)
        text = pattern.sub(" ", text)
    return found


def changes(old: str, new: str) -> str | None:
    """JSON of the facts that *new* has and *old* lacks, and the reverse; None where the words alone changed.

    >>> changes("营收3亿元", "营收4亿元")
    '{"figures": {"added": ["4亿元"], "removed": ["3亿元"]}}'
    >>> changes("营收3亿元。", "公司营收3亿元。") is None
    True
    """
    before, after = facts(old), facts(new)
    found = {}
    for name in before:
        added, removed = sorted(after[name] - before[name]), sorted(before[name] - after[name])
        if added or removed:
            found[name] = {"added": added, "removed": removed}
    return json.dumps(found, ensure_ascii=False) if found else None
