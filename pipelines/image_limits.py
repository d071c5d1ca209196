"""Which images are taken into the archive, by what their header states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass
from pipelines.image_types import ImageInfo


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken into the archive: a file of 49 KB can announce an image that fills a viewer's memory."""

    max_bytes: int = 20 * 1024 * 1024
    max_pixels: int = 50_000_000
    """Width times height of one frame."""
    max_side: int = 20_000
    """Pixels."""
    max_frames: int = 500

    def refuse(self, image: ImageInfo, size: int) -> str | None:
        """Why *image*, a file of *size* bytes, is not taken, in plain words; None where it is.

        >>> Limits().refuse(ImageInfo("image/png", ".png", 30_000, 3), 49_000)
        '30,000 x 3 pixels: a side is over the limit of 20,000'
        """
        width, height = image.width, image.height
        if width == height == 1:
            return "tracking pixel"
        if size > self.max_bytes:
            return f"{size:,} bytes is over the limit of {self.max_bytes:,}"
        if width * height > self.max_pixels:
            return f"{width:,} x {height:,} pixels is over the limit of {self.max_pixels:,}"
        if max(width, height) > self.max_side:
            return f"{width:,} x {height:,} pixels: a side is over the limit of {self.max_side:,}"
        if image.frames > self.max_frames:
            return f"{image.frames:,} frames is over the limit of {self.max_frames:,}"
        return None
