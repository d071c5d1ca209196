"""Which boilerplate rule takes a paragraph, by its text and its place in the article."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from archive.late_pattern import compile_late
from pipelines.boilerplate_rules import END, RULES, START, Rule

TEXT_RULES = [
    (rule, compile_late(rule.pattern, re.DOTALL)) for rule in RULES if rule.kind in ("paragraph", "tail")
]
HINTS = {word for rule, _ in TEXT_RULES for word in rule.hint}


def one_of(characters: Iterable[str]) -> str:
    """A regular expression for one of *characters*."""
    return f"[{re.escape(''.join(sorted(set(characters))))}]"


SINGLE = {word for word in HINTS if len(word) == 1}
# How one begins: its first two characters, or one of `SINGLE`. All of the words in one expression would take twice as long:
# they are tried one after the other wherever the first character of any stands.
HINT = compile_late(
    f"{one_of(word[0] for word in HINTS)}(?:{one_of(word[1] for word in HINTS - SINGLE)}|(?<={one_of(SINGLE)}))"
)
NAMES = compile_late(r"[\s、，,/　]+")
MOST_KEPT = {"start": START, "end": END, "last": 1}
ROLE = compile_late(
    r"(?:责任编辑|责编|编辑|编审|校对|校對|审核|審核|审校|主编|终审|监制|排版|美编|统筹)\s*[:：|｜丨/／]"
)
SENTENCE = compile_late(r"[。？！；]")
LONGEST_PARAGRAPH = 1_200
"""Characters of a paragraph that a rule can match whole."""
LONGEST_TAIL = 400
"""Characters at the end of a paragraph in which a note is looked for."""
NO_NAME = compile_late(
    r"[了在从对就的是将已获]|表示|认为|报道|注意到|发现|^[A-Z\d]{2,20}$|(?:[报報网網社刊]|中心|新[闻聞]|[编編][辑輯]部?|小[编編])$"
)
"""What is no writer's name: words of a sentence, media and what they call themselves."""
TextRule = tuple[Rule, "re.Pattern[str]"]


@lru_cache(500)
def hints_at(begin: str) -> list[tuple[str, int]]:
    """The hints that may stand where `HINT` found *begin*, with their rules as bits in the order of `TEXT_RULES`: those that
    begin as it does, or with its last character, for the search goes on behind it."""
    return [
        (word, sum(1 << n for n, (rule, _) in enumerate(TEXT_RULES) if word in rule.hint))
        for word in sorted(HINTS)
        if word.startswith((begin, begin[-1])) or word == begin[0]
    ]


@cache
def rules_in(bits: int) -> list[TextRule]:
    """The rules that *bits* stand for."""
    return [entry for n, entry in enumerate(TEXT_RULES) if bits >> n & 1]


def rules_for(text: str) -> list[TextRule]:
    """The rules that have a hint in the *text* of a paragraph, without which they cannot match: none, as a rule."""
    bits = 0
    for begin in set(HINT.findall(text)):
        for word, rules in hints_at(begin):
            if word in text:
                bits |= rules
    return rules_in(bits) if bits else []


def find_matches(blocks: list[tuple[Any, str]]) -> list[tuple[Any, Rule, re.Match[str], str]]:
    """``(block, rule, match, text)`` for each paragraph that a rule takes, in reading order.

    Start and end are counted in the paragraphs that stay: a tail of twelve promotions is all at the end.
    """
    hinted = {n: rules for n, (_, text) in enumerate(blocks) if (rules := rules_for(text))}
    if not hinted:
        return []
    last = max(hinted)
    hits: dict[int, tuple[Rule, re.Match[str]]] = {}
    paragraphs_kept = 0
    for n, (_, text) in enumerate(blocks):
        hit = match_paragraph(hinted[n], text, "start", paragraphs_kept) if n in hinted else None
        if hit:
            hits[n] = hit
        elif (paragraphs_kept := paragraphs_kept + 1) >= START and n > last:
            break
    paragraphs_kept = 0
    for n in range(len(blocks) - 1, -1, -1):
        if n in hits:
            continue
        hit = match_paragraph(hinted[n], blocks[n][1], "end", paragraphs_kept) if n in hinted else None
        if hit:
            hits[n] = hit
        if hit is None or hit[0].kind == "tail":
            paragraphs_kept += 1
    return [(blocks[n][0], *hits[n], blocks[n][1]) for n in sorted(hits)]


def match_paragraph(
    rules: list[TextRule], text: str, side: str, kept: int
) -> tuple[Rule, re.Match[str]] | None:
    """The first of *rules* that takes a paragraph with this *text*, *kept* paragraphs from one *side* of the article."""
    for rule, pattern in rules:
        if rule.where != "any" and (
            (rule.where == "start") != (side == "start") or kept >= MOST_KEPT[rule.where]
        ):
            continue
        if rule.kind == "paragraph":
            match = pattern.fullmatch(text) if len(text) <= LONGEST_PARAGRAPH else None
        else:
            tail = pattern.finditer(text, max(0, len(text) - LONGEST_TAIL))
            match = next((match for match in tail if match.end() == len(text)), None)
        if match and not (rule.lifts == "authors" and NO_NAME.search(match[1])):
            if rule.lifts == "editors" and not are_editors(match):
                continue
            return rule, match
    return None


def names_in(text: str) -> list[str]:
    """Names that blanks or commas part."""
    return [name for name in NAMES.split(text) if name and name not in "｜|丨"]


def editors_in(text: str) -> list[str]:
    """Who is named as editor, without those named behind another duty.

    >>> editors_in("王小明 校对：李晓红")
    ['王小明']
    """
    return names_in(ROLE.split(text, maxsplit=1)[0])


def are_editors(match: re.Match[str]) -> bool:
    """Whether a line names people: 编辑 and 审核 begin sentences, too."""
    names = match.groupdict().get("editors") or match[1]
    if "责" in match[0][:8] or "責" in match[0][:8]:
        return len(names) <= 40 and not SENTENCE.search(names)
    return all(len(name) <= 4 or name.isascii() or "·" in name for name in names_in(ROLE.sub(" ", names)))
