"""URLs of the archive's rows as links: whoever hands an archive on may not have made it with this program."""

from __future__ import annotations

from urllib.parse import urlsplit


def http_url(text: str | None) -> str | None:
    """*text* where it is an absolute http or https URL; None for anything else, so that no link runs a script.

    >>> http_url("https://news.example/a?b=1")
    'https://news.example/a?b=1'
    >>> [http_url(text) for text in ("javascript:alert(1)", " javascript:x", "//a.example", "data:text/html,x", "http://[", "", None)]
    [None, None, None, None, None, None, None]
    """
    try:
        parts = urlsplit(text or "")
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and parts.netloc else None
