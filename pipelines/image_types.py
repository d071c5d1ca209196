"""What image a string of bytes is, told from its own structure: type, pixels, frames, whether it is whole.

Nothing is decoded: a few µs an image, and no file, however it was made, can cost memory here. Neither name
nor Content-Type is asked, since servers answer HTML as ``image/jpeg``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """What the structure of an image file says of it."""

    media_type: str
    """``image/jpeg``, or ``/png``, ``/gif``, ``/webp``, ``/avif``, ``/bmp``."""
    suffix: str
    """For the file name, with its dot, e.g. ``.jpg``."""
    width: int
    """Pixels, as stored: an EXIF rotation is not applied."""
    height: int
    """Pixels, as stored."""
    frames: int = 1
    """Images of an animation that were found, 1 for a still."""
    complete: bool = True
    """False where the end mark, or bytes that the header announces, are missing: it was cut short."""
    trailing: int = 0
    """Bytes after the end mark, which viewers ignore."""
    expected: int | None = None
    """Length that the header announces, in bytes; None for types that announce none."""


def sniff(data: bytes) -> ImageInfo | None:
    """The image that *data* is; None where it is none of the types kept. Never raises.

    >>> info = sniff(b"GIF89a\\x03\\x00\\x02\\x00\\x00\\x00\\x00 cut off here")
    >>> info.media_type, info.width, info.height, info.complete
    ('image/gif', 3, 2, False)
    """
    for magic, reader in _READERS:
        if data.startswith(magic):
            return reader(data)
    if data[4:8] == b"ftyp":
        return _avif(data)
    return None


def why_not(data: bytes) -> str:
    """Why `sniff` found no image in *data*, in plain words that fit after "is"."""
    if not data:
        return "empty, not an image"
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    low = head.lower()
    if not head:
        return "blank, not an image"
    if _SVG.search(low):
        return "SVG, which is not kept: it can hold scripts"
    if _HTML.match(low):
        return "HTML, not an image"
    if low.startswith(b"<"):
        return "XML, not an image"
    if low.startswith((b"{", b"[")):
        return "JSON, not an image"
    if data.startswith((b"II*\0", b"MM\0*")):
        return "TIFF, which is not kept"
    if data.startswith((b"\0\0\1\0", b"\0\0\2\0")):
        return "an icon, which is not kept"
    if data[4:8] == b"ftyp":
        return "HEIC or a video, which is not kept"
    if data.startswith(b"%PDF"):
        return "PDF, not an image"
    if data.startswith(tuple(magic for magic, _ in _READERS)):
        return "an image cut off or broken before its size"
    if all(byte >= 32 or byte in b"\t\r\n" for byte in data[:256]):
        return "text, not an image"
    return "no image of a type that is known"


_HTML = re.compile(rb"<(?:!doctype html|html|head|body|script|meta|!--|div|title|p)")
_SVG = re.compile(rb"\A(?:(?>\s++|<\?xml[^>]*>|<!doctype[^>]*>|<!--.*?-->))*+<svg[\s>]", re.DOTALL)

# So many parts of a file are looked at; real ones of 20 MB have fewer than 100,000, and one of millions of
# empty parts shall not cost seconds.
_MOST_PARTS = 200_000

# Any marker but fill bytes (FF FF), stuffing (FF 00) and restarts (FF D0-D7): those are data of a scan.
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_JPEG_END = b"\xff\xd9"


def _jpeg(data: bytes) -> ImageInfo | None:
    width = height = 0
    scans, pos = 0, 2
    complete, trailing = False, 0
    for _ in range(_MOST_PARTS):
        match = _JPEG_MARKER.search(data, pos)
        if match is None:
            break
        pos, marker = match.end(), data[match.end() - 1]
        if marker == 0xD9:
            complete, trailing = scans > 0, len(data) - pos
            break
        if marker in (0xD8, 0x01):  # these two carry no length
            continue
        if marker in _JPEG_FRAMES and not width:
            height, width = int.from_bytes(data[pos + 3 : pos + 5]), int.from_bytes(data[pos + 5 : pos + 7])
        elif marker == 0xDA:
            scans += 1
            if data.endswith(_JPEG_END):  # saves a search through the scan, 50 µs for 139 KB
                complete = True
                break
        pos += int.from_bytes(data[pos : pos + 2])
    if not width or not height:
        return None
    return ImageInfo("image/jpeg", ".jpg", width, height, complete=complete, trailing=trailing)


def _png(data: bytes) -> ImageInfo | None:
    if data[12:16] != b"IHDR" or len(data) < 24:
        return None
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    if not width or not height:
        return None
    frames, pos, end = 0, 8, len(data)
    complete = False
    for _ in range(_MOST_PARTS):
        name = data[pos + 4 : pos + 8]
        pos += 12 + int.from_bytes(data[pos : pos + 4])
        if pos > end:
            break
        if name == b"IEND":
            complete = True
            break
        frames += name == b"fcTL"
    trailing = end - pos if complete else 0
    return ImageInfo("image/png", ".png", width, height, max(frames, 1), complete, trailing)


def _gif(data: bytes) -> ImageInfo | None:
    if len(data) < 13:
        return None
    width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    pos, end = 13 + _colours(data[10]), len(data)
    frames, complete = 0, False
    parts = 0
    while pos < end and parts < _MOST_PARTS:
        block = data[pos]
        pos += 1
        if block == 0x3B:
            complete = True
            break
        if block == 0x2C:
            if pos + 9 > end:
                break
            frames += 1
            # some writers leave the screen at 0 x 0: viewers take the first frame's size
            width = width or int.from_bytes(data[pos + 4 : pos + 6], "little")
            height = height or int.from_bytes(data[pos + 6 : pos + 8], "little")
            pos += 10 + _colours(data[pos + 8])
        elif block == 0x21:
            pos += 1
        else:
            break
        while pos < end and parts < _MOST_PARTS:
            length = data[pos]
            pos += 1 + length
            parts += 1
            if not length:
                break
    if not width or not height:
        return None
    trailing = end - pos if complete else 0
    return ImageInfo("image/gif", ".gif", width, height, max(frames, 1), complete and frames > 0, trailing)


def _colours(flags: int) -> int:
    """Bytes of the colour table that *flags* announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _webp(data: bytes) -> ImageInfo | None:
    if data[8:12] != b"WEBP" or len(data) < 30:
        return None
    kind = data[12:16]
    frames = 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(data[offset : offset + 2], "little") & 0x3FFF for offset in (26, 28))
    elif kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8X":
        width, height = (int.from_bytes(data[offset : offset + 3], "little") + 1 for offset in (24, 27))
        frames = max(_count_riff(data, b"ANMF"), 1)
    else:
        return None
    if not width or not height:
        return None
    expected = int.from_bytes(data[4:8], "little") + 8
    complete = len(data) >= expected >= 30
    trailing = len(data) - expected if complete else 0
    return ImageInfo("image/webp", ".webp", width, height, frames, complete, trailing, expected)


