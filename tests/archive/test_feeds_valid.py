"""Feeds of ``scrapy serve``, exports and sites are valid: Atom by the grammar of what we write of RFC 4287, JSON Feed by its published
schema, and Atom by the W3C's Feed Validator, too, where ``FEEDVALIDATOR`` names a Python that can import it.

    git clone https://github.com/w3c/feedvalidator && python -m venv fv && fv/bin/pip install -r feedvalidator/requirements.txt
    echo $PWD/feedvalidator/src >fv/lib/python3.*/site-packages/w3c.pth
    FEEDVALIDATOR=$PWD/fv/bin/python python -m pytest -m slow tests/archive/test_feeds_valid.py
"""

import json
import os
import subprocess
from urllib.parse import quote

import jsonschema
import pytest
from lxml import etree

from tests.conftest import ROOT
from tests.scrapy_process import run_scrapy
from tests.serving import serving
from tests.worked_queries import make_archive

pytest.importorskip("datasette", reason="the extra analyst is not installed")

SCHEMA = ROOT / "tests" / "npm" / "node_modules" / "jsonfeed-schema" / "schema-v1.1.json"
ASKED = (
    "feed", "feed{}?q=储能", "feed{}?publisher=东篱商报", "feed{}?security=300991", "feed{}?q=nothing+holds+this", "edits",
    "edits{}?kind=withdrawn", "edits{}?kind=figures", "edits{}?publisher=nobody",
)  # fmt: skip

W3C = """
import sys
import feedvalidator
from feedvalidator.logging import Error, Warning
body = sys.stdin.buffer.read()
try:
    events = feedvalidator.validateString(body, firstOccurrenceOnly=1, base=sys.argv[1])["loggedEvents"]
except feedvalidator.logging.ValidationFailure as failure:
    events = [failure.event]
found = [(type(event).__name__, event.params) for event in events if isinstance(event, (Error, Warning))]
print(*[event for event in found if event[0] not in sys.argv[2:]], sep="\\n", end="")
"""
TRUE = ("DuplicateUpdated", "MissingSelf", "ContainsHTML", "ContainsUndeclaredHTML")
"""Its warnings of what is as it should be: edits that were found at once, a feed without --self-url, plain text with a ``<``."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SCHEMA.exists(), reason="no jsonfeed-schema: make test-npm"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    data = tmp_path_factory.mktemp("feeds") / "data"
    make_archive(data).close()
    return data


@pytest.fixture(scope="module")
def validate():
    """Raises where a feed, as bytes, is not valid."""
    grammar = etree.RelaxNG(etree.parse(ROOT / "tests" / "schemas" / "atom.rng"))
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    checker = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())

    def validate(body: bytes) -> None:
        if body.startswith(b"{"):
            checker.validate(json.loads(body))
        else:
            tree = etree.fromstring(body)
            grammar.assertValid(tree)
            if python := os.environ.get("FEEDVALIDATOR"):
                own = tree.xpath("string(*[@rel = 'self']/@href)")
                run = subprocess.run(
                    [python, "-c", W3C, own, *TRUE], input=body, capture_output=True, timeout=60, check=True
                )
                assert run.stdout.decode() == ""

    return validate


def test_the_schemas_notice_what_is_wrong(validate):
    with pytest.raises(jsonschema.ValidationError):
        validate(b'{"version": "https://jsonfeed.org/version/1.1", "title": "a", "items": [{"id": "1"}]}')
    with pytest.raises(etree.DocumentInvalid):
        validate(b'<feed xmlns="http://www.w3.org/2005/Atom"><title>a</title><id>urn:a</id></feed>')


def test_feeds_of_serve(data, validate):
    with serving(data) as server:
        for asked in ASKED:
            for suffix in (".atom", ".json"):
                path = f"/-/{asked if '{}' in asked else asked + '{}'}".format(suffix)
                status, _, body = server.get(quote(path, safe="/?=&+"))
                assert status == 200, path
                validate(body)


@pytest.mark.parametrize(
    "options", [(), ("--limit", "3", "--self-url", "https://news.example/feed", "--title", "a <b> & c")]
)
def test_exported_feeds(data, validate, tmp_path, options):
    for name in ("atom", "jsonfeed"):
        out = tmp_path / f"feed.{name}"
        assert run_scrapy("export", str(out), *options, "-s", f"DATA_DIR={data}").returncode == 0
        validate(out.read_bytes())


@pytest.mark.parametrize("generator", ["jekyll", "hugo"])
def test_feeds_of_exported_sites(data, validate, tmp_path, generator):
    target = ("--site", generator, str(tmp_path / "site"), "--url", "https://news.example/")
    assert run_scrapy("export", *target, "-s", f"DATA_DIR={data}").returncode == 0
    [feed] = (tmp_path / "site").rglob("feed.xml")
    validate(feed.read_bytes())
    assert b'rel="self"' in feed.read_bytes()
