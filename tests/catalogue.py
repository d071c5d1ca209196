"""``python -m tests.catalogue`` brings the message catalogues in step with the messages, and compiles them.

Messages are what `archive.language` is asked for, the words of templates, the descriptions of tables and columns in the SQL of the
schema, and Datasette's words for comparisons. New messages appear untranslated in the ``.po`` file, which is edited by hand; the
tests name what is missing.
"""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from archive.describe_schema import described
from archive.language import ENGLISH, LANGUAGES, LOCALE
from archive.web.metadata import INNER


class PlainCatalog(Catalog):
    """A catalogue whose header has what reading it needs, and no dates that change with each update."""

    def _get_mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Project-Id-Version", "finews-archive"),
            ("Language", self.locale_identifier or ""),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]

    mime_headers = property(_get_mime_headers)


ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = DEFAULT_KEYWORDS | {"gettext_noop": None, "pgettext_noop": ((1, "c"), 2)}
TEMPLATES = "**/web/templates/**.html"
METHODS = [("**.py", "python"), (TEMPLATES, "jinja2")]
OPTIONS = {TEMPLATES: {"extensions": "jinja2.ext.do", "silent": "false"}}


def extract() -> Catalog:
    """All messages of the project, without translations."""
    catalogue = Catalog(project="finews-archive", charset="utf-8")
    for package in ("archive", "crawler"):
        for name, _, message, _, context in extract_from_dir(
            ROOT / package, METHODS, OPTIONS, keywords=KEYWORDS, strip_comment_tags=True
        ):
            catalogue.add(message, context=context, locations=[(f"{package}/{name}", None)])
    for name, (_, purpose, columns) in described().items():
        for text in (purpose, *columns.values()) if name not in INNER else ():
            if text:
                catalogue.add(text, locations=[("archive/schema.py", None)])
    for text in comparisons():
        catalogue.add(text, locations=[("archive/web/templates/table.html", None)])
    return catalogue


def comparisons() -> list[str]:
    """How Datasette calls the comparisons of a table's filters, where these are words."""
    from datasette.filters import Filters

    return [display for _, display, _ in Filters([]).lookups() if any(char.isalpha() for char in display)]


def po_path(language: str) -> Path:
    """The file that people edit."""
    return LOCALE / language / "LC_MESSAGES" / "messages.po"


def read_catalogue(language: str) -> Catalog:
    """The catalogue as it is kept."""
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalogue: Catalog) -> bytes:
    """The ``.mo`` file of a catalogue."""
    plain = PlainCatalog(locale=catalogue.locale, charset="utf-8", fuzzy=False)
    for message in catalogue:
        if message.id:
            plain[message.id] = message
    out = io.BytesIO()
    write_mo(out, plain)
    return out.getvalue()


def is_translated(text: str | tuple[str, ...] | None) -> bool:
    """Whether a message, in all of its plural forms, has a translation."""
    return bool(text) and all((text,) if isinstance(text, str) else text)


def main() -> None:
    """Update and compile all of them."""
    messages = extract()
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = PlainCatalog(locale=language, charset="utf-8", fuzzy=False)
        catalogue.header_comment = f"# What people read of finews-archive, in {LANGUAGES[language]}. python -m tests.catalogue adds new messages."
        if path.exists():
            for message in read_catalogue(language):
                if message.id:
                    catalogue[message.id] = message
        catalogue.update(messages, no_fuzzy_matching=True, update_header_comment=False)
        with path.open("wb") as file:
            write_po(
                file,
                catalogue,
                width=0,
                sort_by_file=True,
                include_lineno=False,
                ignore_obsolete=True,
                omit_header=False,
            )
        path.with_suffix(".mo").write_bytes(compiled(read_catalogue(language)))
        missing = sum(not is_translated(message.string) for message in catalogue if message.id)
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} messages, {missing} untranslated")


if __name__ == "__main__":
    main()
