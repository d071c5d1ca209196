"""MHTML, as browsers save a page with its images in one file (RFC 2557)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import CloseBoundaryNotFoundDefect, NoBoundaryInMultipartDefect, StartBoundaryNotFoundDefect
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime

from crawler.extraction.decoding import decode
from crawler.pages import PageError
from crawler.saved import SavedPage, embedded_address, in_utc
from crawler.saved.html import find_origin, is_page_address, lift_images
from pipelines.image_types import sniff

BROKEN = (StartBoundaryNotFoundDefect, NoBoundaryInMultipartDefect)
HTML = ("text/html", "application/xhtml+xml")
CID = re.compile(r"""(?<=["'(])cid:([^"')\s>]+)""", re.IGNORECASE)


def read_mhtml(data: bytes) -> SavedPage:
    """The page in an MHTML file. Raises PageError where the file is cut short or broken."""
    try:
        message = message_from_bytes(data)
    except RecursionError:
        raise PageError("the MHTML file is broken: its parts are nested hundreds deep") from None
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
    html = decode(received, header_of(page, "Content-Type"))
    images: dict[str, bytes] = {}
    names: dict[str, str] = {}
    for part in parts:
        if part.get_content_maintype() == "image":
            add_image(part, images, names)
    prepared = CID.sub(lambda match: names.get(match[1], match[0]), lift_images(html, images))
    locations = [
        header_of(message, "Snapshot-Content-Location"),
        *(header_of(part, "Content-Location") for part in (page, message)),
    ]
    url = next(filter(is_page_address, locations), None)
    return SavedPage(
        url=url or find_origin(prepared)[0],
        body=prepared.encode("utf-8", "surrogatepass"),
        received=received,
        saved_at=read_date(header_of(message, "Date")),
        find_image=images.get,
    )


def find_root(message: Message, pages: list[Message]) -> Message:
    """The part that is the page itself: the one that ``start`` names, else the first."""
    start = message.get_param("start")
    return next((page for page in pages if start and header_of(page, "Content-ID") == start), pages[0])


def header_of(part: Message, name: str) -> str:
    """The text of a header; empty where there is none. One that is not ASCII, as addresses of some programs are, is UTF-8."""
    value = part[name] or ""
    if not isinstance(value, str):  # a Header
        value = b"".join(piece for piece, _ in decode_header(value)).decode("utf-8", "replace")
    return value.strip()


def payload(part: Message) -> bytes:
    """The bytes of a part, its transfer encoding undone."""
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def add_image(part: Message, images: dict[str, bytes], names: dict[str, str]) -> None:
    """Take in an image part: by its address, and the address by its Content-ID."""
    data = payload(part)
    location = header_of(part, "Content-Location")
    image = sniff(data)
    if not location.startswith(("http://", "https://")):
        if image is None:
            return
        location = embedded_address(data, image.suffix)
    images[location] = data
    if content_id := header_of(part, "Content-ID").strip("<>"):
        names[content_id] = location


def read_date(text: str) -> datetime | None:
    """A date of a mail header, aware."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return in_utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
