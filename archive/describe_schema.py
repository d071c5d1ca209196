"""``python -m archive.describe_schema`` writes ``data/README.md`` from the comments in the archive's own SQL."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from archive.schema import STEPS, statements

README = Path(__file__).resolve().parent.parent / "data" / "README.md"

HEAD = """# The archive: tables, columns, files

`archive.db` is one SQLite file, complete in itself except for the bytes of images. Open it while a crawl writes to it:
readers never block the writer, nor it them. The file itself has the same words: `.schema articles` in `sqlite3`.

Times are UTC text `YYYY-MM-DDTHH:MM:SSZ` in columns that end in `_at`. Lists are JSON text. Unknown is NULL, never a
guess. What changed in the meaning of stored values is in [CHANGES.md](CHANGES.md).

    archive.db     the archive
    images/        original image files, named by the SHA-256 of their bytes
    posts/         a front-matter file an article: the source folder of a site
    sample/        made-up articles for trying things out; not part of an archive

This file is written by `python -m archive.describe_schema`.
"""

COLUMN = re.compile(r"^\s*([a-z_0-9]+) (?:TEXT|INTEGER|REAL)\b.*?-- (.*)$")
ADDED = re.compile(r"ALTER TABLE (\w+) ADD COLUMN (\w+) \w+ /\* (.*?) \*/")
VIEW_COLUMN = re.compile(r"^(?!\s*--).*?\b([a-z_0-9]+),? -- (.*)$")
NAME = re.compile(r"CREATE (?:VIRTUAL )?(TABLE|VIEW) (\w+?)(?:_made_anew)?(?!\w)")

DROPPED = re.compile(r"DROP TABLE (\w+)")


def described() -> dict[str, tuple[str, str, dict[str, str]]]:
    """Tables and views by name: kind (``table``, ``view``), what a row is, and what each commented column is."""
    tables: dict[str, tuple[str, str, dict[str, str]]] = {}
    for _, sql in STEPS:
        for statement in statements(sql):
            if added := ADDED.match(statement):
                tables[added[1]][2][added[2]] = added[3]
            if (dropped := DROPPED.match(statement)) and f"{dropped[1]}_made_anew" not in sql:
                tables.pop(dropped[1], None)
            name = NAME.match(statement)
            if not name:
                continue
            lines = statement.splitlines()[1:]
            purpose = " ".join(line.strip()[3:] for line in lines if line.strip().startswith("-- "))
            column = VIEW_COLUMN if name[1] == "VIEW" else COLUMN
            columns = {match[1]: match[2] for line in lines if (match := column.match(line))}
            tables[name[2]] = (name[1].lower(), purpose, columns)
    return tables


def undescribed(conn: sqlite3.Connection) -> list[str]:
    """Tables, views and columns of a database of ours that `described` says nothing of."""
    tables = described()
    missing = []
    rows = conn.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
    )
    for (name,) in rows.fetchall():
        if name == "_sqlite_migrations" or re.search(r"_(?:data|idx|content|docsize|config)$", name):
            continue  # sqlite-utils' own, and the full-text index's
        if name not in tables or not tables[name][1]:
            missing.append(name)
        elif tables[name][2]:
            columns = [row[1] for row in conn.execute(f"PRAGMA table_xinfo({name})")]
            missing += [f"{name}.{column}" for column in columns if column not in tables[name][2]]
    return missing


def markdown() -> str:
    """The whole of ``data/README.md``."""
    parts = [HEAD]
    for name, (kind, purpose, columns) in described().items():
        parts.append(f"\n## {name}\n\n{purpose}{' A view.' if kind == 'view' else ''}\n")
        if columns:
            parts.append("\n| column | what it holds |\n|---|---|\n")
            parts += [
                f"| `{column}` | {text.replace('|', chr(92) + '|')} |\n" for column, text in columns.items()
            ]
    return "".join(parts)


if __name__ == "__main__":
    README.write_text(markdown(), encoding="utf-8")
    print(f"{README} written")
