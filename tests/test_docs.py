"""What the docs name is there."""

import re
from pathlib import Path

import pytest

from tests import site_table

ROOT = Path(__file__).resolve().parent.parent
DOCS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "data").glob("*.md")),
]


@pytest.mark.parametrize("doc", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(doc):
    text = re.sub(r"`[^`]*`", "", doc.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
        assert (doc.parent / target).exists(), f"{doc.name} links to {target}"


def test_every_command_of_the_readme_exists():
    named = set(re.findall(r"\.venv/bin/scrapy (\w+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    there = {path.stem for path in (ROOT / "crawler" / "commands").glob("*.py")}
    assert named <= there, named - there


def test_every_make_target_of_the_readme_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"


def test_the_table_of_sites_is_that_of_the_registry():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert site_table.filled(readme) == readme, "run python -m tests.site_table"
    assert "`finews:…`" in readme
