"""``/-/image/ab/abcdef….jpg``: an image's original bytes. Only files that are named as the archive names them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from datasette.utils.asgi import Response

from archive.web.pages import page

TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "bmp": "image/bmp",
    "avif": "image/avif",
}
"""By suffix, as `pipelines.image_types` gives them out. None of them can hold a script that a browser runs."""

NAME = rf"(?P<file>(?P<folder>[0-9a-f]{{2}})/(?P=folder)[0-9a-f]{{62}}\.(?:{'|'.join(TYPES)}))"
STORED = re.compile(f"images/{NAME}")


def address(path: str | None) -> str | None:
    """Where an image of the archive is served; None for anything else.

    >>> address("images/ab/ab" + "0" * 62 + ".jpg") == "/-/image/ab/ab" + "0" * 62 + ".jpg"
    True
    >>> address("images/../archive.db"), address("https://images.example/a.jpg"), address(None)
    (None, None, None)
    """
    match = STORED.fullmatch(path or "")
    return f"/-/image/{match['file']}" if match else None


@page(rf"/-/image/{NAME}$")
async def image(datasette: Any, request: Any) -> Any:
    """The bytes; their name is their checksum, so they never change."""
    name = request.url_vars["file"]
    folder = Path(datasette.get_database("archive").path).parent / "images"
    file = folder / name
    etag = f'"{file.stem}"'
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "etag": etag,
        "content-security-policy": "default-src 'none'; sandbox",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status=304, headers=headers)
    try:
        if file.resolve() != folder.resolve() / name:  # a link that leads elsewhere
            raise FileNotFoundError
        content = file.read_bytes()
    except OSError:
        return Response.text("there is no such image\n", status=404)
    return Response(content, headers=headers, content_type=TYPES[file.suffix[1:]])
