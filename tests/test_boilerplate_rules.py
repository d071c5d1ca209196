"""Every rule drops what it says and keeps its near miss."""

import pytest

from pipelines.boilerplate_rules import RULES
from pipelines.render_body import text_of
from pipelines.sanitise_html import safe_tree
from pipelines.strip_boilerplate import strip

BY_NAME = {rule.name: rule for rule in RULES}


def test_names_are_unique():
    assert len(BY_NAME) == len(RULES)


@pytest.mark.parametrize("name", BY_NAME)
def test_drops(name):
    tree = safe_tree(f"<p>头一段正文。</p><p>又一段正文。</p>{BY_NAME[name].drops}")
    if BY_NAME[name].where == "start":
        tree = safe_tree(f"{BY_NAME[name].drops}<p>头一段正文。</p>")
    found = strip(tree)
    assert [removal["rule"] for removal in found.removals][:1] == [name]
    assert all(removal["html"] for removal in found.removals)
    assert text_of(tree).strip() in ("头一段正文。\n又一段正文。", "头一段正文。")


@pytest.mark.parametrize("name", BY_NAME)
def test_keeps(name):
    for body in (f"{BY_NAME[name].keeps}<p>又一段正文。</p>", f"<p>头一段正文。</p>{BY_NAME[name].keeps}"):
        tree = safe_tree(body)
        before = text_of(safe_tree(body))
        assert strip(tree).removals == []
        assert text_of(tree) == before
        assert tree.find(".//img") is not None or "<img" not in body
