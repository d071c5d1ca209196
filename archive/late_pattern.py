"""Regular expressions that are compiled when they are first used.

Those of printed times take a tenth of a crawl's start, and a poll without news reads no time that the fast path does not.
"""

from __future__ import annotations

import re
from typing import Any, cast


class LatePattern:
    """Stands for a compiled pattern, and becomes one at its first use."""

    def __init__(self, pattern: str, flags: int):
        self.pattern, self.flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        # Called for what is not set yet: each method is looked up in the compiled pattern once.
        if "compiled" not in self.__dict__:
            self.__dict__["compiled"] = re.compile(self.pattern, self.flags)
        value = self.__dict__[name] = getattr(self.__dict__["compiled"], name)
        return value


def compile_late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, but a mistake in *pattern* shows at its first use.

    >>> digits = compile_late("[0-9]+")
    >>> digits.findall("1 and 22"), digits.pattern
    (['1', '22'], '[0-9]+')
    """
    return cast("re.Pattern[str]", LatePattern(pattern, flags))
