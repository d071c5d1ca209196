"""Downloader middlewares of our own, one file each; their order is in `crawler.settings`."""
