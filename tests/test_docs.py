"""What the docs name exists, and what exists is documented."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from archive import outcomes
from crawler import exit_status, settings
from tests import site_table

ROOT = Path(__file__).resolve().parent.parent
DOCS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "data").glob("*.md")),
]
GITHUB_SLUG = re.compile(r"[^\w\- ]")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def section(name, heading):
    """Text of a document from *heading* to the next one of its level or above."""
    level = len(heading) - len(heading.lstrip("#"))
    rest = read(name).partition(f"\n{heading}\n")[2]
    assert rest, f"{name} has no {heading}"
    return re.split(rf"^#{{1,{level}}} ", rest, flags=re.MULTILINE)[0]


def first_cells(text):
    """The first cell of each row of the tables in *text*, without heads."""
    rows = re.findall(r"^\| ?(.*?) ?\|.*\|$", text, re.MULTILINE)
    return [row for row in rows if not re.fullmatch(r"-+", row.strip())]


def names(text):
    """What stands in backquotes in the first cells of the tables in *text*."""
    return [name for cell in first_cells(text) for name in re.findall(r"`([^`]+)`", cell)]


def anchors(path):
    """Anchors of the headings of a document, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {GITHUB_SLUG.sub("", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("doc", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(doc):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", doc.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target, anchor in re.findall(r"\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]*))?\)", text):
        path = doc.parent / target if target else doc
        assert path.exists(), f"{doc.name} links to {target}"
        assert not anchor or anchor in anchors(path), f"{doc.name} links to {target}#{anchor}"


@pytest.mark.parametrize("doc", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_and_make_targets_that_docs_name_exist(doc):
    text = doc.read_text(encoding="utf-8")
    listed = subprocess.run(
        ["make", "-C", ROOT, "-qp", "-f", "Makefile"], capture_output=True, text=True
    ).stdout
    targets = set(re.findall(r"^([a-z-]+):", listed, re.MULTILINE))
    named = set(re.findall(r"(?:`|^ {4}|&& )make ([a-z-]+)", text, re.MULTILINE))
    assert named <= targets
    commands = {path.stem for path in (ROOT / "crawler/commands").glob("*.py")}
    commands |= {"crawl", "shell", "fetch", "view", "parse", "settings", "list", "runspider", "bench"}
    assert (
        set(re.findall(r"(?:\.venv/bin/scrapy|finews) ([a-z]\w+)(?= |$|`)", text, re.MULTILINE)) <= commands
    )


def test_the_readme_is_short():
    assert len(read("README.md").splitlines()) <= 120


def outline(text):
    """What a translation keeps: levels of headings, code, and where links and images lead."""
    code = re.findall(r"```.*?```|^ {4}\S.*?$", text, re.DOTALL | re.MULTILINE)
    prose = re.sub(r"```.*?```|^ {4}\S.*?$", "", text, flags=re.DOTALL | re.MULTILINE)
    levels = [len(marks) for marks in re.findall(r"^(#+) ", prose, re.MULTILINE)]
    links = sorted(
        target for target in re.findall(r"\]\(([^)]*)\)", prose) if not target.startswith("README")
    )
    return levels, code, links, sorted(set(re.findall(r"`(?:make|scrapy|http|FINEWS)[^`]*`", prose)))


def test_the_chinese_readme_is_in_step():
    for part, english, chinese in zip(
        ("headings", "code", "links", "commands"),
        outline(read("README.md")),
        outline(read("README.zh-CN.md")),
        strict=True,
    ):
        assert chinese == english, part


def test_every_command_is_documented():
    commands = {path.stem for path in (ROOT / "crawler/commands").glob("*.py")} - {"__init__"}
    commands = {name for name in commands if not name.startswith("_")}
    table, spiders = read("docs/commands.md").split("| spider | follows |")
    assert {name.split()[0] for name in names(table)} == commands
    assert set(names(spiders)) == {path.stem for path in (ROOT / "crawler/spiders").glob("[a-z]*.py")}


def test_every_setting_is_documented():
    ours = {name for name in vars(settings) if name.isupper() and name != "ROOT"}
    documented = names(read("docs/settings.md"))
    assert len(documented) == len(set(documented))
    assert set(documented) == ours


DEFAULTS = re.findall(r"^\| `([A-Z_0-9]+)` \| `(.*?)` \|", read("docs/settings.md"), re.MULTILINE)


@pytest.mark.parametrize(("name", "documented"), DEFAULTS, ids=[name for name, _ in DEFAULTS])
def test_defaults_are_those_of_the_settings(name, documented):
    value = getattr(settings, name)
    assert str(type(value)(float(documented)) if type(value) in (int, float) else documented) == str(value)


def test_every_outcome_of_a_link_is_documented():
    assert sorted(names(section("docs/outcomes.md", "## Outcome of a link"))) == sorted(outcomes.ALL)
    table = section("docs/outcomes.md", "## Outcome of a link")
    tried = {row[0] for row in re.findall(r"^\| `(\w+)` \|.*\| (yes) \| [^|]*\|$", table, re.MULTILINE)}
    assert tried == set(outcomes.RETRIED)


def test_every_exit_status_is_documented():
    documented = first_cells(section("docs/outcomes.md", "## Exit status of a crawl"))
    statuses = {
        value for name, value in vars(exit_status).items() if name.isupper() and isinstance(value, int)
    }
    assert {int(cell) for cell in documented if cell.isdigit()} == statuses


def test_every_pipeline_is_documented():
    documented = names(section("docs/architecture.md", "## Pipelines"))
    assert documented == [
        path.split(".")[1] for path in sorted(settings.ITEM_PIPELINES, key=settings.ITEM_PIPELINES.get)
    ]


def test_every_dependency_is_documented():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *(line for name in extras if name != "dev" for line in extras[name])]
    cells = first_cells(section("docs/architecture.md", "## What it depends on"))
    documented = {name for cell in cells for name in re.findall(r"[\w.-]+", re.sub(r"\(.*?\)", "", cell))} - {
        "package"
    }
    assert documented == {Requirement(line).name for line in lines}


def test_every_decision_is_listed():
    listed = set(re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", read("docs/decisions/README.md")))
    assert listed == {path.name for path in (ROOT / "docs/decisions").glob("0*.md")}


def test_the_table_of_sites_is_that_of_the_registry():
    page = read("docs/sites.md")
    assert site_table.insert_table(page) == page, "run python -m tests.site_table"
    assert "`finews:…`" in page
