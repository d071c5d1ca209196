"""Boilerplate rules of the user's own, as `pipelines.read_user_rules` reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from pipelines.boilerplate_rules import Rule


class RuleError(ValueError):
    """``rules.toml`` holds something that cannot be meant; the message says where, what, and what to do."""


@dataclass(frozen=True)
class UserRule:
    """One rule of the file."""

    rule: Rule
    site: str = ""
    """Name of a site, or a host with its subdomains; empty: everywhere."""

    @cached_property
    def find(self) -> Callable[[Any], list[Any]]:
        """The elements of a tree that it takes, where it is one of kind ``element``."""
        return etree.XPath(self.rule.pattern)  # type: ignore[return-value]

    @cached_property
    def match(self) -> Callable[[str], object]:
        """Whether it takes a paragraph with this text, where it is one of kind ``paragraph``."""
        return re.compile(self.rule.pattern, re.DOTALL).fullmatch

    def applies_to(self, site: str, host: str) -> bool:
        """Whether it is for articles of *site*, or of *host*."""
        return self.site in ("", site, host) or host.endswith(f".{self.site}")


class UserRules:
    """The rules of a file, in its order."""

    def __init__(self, rules: list[UserRule], digest: str = ""):
        self.rules, self.digest = rules, digest
        self._of: dict[tuple[str, str], list[UserRule]] = {}

    def __bool__(self) -> bool:
        return bool(self.rules)

    def of(self, site: str, url: str | None) -> list[UserRule]:
        """Those for an article of *site* at *url*."""
        host = (urlsplit(url or "").hostname or "") if self.rules else ""
        if (site, host) not in self._of:
            self._of[site, host] = [rule for rule in self.rules if rule.applies_to(site, host)]
        return self._of[site, host]


NONE = UserRules([])
