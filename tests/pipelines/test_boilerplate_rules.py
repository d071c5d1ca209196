"""Every rule drops what it says and keeps its near miss."""

import pytest

from pipelines.boilerplate_matches import rules_for
from pipelines.boilerplate_rules import RULES
from pipelines.render_body import text_of
from pipelines.sanitise_html import safe_tree
from pipelines.strip_tree import strip_tree

BY_NAME = {rule.name: rule for rule in RULES}


def test_names_are_unique():
    assert len(BY_NAME) == len(RULES)


@pytest.mark.parametrize("name", BY_NAME)
def test_drops(name):
    tree = safe_tree(f"<p>头一段正文。</p><p>又一段正文。</p>{BY_NAME[name].drops}")
    if BY_NAME[name].where == "start":
        tree = safe_tree(f"{BY_NAME[name].drops}<p>头一段正文。</p>")
    found = strip_tree(tree)
    assert [removal["rule"] for removal in found.removals][:1] == [name]
    assert all(removal["html"] for removal in found.removals)
    assert text_of(tree).strip() in ("头一段正文。\n又一段正文。", "头一段正文。")


@pytest.mark.parametrize("name", BY_NAME)
def test_keeps(name):
    for body in (f"{BY_NAME[name].keeps}<p>又一段正文。</p>", f"<p>头一段正文。</p>{BY_NAME[name].keeps}"):
        tree = safe_tree(body)
        before = text_of(safe_tree(body))
        assert strip_tree(tree).removals == []
        assert text_of(tree) == before
        assert tree.find(".//img") is not None or "<img" not in body


@pytest.mark.parametrize(
    "name", [name for name, rule in BY_NAME.items() if rule.kind in ("paragraph", "tail")]
)
def test_hint(name):
    text = text_of(safe_tree(BY_NAME[name].drops)).split("\n")[0]
    assert all(BY_NAME[name].hint), (
        "words without which the rule matches nothing: else it is tried everywhere"
    )
    assert any(word in text for word in BY_NAME[name].hint)
    assert name in [rule.name for rule, _ in rules_for(text)]


def test_a_hint_inside_another_is_seen():
    """责任编辑 is found as one word; 编辑 and 返回, which begin in it or behind it, still count."""
    for text in ("责任编辑返回首页", "看更多阅读原文举报"):
        seen = {rule.name for rule, _ in rules_for(text)}
        assert seen >= {
            name
            for name, rule in BY_NAME.items()
            if rule.kind != "element" and any(w and w in text for w in rule.hint)
        }
