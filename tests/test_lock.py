"""What the project installs is pinned with its hashes; nothing of it comes under the GPL alone."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINNED = re.compile(
    r"^(\S+)==(\S+?)(?: ; (.*?))? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)
"""Name, version, marker and hashes of a locked package."""


def locked(name: str) -> dict[str, str]:
    """Versions by package."""
    return {match[1]: match[2] for match in PINNED.finditer((ROOT / name).read_text(encoding="utf-8"))}


RUN, DEV = locked("requirements.lock"), locked("requirements-dev.lock")


def required(*extras: str) -> set[str]:
    """Every package that the project with *extras* requires here, directly or through others."""
    names: set[str] = set()
    pending = [("finews-archive", frozenset(extras))]
    seen = set(pending)
    while pending:
        name, active = pending.pop()
        try:
            lines = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        for line in lines:
            requirement = Requirement(line)
            marker = requirement.marker
            if marker and not any(marker.evaluate({"extra": extra}) for extra in active | {""}):
                continue
            names.add(canonicalize_name(requirement.name))
            entry = (canonicalize_name(requirement.name), frozenset(requirement.extras))
            if entry not in seen:
                seen.add(entry)
                pending.append(entry)
    return names


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_line_of_a_lock_is_a_version_with_its_hashes(name):
    assert PINNED.sub("", (ROOT / name).read_text(encoding="utf-8")) == ""


def test_everything_is_locked():
    assert required("analyst", "alerts") - set(RUN) == set(), "run make lock"
    assert required(*PROJECT["project"]["optional-dependencies"]) - set(DEV) == set(), "run make lock"


def test_both_locks_agree():
    assert {name: version for name, version in DEV.items() if name in RUN} == RUN


def test_the_locked_versions_are_those_that_the_project_allows():
    groups = [PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"].values()]
    for line in [line for group in groups for line in group] + PROJECT["build-system"]["requires"]:
        requirement = Requirement(line)
        version = DEV[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{line} but {version} is locked: run make lock"


@pytest.mark.parametrize("name", sorted(required(*PROJECT["project"]["optional-dependencies"])))
def test_licences_are_permissive(name):
    try:
        metadata = distribution(name).metadata
    except PackageNotFoundError:
        pytest.skip("not installed here: it is for another platform")
    licences = [metadata.get("License-Expression") or metadata.get("License") or ""]
    licences += [line for line in metadata.get_all("Classifier") or [] if line.startswith("License")]
    gpl = [licence for licence in licences if re.search(r"(?<!L)GPL|GNU General Public", licence)]
    # An expression with OR leaves the choice to us.
    assert all(re.search(r"\bOR\b", licence) for licence in gpl), licences
