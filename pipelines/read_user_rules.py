"""``rules.toml`` in DATA_DIR: boilerplate rules of the user's own, beside those of `pipelines.boilerplate_rules`.

    [house_app]
    pattern = "更多内容请下载.{0,20}客户端"          # a whole paragraph
    site = "paper.example"                    # a site's name or host; without it: everywhere
    drops = "<p>更多内容请下载某某客户端</p>"
    keeps = "<p>更多内容请下载说明书第三章的用户占三成，公司说。</p>"

    [share_box]
    selector = "div.share-box"                # CSS, or XPath where it begins with / or .
    drops = "<div class='share-box'>分享到</div>"
    keeps = "<div class='box'>分享经济的规模扩大。</div>"

Each rule is tried on what it must drop and what it must keep before it is used.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from time import process_time
from typing import Any

from lxml import etree

from archive.toml_text import read_tables
from pipelines.boilerplate_matches import LONGEST_PARAGRAPH
from pipelines.boilerplate_rules import RULES, Rule
from pipelines.user_rules import NONE, RuleError, UserRule, UserRules

FILE = "rules.toml"
KEYS = ("pattern", "selector", "site", "drops", "keeps")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
TAG = re.compile(r"<[^<>]*>")
LENGTHS = (*range(8, 40, 2), *range(40, 200, 20), *range(200, LONGEST_PARAGRAPH, 100))
"""Of the texts that a pattern is tried on: in steps so small that none takes much longer than the one before."""
SLOW = 0.2  # CPU seconds for one paragraph; the usual pattern takes microseconds


def load_rules(path: Path) -> UserRules:
    """The rules of a file, each tried on its examples; none where there is no file. Raises RuleError."""
    tables = read_tables(path, RuleError)
    if not tables:
        return NONE
    rules = [read_rule(name, table, f"{path}: [{name}]") for name, table in tables.items()]
    return UserRules(rules, hashlib.sha256(path.read_bytes()).hexdigest()[:8])


def read_rule(name: str, table: Any, where: str) -> UserRule:
    """One table of the file. Raises RuleError."""
    if not isinstance(table, dict):
        raise RuleError(f"{where} is not a table: write [{name}] and its keys below")
    if not NAME.fullmatch(name):
        raise RuleError(f"{where}: a name is made of a-z, 0-9, '_' and '-'")
    if name in {rule.name for rule in RULES}:
        raise RuleError(f"{where}: there is a built-in rule of that name; choose another")
    for key, value in table.items():
        if key not in KEYS:
            raise RuleError(f"{where} {key}: unknown key; there are {', '.join(KEYS)}")
        if not isinstance(value, str) or not value.strip():
            raise RuleError(f"{where} {key} = {value!r}: a text is needed")
    if ("pattern" in table) == ("selector" in table):
        raise RuleError(f"{where}: give either pattern (of a whole paragraph) or selector (of an element)")
    for key in ("drops", "keeps"):
        if key not in table:
            raise RuleError(
                f'{where}: {key} is missing: markup that the rule must {key[:-1]}, e.g. {key} = "<p>…</p>"'
            )
    rule = UserRule(
        Rule(
            name=name,
            kind="paragraph" if "pattern" in table else "element",
            pattern=table.get("pattern") or as_xpath(table["selector"], where),
            drops=table["drops"],
            keeps=table["keeps"],
        ),
        table.get("site", ""),
    )
    try:
        _ = rule.match if rule.rule.kind == "paragraph" else rule.find
        refuse_slow(rule, where)
        try_examples(rule, where)
    except (re.error, OverflowError, RecursionError) as exc:
        entry = (
            f"pattern = {table['pattern']!r}" if "pattern" in table else f"selector = {table['selector']!r}"
        )
        raise RuleError(f"{where} {entry:.200} is not a regular expression: {exc}") from None
    except etree.XPathError as exc:
        raise RuleError(f"{where} selector = {table['selector']!r} is not XPath: {exc}") from None
    return rule


def as_xpath(selector: str, where: str) -> str:
    """A selector, CSS or XPath, as XPath that looks below the body. Raises RuleError."""
    selector = selector.strip()
    if selector[0] in "./":
        return selector if selector[0] == "." else f".{selector}"
    from parsel import css2xpath

    try:
        return css2xpath(selector)
    except (SyntaxError, RuntimeError) as exc:  # of cssselect, which goes down into each part
        raise RuleError(
            f"{where} selector = {selector!r:.200} is not a CSS selector: {exc}. XPath begins with // or ./"
        ) from None


def refuse_slow(rule: UserRule, where: str) -> None:
    """Raise RuleError for a pattern whose time explodes with a text of one character, or of one example, again and again."""
    if rule.rule.kind != "paragraph":
        return
    examples = TAG.sub("", rule.rule.drops), TAG.sub("", rule.rule.keeps)
    for pump in dict.fromkeys([*"".join(examples), *examples]):
        for length in LENGTHS if pump else ():
            text = (pump * length)[:length] + "\0"
            begun = process_time()
            rule.match(text)
            if process_time() - begun > SLOW:
                raise RuleError(
                    f"{where} pattern = {rule.rule.pattern!r:.200} takes more than {SLOW:g} s for {text[:20]!r}… ({length} characters):"
                    " what repeats inside a repetition, as in (a+)+, is tried in every way to divide a text; write a+"
                )


def try_examples(rule: UserRule, where: str) -> None:
    """Raise RuleError where the rule keeps what it must drop, or the other way round."""
    from pipelines.sanitise_html import safe_tree
    from pipelines.strip_tree import strip_own

    for example, goes in ((rule.rule.drops, True), (rule.rule.keeps, False)):
        tree = safe_tree(f"<p>头一段正文。</p>{example}<p>又一段正文。</p>")
        if bool(strip_own(tree, [rule])) != goes:
            key, does = ("drops", "keeps it") if goes else ("keeps", "drops it")
            raise RuleError(f"{where} {key} = {example!r}: the rule {does}; change the rule, or the example")
