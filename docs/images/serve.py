"""Makes the browser images of docs/analysts.md again: python docs/images/serve.py

Crawls the sample newsroom, and fills a second archive with two months of made-up rows; shows both with ``scrapy serve`` to
a headless Chromium, and keeps what that sees as PNG of few colours.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE)]

from make import fill  # noqa: E402 (beside this file)

from tests import browser  # noqa: E402 (the project is not installed everywhere that docs are made)
from tests.serving import serving  # noqa: E402
from tests.worked_queries import make_archive  # noqa: E402

COLOURS = 96
LARGEST = 150_000  # bytes of a picture


def keep(driver: Any, address: str, name: str, width: int, height: int, scheme: str = "light") -> None:
    """A picture of the top of a page."""
    browser.seen_on(driver, width, height)
    browser.colours(driver, scheme)
    driver.get(address)
    browser.widths_of_images(driver)
    seen = Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")
    path = HERE / f"{name}.png"
    seen.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        raise SystemExit(f"{path} has {path.stat().st_size:,} bytes; show less of the page")


def main() -> None:
    if browser.MISSING:
        raise SystemExit(browser.MISSING)
    with tempfile.TemporaryDirectory() as folder:
        sample, filled, profile = (Path(folder) / name for name in ("sample", "filled", "profile"))
        conn = make_archive(sample)
        [(pictured,)] = conn.execute(
            "SELECT article_id FROM article_images GROUP BY 1 ORDER BY sum(status = 'stored') DESC, 1 LIMIT 1"
        )
        conn.close()
        filled.mkdir()
        fill(filled)
        with browser.browser(profile) as driver:
            with serving(sample) as server:
                keep(driver, f"{server.origin}/", "serve-front", 1100, 860)
                keep(driver, f"{server.origin}/-/articles?q=储能+-港股", "serve-search", 900, 640)
                keep(driver, f"{server.origin}/-/article?id={pictured}", "serve-article", 900, 700)
                keep(driver, f"{server.origin}/-/edits", "serve-edits", 900, 700)
                keep(driver, f"{server.origin}/-/securities?days=366", "serve-phone", 400, 760, "dark")
                keep(driver, f"{server.origin}/archive/articles_with_images", "serve-table", 1100, 700)
            with serving(filled) as server:
                keep(driver, f"{server.origin}/-/volume?days=60", "serve-volume", 1100, 720)
                keep(driver, f"{server.origin}/-/coverage", "serve-coverage", 1100, 620)
                driver.get(f"{server.origin}/-/language?to=zh&back=/-/charts.css")
                keep(driver, f"{server.origin}/", "serve-chinese", 1100, 620)
                keep(driver, f"{server.origin}/-/coverage", "serve-chinese-phone", 400, 760, "dark")


if __name__ == "__main__":
    main()
