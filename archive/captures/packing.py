"""Packs bodies of captures: Zstandard, with a dictionary of what responses of news sites have in common.

A body of 1 to 3 KB, as most JSON is, gets a quarter smaller by it. The dictionary's number is in every frame; `dictionaries` of
``captures.db`` has its bytes, so that the file needs nothing beside it. A dictionary that was used is never changed: a
better one is a further file, made by ``python -m tests.bench.dictionary``.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FOLDER = Path(__file__).with_name("dictionaries")
LEVEL = 3  # 40 µs for 8 KB; level 9 takes 10 times as long for a tenth less


@cache
def dictionaries() -> dict[int, zstd.ZstdDict]:
    """All dictionaries by number; the last is the one in use. Read when the first body is packed or unpacked."""
    dictionaries = [zstd.ZstdDict(path.read_bytes()) for path in sorted(FOLDER.glob("*.zdict"))]
    return {dictionary.dict_id: dictionary for dictionary in dictionaries}


@cache
def _packer() -> zstd.ZstdCompressor:
    *_, newest = dictionaries().values()
    return zstd.ZstdCompressor(LEVEL, zstd_dict=newest)


def pack(body: bytes) -> bytes:
    """*body* as one frame.

    >>> frame = pack(b"{}")
    >>> unpack_frame(frame), unpack_frame(zstd.compress(b"without a dictionary"))
    (b'{}', b'without a dictionary')
    """
    return _packer().compress(body, zstd.ZstdCompressor.FLUSH_FRAME)


def unpack_frame(frame: bytes) -> bytes:
    """The body in a frame, with or without a dictionary. Raises zstd.ZstdError."""
    number = zstd.get_frame_info(frame).dictionary_id
    if not number:
        return zstd.decompress(frame)
    if number not in dictionaries():
        raise zstd.ZstdError(f"it was packed by a newer version, with dictionary {number}")
    return zstd.decompress(frame, dictionaries()[number])
