"""No regular expression takes more than about twice as long for twice the text, whatever the text."""

import pytest

from tests.patterns import AT_ONE_PLACE, SCANNING, Pattern, collect, find_slow


def made(pattern: str, uses: set[str]) -> Pattern:
    return Pattern("here", pattern, 0, frozenset(uses))


@pytest.mark.parametrize(
    ("pattern", "uses"),
    [
        (r"(a+)+$", AT_ONE_PLACE),
        (r"\s*\(\w+\)$", SCANNING),
        (r"<script[^>]*id=x", SCANNING),
        (r"'(?:[^'\\\\]|\\\\.)*'", SCANNING),
        (r"a\s*x?\s*b", AT_ONE_PLACE),
    ],
)
def test_superlinear_patterns_are_found(pattern, uses):
    assert list(find_slow([made(pattern, uses)], {}))


@pytest.mark.parametrize(
    ("pattern", "uses"),
    [
        (r"a+$", AT_ONE_PLACE),
        (r"\s*\(\w+\)$", AT_ONE_PLACE),
        (r"(?<!\s)\s*+\(", SCANNING),
        (r"<script[^<>]*id=x", SCANNING),
        (r"\s{0,9}\(\w{1,40}\)$", SCANNING),
    ],
)
def test_linear_patterns_are_not(pattern, uses):
    assert not list(find_slow([made(pattern, uses)], {}))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_no_pattern_of_ours_is_superlinear():
    patterns = {pattern.place: pattern for pattern in collect()}
    assert len(patterns) > 700
    assert patterns["crawler.extraction.persons.BYLINE"].uses == {"match"}
    assert patterns["crawler.extraction.captions.CREDIT"].uses == {"search"}
    slow = [(pattern.place, tuple(attack)) for pattern, attack in find_slow(patterns.values(), {})]
    assert slow == []
