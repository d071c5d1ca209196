"""What people read is in their language; the catalogue is complete; what programs read stays English."""

import json
import os
import re
import string
from contextlib import closing

import pytest

from archive import language
from archive.language import LANGUAGES, gettext, ngettext, using
from archive.reader import open_for_reading
from archive.web.queries import QUERIES
from archive.web.words import CHOICES, CHOSEN, COLUMNS
from tests import catalogue
from tests.scrapy_process import run_scrapy
from tests.worked_queries import make_archive

OTHERS = [code for code in LANGUAGES if code != language.ENGLISH]
PYTHON_FORMAT = re.compile(r"%(?:\((\w+)\))?[sd%]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def messages():
    return catalogue.extract()


@pytest.fixture(scope="module", params=OTHERS)
def kept(request):
    return catalogue.read_catalogue(request.param)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    data = tmp_path_factory.mktemp("language") / "data"
    make_archive(data).close()
    return data


def ids(catalog):
    return {(message.context, message.id) for message in catalog if message.id}


def test_a_catalogue_has_every_message_and_no_other(messages, kept):
    assert ids(kept) == ids(messages), "python -m tests.catalogue brings it in step"


def test_every_message_is_translated(kept):
    assert [m.id for m in kept if m.id and (m.fuzzy or not catalogue.is_translated(m.string))] == []


def places(text):
    """Names of the places of a message that a value goes into."""
    if PYTHON_FORMAT.search(text):
        return PYTHON_FORMAT.findall(text)
    try:
        return [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError:  # braces of a description
        return []


def test_translations_have_the_places_of_their_messages(kept):
    for message in filter(lambda message: message.id, kept):
        forms = [message.id] if isinstance(message.id, str) else [message.id[-1]]
        translated = [message.string] if isinstance(message.id, str) else message.string
        for form in forms:
            for text in translated:
                # A month is a name in English and a number in Chinese; numbers may be printed in another form.
                english, other = (
                    {name.removesuffix("_name") for name in places(words)} for words in (form, text)
                )
                assert other == english, form


def test_translations_keep_the_markup_of_their_messages(kept):
    tags = re.compile(r"</?[a-z][^>]*>")
    for message in kept:
        if isinstance(message.id, str):
            assert sorted(tags.findall(message.id)) == sorted(tags.findall(message.string)), message.id


def test_what_is_shipped_is_compiled_of_what_is_edited(kept):
    assert catalogue.po_path(str(kept.locale)).with_suffix(".mo").read_bytes() == catalogue.compiled(kept)


def test_chinese_punctuation_is_chinese(kept):
    for message in kept:
        text = message.string if isinstance(message.string, str) else message.string[0]
        assert not re.search(r"[\u4e00-\u9fff][,;:!?](?=[\u4e00-\u9fff])", text), text


def test_columns_and_choices_of_questions_have_names(data):
    with closing(open_for_reading(data)) as conn:
        for query in QUERIES:
            blanks = dict.fromkeys(re.findall(r":(\w+)", query.sql), "")
            assert {column for column, *_ in conn.execute(query.sql, blanks).description} <= {*COLUMNS}, (
                query.name
            )
    assert {value for values in CHOICES.values() for value in values} == {*CHOSEN}


def test_a_message_is_looked_up_in_the_current_language():
    assert gettext("Edits") == "Edits"
    with using("zh"):
        assert gettext("Edits") == "修订"
        assert ngettext("{count:,} article", "{count:,} articles", 1) == "1 篇文章"
        with using("en"):
            assert ngettext("{count:,} article", "{count:,} articles", 1) == "1 article"
    assert language.current() == "en"


def run(data, *args, code="", locale=None):
    """A command at noon of the day after the sample newsroom's; *locale* is the environment's."""
    settings = {"DATA_DIR": data, "FINEWS_NOW": "2026-07-01T04:00:00+00:00", "LANGUAGE": code}
    flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    return run_scrapy(*args, *flags, env=kept | {"LANG": locale} if locale else None)


@pytest.mark.parametrize(
    ("command", "code", "locale", "words"),
    [
        ("status", "", "C.UTF-8", "archived, "),
        ("status", "", "zh_CN.UTF-8", "已收录"),
        ("coverage", "en", "zh_CN.UTF-8", "Beijing day"),
        ("status", "zh", None, "已收录"),
        ("coverage", "zh_CN", None, "北京日期"),
    ],
)
def test_a_command_answers_in_the_language_of_setting_or_locale(data, command, code, locale, words):
    done = run(data, command, code=code, locale=locale)
    assert words in done.stdout, done.stderr


@pytest.mark.parametrize("args", [["status", "--json"], ["coverage", "--json"]], ids=str)
def test_json_stays_english(data, args):
    english, chinese = (run(data, *args, code=code).stdout for code in ("en", "zh"))
    varying = re.compile(r'"(?:free|wal)": \d+')
    assert varying.sub("", english) == varying.sub("", chinese)
    assert json.loads(chinese)


def test_a_report_is_in_the_language_that_is_set(data, tmp_path):
    for code, tag, title in (("en", "en", "News archive: "), ("zh", "zh-Hans", "新闻档案：")):
        out = tmp_path / f"{code}.html"
        run(data, "report", "--until", "2026-07-01", "-o", out, code=code)
        html = out.read_text(encoding="utf-8")
        assert f'<html lang="{tag}">' in html
        assert f"<title>{title}" in html
        ours = re.sub(r"<bdi>.*?</bdi>|<style>.*?</style>|<title>.*?</title>", "", html, flags=re.DOTALL)
        headings = re.findall(r"<h2>(.*?)</h2>", ours)
        assert len(headings) > 8
        assert all(bool(CHINESE.search(heading)) is (code == "zh") for heading in headings)


@pytest.mark.parametrize(("code", "tag", "words"), [("", "zh-Hans", "日期"), ("en", "en", "Days")])
@pytest.mark.parametrize("generator", ["hugo", "jekyll"])
def test_a_site_is_chinese_unless_the_setting_says_otherwise(data, tmp_path, generator, code, tag, words):
    run(data, "export", "--site", generator, tmp_path / "site", code=code)
    layout = "layouts/_default/baseof.html" if generator == "hugo" else "_layouts/base.html"
    base = (tmp_path / "site" / layout).read_text(encoding="utf-8")
    assert f'<html lang="{tag}">' in base
    assert f">{words}</a>" in base
    assert "[[" not in base


def test_a_wrong_language_is_reported_in_a_line(data):
    done = run(data, "crawl", "share", code="fr")
    assert done.returncode == 2
    assert "LANGUAGE" in done.stderr
    assert "give en or zh" in done.stderr
