"""The version of what reads responses: any change of page objects, extraction or rules makes another one."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RULES = "rules.toml"
FOLDERS = ("crawler/pages", "crawler/extraction", "crawler/saved", "crawler/sources", "pipelines")


def reader_of(settings: Any) -> str:
    """Version of the reader with the user's own rules, e.g. ``0.3.0+1f3a9c04.rules-5b6f2a10``."""
    try:
        rules = (Path(settings["DATA_DIR"]).expanduser() / RULES).read_bytes()
    except OSError:
        return reader_version()
    return f"{reader_version()}.rules-{hashlib.sha256(rules).hexdigest()[:8]}"


@cache
def reader_version() -> str:
    """Version of the package and a digest of the code that reads, e.g. ``0.3.0+1f3a9c04``: 80 files, read once a crawl."""
    digest = hashlib.sha256()
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    try:
        release = version("finews-archive")
    except PackageNotFoundError:  # run from a checkout that is not installed
        release = "0"
    return f"{release}+{digest.hexdigest()[:8]}"
