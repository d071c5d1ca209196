"""WARC files of other crawlers and of browsers' extensions (ISO 28500), with warcio: pages, and images by their address."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.captures import WARC
from archive.units import in_bytes
from crawler.extraction.paging import page_number, stem
from crawler.middlewares.capture import decode
from crawler.pages import ANY_SITE, LinkError, PageError, target_of
from crawler.saved import SavedPage, bare, in_utc

PAGES = ("text/html", "application/xhtml+xml", "application/pdf")
DATA = ("application/json", "text/json", "text/plain", "text/javascript", "application/javascript")
"""Types of endpoints, which only page objects of their sites read."""
NEEDS_WARCIO = "WARC needs the package warcio: pip install 'finews-archive[analyst]'"


class DamagedWarc(PageError):
    """The file ends within a record, or its data are broken; what came before was read."""


def read_warc(path: Path, most: int, url: str | None = None) -> Iterator[SavedPage | PageError]:
    """The pages in a WARC file, in order; in the place of one larger than *most* bytes the error. With *url*, that page alone.

    With *url* its further pages (``…_2.html``) are among them, too. Raises DamagedWarc at the end, or where the file breaks
    off; ImportError without warcio.
    """
    find_image = image_finder(path, most)
    for record, find_offset in records(path):
        address = record.rec_headers.get_header("WARC-Target-URI")
        if not holds_page(record) or (
            url
            and bare(address) != bare(url)
            and not (page_number(address) > 1 and stem(address) == stem(url))
        ):
            continue
        page = read_record(record, most, find_image)
        if isinstance(page, SavedPage):
            page.offset = find_offset()  # behind the record's end, or it is read away
        yield page


def image_finder(path: Path, most: int) -> Callable[[str], bytes | None]:
    """Finds images of a WARC file by their address."""
    images = index_images(path)

    def find_image(address: str) -> bytes | None:
        offset = images.get(bare(address))
        if offset is None:
            return None
        page = read_at(path, offset, most)
        return None if isinstance(page, PageError) else page.body

    return find_image


def records(path: Path) -> Iterator[tuple[Any, Callable[[], int]]]:
    """The records with a response, each to be read before the next, and what says where one that was read begins. Raises
    DamagedWarc."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    with path.open("rb") as file:
        number = 0
        iterator = ArchiveIterator(file)
        try:
            for number, record in enumerate(iterator, 1):
                if record.rec_type in ("response", "resource"):
                    yield record, iterator.get_record_offset
                rest = drain(record)
                if rest:
                    raise DamagedWarc(
                        f"the WARC file is cut short: record {number} lacks {rest:,} bytes; what came before was read"
                    )
        except (ArchiveLoadFailed, OSError, EOFError, ValueError) as exc:
            raise DamagedWarc(f"the WARC file is damaged after record {number}: {exc}") from None
        if not number:
            raise DamagedWarc("the WARC file holds no record")


def drain(record: Any) -> int:
    """Read a record to its end; how many bytes it lacks."""
    stream = record.raw_stream
    while stream.read(65536):
        pass
    return int(getattr(stream, "limit", 0))


def type_of(record: Any) -> str:
    """The media type of what a record holds, without parameters."""
    headers = record.http_headers if record.rec_type == "response" else record.rec_headers
    return ((headers and headers.get_header("Content-Type")) or "").partition(";")[0].strip().lower()


def holds_page(record: Any) -> bool:
    """Whether a record is a page that a page object may read."""
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if not url.startswith(("http://", "https://")) or not is_good(record):
        return False
    kind = type_of(record)
    if kind in PAGES:
        return True
    if kind not in DATA:
        return False
    try:
        page = target_of(url).page
    except LinkError:
        return False
    return page.site != ANY_SITE and bool(page.reads & {"json", "text"})


def is_good(record: Any) -> bool:
    """Whether a record's response has status 200; a resource has none."""
    return record.rec_type == "resource" or (
        record.http_headers is not None and record.http_headers.get_statuscode() == "200"
    )


def index_images(path: Path) -> dict[str, int]:
    """Offsets of image records by address. What is damaged behind them is reported when pages are read."""
    from warcio.archiveiterator import ArchiveIterator

    offsets: dict[str, int] = {}
    with path.open("rb") as file:
        iterator = ArchiveIterator(file)
        try:
            for record in iterator:
                offset = iterator.get_record_offset()
                if (
                    record.rec_type in ("response", "resource")
                    and type_of(record).startswith("image/")
                    and is_good(record)
                ):
                    offsets[bare(record.rec_headers.get_header("WARC-Target-URI"))] = offset
        except Exception:  # reported by `records`
            pass
    return offsets


def read_at(path: Path, offset: int, most: int) -> SavedPage | PageError:
    """What the record at *offset* holds; an error where that is larger than *most* bytes. Raises DamagedWarc."""
    from warcio.archiveiterator import ArchiveIterator

    with path.open("rb") as file:
        file.seek(offset)
        record = next(iter(ArchiveIterator(file)))
        return read_record(record, most, lambda address: None)


def read_record(record: Any, most: int, find_image: Any) -> SavedPage | PageError:
    """What a record holds; an error where that is larger than *most* bytes. Raises DamagedWarc where it is cut short."""
    from warcio.bufferedreaders import ChunkedDataReader

    url = record.rec_headers.get_header("WARC-Target-URI")
    received = record.raw_stream.read(most + 1)
    while len(received) <= most and (chunk := record.raw_stream.read(most + 1 - len(received))):
        received += chunk
    if len(received) > most:
        return PageError(f"{url} is larger than {in_bytes(most)}")
    if rest := int(getattr(record.raw_stream, "limit", 0)):
        raise DamagedWarc(
            f"the WARC file is cut short: {url} lacks {rest:,} bytes; what came before was read"
        )
    headers = [
        (str(name), str(value))
        for name, value in (record.http_headers.headers if record.http_headers else ())
    ]
    if record.rec_type == "resource":
        headers = [("Content-Type", record.rec_headers.get_header("Content-Type") or "text/html")]
    by_name = {name.lower(): value for name, value in headers}
    if "chunked" in by_name.get("transfer-encoding", "").lower():
        received = ChunkedDataReader(io.BytesIO(received)).read()
    encoding = by_name.get("content-encoding")
    body = decode(received, encoding.encode("latin-1", "replace")) if encoding else None
    return SavedPage(
        url=url,
        body=received if body is None else body,
        received=received,
        saved_at=read_warc_date(record.rec_headers.get_header("WARC-Date")),
        headers=headers,
        content_encoding=encoding,
        ip=record.rec_headers.get_header("WARC-IP-Address"),
        source=WARC,
        find_image=find_image,
    )


def read_warc_date(text: str | None) -> datetime | None:
    """A date of a WARC record, aware."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return in_utc(moment) if moment.tzinfo else None
