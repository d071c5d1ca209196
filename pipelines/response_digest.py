"""The digest of a response's body, made once: its capture, its article and its image all state it."""

from __future__ import annotations

from scrapy import Request

DIGEST = "body_digest"
"""Key of ``meta`` where the capture of a response leaves ``(body, SHA-256)``."""


def take_digest(request: Request | None, body: bytes) -> str | None:
    """The SHA-256, hex, that the capture of the answer to *request* made of *body*, taken off the request with that body; None
    where there is none."""
    captured, digest = request.meta.pop(DIGEST, (None, None)) if request else (None, None)
    return digest if captured == body else None
