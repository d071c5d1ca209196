"""The Chromium of the system: where it is, and how it is started so that the guard's proxy is its only way out."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import Any

from scrapy.settings import BaseSettings

EXECUTABLES = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome")
ARGUMENTS = (
    # WebRTC would send its packets past the proxy.
    "--force-webrtc-ip-handling-policy",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
)


def find_executable(settings: BaseSettings) -> str | None:
    """Chromium's path: the setting's, else the first on PATH."""
    if path := settings["BROWSER_EXECUTABLE"]:
        return shutil.which(os.path.expanduser(path))
    return next(filter(None, map(shutil.which, EXECUTABLES)), None)


def find_missing_part(settings: BaseSettings) -> str | None:
    """What a browser would need and is not there, with how to get it."""
    if find_spec("scrapy_playwright") is None:
        return "the package scrapy-playwright is missing: pip install 'finews-archive[browser]'"
    if find_executable(settings) is None:
        if path := settings["BROWSER_EXECUTABLE"]:
            return f"BROWSER_EXECUTABLE={path} is not a program"
        return "no Chromium on PATH: apt-get install chromium, or give its path in BROWSER_EXECUTABLE"
    return None


def launch_options(settings: BaseSettings, proxy_url: str, user: str, password: str) -> dict[str, Any]:
    """As Playwright's `BrowserType.launch` takes them."""
    return {
        "executable_path": find_executable(settings),
        "args": list(ARGUMENTS),
        "proxy": {"server": proxy_url, "bypass": "<-loopback>", "username": user, "password": password},
        "chromium_sandbox": os.geteuid() != 0,  # Chromium has none for root
        "timeout": settings.getfloat("DOWNLOAD_TIMEOUT") * 1000,
    }
