"""One message to one destination, by Apprise (https://github.com/caronc/apprise)."""

from __future__ import annotations

import logging
import re
from typing import Any

EXTRA = "alerts need the package apprise: pip install 'finews-archive[alerts]'"
UNKNOWN = "Apprise cannot send to this address; https://github.com/caronc/apprise/wiki lists them"
LONGEST = 200  # characters of a reason


class _Reasons(logging.Handler):
    """Apprise returns only whether it sent; why not is in its log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def why_not(url: str) -> str | None:
    """Why nothing can be sent to *url*; None where it can be tried."""
    try:
        from apprise import Apprise
    except ImportError:
        return EXTRA
    return None if Apprise().add(url) else UNKNOWN


def send_by_apprise(url: str, title: str, body: str) -> str | None:
    """Send plain text. Why it failed, without the address and its secrets; None where the destination took it."""
    if reason := why_not(url):
        return reason
    from apprise import Apprise, NotifyFormat

    service = Apprise()
    service.add(url)
    reasons = _Reasons()
    logger: Any = logging.getLogger("apprise")
    propagates, logger.propagate = logger.propagate, False
    logger.addHandler(reasons)
    try:
        if service.notify(title=title, body=body, body_format=NotifyFormat.TEXT):
            return None
    finally:
        logger.removeHandler(reasons)
        logger.propagate = propagates
    return without_secrets(" ".join(reasons.texts), url) or "the destination did not take it"


def without_secrets(text: str, url: str) -> str:
    """A reason that names no part of an address.

    >>> without_secrets("Failed to reach hook.example/s3cr3tToken: refused", "jsons://user:pw99@hook.example/s3cr3tToken")
    'Failed to reach …/…: refused'
    """
    for part in sorted(filter(None, re.split(r"[/:?&=@#]+", url)), key=len, reverse=True):
        if len(part) >= 4 and part.lower() not in ("http", "https", "json", "jsons"):
            text = text.replace(part, "…")
    return " ".join(text.split())[:LONGEST]
