"""The language that people read: English, or Chinese by the catalogue in ``archive/locale``.

The current language is English until `use` or `using` says otherwise, so that logs, tables and JSON stay English. Nothing is
imported for English: a crawl pays nothing. ``python -m tests.catalogue`` keeps the catalogue in step with the messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = {"en": "English", "zh": "中文"}
"""Code and own name of each language."""
TAGS = {"en": "en", "zh": "zh-Hans"}
"""Language tags for HTML and HTTP."""
ENGLISH = "en"
LOCALE = Path(__file__).resolve().parent / "locale"

HANGUL, HAN, LETTER = re.compile("[\uac00-\ud7a3]"), re.compile("[\u3400-\u9fff]"), re.compile(r"[^\W\d_]")
KANA = re.compile("[\u3041-\u306d\u306f-\u3096\u30a1-\u30fa]")
"""All but の, which Chinese brands have as well."""
FEWEST_KANA = 8  # Han characters to one of kana at most in a Japanese text; a Chinese one may quote a name

_current: ContextVar[str] = ContextVar("language", default=ENGLISH)


@cache
def _catalogue(language: str) -> Any:
    import gettext  # late: English needs none

    return gettext.translation("messages", LOCALE, [language])


def gettext(message: str, /, **values: Any) -> str:
    """*message* in the current language, its ``{name}`` fields filled in where *values* are given."""
    language = _current.get()
    text = message if language == ENGLISH or not message else _catalogue(language).gettext(message)
    return text.format(**values) if values else text


def ngettext(singular: str, plural: str, count: float, /, **values: Any) -> str:
    """The form for *count* things, in the current language, ``{count}`` and the other fields filled in."""
    language = _current.get()
    if language == ENGLISH:
        text = singular if count == 1 else plural
    else:
        text = _catalogue(language).ngettext(singular, plural, count)
    return text.format(count=count, **values)


def pgettext(context: str, message: str, /, **values: Any) -> str:
    """*message* where *context* tells apart what English says by one word."""
    language = _current.get()
    text = message if language == ENGLISH else _catalogue(language).pgettext(context, message)
    return text.format(**values) if values else text


def gettext_noop(message: str) -> str:
    """*message* as it is, marked for the catalogue; `gettext` translates it where it is shown."""
    return message


def pgettext_noop(context: str, message: str) -> str:
    """Likewise, for `pgettext`."""
    return message


def tag_of(text: str | None) -> str:
    """The language tag of an article's *text*, for HTML, as its script tells: readers' browsers choose characters by it.

    >>> tag_of("央行开展逆回购"), tag_of("日銀が会合を開く"), tag_of("한은 금리 동결"), tag_of("Le Monde"), tag_of("601398")
    ('zh', 'ja', 'ko', 'und', 'zh')
    """
    text = text or ""
    han, kana = len(HAN.findall(text)), len(KANA.findall(text))
    if kana and kana * FEWEST_KANA >= han:
        return "ja"
    if HANGUL.search(text):
        return "ko"
    return "zh" if han or not LETTER.search(text) else "und"


def current() -> str:
    """Code of the current language."""
    return _current.get()


def use(language: str) -> None:
    """Make *language* the current one of this context."""
    _current.set(language)


@contextmanager
def using(language: str) -> Iterator[None]:
    """Make *language* the current one within a block."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def language_of(tag: str) -> str | None:
    """The language that a tag or the name of a locale stands for; None where we have not got it.

    >>> language_of("zh-Hans-CN"), language_of("zh_CN.UTF-8"), language_of("EN"), language_of("fr")
    ('zh', 'zh', 'en', None)
    """
    code = re.split(r"[-_.@]", tag.strip().lower(), maxsplit=1)[0]
    return code if code in LANGUAGES else None


def accepted(header: str) -> str | None:
    """The language that an ``Accept-Language`` header prefers; None where it names neither.

    >>> accepted("fr, zh-CN;q=0.9, en;q=0.5"), accepted("en-GB,en;q=0.9"), accepted("zh;q=0"), accepted("de")
    ('zh', 'en', None, None)
    """
    best, most = None, 0.0
    for entry in header.split(","):
        tag, _, params = entry.partition(";")
        quality = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", params)
        weight = float(quality[1]) if quality else 1.0
        if weight > most and (language := language_of(tag)):
            best, most = language, weight
    return best


def of_environment(environ: Mapping[str, str]) -> str:
    """The language of a terminal by the variables that GNU gettext knows.

    >>> of_environment({"LANG": "zh_CN.UTF-8"}), of_environment({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}), of_environment({})
    ('zh', 'en', 'en')
    >>> of_environment({"LANG": "de_DE.UTF-8", "LANGUAGE": "de:zh_CN"})
    'zh'
    """
    locale = next(filter(None, map(environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "C")
    if locale in ("C", "POSIX") or locale.startswith("C."):
        return ENGLISH
    names = [*environ.get("LANGUAGE", "").split(":"), locale]
    return next(filter(None, map(language_of, names)), ENGLISH)


def chosen(setting: str | None, environ: Mapping[str, str]) -> str:
    """The language of a command: the setting LANGUAGE, else the environment's.

    >>> chosen("zh_CN", {}), chosen("", {"LANG": "zh_CN.UTF-8"}), chosen("en", {"LANG": "zh_CN.UTF-8"})
    ('zh', 'zh', 'en')
    """
    return language_of(setting or "") or of_environment(environ)
