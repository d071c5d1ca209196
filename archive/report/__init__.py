"""What ``scrapy report`` writes: figures of a span of days (`figures`, counted by `counting`), what of them needs attention (`attention`), and the page
(`page`, with `style.css`). Charts come from `archive.charts`. Nothing here writes to the archive.
"""
