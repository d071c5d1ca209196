"""One crawl on several machines: parts of a list, and a queue that workers share."""
