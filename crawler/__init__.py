"""finews-archive: the crawler. Links in, articles out; what becomes of an article is `pipelines`' work."""
