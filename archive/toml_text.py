"""TOML as this project writes it into files that people edit by hand (Python itself only reads it)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


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


def with_table(text: str, name: str, entry: Mapping[str, Any]) -> str:
    """The *text* of a TOML file with a table more at its end.

    >>> print(with_table("", "oil", {"words": "石油"}), end="")
    [oil]
    words = "石油"
    """
    lines = [f"[{name}]", *(f"{key} = {as_toml(value)}" for key, value in entry.items())]
    return text + ("\n" if text.strip() else "") + "\n".join(lines) + "\n"
