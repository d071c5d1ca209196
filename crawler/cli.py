"""``finews``: Scrapy's command line with this project's settings, from any folder.

``finews crawl share -a url=LINK`` is ``scrapy crawl share -a url=LINK`` as typed in a checkout. Settings of your own on top of
these go into a module that SCRAPY_SETTINGS_MODULE names.
"""

import os

from scrapy.cmdline import execute
from scrapy.utils.project import ENVVAR


def main() -> None:
    """Run the command line of this process; ends with its exit status."""
    os.environ.setdefault(ENVVAR, "crawler.settings")
    execute()


if __name__ == "__main__":
    main()
