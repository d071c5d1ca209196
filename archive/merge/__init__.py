"""Several archives into one: what machines that crawled apart brought, as if one machine had crawled it.

`archive.merge.run.merge` is the way in. Articles go through the one writer, in the order in which they were first seen, so that
arrival numbers, stories and the search index come out as of one crawl; all else is merged by natural keys (`archive.merge.tables`).
"""
