"""Reads the recorded lists of tests/sources/NAME/ as the spider would."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from scrapy.http import TextResponse

from crawler import settings
from crawler.sources import Listing, Source, Window, built_in

HERE = Path(__file__).resolve().parent
NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
WINDOW = Window(now=NOW)
SETTINGS = {name: value for name, value in vars(settings).items() if name.isupper()}


@cache
def source(name: str) -> Source:
    return built_in()[name](SETTINGS)


def recorded(name: str, file: str, url: str = "https://list.test/") -> TextResponse:
    kind = "text/html" if file.endswith(".html") else "application/json"
    return TextResponse(url, body=(HERE / name / file).read_bytes(), headers={"Content-Type": kind})


def read(name: str, file: str, cursor: str = "") -> Listing:
    """The listing of a recorded answer; the channel is the file's name up to the first dot."""
    return source(name).read(recorded(name, file), file.partition(".")[0], cursor)
