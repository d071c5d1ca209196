"""Makes a dictionary for `archive.captures.packing` of the recorded pages and lists, whose texts are made up, and of the sample newsroom.

python -m tests.bench.dictionary archive/dictionaries/2.zdict
"""

from __future__ import annotations

import sys
from pathlib import Path

from archive.captures.packing import zstd
from tests.newsroom.server import Newsroom

TESTS = Path(__file__).resolve().parent.parent
SIZE = 32 * 1024
PIECE = 4096  # bytes; of a large page every part counts as much as a small answer


def samples() -> list[bytes]:
    """What sites serve, in pieces."""
    found = []
    for folder in ("pages", "sources"):
        for path in sorted((TESTS / folder).rglob("*")):
            if (
                path.is_file()
                and path.suffix in (".html", ".json", ".body")
                and not path.name.startswith("expected")
            ):
                data = path.read_bytes()
                found += [data[start : start + PIECE] for start in range(0, len(data), PIECE)]
    with Newsroom() as room:
        found += [room.reply(room.detail_path(article), {}).body for article in room.articles]
    return found


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(zstd.train_dict(samples(), SIZE).dict_content)
