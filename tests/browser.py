"""A headless Chromium for tests: nothing but loopback, what it asked for and complained of can be read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--lang=en-US",
)  # fmt: skip
PATIENCE = 30  # seconds for what takes none

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
MISSING = (
    None
    if BROWSER and DRIVER
    else "no Chromium with its chromedriver: apt-get install chromium chromium-driver"
)


@contextmanager
def browser(profile: Path, width: int = 1280, height: int = 900) -> Iterator[Any]:
    """A Selenium driver. *profile* is an empty folder."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER or ""
    for flag in (*FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=DRIVER))
    try:
        driver.set_page_load_timeout(PATIENCE)
        clock(driver, "Asia/Shanghai")
        yield driver
    finally:
        driver.quit()


def asked_for(driver: Any) -> list[str]:
    """Addresses that the pages since the last call asked for, whether they were answered or not."""
    found = []
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            found.append(message["params"]["request"]["url"])
    return found


def complaints(driver: Any) -> list[str]:
    """What the console said since the last call: errors of scripts, refused content, missing files."""
    return [entry["message"] for entry in driver.get_log("browser")]


def colours(driver: Any, scheme: str) -> None:
    """Let pages think that the reader wants ``dark`` or ``light``."""
    wanted = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", wanted)


def clock(driver: Any, zone: str) -> None:
    """Let pages think that the reader's clock is set to a zone."""
    driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": zone})


def seen_on(driver: Any, width: int, height: int) -> None:
    """Let pages think that the screen is so large, in CSS pixels."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def follow(driver: Any, act: Callable[[], Any]) -> None:
    """Do what leads to another page, and wait until that is there."""
    from selenium.webdriver.support.expected_conditions import staleness_of
    from selenium.webdriver.support.wait import WebDriverWait

    before = driver.find_element("tag name", "html")
    act()
    WebDriverWait(driver, PATIENCE).until(staleness_of(before))
    WebDriverWait(driver, PATIENCE).until(
        lambda page: page.execute_script("return document.readyState") == "complete"
    )


LOADED = """
const done = arguments[arguments.length - 1];
const images = [...document.images];
for (const image of images) image.loading = "eager";
Promise.all(images.map(image => image.decode().catch(() => null))).then(() => done(images.map(image => image.naturalWidth)));
"""


def widths_of_images(driver: Any) -> list[int]:
    """The own width of every image of the page, in pixels, once all have come; 0 for one that did not."""
    driver.set_script_timeout(PATIENCE)
    found: list[int] = driver.execute_async_script(LOADED)
    return found
