"""Bytes behind picture addresses: committed files, told apart by a comment segment that holds the address."""

from __future__ import annotations

import functools
import hashlib
import re
import struct
import zlib
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "pictures"
SIZE = re.compile(r"_w(\d+)h(\d+)(?:_o)?\.jpe?g$")
GENERATED = re.compile(r"/D77\d{18}_w\d+h\d+\.jpg$")
TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp"}


@functools.cache
def stored(name: str) -> bytes:
    """A file below ``pictures/``."""
    return (FOLDER / name).read_bytes()


@functools.cache
def photographs() -> dict[tuple[int, int], str]:
    """The plain photographs, ``photo-580x387.jpg``, by width and height."""
    found = {}
    for path in sorted(FOLDER.glob("photo-*.jpg")):
        width, _, height = path.stem.removeprefix("photo-").partition("x")
        found[int(width), int(height)] = path.name
    return found


def commented(jpeg: bytes, note: str, size: int = 0) -> bytes:
    """*jpeg* with a comment that holds *note*, padded to about *size* bytes: another file, the same picture."""
    after = 4 + struct.unpack(">H", jpeg[4:6])[0] - 2 + 2 if jpeg[2:4] == b"\xff\xe0" else 2
    text = note.encode()
    text += b" " * max(0, size - len(jpeg) - len(text))
    segments = [text[start : start + 65_000] for start in range(0, len(text), 65_000)]
    comment = b"".join(b"\xff\xfe" + struct.pack(">H", len(part) + 2) + part for part in segments)
    return jpeg[:after] + comment + jpeg[after:]


def picture(address: str, files: dict[str, str | None]) -> tuple[bytes, str] | None:
    """Bytes and media type of what is at *address*; None: nothing. *files* names the files of odd ones."""
    if address in files:
        name = files[address]
        return None if name is None else (stored(name), TYPES[Path(name).suffix])
    if re.search(r"//webquote(?:kline)?pic\.", address):
        return stored("kline.png"), "image/png"
    if not (size := SIZE.search(address)):
        return None
    width, height = int(size[1]), int(size[2])
    name = photographs().get((width, height)) or photographs()[580, 387]
    padded = 0
    if GENERATED.search(address):
        padded = 100_000 + int.from_bytes(hashlib.sha256(address.encode()).digest()[:4], "big") % 40_000
    return commented(stored(name), address, padded), "image/jpeg"


def deflated_zeros(size: int) -> bytes:
    """*size* zeros as raw deflate, a thousandth of that; put together from repeated blocks, so at once."""
    unit = 1024 * 1024
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(unit)) + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return block * (size // unit) + packer.compress(bytes(size % unit)) + packer.flush()


@functools.cache
def gzip_bomb(size: int = 128 * 1024 * 1024) -> bytes:
    """*size* zeros as gzip: 128 MB in some 130 KB."""
    crc = 0
    for _ in range(size // 65536):
        crc = zlib.crc32(bytes(65536), crc)
    crc = zlib.crc32(bytes(size % 65536), crc)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + deflated_zeros(size) + struct.pack("<II", crc, size & 0xFFFFFFFF)


@functools.cache
def png_bomb(side: int = 30_000) -> bytes:
    """A PNG of *side* by *side* pixels in under 3 MB: it decodes to gigabytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    size = side * (1 + side * 3)
    # Adler-32 of zeros: the first sum stays 1, the second counts them.
    data = b"\x78\x01" + deflated_zeros(size) + struct.pack(">HH", size % 65521, 1)
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
