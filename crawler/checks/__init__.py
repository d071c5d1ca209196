"""Settings checked before a crawl begins: what cannot be honoured is refused with a reason."""
