"""Fetches and reads: spiders, sources, page objects, extraction, and what Scrapy is given to do so."""
