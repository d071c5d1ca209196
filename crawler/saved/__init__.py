"""Pages that were saved by hand or by another crawler: one module per kind of file. Each yields `SavedPage`s."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from glob import escape
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from archive.captures import SAVED
from archive.captures.redaction import Header

NOWHERE = "http://embedded.invalid"
"""Origin of the addresses of images that a file holds without stating where they came from."""
MHTML = re.compile(rb"^content-type:\s*multipart/(?:related|alternative|mixed)", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True)
class SavedPage:
    """One page out of a file."""

    url: str | None
    """The address that the file states for it."""
    body: bytes
    """What a page object reads: HTML or PDF, in which embedded images have an address; JSON out of a WARC."""
    received: bytes
    """The bytes in the file."""
    saved_at: datetime | None = None
    """When it was saved or received, as the file states it."""
    headers: list[Header] = field(default_factory=list)
    """Response headers, where the file has them."""
    content_encoding: str | None = None
    ip: str | None = None
    offset: int | None = None
    """Where its record begins in a WARC file."""
    source: str = SAVED
    """As in ``captures.source``."""
    find_image: Callable[[str], bytes | None] = lambda url: None
    """The bytes of the image at an address, where the file holds them."""

    @property
    def content_type(self) -> str:
        """The header ``Content-Type``; that of HTML where the file has none."""
        types = (value for name, value in self.headers if name.lower() == "content-type")
        return next(types, "application/pdf" if self.body.startswith(b"%PDF-") else "text/html")


def kind_of(head: bytes) -> str:
    """The kind of a file by its first bytes, unpacked: ``warc``, ``mhtml`` or ``page``.

    >>> kind_of(b"WARC/1.1\\r\\n"), kind_of(b"MIME-Version: 1.0\\r\\nContent-Type: multipart/related;"), kind_of(b"<html>")
    ('warc', 'mhtml', 'page')
    """
    if head.startswith(b"WARC/"):
        return "warc"
    start = head.lstrip()[:4096]
    return "mhtml" if start[:1].isalpha() and MHTML.search(start) else "page"


def in_utc(moment: datetime) -> datetime | None:
    """A time in UTC, None where its years end before that."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def bare(url: str | None) -> str:
    """An address without its scheme and fragment, by which images and pages are found.

    >>> bare("https://A.example/x?y#z")
    'a.example/x?y'
    """
    try:
        parts = urlsplit((url or "").strip("<>"))
    except ValueError:
        return url or ""
    return f"{parts.netloc.lower()}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")


def embedded_address(data: bytes, suffix: str) -> str:
    """An address for an image without one: the same for the same bytes.

    >>> embedded_address(b"", ".png")
    'http://embedded.invalid/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.png'
    """
    return f"{NOWHERE}/{sha256(data).hexdigest()}{suffix}"


def images_beside(page: Path, url: str) -> Callable[[str], bytes | None]:
    """Finds the images of a page that was saved "complete", in the folder beside it (``NAME_files``), by the address to which
    its relative path leads on a page at *url*."""
    base = urljoin(url, ".")
    folders = [folder.name for folder in page.parent.glob(f"{escape(page.stem)}*_files") if folder.is_dir()]
    folders += [folder.name for folder in page.parent.glob(f"{escape(page.stem)}.files") if folder.is_dir()]

    def find(address: str) -> bytes | None:
        inside = unquote(address.removeprefix(base).partition("#")[0]) if address.startswith(base) else ""
        folder, _, name = inside.partition("/")
        if folder not in folders or not name or "/" in name or "\0" in name:
            return None
        file = page.parent / folder / name
        return file.read_bytes() if file.is_file() and not file.is_symlink() else None

    return find