def _count_riff(data: bytes, name: bytes) -> int:
    count, pos, end = 0, 12, len(data)
    for _ in range(_MOST_PARTS):
        if pos + 8 > end:
            break
        count += data[pos : pos + 4] == name
        length = int.from_bytes(data[pos + 4 : pos + 8], "little")
        pos += 8 + length + (length & 1)
    return count


def _avif(data: bytes) -> ImageInfo | None:
    brands = data[8 : min(int.from_bytes(data[:4]), 256)]
    if b"avif" not in brands and b"avis" not in brands:
        return None
    complete, trailing, meta, frames = False, 0, b"", 1
    pos, end, payload = 0, len(data), False
    for _ in range(_MOST_PARTS):
        name = data[pos + 4 : pos + 8]
        length = int.from_bytes(data[pos : pos + 4])
        if length == 1:
            length = int.from_bytes(data[pos + 8 : pos + 16])
        elif length == 0:
            length = end - pos
        if length < 8 or not name.isalnum():
            # after the last box: bytes that are none
            complete, trailing = payload, end - pos
            break
        if name == b"meta":
            meta = data[pos : pos + length]
        elif name == b"moov":
            frames = _samples(data[pos : pos + length])
        payload = payload or name == b"mdat" or (name == b"meta" and b"idat" in meta)
        pos += length
        if pos >= end:
            complete = payload and pos == end
            break
    # The whole image is the largest: tiles of a grid and thumbnails have their sizes there too.
    sizes = [
        (int.from_bytes(meta[start + 8 : start + 12]), int.from_bytes(meta[start + 12 : start + 16]))
        for start in (match.start() for match in _ISPE.finditer(meta))
    ]
    width, height = max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))
    if not width or not height:
        return None
    return ImageInfo("image/avif", ".avif", width, height, frames, complete, trailing)


_ISPE = re.compile(rb"ispe(?=\0\0\0\0.{8})", re.DOTALL)
_STSZ = re.compile(rb"stsz\0\0\0\0.{4}(.{4})", re.DOTALL)


def _samples(moov: bytes) -> int:
    """Frames of the longest track."""
    return max((int.from_bytes(match[1]) for match in _STSZ.finditer(moov)), default=1) or 1


def _bmp(data: bytes) -> ImageInfo | None:
    header = int.from_bytes(data[14:18], "little")
    if len(data) < 30 or any(data[6:10]):
        return None
    if header == 12:
        width, height = (int.from_bytes(data[offset : offset + 2], "little") for offset in (18, 20))
    elif header in (40, 52, 56, 64, 108, 124):
        width = int.from_bytes(data[18:22], "little", signed=True)
        height = abs(int.from_bytes(data[22:26], "little", signed=True))  # negative: from the top
    else:
        return None
    if width <= 0 or not height:
        return None
    expected = int.from_bytes(data[2:6], "little")
    complete = len(data) >= expected
    trailing = len(data) - expected if complete else 0
    return ImageInfo("image/bmp", ".bmp", width, height, 1, complete, trailing, expected)


_READERS: tuple[tuple[bytes, Callable[[bytes], ImageInfo | None]], ...] = (
    (b"\xff\xd8\xff", _jpeg),
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"GIF87a", _gif),
    (b"GIF89a", _gif),
    (b"RIFF", _webp),
    (b"BM", _bmp),
)
