"""What the project installs, extras and all, is pinned; and nothing of it comes under the GPL alone."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


LOCKED = {
    plain(line.partition("==")[0])
    for line in (ROOT / "requirements.lock").read_text().split()
    if "==" in line
}


def needed() -> set[str]:
    """Every package that the project with its extras needs here, and what those need in turn."""
    found: set[str] = set()
    waiting = [("finews-archive", frozenset({"analyst", "dev"}))]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        try:
            wanted = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        for line in wanted:
            one = Requirement(line)
            if one.marker and not any(
                one.marker.evaluate({"extra": extra}) for extra in (extras or {""}) | {""}
            ):
                continue
            found.add(plain(one.name))
            entry = (plain(one.name), frozenset(one.extras))
            if entry not in seen:
                seen.add(entry)
                waiting.append(entry)
    return found


def test_everything_is_pinned():
    assert needed() - LOCKED - {"pip", "setuptools"} == set()  # those two come with Python


@pytest.mark.parametrize("name", sorted(needed()))
def test_licences_are_permissive(name):
    try:
        about = distribution(name).metadata
    except PackageNotFoundError:
        pytest.skip("not installed here: it is for another platform")
    said = [about.get("License-Expression") or about.get("License") or ""]
    said += [line for line in about.get_all("Classifier") or [] if line.startswith("License")]
    gpl = [one for one in said if re.search(r"(?<!L)GPL|GNU General Public", one)]
    # An expression with OR leaves the choice to us.
    assert all(re.search(r"\bOR\b", one) for one in gpl), said
