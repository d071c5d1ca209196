"""MHTML, as browsers save a page with its images in one file (RFC 2557)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import CloseBoundaryNotFoundDefect, NoBoundaryInMultipartDefect, StartBoundaryNotFoundDefect
from email.message import Message
from email.utils import parsedate_to_datetime

from crawler.pages import PageError
from crawler.saved import SavedPage, embedded_address
from crawler.saved.html import find_origin, is_page_address, lift_images
from pipelines.image_types import sniff

BROKEN = (StartBoundaryNotFoundDefect, NoBoundaryInMultipartDefect)
HTML = ("text/html", "application/xhtml+xml")
CID = re.compile(r"""(?<=["'(])cid:([^"')\s>]+)""", re.IGNORECASE)


def read_mhtml(data: bytes) -> SavedPage:
    """The page in an MHTML file. Raises PageError where the file is cut short or broken."""
    message = message_from_bytes(data)
    if any(isinstance(defect, BROKEN) for defect in message.defects):
        raise PageError("the MHTML file is broken: the boundary between its parts is missing")
    parts = [part for part in message.walk() if not part.is_multipart()]
    pages = [part for part in parts if part.get_content_type() in HTML]
    if not pages:
        raise PageError("the MHTML file holds no HTML part")
    page = find_root(message, pages)
    if page is parts[-1] and any(
        isinstance(defect, CloseBoundaryNotFoundDefect) for defect in message.defects
    ):
        raise PageError("the MHTML file is cut short within its page; save it again")
    received = payload(page)
    html = received.decode(page.get_content_charset() or "utf-8", "replace")
    images: dict[str, bytes] = {}
    names: dict[str, str] = {}
    for part in parts:
        if part.get_content_maintype() == "image":
            add_image(part, images, names)
    prepared = CID.sub(lambda match: names.get(match[1], match[0]), lift_images(html, images))
    locations = [message["Snapshot-Content-Location"], page["Content-Location"], message["Content-Location"]]
    url = next((url.strip() for url in locations if url and is_page_address(url.strip())), None)
    return SavedPage(
        url=url or find_origin(prepared)[0],
        body=prepared.encode("utf-8", "surrogatepass"),
        received=received,
        saved_at=read_date(message["Date"]),
        find_image=images.get,
    )


def find_root(message: Message, pages: list[Message]) -> Message:
    """The part that is the page itself: the one that ``start`` names, else the first."""
    start = message.get_param("start")
    return next((page for page in pages if start and page["Content-ID"] == start), pages[0])


def payload(part: Message) -> bytes:
    """The bytes of a part, its transfer encoding undone."""
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def add_image(part: Message, images: dict[str, bytes], names: dict[str, str]) -> None:
    """Take in an image part: by its address, and the address by its Content-ID."""
    data = payload(part)
    location = (part["Content-Location"] or "").strip()
    image = sniff(data)
    if not location.startswith(("http://", "https://")):
        if image is None:
            return
        location = embedded_address(data, image.suffix)
    images[location] = data
    if content_id := (part["Content-ID"] or "").strip().strip("<>"):
        names[content_id] = location


def read_date(text: str | None) -> datetime | None:
    """A date of a mail header, aware."""
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
