"""Every setting of ours, in the order a request meets it, on top of Scrapy's defaults.

A single run differs by ``-s NAME=value``; without it the environment's ``FINEWS_NAME`` (``FINEWS_DATA_DIR``,
``FINEWS_ORIGINS``, ...) is used. Standard library only: the light check before a crawl reads this file, too.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# -- who we are ---------------------------------------------------------------------------------------------------
BOT_NAME = "finews-archive"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = (
    "crawler.spiders" if (ROOT / "scrapy.cfg").exists() else ""
)  # where scrapy genspider puts one
COMMANDS_MODULE = "crawler.commands"
CONTACT = ""  # an address that a site's operator can write to; goes into the user agent
USER_AGENT = ""  # empty: made of BOT_NAME, the version and CONTACT (crawler/addon.py)
ADDONS = {"crawler.addon.ArchiveAddon": 0}
LOG_LEVEL = "INFO"  # WARNING: a crawl with nothing wrong prints nothing; DEBUG: every request

# -- where articles come from -------------------------------------------------------------------------------------
# scheme://host[:port] of the endpoints, comma-separated; the first is the default. Trusted by the fetch guard.
FINEWS_ORIGINS = "http://choicewzp1.eastmoney.com"
# Where a share link's headline, time and source come from when the JSON has none.
FINEWS_ARTICLE_PAGE = "https://finance.eastmoney.com/a/{id}.html"
# Further places where an article is looked for by its id, comma-separated; empty: none.
FINEWS_PLACES = (
    "https://newsinfo.eastmoney.com/kuaixun/v2/api/article/{id},"
    "https://finance.eastmoney.com/a/{id}.html,"
    "https://newsinfo.eastmoney.com/kuaixun/v2/api/content/getnews?newsid={id}&newstype=1,"
    "https://emwap.eastmoney.com/info/detail/{id}"
)
# Records asked of a feed: the first as a rule, the next where the poll does not overlap the one before.
FINEWS_COUNTS = "100,500,2000"
# Origins of the public paged lists, the second source; empty: the public ones where FINEWS_ORIGINS is public, else its own.
FINEWS_LIST_ORIGINS = ""
FINEWS_CHECKS = "10m,1h,6h,1d,7d"  # when an article is looked at again for edits, after it was first seen
FINEWS_NOW = ""  # an ISO time that stands for now, for tests of what is due

# -- how requests are sent ------------------------------------------------------------------------------------------
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 8
DOWNLOAD_DELAY = 0.0  # seconds between two requests to one host
ROBOTSTXT_OBEY = True
ROBOTSTXT_PARSER = "crawler.robots.RobotParser"  # Scrapy's default, quicker where nothing is disallowed
CRAWL_DELAY_MAX = 30.0  # seconds; a robots.txt's Crawl-delay is honoured up to this
DOWNLOAD_TIMEOUT = 30.0  # seconds
# Bytes of one response, also after decompression; of an image: IMAGE_MAX_BYTES.
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0  # what is too large is refused, with a reason
DOWNLOAD_VERIFY_CERTIFICATES = True
# HOST=ADDRESS:PORT, comma-separated: where to connect to in the place of HOST (* is every one), as for a mirror.
CONNECT_TO = ""
# Asks the fetch guard about every address before it is connected to.
TWISTED_DNS_RESOLVER = "crawler.guard.resolver.GuardedResolver"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
DEFAULT_REQUEST_HEADERS = {"Accept": "*/*", "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}
# Headers by host, for it and its subdomains alone: {"news.example": {"Authorization": "Bearer ${TOKEN}"}}; ${NAME} comes
# from the environment.
SITE_HEADERS: dict[str, dict[str, str]] = {}
COOKIES_FILE = ""  # a cookies.txt in Netscape's format; each cookie is sent to its own hosts alone
# True: a page that only scripts fill is opened in Chromium (docs/access.md); the extra `browser` has to be installed.
BROWSER_ENABLED = False
BROWSER_EXECUTABLE = ""  # Chromium's path; empty: the first on PATH
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = (
    False  # page objects read where a page sends its reader on, by script as well (crawler/pages/onward.py)
)
RETRY_TIMES = 2  # after the first try
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504, 522, 524]
# Scrapy's list without the two that no retry within seconds mends: no such host, connection refused.
RETRY_EXCEPTIONS = [
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.DownloadTimeoutError",
    "scrapy.exceptions.ResponseDataLossError",
    "twisted.internet.error.ConnectionDone",
    "twisted.internet.error.ConnectError",
    "twisted.internet.error.ConnectionLost",
    "builtins.OSError",  # an empty body that claims to be compressed
]
RETRY_BACKOFF = 0.5  # seconds before the first retry, doubled for each further one, with jitter
RETRY_BACKOFF_MAX = 60.0  # seconds; a server that asks for more (Retry-After) is tried again by a later crawl
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the link's outcome reports it
# Requests in a row that a host may fail, retries counted, before the crawl asks it no more.
BREAKER_FAILURES = 10
HTTPERROR_ALLOW_ALL = True  # every response has an outcome
URLLENGTH_LIMIT = 0  # no link is dropped for its length
CONCURRENT_ITEMS = 1  # of one response, and each brings one: Scrapy starts as many tasks for every response
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.saved_images.SavedImagesMiddleware": 10,
    "crawler.middlewares.site_headers.SiteHeadersMiddleware": 90,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.robots_rules.RobotsRulesMiddleware": 100,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawler.middlewares.backoff_retry.BackoffRetryMiddleware": 550,
    "crawler.middlewares.complete_body.CompletePageMiddleware": 585,
    "crawler.middlewares.cookies_file.CookiesFileMiddleware": 690,
    "crawler.middlewares.host_breaker.HostBreakerMiddleware": 840,
    "crawler.middlewares.fetch_guard.FetchGuardMiddleware": 880,
    "crawler.middlewares.complete_body.CompleteCodingMiddleware": 910,
    "crawler.middlewares.capture.CaptureMiddleware": 920,
}
SPIDER_MIDDLEWARES = {"crawler.middlewares.capture.NameCapturesMiddleware": 0}
EXTENSIONS = {
    "crawler.extensions.run_log.RunLog": 0,
    "crawler.extensions.crawl_delay.CrawlDelay": 500,
    "crawler.extensions.watchdog.Watchdog": 600,
}
# Doors that a crawl does not need: both let others of this machine run code in it.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# -- how responses are read ---------------------------------------------------------------------------------------
READ_CPU_SECONDS = 30.0  # of CPU time for one page, and for one article in the pipelines; 0: no bound
READ_APART_SIZE = 512 * 1024  # bytes; a larger page is read in a process of its own
READ_MEMORY_MAX = 1024 * 1024 * 1024  # bytes of that process

# -- what happens to an item ------------------------------------------------------------------------------------------
ITEM_PIPELINES = {
    "pipelines.normalise_dates.NormaliseDatesPipeline": 100,
    "pipelines.sanitise_html.SanitiseHtmlPipeline": 200,
    "pipelines.lift_securities.LiftSecuritiesPipeline": 250,
    "pipelines.strip_boilerplate.StripBoilerplatePipeline": 300,
    "pipelines.download_images.DownloadImagesPipeline": 500,
    "pipelines.render_body.RenderBodyPipeline": 600,
    "pipelines.securities_in_text.SecuritiesInTextPipeline": 650,
    "pipelines.complete_from_archive.CompleteFromArchivePipeline": 700,
    "pipelines.write_frontmatter.WriteFrontmatterPipeline": 800,
    "pipelines.store_sqlite.StoreSqlitePipeline": 900,
}
IMAGES_ENABLED = True
KEEP_CHARTS = False  # True: market charts stay in the text and are fetched, marked with the time (article_images.drawn_at)
IMAGE_MAX_BYTES = 20 * 1024 * 1024
IMAGE_MAX_PIXELS = 50_000_000  # width * height, as the header states them; nothing is decoded
IMAGE_MAX_SIDE = 20_000  # pixels
IMAGE_MAX_FRAMES = 500

# -- where it ends up ---------------------------------------------------------------------------------------------------
# In a checkout its `data/`, whatever the working directory; of an installed package, `data/` of the current folder.
DATA_DIR = str((ROOT if (ROOT / "scrapy.cfg").exists() else Path.cwd()) / "data")
# False: a new archive has no `search` view, which saves an eighth of a crawl's CPU and the texts' size again on disk; a
# later True makes it up.
SEARCH_INDEX = True
CAPTURES = True  # every response as received, in captures.db
MANIFEST_COMMAND = ""  # signs a daily manifest, whose path is put behind it: gpg --detach-sign, ots stamp
POST_FLAVOUR = "jekyll"  # jekyll, jekyll-old, hugo, eleventy, pelican, plain
POST_IMAGE_BASE = ""  # prefix of image addresses in posts; empty: relative to the post's page

# -- several machines ---------------------------------------------------------------------------------------------------
QUEUE = ""  # redis://[:PASSWORD@]HOST[:PORT]/DB: links that several crawls share; needs the extra `cluster`
QUEUE_LEASE = 60.0  # seconds after which others take over the hosts of a crawl that died

# -- what is logged and reported --------------------------------------------------------------------------------
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LOG_VERSIONS: list[str] = []
FEED_EXPORT_ENCODING = "utf-8"
STATS_DUMP = False
LANGUAGE = ""  # of what people read: en or zh; empty: the locale's (LC_ALL, LC_MESSAGES, LANG). Logs and JSON stay English
SERVE_PASSWORD = ""  # hash by scrapy serve --hash-password; required where serve listens beyond loopback
HEALTHCHECK_URL = ""  # asked at the end with /EXIT_STATUS behind it, and with /start at the start

# -- what web clients of the sources carry -------------------------------------------------------------------------------
# As recorded in autumn 2026. A source that finds its client outdated says so, and names the setting.
CLS_APP = "CailianpressWeb"
CLS_SV = "8.7.9"
JIN10_FLASH_APP_ID = "bVBF4FyRTn5NJF5n"
JIN10_FLASH_VERSION = "1.0.0"
JIN10_LIST_APP_ID = "irINJPgCgrndSp0F"
JIN10_DETAIL_APP_ID = "arU9WZF7TC9m7nWn"
JIN10_ARTICLE_VERSION = "1.0.1"
SOURCE_PAGES = 100  # pages of a list, at most, that close a gap in one crawl

defaults = {name: value for name, value in globals().items() if name.isupper()}
"""What each setting is where nobody sets it: the environment, read next, gives texts."""

for _name in [name for name in globals() if name.isupper()]:
    _given = os.environ.get(_name if _name.startswith("FINEWS_") else f"FINEWS_{_name}")
    if _given is not None and (isinstance(globals()[_name], str | int | float) or _name == "SITE_HEADERS"):
        globals()[_name] = _given
# Credentials, which must not be read off a command line.
for _name in ("HTTPAUTH_USER", "HTTPAUTH_PASS", "HTTPAUTH_DOMAIN"):
    if _given := os.environ.get(f"FINEWS_{_name}"):
        globals()[_name] = _given
