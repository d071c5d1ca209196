"""What a verification finds, and what its checks share."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from archive.data_files import DataFiles
from archive.row_repair import Reread
from archive.writer import Archive

Render = Callable[[Mapping[str, Any]], tuple[str, str]]
"""Makes ``(path, text)`` of the post of an article's stored fields."""


@dataclass(slots=True)
class Finding:
    """Something that is not as it should be."""

    check: str
    """``database``, ``value``, ``search``, ``text``, ``row``, ``post``, ``image``, ``capture``, ``file``, ``leftover``, ``manifest`` or ``clock``."""
    subject: str
    """Article, path, capture or table."""
    problem: str
    repaired: bool = False
    """Whether it has been put right."""
    is_damage: bool = True
    """False for what should be known, but leaves nothing to repair."""

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


@dataclass(slots=True)
class Report:
    """What a verification found."""

    findings: list[Finding]
    articles: int = 0
    images: int = 0
    captures: int = 0
    without_captures: int = 0
    """Articles from before there were captures: counted, not damage."""
    of_other_readers: int = 0
    """Articles that another version of the reader made, whose rows cannot be compared with their captures: likewise."""
    has_unread_index: bool = False
    """Whether the search index could not be compared with the texts."""

    @property
    def has_damaged_database(self) -> bool:
        """Whether archive.db has damage that stays: rows may not be found."""
        return any(finding.check == "database" and not finding.repaired for finding in self.findings)

    @property
    def exit_status(self) -> int:
        """0 sound, 1 all damage repaired, 3 damage that stays."""
        damage = [finding for finding in self.findings if finding.is_damage]
        if not damage:
            return 0
        return 1 if all(finding.repaired for finding in damage) else 3


class Verification:
    """What the checks share. With *repair* they put right what they can before they yield; *reread* makes what reads an article's
    captures again, as *version* of the reader does."""

    def __init__(
        self,
        data_dir: Path,
        conn: sqlite3.Connection,
        render: Render,
        now: datetime,
        repair: bool,
        reread: Callable[[sqlite3.Connection], Reread] | None = None,
        version: str | None = None,
    ):
        self._reread, self.version = reread, version
        self.root, self.conn, self.render, self.now, self.repair = data_dir, conn, render, now, repair
        self.files = DataFiles(data_dir)
        self.archive = Archive(data_dir)
        self.archive.conn = conn
        self.is_read_only = not os.access(data_dir, os.W_OK)
        self.captures = self.of_other_readers = 0
        self.contradicted: set[str] = set()
        """Articles whose rows their captures contradict."""

    @cached_property
    def read_again(self) -> Reread:
        """Reads an article's captures again."""
        return self._reread(self.conn) if self._reread else lambda article_id: None
