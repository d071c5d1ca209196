"""The name under which both the crawl and the light check before it ask. Standard library only: the check reads this file."""

from __future__ import annotations

VERSION = "0.3.0"


def build_user_agent(user_agent: str, bot_name: str, contact: str) -> str:
    """*user_agent* where it is set, else the project's name and version, with the operator's *contact* behind it.

    >>> build_user_agent("", "finews-archive", "me@example.org").endswith(" (+me@example.org)")
    True
    >>> build_user_agent("mine/1", "finews-archive", "me@example.org")
    'mine/1'
    """
    if user_agent:
        return user_agent
    return f"{bot_name}/{VERSION}" + (f" (+{contact})" if contact else "")
