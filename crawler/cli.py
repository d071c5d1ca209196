"""``finews``: Scrapy's command line with this project's settings, from any folder.

``finews crawl share -a url=LINK`` is ``scrapy crawl share -a url=LINK`` as typed in a checkout. Settings of your own on top of
these go into a module that SCRAPY_SETTINGS_MODULE names.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

from scrapy.cmdline import execute
from scrapy.utils.project import ENVVAR, get_project_settings

USAGE = 2


def main() -> None:
    """Run the command line of this process; ends with its exit status."""
    os.environ.setdefault(ENVVAR, "crawler.settings")
    if problem := find_missing_module():
        print(f"finews: {problem}", file=sys.stderr)
        sys.exit(USAGE)
    execute()


def find_missing_module() -> str | None:
    """Which module that the environment names is not there; Scrapy would end with a traceback before any of our code."""
    variable, name = ENVVAR, None
    try:
        settings = get_project_settings()
        variable, name = "COMMANDS_MODULE", settings["COMMANDS_MODULE"]
        if name:
            import_module(name)
    except (ModuleNotFoundError, TypeError) as exc:  # the latter of a name that begins with a dot
        name = name or os.environ[ENVVAR]
        if isinstance(exc, ModuleNotFoundError) and not f"{name}.".startswith(f"{exc.name}."):
            raise  # one that it imports itself
        return f"{variable} is {name!r}, and there is no such module. Name one that can be imported here, or leave it unset"
    return None


if __name__ == "__main__":
    main()
