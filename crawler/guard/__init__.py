"""The fetch guard: which addresses a crawl may connect to, asked by Scrapy's downloader and by a browser alike."""
