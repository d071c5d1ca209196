"""The TOML files that people edit by hand: how they are read, and written (Python itself only reads TOML)."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def read_tables(path: Path, problem: type[ValueError]) -> dict[str, Any]:
    """What a file holds, nothing where there is none. Raises *problem*, which names the file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as exc:
        raise problem(f"{path}: {exc.strerror or exc}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise problem(f"{path}: {exc}") from None
    except RecursionError:
        raise problem(f"{path}: brackets are nested too deeply") from None


def as_toml(value: Any) -> str:
    """A value as TOML, whose strings are those of JSON.

    >>> as_toml({"a b": "x"}), as_toml(["1", {"a": 2}]), as_toml(True)
    ('{ "a b" = "x" }', '["1", { "a" = 2 }]', 'true')
    """
    if isinstance(value, dict):
        pairs = [f"{as_toml(key)} = {as_toml(item)}" for key, item in value.items()]
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def replace_file(path: Path, text: str, mode: int = 0o666) -> None:
    """Write *text* in the place of a file at once: a full disk leaves the file as it was. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)


def with_table(text: str, name: str, entry: Mapping[str, Any]) -> str:
    """The *text* of a TOML file with a table more at its end.

    >>> print(with_table("", "oil", {"words": "石油"}), end="")
    [oil]
    words = "石油"
    """
    lines = [f"[{name}]", *(f"{key} = {as_toml(value)}" for key, value in entry.items())]
    return text + ("\n" if text.strip() else "") + "\n".join(lines) + "\n"
