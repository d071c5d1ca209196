"""What stays in a body although a rule finds it: said by whoever has pages read, for the user may have decided so."""

from __future__ import annotations

from collections.abc import Callable

Keeps = Callable[[str, str, str], bool]
"""Whether what a rule would take out stays: by the rule's name, the text, and the markup."""


def keep_nothing(rule: str, text: str, html: str) -> bool:
    """Everything that rules find goes."""
    return False


_asked: Keeps = keep_nothing


def spare(keeps: Keeps) -> None:
    """Ask *keeps* from now on."""
    global _asked
    _asked = keeps


def is_spared(rule: str, text: str, html: str) -> bool:
    """Whether a fragment stays."""
    return _asked(rule, text, html)
